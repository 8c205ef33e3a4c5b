"""A form's answers, aggregated field by field: each by the model that fits its kind (`joint_models`)."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from tasks_app.tools.base import TaskResult
from tasks_app.tools.class_models import ClassModel
from tasks_app.tools.fields import Json
from tasks_app.tools.form_fields import is_asked, keys_of
from tasks_app.tools.joint_models import Aspect, Model, least_sure, most_disputed
from tasks_app.tools.number_models import NumberModel
from tasks_app.tools.text_models import TextModel, likeness

NO, YES = "no", "yes"
SIDES = ClassModel((NO, YES))
# About a hundred metres; how exact a telephone in a street is.
NEAR_DEGREES = 0.001
_TEXTS = {"text", "long_text", "link"}


def aspects_of(form: Sequence[Json]) -> list[Aspect]:
    """What of a form is aggregated on its own, in the order of its fields."""
    return [aspect for field in form for aspect in _aspects(field)]


def _aspects(field: Json) -> list[Aspect]:
    name, kind = field["name"], field["kind"]
    if kind == "choice":
        return [_aspect(name, ClassModel(tuple(keys_of(field["options"]))), "class")]
    if kind == "choices":
        return [Aspect(f"{name}/{key}", SIDES, partial(_side, name, key)) for key in keys_of(field["options"])]
    if kind == "matrix":
        model = ClassModel(tuple(keys_of(field["options"])))
        return [Aspect(f"{name}/{row}", model, partial(_inner, name, row, "class")) for row in keys_of(field["rows"])]
    if kind == "number":
        return [_aspect(name, NumberModel(float(field["tolerance"])), "number")]
    if kind == "position":
        near = NumberModel(NEAR_DEGREES)
        return [
            Aspect(f"{name}/{axis}", near, partial(_inner, name, axis, "number")) for axis in ("latitude", "longitude")
        ]
    return [_aspect(name, TextModel(), "text")]


def _aspect(name: str, model: Model, called: str) -> Aspect:
    return Aspect(name, model, partial(_plain, name, called))


def _plain(name: str, called: str, answer: Json) -> Json | None:
    values = answer["fields"]
    return {called: values[name]} if name in values else None


def _inner(name: str, inner: str, called: str, answer: Json) -> Json | None:
    value = answer["fields"].get(name, {})
    return {called: value[inner]} if inner in value else None


def _side(name: str, key: str, answer: Json) -> Json | None:
    values = answer["fields"]
    return {"class": YES if key in values[name] else NO} if name in values else None


def result_of(form: Sequence[Json], task: int, answers: int, aspects: Mapping[str, TaskResult]) -> TaskResult:
    """The form as the crowd filled it in; a field whose condition does not hold in it is left out."""
    values: Json = {}
    for field in form:
        value = _value(field, aspects)
        if value not in (None, {}, []) and is_asked(field, values):
            values[field["name"]] = value
    votes = {f"{key}: {said}": count for key, one in aspects.items() for said, count in one.votes.items()}
    return TaskResult(
        task=task,
        value={"fields": values},
        confidence=least_sure(aspects),
        votes=votes,
        posterior={},
        answers=answers,
        disputed=most_disputed(aspects),
    )


def _value(field: Json, aspects: Mapping[str, TaskResult]) -> object:
    name, kind = field["name"], field["kind"]
    if kind == "choices":
        found = {key: aspects.get(f"{name}/{key}") for key in keys_of(field["options"])}
        return [key for key, one in found.items() if one is not None and one.value["class"] == YES]
    if kind == "matrix":
        found = {row: aspects.get(f"{name}/{row}") for row in keys_of(field["rows"])}
        return {row: one.value["class"] for row, one in found.items() if one is not None}
    if kind == "position":
        axes = {axis: aspects.get(f"{name}/{axis}") for axis in ("latitude", "longitude")}
        return {axis: round(one.value["number"], 5) for axis, one in axes.items() if one is not None}
    one = aspects.get(name)
    if one is None:
        return None
    if kind != "number":
        return one.value["text"] if kind in _TEXTS else one.value["class"]
    number = float(one.value["number"])
    return min(max(number, field.get("minimum", number)), field.get("maximum", number))


def alike(field: Json, a: object, b: object) -> float:
    """How alike two values of one field are, 0..1; None: not filled in."""
    if a is None or b is None:
        return float(a is b)
    kind = field["kind"]
    if kind in _TEXTS:
        return likeness(str(a), str(b)) if a != b else 1.0
    if kind == "number" and isinstance(a, float | int) and isinstance(b, float | int):
        away: float = abs(float(a) - float(b)) / float(field["tolerance"])
        return 1.0 / (1.0 + away)
    if kind == "choices" and isinstance(a, list) and isinstance(b, list):
        return len({*a} & {*b}) / len({*a} | {*b})
    if kind == "matrix" and isinstance(a, dict) and isinstance(b, dict):
        rows = {*a, *b}
        return float(np.mean([a.get(row) == b.get(row) for row in rows]))
    if kind == "position" and isinstance(a, dict) and isinstance(b, dict):
        away = max(abs(float(a[axis]) - float(b[axis])) for axis in ("latitude", "longitude"))
        return 1.0 / (1.0 + away / NEAR_DEGREES)
    return float(a == b)
