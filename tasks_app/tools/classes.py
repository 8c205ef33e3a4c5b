"""The classes of a question: what every kind of task that offers a choice has in common."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.text import slugify

from tasks_app.tools.fields import Json, Problems, join, read_list, read_object, read_text

# Okabe & Ito's palette (2008): told apart under every common colour blindness. Their black is the last to be given
# and a grey here: black vanishes in the dark halo that every stroke has. After the eighth class colours repeat and
# the dash pattern, which the worker page takes from the class's place in the list, tells them apart.
PALETTE = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#BBBBBB")
HOTKEYS = "123456789abcdefghijklmnopqrstuvwxyz"
MAX_CLASSES = 100
MAX_KEY = 40

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FIELDS = ("key", "name", "color", "hotkey", "description", "example")


def class_keys(question: Json) -> list[str]:
    """Class keys in the order of the question; an answer's label code is its place in this list."""
    return [row["key"] for row in question["classes"]]


def class_names(question: Json) -> dict[str, str]:
    """Key → name, in the order of the question."""
    return {str(row["key"]): str(row["name"]) for row in question["classes"]}


def key_by_name(question: Json) -> dict[str, str]:
    """Keys by name and by key, both casefolded."""
    names = {str(row["name"]).casefold(): str(row["key"]) for row in question["classes"]}
    return names | {key.casefold(): key for key in class_keys(question)}


def read_classes(raw: Any, problems: Problems, *, minimum: int, field: str = "classes") -> list[Json]:
    """Canonical class rows: missing keys are made from names, missing colours and hotkeys are given in order.

    Reading its own output again returns it unchanged.
    """
    rows = [
        _read_row(entry, join(field, place), problems)
        for place, entry in enumerate(read_list(raw, field, problems, minimum=minimum, maximum=MAX_CLASSES))
    ]
    _note_doubles(rows, field, problems, "key", "Another class has this key.")
    _note_doubles(rows, field, problems, "hotkey", "Another class has this key on the keyboard.")
    _note_doubles(rows, field, problems, "name", "Another class has this name.")
    _give_keys(rows)
    _give_hotkeys(rows)
    for place, row in enumerate(rows):
        row["color"] = row["color"] or PALETTE[place % len(PALETTE)]
    return rows


def _read_row(raw: Any, field: str, problems: Problems) -> Json:
    entry = read_object(raw, field, problems, known=_FIELDS)
    row: Json = {
        "key": read_text(entry.get("key"), join(field, "key"), problems, maximum=MAX_KEY, required=False),
        "name": read_text(entry.get("name"), join(field, "name"), problems, maximum=80) if entry else "",
        "color": read_text(entry.get("color"), join(field, "color"), problems, maximum=7, required=False).upper(),
        "hotkey": read_text(entry.get("hotkey"), join(field, "hotkey"), problems, maximum=1, required=False).lower(),
        "description": read_text(
            entry.get("description"), join(field, "description"), problems, maximum=500, required=False, lines=True
        ),
        "example": read_text(entry.get("example"), join(field, "example"), problems, maximum=64, required=False),
    }
    if raw == {}:
        problems.add(join(field, "name"), "This field is required.")
    if row["key"] and not _KEY.fullmatch(row["key"]):
        problems.add(join(field, "key"), "Letters, digits, - and _ only, beginning with a letter or digit.")
    if row["color"] and not _COLOR.fullmatch(row["color"]):
        problems.add(join(field, "color"), "Must be a colour such as #E69F00.")
    if row["hotkey"] and row["hotkey"] not in HOTKEYS:
        problems.add(join(field, "hotkey"), "Must be one of 1-9 or a-z.")
    if row["example"] and not _SHA256.fullmatch(row["example"]):
        problems.add(join(field, "example"), "Must be the SHA-256 of an uploaded image.")
    row["example"] = row["example"] or None
    return row


def _note_doubles(rows: Iterable[Json], field: str, problems: Problems, name: str, message: str) -> None:
    seen: set[str] = set()
    for place, row in enumerate(rows):
        value = row[name].casefold()
        if value and value in seen:
            problems.add(join(join(field, place), name), message)
        seen.add(value)


def _give_keys(rows: list[Json]) -> None:
    # Compared without case, as _note_doubles does: keys become file and column names in exports.
    taken = {row["key"].casefold() for row in rows}
    for place, row in enumerate(rows, start=1):
        if row["key"]:
            continue
        base = slugify(row["name"])[:MAX_KEY].strip("-_") or f"class-{place}"
        key, number = base, 2
        while key in taken:
            suffix = f"-{number}"
            key, number = base[: MAX_KEY - len(suffix)] + suffix, number + 1
        taken.add(key)
        row["key"] = key


def _give_hotkeys(rows: list[Json]) -> None:
    taken = {row["hotkey"] for row in rows}
    free = (key for key in HOTKEYS if key not in taken)
    for row in rows:
        row["hotkey"] = row["hotkey"] or next(free, "")
