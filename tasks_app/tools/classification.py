"""What image and text classification share: one class out of several, Dawid-Skene over the answers."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from tasks_app.tools import class_models
from tasks_app.tools.base import AnswerBatch, Fit, Tool
from tasks_app.tools.classes import class_keys, class_names, key_by_name
from tasks_app.tools.fields import Json, Problems, read_choice, read_object
from tasks_app.tools.simulated import Generator, Simulated, any_of

PROBABILITY = "defect_probability"


class Classification(Tool):
    """Answer: {"class": "<key>"}."""

    counts_votes = True
    export_formats: ClassVar[tuple[str, ...]] = ("csv", "jsonl")

    def clean_answer(self, question: Json, item: Json, raw: Any) -> Json:
        problems = Problems()
        entry = read_object(raw, "", problems, known=("class",))
        key = read_choice(entry.get("class"), "class", problems, choices=class_keys(question))
        problems.check()
        return {"class": key}

    def agreement(self, question: Json, a: Json, b: Json) -> float:
        return float(a["class"] == b["class"])

    def read_known(self, question: Json, text: str) -> Any:
        """A class by its key or, whatever the case, its name; or JSON."""
        names = {name.casefold(): key for key, name in class_names(question).items()}
        if text in class_keys(question):
            return {"class": text}
        found = names.get(text.strip().casefold())
        return {"class": found} if found else json.loads(text)

    def fit(self, question: Json, batch: AnswerBatch, *, final: bool = True) -> Fit:
        return class_models.fit(class_keys(question), batch, final=final)

    def update(self, question: Json, state: bytes, batch: AnswerBatch) -> Fit:
        return class_models.update(class_keys(question), state, batch)

    def summary_of(self, question: Json, value: Json) -> str:
        key = str(value.get("class", ""))
        return class_names(question).get(key, key)

    def classes_in(self, value: Json) -> list[str]:
        return [value["class"]] if value.get("class") else []

    def csv_columns(self, question: Json) -> list[str]:
        return ["class", "class_name"]

    def csv_row(self, question: Json, value: Json) -> list[str | int | float]:
        return [value.get("class", ""), self.summary_of(question, value)]

    def invent(self, question: Json, item: Json, random: Generator) -> Json:
        return {"class": any_of(class_keys(question), random)}

    def imitate(self, question: Json, item: Json, truth: Json, who: Simulated) -> Json:
        return {"class": who.says(truth["class"], class_keys(question))}

    def read_truth(self, question: Json, rows: Sequence[Mapping[str, str]]) -> Json:
        """Column `label`, or `defect_probability`: a half and more is the class "defect", less the first other class."""
        label = rows[0].get("label")
        if label:
            return {"class": key_by_name(question)[label.casefold()]}
        keys = class_keys(question)
        if "defect" not in keys:
            raise KeyError("the question has no class with the key “defect”")
        if float(rows[0][PROBABILITY]) >= 0.5:
            return {"class": "defect"}
        return {"class": next(key for key in keys if key != "defect")}
