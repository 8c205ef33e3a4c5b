"""The fields of a form: what a requester may ask, and what may be answered. Shared by questionnaires and own HTML."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from tasks_app.tools.fields import (
    Json,
    Problems,
    join,
    read_choice,
    read_list,
    read_number,
    read_object,
    read_text,
)

KINDS = ("text", "long_text", "link", "number", "choice", "choices", "matrix", "position")
MAX_FIELDS = 60
MAX_OPTIONS = 60
MAX_ROWS = 30
MAX_LONG = 20_000
MAX_LINE = 500
MAX_VALUE = 1e12

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_LINK = re.compile(r"https?://[^\s/$.?#][^\s]*", re.IGNORECASE)
_KNOWN = ("name", "label", "kind", "required", "help", "options", "rows", "minimum", "maximum", "tolerance", "when")
_CHOOSING = {"choice", "choices", "matrix"}


# --- What is asked ----------------------------------------------------------------------------------------------------
def read_form(raw: Any, problems: Problems, *, field: str = "fields") -> list[Json]:
    """Canonical fields. Reading its own output again returns it unchanged."""
    found: list[Json] = []
    for place, entry in enumerate(read_list(raw, field, problems, minimum=1, maximum=MAX_FIELDS)):
        found.append(_read_field(entry, join(field, place), problems, found))
    return found


def _read_field(raw: Any, field: str, problems: Problems, before: Sequence[Json]) -> Json:
    entry = read_object(raw, field, problems, known=_KNOWN)
    name = read_text(entry.get("name"), join(field, "name"), problems, maximum=40)
    if name and not _NAME.fullmatch(name):
        problems.add(join(field, "name"), "A letter, then letters, digits and _ only.")
    if name in {one["name"] for one in before}:
        problems.add(join(field, "name"), "Another field has this name.")
    kind = entry.get("kind", "text")
    if kind not in KINDS:
        problems.add(join(field, "kind"), f"One of {', '.join(KINDS)}.")
        kind = "text"
    required = entry.get("required", True)
    if not isinstance(required, bool):
        problems.add(join(field, "required"), "Must be true or false.")
    clean: Json = {
        "name": name,
        "label": read_text(entry.get("label", name), join(field, "label"), problems, maximum=300),
        "kind": kind,
        "required": required is True,
        "help": read_text(entry.get("help"), join(field, "help"), problems, maximum=500, required=False),
    }
    clean |= _read_limits(entry, kind, field, problems)
    if "when" in entry:
        clean["when"] = _read_condition(entry["when"], join(field, "when"), problems, before)
    return clean


def _read_limits(entry: Json, kind: str, field: str, problems: Problems) -> Json:
    """What a field of this kind says of its answers; what belongs to another kind is refused."""
    clean: Json = {}
    if kind in _CHOOSING:
        clean["options"] = _read_options(entry.get("options"), join(field, "options"), problems, MAX_OPTIONS, 2)
    if kind == "matrix":
        clean["rows"] = _read_options(entry.get("rows"), join(field, "rows"), problems, MAX_ROWS, 1)
    if kind == "number":
        for name in ("minimum", "maximum"):
            if name in entry:
                clean[name] = read_number(
                    entry[name], join(field, name), problems, minimum=-MAX_VALUE, maximum=MAX_VALUE
                )
        tolerance = entry.get("tolerance", 0.5)
        clean["tolerance"] = read_number(tolerance, join(field, "tolerance"), problems, minimum=1e-9, maximum=MAX_VALUE)
        if (clean.get("minimum") or 0.0) > (clean.get("maximum", MAX_VALUE) or 0.0) and "maximum" in clean:
            problems.add(join(field, "maximum"), "Must not be below the minimum.")
    for name in ("options", "rows", "minimum", "maximum", "tolerance"):
        if name in entry and name not in clean:
            problems.add(join(field, name), f"A field of kind {kind} has none.")
    return clean


def _read_options(raw: Any, field: str, problems: Problems, most: int, least: int) -> list[Json]:
    """[{"key", "label"}]; a plain text is both."""
    options: list[Json] = []
    for place, entry in enumerate(read_list(raw, field, problems, minimum=least, maximum=most)):
        at = join(field, place)
        row = (
            {"key": entry, "label": entry}
            if isinstance(entry, str)
            else read_object(entry, at, problems, known=("key", "label"))
        )
        key = read_text(row.get("key"), join(at, "key"), problems, maximum=100)
        label = read_text(row.get("label", key), join(at, "label"), problems, maximum=200)
        if key in {one["key"] for one in options}:
            problems.add(at, "This is here twice.")
        options.append({"key": key, "label": label})
    return options


def _read_condition(raw: Any, field: str, problems: Problems, before: Sequence[Json]) -> Json:
    """{"field", "is": [keys]}: asked only where an earlier choice has one of these answers."""
    entry = read_object(raw, field, problems, known=("field", "is"))
    earlier = {one["name"]: one for one in before if one["kind"] in {"choice", "choices"}}
    name = entry.get("field")
    if not isinstance(name, str) or name not in earlier:
        problems.add(join(field, "field"), "Must be the name of an earlier field of kind choice or choices.")
        return {"field": "", "is": []}
    keys = keys_of(earlier[name]["options"])
    given = read_list(entry.get("is"), join(field, "is"), problems, minimum=1, maximum=MAX_OPTIONS)
    wanted = [
        read_choice(key, join(join(field, "is"), place), problems, choices=keys) for place, key in enumerate(given)
    ]
    return {"field": name, "is": wanted}


def keys_of(options: Sequence[Json]) -> list[str]:
    return [str(one["key"]) for one in options]


def is_asked(field: Json, values: Json) -> bool:
    """Whether a field's condition holds, by the answers to those before it."""
    if "when" not in field:
        return True
    given = values.get(field["when"]["field"])
    return any(key in field["when"]["is"] for key in (given if isinstance(given, list) else [given]))


