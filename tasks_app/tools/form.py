"""What questionnaires and own HTML share: an answer of several fields, each aggregated on its own."""

import json
from typing import Any, ClassVar

from tasks_app.tools import form_models, joint_models
from tasks_app.tools.asking import ExtraField
from tasks_app.tools.base import AnswerBatch, Fit, Tool
from tasks_app.tools.fields import Json, Problems, read_object
from tasks_app.tools.form_fields import MAX_VALUE, is_asked, keys_of, read_form, read_values
from tasks_app.tools.joint_models import Joint
from tasks_app.tools.simulated import Generator, Simulated, any_of

_WORDS = ("amber", "birch", "cedar", "dune", "ember", "fjord", "grove")
FIELDS = ExtraField(
    name="fields",
    label="Fields",
    help='A JSON list of fields, such as {"name": "open", "label": "Is the shop open?", "kind": "choice", "options": ["Yes", "No"]}. '
    "Kinds: text, long_text, link, number, choice, choices, matrix (with rows), position. "
    '"required": false makes one optional, "when": {"field": "open", "is": ["No"]} asks it only then.',
    kind="json",
    default=[
        {"name": "open", "label": "Is the shop open?", "kind": "choice", "options": ["Yes", "No"]},
        {"name": "why", "label": "What does the sign say?", "kind": "text", "when": {"field": "open", "is": ["No"]}},
    ],
)


class Form(Tool):
    """Answer: {"fields": {"open": "No", "why": "Closed on Mondays"}}, without those left empty."""

    media = "text"
    min_classes = 0
    export_formats: ClassVar[tuple[str, ...]] = ("csv", "jsonl")
    extra_fields: ClassVar[tuple[ExtraField, ...]] = (FIELDS,)

    def check_question(self, question: Json, problems: Problems) -> None:
        question["fields"] = read_form(question["fields"], problems)

    def clean_answer(self, question: Json, item: Json, raw: Any) -> Json:
        problems = Problems()
        entry = read_object(raw, "", problems, known=("fields",))
        values = read_values(question["fields"], entry.get("fields"), problems)
        problems.check()
        return {"fields": values}

    def agreement(self, question: Json, a: Json, b: Json) -> float:
        """Mean over the fields that either filled in."""
        first, second = a["fields"], b["fields"]
        said = [one for one in question["fields"] if one["name"] in first or one["name"] in second]
        likes = [form_models.alike(one, first.get(one["name"]), second.get(one["name"])) for one in said]
        return sum(likes) / len(likes) if likes else 1.0

    def fit(self, question: Json, batch: AnswerBatch, *, final: bool = True) -> Fit:
        return _fitted(question, joint_models.fit(form_models.aspects_of(question["fields"]), batch, final=final))

    def update(self, question: Json, state: bytes, batch: AnswerBatch) -> Fit:
        return _fitted(question, joint_models.update(form_models.aspects_of(question["fields"]), state, batch))

    def summary_of(self, question: Json, value: Json) -> str:
        said = [(one, value["fields"][one["name"]]) for one in question["fields"] if one["name"] in value["fields"]]
        return "; ".join(f"{one['name']}: {_written(given)}" for one, given in said) or "Nothing filled in"

    def classes_in(self, value: Json) -> list[str]:
        return []

    def csv_columns(self, question: Json) -> list[str]:
        return [f"field.{one['name']}" for one in question["fields"]]

    def csv_row(self, question: Json, value: Json) -> list[str | int | float]:
        cells = [value["fields"].get(one["name"], "") for one in question["fields"]]
        return [cell if isinstance(cell, str | int | float) else json.dumps(cell, ensure_ascii=False) for cell in cells]

    def invent(self, question: Json, item: Json, random: Generator) -> Json:
        values: Json = {}
        for one in question["fields"]:
            if is_asked(one, values):
                values[one["name"]] = _invented(one, random)
        return {"fields": values}

    def imitate(self, question: Json, item: Json, truth: Json, who: Simulated) -> Json:
        """Each field is right, or anything: with the skill that this person has between right and wrong."""
        values: Json = {}
        for one in question["fields"]:
            if is_asked(one, values):
                right = truth["fields"].get(one["name"])
                looked = right is not None and who.says("right", ("right", "wrong")) == "right"
                values[one["name"]] = right if looked else _invented(one, who.random)
        return {"fields": values}


def _fitted(question: Json, joint: Joint) -> Fit:
    return Fit(
        results={
            task: form_models.result_of(question["fields"], task, joint.answers[task], aspects)
            for task, aspects in joint.results.items()
        },
        workers=joint.workers,
        method=joint.method,
        state=joint.state,
    )


def _written(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_written(inner)}" for key, inner in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)


def _invented(one: Json, random: Generator) -> Any:
    """Some value that the field takes."""
    kind = one["kind"]
    if kind in {"text", "long_text"}:
        return " ".join(any_of(_WORDS, random) for _ in range(3))
    if kind == "link":
        return f"https://example.org/{any_of(_WORDS, random)}"
    if kind == "number":
        low = max(one.get("minimum", 0.0), -MAX_VALUE)
        return round(float(random.uniform(low, one.get("maximum", low + 100.0))), 3)
    if kind == "choice":
        return any_of(keys_of(one["options"]), random)
    if kind == "choices":
        chosen = [key for key in keys_of(one["options"]) if random.random() < 0.5]
        return chosen or [any_of(keys_of(one["options"]), random)]
    if kind == "matrix":
        return {row: any_of(keys_of(one["options"]), random) for row in keys_of(one["rows"])}
    latitude, longitude = random.uniform(-60, 60), random.uniform(-170, 170)
    return {"latitude": round(float(latitude), 5), "longitude": round(float(longitude), 5)}
