"""Names, places, opinions: passages of a text marked and given a class. They may overlap; none is an answer too."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from aggregation.arrays import Floats
from aggregation.shapes import SPANS
from aggregation.simulate import WorkerKind
from tasks_app.tools import shape_models
from tasks_app.tools.base import MAX_TEXT, AnswerBatch, Demo, Fit, Labels, Tool
from tasks_app.tools.classes import class_keys, class_names, key_by_name
from tasks_app.tools.fields import OF_RESULTS, Json, Problems, join, read_choice, read_list, read_number, read_object
from tasks_app.tools.simulated import Generator, Simulated, any_of

MAX_SPANS = 2000


def _edges(rows: Sequence[Json]) -> Floats:
    return np.array([[row["start"], row["end"]] for row in rows], dtype=np.float64).reshape(-1, 2)


def _fields(edges: Floats) -> Json:
    """Whole characters, one at least."""
    start, end = (round(float(edge)) for edge in edges)
    return {"start": start, "end": max(end, start + 1)}


FORM = shape_models.Form("spans", "passage", "passages", SPANS, _edges, _fields)


class TextSpans(Tool):
    """Answer: {"spans": [{"class", "start", "end"}]}: characters (code points) of the text, `end` excluded, in order."""

    kind = "text_spans"
    title = "Text passages"
    summary = "People mark names, places or opinions in a text and give each a class. Passages may overlap."
    media = "text"
    items = Labels("text", "texts")
    min_classes = 1
    export_formats: ClassVar[tuple[str, ...]] = ("csv", "jsonl")

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "Mark every person, place and time.",
                    "classes": [{"name": "Person"}, {"name": "Place"}, {"name": "Time"}],
                }
            ),
            hint="Choose a class, then select words. By key: arrows, Shift and arrows, then 1, 2 or 3.",
            item={
                "text": "On Tuesday morning Ada Byron took the night train from Turin to Geneva, where Mary Somerville met her."
            },
            draft={"spans": [{"class": "person", "start": 19, "end": 28}]},
        )

    def clean_answer(self, question: Json, item: Json, raw: Any) -> Json:
        problems = Problems()
        entry = read_object(raw, "", problems, known=("spans",))
        keys, length = set(class_keys(question)), len(item.get("text", ""))
        rows = read_list(entry.get("spans"), "spans", problems, maximum=MAX_SPANS)
        spans = [_read_span(row, join("spans", place), problems, keys, length) for place, row in enumerate(rows)]
        problems.check()
        unique = {(span["start"], span["end"], span["class"]): span for span in spans}
        return {"spans": [unique[key] for key in sorted(unique)]}

    def agreement(self, question: Json, a: Json, b: Json) -> float:
        """F1 of passages of one class with half of their length in common."""
        return shape_models.f1(FORM, class_keys(question), a["spans"], b["spans"])

    def fit(self, question: Json, batch: AnswerBatch, *, final: bool = True) -> Fit:
        return shape_models.fit(FORM, class_keys(question), batch, final=final)

    def update(self, question: Json, state: bytes, batch: AnswerBatch) -> Fit:
        return shape_models.update(FORM, class_keys(question), state, batch)

    def summary_of(self, question: Json, value: Json) -> str:
        counts, names = Counter(span["class"] for span in value["spans"]), class_names(question)
        if not counts:
            return "No passages"
        return ", ".join(f"{count} {names.get(key, key)}" for key, count in sorted(counts.items()))

    def classes_in(self, value: Json) -> list[str]:
        return list(dict.fromkeys(span["class"] for span in value["spans"]))

    def csv_columns(self, question: Json) -> list[str]:
        return ["passages", "passages_json"]

    def csv_row(self, question: Json, value: Json) -> list[str | int | float]:
        return [len(value["spans"]), json.dumps(value["spans"], separators=(",", ":"))]

    def size(self, value: Json) -> int:
        return len(value["spans"])

    def invent(self, question: Json, item: Json, random: Generator) -> Json:
        """Some words of the text, each marked once."""
        words, keys = _words(item["text"]), class_keys(question)
        count = min(len(words), 1 + int(random.poisson(2)))
        places = sorted(random.choice(len(words), count, replace=False).tolist()) if words else []
        return {"spans": [{"class": any_of(keys, random), **_span(*words[place])} for place in places]}

    def imitate(self, question: Json, item: Json, truth: Json, who: Simulated) -> Json:
        """Passages are overlooked, or given another class, by those who look; the others mark anything, or nothing."""
        if who.kind is WorkerKind.CONSTANT:
            return {"spans": []}
        if who.kind is WorkerKind.SPAMMER:
            return self.invent(question, item, who.random)
        seen = [span for span in truth["spans"] if who.says("seen", ("seen", "missed")) == "seen"]
        keys = class_keys(question)
        said = [{**_span(span["start"], span["end"]), "class": who.says(span["class"], keys)} for span in seen]
        return {"spans": sorted(said, key=lambda span: (span["start"], span["end"], span["class"]))}

    def read_truth(self, question: Json, rows: Sequence[Mapping[str, str]]) -> Json:
        """Columns `label, start, end`, a row a passage; an empty label is a text with none."""
        keys = key_by_name(question)
        spans = [
            {"class": keys[row["label"].casefold()], **_span(int(row["start"]), int(row["end"]))}
            for row in rows
            if row["label"]
        ]
        return {"spans": sorted(spans, key=lambda span: (span["start"], span["end"], span["class"]))}


def _span(start: int, end: int) -> Json:
    return {"start": start, "end": end}


def _words(text: str) -> list[tuple[int, int]]:
    """Start and end of each word."""
    found, place = [], 0
    for word in text.split():
        start = text.index(word, place)
        place = start + len(word)
        found.append((start, place))
    return found


def _read_span(raw: Any, field: str, problems: Problems, keys: set[str], length: int) -> Json:
    entry = read_object(raw, field, problems, known=("class", "start", "end", *OF_RESULTS))
    span: Json = {"class": read_choice(entry.get("class"), join(field, "class"), problems, choices=keys)}
    for name in ("start", "end"):
        number = read_number(entry.get(name), join(field, name), problems, minimum=0, maximum=min(length, MAX_TEXT))
        if number is not None and number != int(number):
            problems.add(join(field, name), "Must be a whole number.")
        span[name] = int(number or 0)
    if span["start"] >= span["end"]:
        problems.add(join(field, "end"), "Must be greater than start.")
    return span