# --- What is answered -------------------------------------------------------------------------------------------------
def read_values(form: Sequence[Json], raw: Any, problems: Problems, *, field: str = "fields") -> Json:
    """Canonical values by name: of the fields that are asked, without those left empty."""
    entry = read_object(raw, field, problems, known=[one["name"] for one in form])
    values: Json = {}
    for one in form:
        name, given = one["name"], entry.get(one["name"])
        if not is_asked(one, values):
            continue  # what was filled in before an earlier answer changed is not said any more
        empty = given is None or given in ("", [], {})
        if empty and one["required"]:
            problems.add(join(field, name), "This field is required.")
        if empty:
            continue
        value = _READERS[one["kind"]](one, given, join(field, name), problems)
        if value not in ("", [], None):
            values[name] = value
        elif one["required"]:
            problems.add(join(field, name), "This field is required.")
    return values


def _line(one: Json, raw: Any, field: str, problems: Problems) -> str:
    return read_text(raw, field, problems, maximum=MAX_LINE, required=one["required"])


def _long(one: Json, raw: Any, field: str, problems: Problems) -> str:
    return read_text(raw, field, problems, maximum=MAX_LONG, required=one["required"], lines=True)


def _link(one: Json, raw: Any, field: str, problems: Problems) -> str:
    text = read_text(raw, field, problems, maximum=2000, required=one["required"])
    if text and not _LINK.fullmatch(text):
        problems.add(field, "Must be an address that begins with https:// or http://.")
    return text


def _number(one: Json, raw: Any, field: str, problems: Problems) -> float | None:
    low, high = one.get("minimum", -MAX_VALUE), one.get("maximum", MAX_VALUE)
    return read_number(raw, field, problems, minimum=low, maximum=high)


def _choice(one: Json, raw: Any, field: str, problems: Problems) -> str:
    return read_choice(raw, field, problems, choices=keys_of(one["options"]))


def _choices(one: Json, raw: Any, field: str, problems: Problems) -> list[str]:
    keys = keys_of(one["options"])
    given = read_list(raw, field, problems, maximum=MAX_OPTIONS)
    chosen = {read_choice(key, join(field, place), problems, choices=keys) for place, key in enumerate(given)}
    return [key for key in keys if key in chosen]


def _matrix(one: Json, raw: Any, field: str, problems: Problems) -> Json:
    rows, keys = keys_of(one["rows"]), keys_of(one["options"])
    entry = read_object(raw, field, problems, known=rows)
    if one["required"]:
        for row in rows:
            if row not in entry:
                problems.add(join(field, row), "This field is required.")
    return {row: read_choice(entry[row], join(field, row), problems, choices=keys) for row in rows if row in entry}


def _position(one: Json, raw: Any, field: str, problems: Problems) -> Json:
    """Degrees, to about a metre; `accuracy` in metres where the device told it."""
    entry = read_object(raw, field, problems, known=("latitude", "longitude", "accuracy"))
    value: Json = {}
    for name, most in (("latitude", 90.0), ("longitude", 180.0)):
        number = read_number(entry.get(name), join(field, name), problems, minimum=-most, maximum=most)
        value[name] = round(number or 0.0, 5)
    if entry.get("accuracy") is not None:
        accuracy = read_number(entry["accuracy"], join(field, "accuracy"), problems, minimum=0, maximum=1e8)
        value["accuracy"] = round(accuracy or 0.0, 1)
    return value


_READERS: dict[str, Callable[[Json, Any, str, Problems], Any]] = {
    "text": _line,
    "long_text": _long,
    "link": _link,
    "number": _number,
    "choice": _choice,
    "choices": _choices,
    "matrix": _matrix,
    "position": _position,
}
