"""What image and text labels share: any number of classes at once, each a yes or no of its own."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from tasks_app.tools import joint_models
from tasks_app.tools.base import AnswerBatch, Fit, TaskResult, Tool
from tasks_app.tools.class_models import ClassModel
from tasks_app.tools.classes import MAX_CLASSES, class_keys, class_names, key_by_name
from tasks_app.tools.fields import Json, Problems, join, read_choice, read_list, read_object
from tasks_app.tools.joint_models import Aspect, least_sure, most_disputed
from tasks_app.tools.simulated import Generator, Simulated

NO, YES = "no", "yes"
SIDES = ClassModel((NO, YES))


class ClassSet(Tool):
    """Answer: {"classes": ["<key>", …]} in the order of the question; none is an answer too."""

    min_classes = 1
    export_formats: ClassVar[tuple[str, ...]] = ("csv", "jsonl")

    def clean_answer(self, question: Json, item: Json, raw: Any) -> Json:
        problems = Problems()
        entry = read_object(raw, "", problems, known=("classes",))
        rows = read_list(entry.get("classes"), "classes", problems, maximum=MAX_CLASSES)
        keys = class_keys(question)
        chosen = {read_choice(row, join("classes", place), problems, choices=keys) for place, row in enumerate(rows)}
        problems.check()
        return {"classes": [key for key in keys if key in chosen]}

    def agreement(self, question: Json, a: Json, b: Json) -> float:
        """Shared classes over classes named by either (Jaccard); two who name none agree fully."""
        first, second = set(a["classes"]), set(b["classes"])
        return len(first & second) / len(first | second) if first | second else 1.0

    def fit(self, question: Json, batch: AnswerBatch, *, final: bool = True) -> Fit:
        return joint_models.fit(_aspects(question), batch, final=final).fit_of(partial(_result, class_keys(question)))

    def update(self, question: Json, state: bytes, batch: AnswerBatch) -> Fit:
        joint = joint_models.update(_aspects(question), state, batch)
        return joint.fit_of(partial(_result, class_keys(question)))

    def summary_of(self, question: Json, value: Json) -> str:
        names = class_names(question)
        return ", ".join(names.get(key, key) for key in value["classes"]) or "None"

    def classes_in(self, value: Json) -> list[str]:
        return list(value["classes"])

    def csv_columns(self, question: Json) -> list[str]:
        return ["classes", *(f"is_{key}" for key in class_keys(question))]

    def csv_row(self, question: Json, value: Json) -> list[str | int | float]:
        chosen = value["classes"]
        return ["|".join(chosen), *(int(key in chosen) for key in class_keys(question))]

    def invent(self, question: Json, item: Json, random: Generator) -> Json:
        return {"classes": [key for key in class_keys(question) if random.random() < 0.35]}

    def imitate(self, question: Json, item: Json, truth: Json, who: Simulated) -> Json:
        right = {key: YES if key in truth["classes"] else NO for key in class_keys(question)}
        return {"classes": [key for key, side in right.items() if who.says(side, SIDES.keys) == YES]}

    def read_truth(self, question: Json, rows: Sequence[Mapping[str, str]]) -> Json:
        """Column `label`: names or keys of classes with "|" between; a row each for several is the same."""
        names = key_by_name(question)
        said = {part.strip().casefold() for row in rows for part in row["label"].split("|") if part.strip()}
        chosen = {names[name] for name in said}
        return {"classes": [key for key in class_keys(question) if key in chosen]}


def _aspects(question: Json) -> list[Aspect]:
    return [Aspect(key, SIDES, partial(_side, key)) for key in class_keys(question)]


def _side(key: str, value: Json) -> Json:
    return {"class": YES if key in value["classes"] else NO}


def _result(keys: Sequence[str], aspects: Mapping[str, TaskResult]) -> TaskResult:
    """The classes that hold; posterior and votes are each class's own."""
    some = next(iter(aspects.values()))
    return TaskResult(
        task=some.task,
        value={"classes": [key for key in keys if aspects[key].value["class"] == YES]},
        confidence=least_sure(aspects),
        votes={key: aspects[key].votes.get(YES, 0.0) for key in keys},
        posterior={key: aspects[key].posterior.get(YES, 0.0) for key in keys},
        answers=some.answers,
        disputed=most_disputed(aspects),
    )
