"""What image and text ratings share: one step of a scale; steps have an order, so the answers are fused as numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from tasks_app.tools.asking import ExtraField
from tasks_app.tools.base import AnswerBatch, Fit, Tool
from tasks_app.tools.fields import Json, Problems, read_number, read_object
from tasks_app.tools.number_models import NumberModel
from tasks_app.tools.simulated import Generator, Simulated, any_of

# Each step has a digit of the keyboard.
MOST_STEPS = 10
_SCALE = (
    ExtraField(name="lowest", label="Lowest step", help="A whole number.", default=1, minimum=0, maximum=9),
    ExtraField(
        name="highest", label="Highest step", help="At most ten steps in all.", default=5, minimum=1, maximum=10
    ),
    ExtraField(
        name="lowest_label",
        label="What the lowest means",
        help="Such as: not at all.",
        kind="text",
        default="",
        maximum=60,
    ),
    ExtraField(
        name="highest_label",
        label="What the highest means",
        help="Such as: fully.",
        kind="text",
        default="",
        maximum=60,
    ),
    ExtraField(
        name="tolerance",
        label="How exact the mean has to be",
        help="An item is settled when the mean is this many steps or fewer from the truth, with the confidence you ask for.",
        default=0.75,
        minimum=0.1,
        maximum=3,
    ),
)


class Rating(Tool):
    """Answer: {"rating": 4}; a result's is the fused mean, such as 3.7."""

    min_classes = 0
    export_formats: ClassVar[tuple[str, ...]] = ("csv", "jsonl")
    extra_fields: ClassVar[tuple[ExtraField, ...]] = _SCALE

    def check_question(self, question: Json, problems: Problems) -> None:
        low, high = question["lowest"], question["highest"]
        for name in ("lowest", "highest"):
            if question[name] is not None and question[name] != int(question[name]):
                problems.add(name, "Must be a whole number.")
        if low is not None and high is not None and not 1 <= high - low <= MOST_STEPS - 1:
            problems.add("highest", f"Must be above the lowest step, and leave at most {MOST_STEPS} steps.")

    def clean_answer(self, question: Json, item: Json, raw: Any) -> Json:
        problems = Problems()
        entry = read_object(raw, "", problems, known=("rating",))
        low, high = question["lowest"], question["highest"]
        rating = read_number(entry.get("rating"), "rating", problems, minimum=low, maximum=high)
        problems.check()
        return {"rating": round(rating or 0.0, 2)}

    def agreement(self, question: Json, a: Json, b: Json) -> float:
        """1 less the distance, as a share of the scale."""
        scale = float(question["highest"] - question["lowest"])
        return 1.0 - abs(float(a["rating"]) - float(b["rating"])) / scale

    def fit(self, question: Json, batch: AnswerBatch, *, final: bool = True) -> Fit:
        return _rated(question, _model(question).fit(_numbers(batch), final=final))

    def update(self, question: Json, state: bytes, batch: AnswerBatch) -> Fit:
        return _rated(question, _model(question).update(state, _numbers(batch)))

    def summary_of(self, question: Json, value: Json) -> str:
        return f"{value['rating']:g} of {question['highest']:g}"

    def classes_in(self, value: Json) -> list[str]:
        return []

    def csv_columns(self, question: Json) -> list[str]:
        return ["rating"]

    def csv_row(self, question: Json, value: Json) -> list[str | int | float]:
        return [value["rating"]]

    def invent(self, question: Json, item: Json, random: Generator) -> Json:
        return {"rating": any_of(_steps(question), random)}

    def imitate(self, question: Json, item: Json, truth: Json, who: Simulated) -> Json:
        """Who errs says a step beside the right one, or anything at all where they do not look."""
        steps = _steps(question)
        right = min(steps, key=lambda step: abs(step - truth["rating"]))
        said = who.says(right, steps)
        if who.kind in {who.kind.HAMMER, who.kind.SLOPPY} and said != right:
            said = right + (1 if said > right else -1)
        return {"rating": said}

    def read_truth(self, question: Json, rows: Sequence[Mapping[str, str]]) -> Json:
        """Column `rating`, or `label`."""
        return {"rating": float(rows[0].get("rating") or rows[0]["label"])}


def _model(question: Json) -> NumberModel:
    return NumberModel(float(question["tolerance"]))


def _steps(question: Json) -> list[float]:
    return [float(step) for step in range(int(question["lowest"]), int(question["highest"]) + 1)]


def _numbers(batch: AnswerBatch) -> AnswerBatch:
    return replace(batch, values=[{"number": value["rating"]} for value in batch.values])


def _rated(question: Json, fit: Fit) -> Fit:
    """Results within the scale: a scale that was changed may leave answers outside."""
    low, high = float(question["lowest"]), float(question["highest"])
    results = {
        task: replace(found, value={"rating": round(min(max(found.value["number"], low), high), 2)})
        for task, found in fit.results.items()
    }
    return replace(fit, results=results)
