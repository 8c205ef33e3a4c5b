"""What marking regions of a sound and of a film share: spans of time with a class, fused in one dimension as passages of a text are."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from aggregation.arrays import Floats
from aggregation.shapes import SPANS
from aggregation.simulate import WorkerKind
from tasks_app.tools import shape_models
from tasks_app.tools.asking import ExtraField
from tasks_app.tools.base import MAX_MILLISECONDS, AnswerBatch, Fit, Tool
from tasks_app.tools.classes import class_keys, class_names, key_by_name
from tasks_app.tools.fields import (
    OF_RESULTS,
    Json,
    Problems,
    join,
    read_choice,
    read_list,
    read_number,
    read_object,
    read_text,
)
from tasks_app.tools.simulated import Generator, Simulated, any_of

MAX_REGIONS = 2000
MAX_TEXT = 2000
# A browser and a file's header may differ by so much about its length: the padding of its codec.
SLACK = 2000
# How long a recording is taken to be whose header does not tell, where a length must be assumed.
ASSUMED = 10_000
SHORTEST = ExtraField(
    name="shortest",
    label="Shortest, in milliseconds",
    help="Nothing shorter is accepted.",
    minimum=1,
    maximum=60_000,
    default=50,
)
TRANSCRIBE = ExtraField(
    name="transcribe",
    label="Let people write what is said in each region",
    help="The result's words are voted on by those who marked the region.",
    default=False,
    kind="flag",
)


def _edges(rows: Sequence[Json]) -> Floats:
    return np.array([[row["start"], row["end"]] for row in rows], dtype=np.float64).reshape(-1, 2)


def _fields(edges: Floats) -> Json:
    """Whole milliseconds, one at least."""
    start, end = (round(float(edge)) for edge in edges)
    return {"start": start, "end": max(end, start + 1)}


def length_of(item: Json) -> int:
    """Milliseconds of the item's recording, or what is taken for them."""
    return int(item.get("milliseconds") or ASSUMED)


class Regions(Tool):
    """Answer: {list: [{"class", "start", "end", "text"?}]}, milliseconds from the beginning, in order; they may overlap."""

    min_classes = 1
    export_formats: ClassVar[tuple[str, ...]] = ("csv", "jsonl")
    form: ClassVar[shape_models.Form]

    def clean_answer(self, question: Json, item: Json, raw: Any) -> Json:
        problems = Problems()
        name = self.form.list
        entry = read_object(raw, "", problems, known=(name,))
        rows = read_list(entry.get(name), name, problems, maximum=MAX_REGIONS)
        regions = [
            self._read_region(row, join(name, place), problems, question, item) for place, row in enumerate(rows)
        ]
        problems.check()
        unique = {(one["start"], one["end"], one["class"]): one for one in regions}
        return {name: [unique[key] for key in sorted(unique)]}

    def _read_region(self, raw: Any, field: str, problems: Problems, question: Json, item: Json) -> Json:
        known = ("class", "start", "end", "text", *OF_RESULTS)
        entry = read_object(raw, field, problems, known=known)
        region: Json = {
            "class": read_choice(entry.get("class"), join(field, "class"), problems, choices=class_keys(question))
        }
        length = item.get("milliseconds")
        for name in ("start", "end"):
            most = MAX_MILLISECONDS if length is None else length + SLACK
            moment = read_number(entry.get(name), join(field, name), problems, minimum=0, maximum=most)
            region[name] = min(round(moment or 0), length or MAX_MILLISECONDS)
        shortest = min(question["shortest"] or 1, length or MAX_MILLISECONDS)
        if region["end"] - region["start"] < shortest:
            problems.add(join(field, "end"), f"Must be at least {shortest:g} milliseconds after start.")
        text = read_text(entry.get("text"), join(field, "text"), problems, maximum=MAX_TEXT, required=False, lines=True)
        if text and not question.get("transcribe"):
            problems.add(join(field, "text"), "The question does not ask for this.")
        return region | ({"text": text} if text else {})

    def agreement(self, question: Json, a: Json, b: Json) -> float:
        """F1 of regions of one class that have half of the time they cover in common."""
        return shape_models.f1(self.form, class_keys(question), a[self.form.list], b[self.form.list])

    def fit(self, question: Json, batch: AnswerBatch, *, final: bool = True) -> Fit:
        return shape_models.fit(self.form, class_keys(question), batch, final=final)

    def update(self, question: Json, state: bytes, batch: AnswerBatch) -> Fit:
        return shape_models.update(self.form, class_keys(question), state, batch)

    def summary_of(self, question: Json, value: Json) -> str:
        counts, names = Counter(one["class"] for one in value[self.form.list]), class_names(question)
        if not counts:
            return f"No {self.form.many}"
        return ", ".join(f"{count} {names.get(key, key)}" for key, count in sorted(counts.items()))

    def classes_in(self, value: Json) -> list[str]:
        return list(dict.fromkeys(one["class"] for one in value[self.form.list]))

    def csv_columns(self, question: Json) -> list[str]:
        return [self.form.many, f"{self.form.many}_json"]

    def csv_row(self, question: Json, value: Json) -> list[str | int | float]:
        rows = value[self.form.list]
        return [len(rows), json.dumps(rows, separators=(",", ":"), ensure_ascii=False)]

    def size(self, value: Json) -> int:
        return len(value[self.form.list])

    def invent(self, question: Json, item: Json, random: Generator) -> Json:
        """Some stretches one after the other."""
        length, count = length_of(item), 1 + int(random.poisson(2))
        places = sorted(random.uniform(0, length, 2 * count).tolist())
        spans = [(round(start), round(end)) for start, end in zip(places[::2], places[1::2], strict=True)]
        keys = class_keys(question)
        long = [span for span in spans if span[1] - span[0] >= question["shortest"]]
        return {self.form.list: [{"class": any_of(keys, random), "start": start, "end": end} for start, end in long]}

    def imitate(self, question: Json, item: Json, truth: Json, who: Simulated) -> Json:
        """Regions are overlooked, shifted a little or given another class by those who listen; the others mark anything, or nothing."""
        name = self.form.list
        if who.kind is WorkerKind.CONSTANT:
            return {name: []}
        if who.kind is WorkerKind.SPAMMER:
            return self.invent(question, item, who.random)
        keys, length = class_keys(question), length_of(item)
        said = []
        for one in truth[name]:
            if who.says("seen", ("seen", "missed")) == "missed":
                continue
            slip = (one["end"] - one["start"]) * 0.04
            start = min(max(round(one["start"] + who.random.normal(0, slip)), 0), length)
            end = min(max(round(one["end"] + who.random.normal(0, slip)), 0), length)
            if end - start >= question["shortest"]:
                said.append({"class": who.says(one["class"], keys), "start": start, "end": end})
        return {name: sorted(said, key=lambda one: (one["start"], one["end"], one["class"]))}

    def read_truth(self, question: Json, rows: Sequence[Mapping[str, str]]) -> Json:
        """Columns `label, start, end` in milliseconds, a row a region; an empty label is a recording with none."""
        keys = key_by_name(question)
        found = [
            {"class": keys[row["label"].casefold()], "start": int(row["start"]), "end": int(row["end"])}
            for row in rows
            if row["label"]
        ]
        return {self.form.list: sorted(found, key=lambda one: (one["start"], one["end"], one["class"]))}


def form_of(name: str, one: str) -> shape_models.Form:
    """The regions of an answer whose list is called `name`."""
    return shape_models.Form(name, one, name, SPANS, _edges, _fields)
