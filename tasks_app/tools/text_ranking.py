"""Several texts put in order, best first."""

from typing import Any, ClassVar

from tasks_app.tools import ranking_models
from tasks_app.tools.asking import ItemColumn
from tasks_app.tools.base import AnswerBatch, Demo, Fit, Labels, Tool
from tasks_app.tools.comparison import CONTEXT
from tasks_app.tools.fields import Json, Problems, join, read_choice, read_list, read_object
from tasks_app.tools.simulated import Generator, Simulated

OPTIONS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


class TextRanking(Tool):
    """Answer: {"order": ["second", "first", "third"]}, best first: every text of the item once."""

    kind = "text_ranking"
    title = "Ranking of texts"
    summary = "People put several texts or responses of a model in order, the best first."
    media = "text"
    items = Labels("set", "sets")
    min_classes = 0
    export_formats: ClassVar[tuple[str, ...]] = ("csv", "jsonl")
    columns: ClassVar[tuple[ItemColumn, ...]] = (
        *(ItemColumn(name=name, help=f"The {name} text.", required=name == "second") for name in OPTIONS[1:]),
        CONTEXT,
    )

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question({"prompt": "Put these headlines in order, the clearest first."}),
            hint="Press their numbers or click them, best first.",
            item={
                "text": "Council votes to keep the night bus",
                "second": "Decision reached on transport matter",
                "third": "Night bus stays: council votes 12 to 9",
            },
        )

    def clean_answer(self, question: Json, item: Json, raw: Any) -> Json:
        problems = Problems()
        entry = read_object(raw, "", problems, known=("order",))
        choices = options_of(item)
        rows = read_list(entry.get("order"), "order", problems, maximum=len(OPTIONS))
        order = [read_choice(row, join("order", place), problems, choices=choices) for place, row in enumerate(rows)]
        if len(set(order)) < len(order):
            problems.add("order", "Each text once.")
        elif len(order) != len(choices):
            problems.add("order", f"All {len(choices)} texts have to be ranked, got {len(order)}.")
        problems.check()
        return {"order": order}

    def agreement(self, question: Json, a: Json, b: Json) -> float:
        """Share of pairs in the same order."""
        return ranking_models.concordance(a["order"], b["order"])

    def fit(self, question: Json, batch: AnswerBatch, *, final: bool = True) -> Fit:
        return ranking_models.fit(OPTIONS, batch, final=final)

    def update(self, question: Json, state: bytes, batch: AnswerBatch) -> Fit:
        return ranking_models.update(OPTIONS, state, batch)

    def summary_of(self, question: Json, value: Json) -> str:
        return ", ".join(value["order"])

    def classes_in(self, value: Json) -> list[str]:
        return []

    def csv_columns(self, question: Json) -> list[str]:
        return ["best", "order"]

    def csv_row(self, question: Json, value: Json) -> list[str | int | float]:
        return [value["order"][0], "|".join(value["order"])]

    def invent(self, question: Json, item: Json, random: Generator) -> Json:
        return {"order": [str(name) for name in random.permutation(options_of(item))]}

    def imitate(self, question: Json, item: Json, truth: Json, who: Simulated) -> Json:
        """Each place is taken by the best that is left, or by another where this person errs."""
        left, order = list(truth["order"]), []
        while left:
            order.append(who.says(left[0], left) if len(left) > 1 else left[0])
            left.remove(order[-1])
        return {"order": order}


def options_of(item: Json) -> list[str]:
    """Names of the texts that an item has, in their order; the item's own text is the first."""
    return [OPTIONS[0], *(name for name in OPTIONS[1:] if name in item)]
