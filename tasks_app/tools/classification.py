"""What image and text classification share: one class out of several, Dawid-Skene over the answers."""

from typing import Any, ClassVar

from tasks_app.tools import class_models
from tasks_app.tools.base import MAX_PROMPT, AnswerBatch, Fit, Tool
from tasks_app.tools.classes import class_keys, class_names, read_classes
from tasks_app.tools.fields import Json, Problems, read_choice, read_object, read_text


class Classification(Tool):
    """Answer: {"class": "<key>"}."""

    export_formats: ClassVar[tuple[str, ...]] = ("csv", "jsonl")

    def clean_question(self, raw: Any) -> Json:
        problems = Problems()
        entry = read_object(raw, "", problems, known=("prompt", "classes"))
        question = {
            "prompt": read_text(entry.get("prompt"), "prompt", problems, maximum=MAX_PROMPT),
            "classes": read_classes(entry.get("classes"), problems, minimum=self.min_classes),
        }
        problems.check()
        return question

    def clean_answer(self, question: Json, item: Json, raw: Any) -> Json:
        problems = Problems()
        entry = read_object(raw, "", problems, known=("class",))
        key = read_choice(entry.get("class"), "class", problems, choices=class_keys(question))
        problems.check()
        return {"class": key}

    def agreement(self, question: Json, a: Json, b: Json) -> float:
        return float(a["class"] == b["class"])

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
