"""What comparisons of two share: which is better? Either may stand first; each answer says which did."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from tasks_app.tools import class_models
from tasks_app.tools.asking import ExtraField, ItemColumn
from tasks_app.tools.base import AnswerBatch, Fit, Tool
from tasks_app.tools.fields import Json, Problems, read_choice, read_object
from tasks_app.tools.simulated import Generator, Simulated, any_of

FIRST, SECOND, TIE = "first", "second", "tie"
_NAMES = {FIRST: "The first", SECOND: "The second", TIE: "Neither is better"}
CONTEXT = ItemColumn(name="context", help="What stands above both, such as the question that they answer.")


class Comparison(Tool):
    """Answer: {"better": "first" | "second" | "tie", "shown": "first" | "second"}: `shown` stood first on the page."""

    min_classes = 0
    export_formats: ClassVar[tuple[str, ...]] = ("csv", "jsonl")
    extra_fields: ClassVar[tuple[ExtraField, ...]] = (
        ExtraField(
            name="ties",
            label="“Equally good” may be answered",
            help="Without it people must decide, which tells more where both are nearly the same.",
            kind="flag",
            default=True,
        ),
    )

    def clean_answer(self, question: Json, item: Json, raw: Any) -> Json:
        problems = Problems()
        entry = read_object(raw, "", problems, known=("better", "shown"))
        better = read_choice(entry.get("better"), "better", problems, choices=_choices(question))
        # A known answer or a result has stood nowhere.
        shown = read_choice(entry["shown"], "shown", problems, choices=(FIRST, SECOND)) if "shown" in entry else ""
        problems.check()
        return {"better": better} | ({"shown": shown} if shown else {})

    def agreement(self, question: Json, a: Json, b: Json) -> float:
        """A tie agrees half with either."""
        if a["better"] == b["better"]:
            return 1.0
        return 0.5 if TIE in {a["better"], b["better"]} else 0.0

    def fit(self, question: Json, batch: AnswerBatch, *, final: bool = True) -> Fit:
        return _compared(class_models.fit(_choices(question), _classes(batch), final=final))

    def update(self, question: Json, state: bytes, batch: AnswerBatch) -> Fit:
        return _compared(class_models.update(_choices(question), state, _classes(batch)))

    def summary_of(self, question: Json, value: Json) -> str:
        return _NAMES[value["better"]]

    def classes_in(self, value: Json) -> list[str]:
        return []

    def csv_columns(self, question: Json) -> list[str]:
        return ["better"]

    def csv_row(self, question: Json, value: Json) -> list[str | int | float]:
        return [value["better"]]

    def invent(self, question: Json, item: Json, random: Generator) -> Json:
        return {"better": any_of(_choices(question), random)}

    def imitate(self, question: Json, item: Json, truth: Json, who: Simulated) -> Json:
        shown = any_of((FIRST, SECOND), who.random)
        return {"better": who.says(truth["better"], _choices(question)), "shown": shown}

    def read_truth(self, question: Json, rows: Sequence[Mapping[str, str]]) -> Json:
        """Column `better`, or `label`."""
        better = rows[0].get("better") or rows[0]["label"]
        if better not in _choices(question):
            raise KeyError(better)
        return {"better": better}


def _choices(question: Json) -> list[str]:
    return [FIRST, SECOND, TIE] if question["ties"] else [FIRST, SECOND]


def _classes(batch: AnswerBatch) -> AnswerBatch:
    return replace(batch, values=[{"class": value["better"]} for value in batch.values])


def _compared(fit: Fit) -> Fit:
    """Matrices are left out: pages name their rows by the question's classes, and there are none."""
    return replace(
        fit,
        results={task: replace(found, value={"better": found.value["class"]}) for task, found in fit.results.items()},
        workers={who: replace(report, confusion=None, support=None) for who, report in fit.workers.items()},
    )
