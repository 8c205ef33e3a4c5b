"""Reading untrusted JSON: each function returns a clean value or notes which field is wrong, and never raises by itself.

A reader that cannot use a value notes the problem and returns a harmless stand-in, so that one pass finds every
wrong field of a document. The caller ends with `problems.check()`; stand-ins never outlive it.
"""

import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from tasks_app.errors import InvalidInput

Json = dict[str, Any]

# An answer with 2,000 wrong boxes needs no 8,000 messages.
MAX_PROBLEMS = 50
# Beyond this a coordinate is nonsense, and an int may be too long for float().
MAX_NUMBER = 1e9
# What a result's shapes, regions and tracks carry besides; dropped, so that a result can be taken as an answer or known answer.
OF_RESULTS = ("confidence", "votes")

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Problems:
    """The wrong fields of one document, first message wins, at most `MAX_PROBLEMS`."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def add(self, field: str, message: str) -> None:
        if len(self.found) < MAX_PROBLEMS:
            self.found.setdefault(field, message)

    def check(self) -> None:
        """Raise InvalidInput naming every wrong field, if there is one."""
        if self.found:
            raise InvalidInput(fields=self.found)


def join(parent: str, name: str | int) -> str:
    """`join("boxes.3", "x2")` is "boxes.3.x2"; the root's name is ""."""
    return f"{parent}.{name}" if parent else str(name)


def read_object(raw: Any, field: str, problems: Problems, *, known: Collection[str]) -> Json:
    """The object, with the keys in `known` only; {} when it is none. An unknown key is a problem of its own."""
    if not isinstance(raw, dict):
        problems.add(field or "value", "Must be an object.")
        return {}
    for key in raw:
        if key not in known:
            # The name goes into a response: keep it short and encodable whatever was sent.
            name = str(key)[:40].encode("ascii", "backslashreplace").decode("ascii")
            problems.add(join(field, name), "Unknown field.")
    return {key: raw[key] for key in known if key in raw}


def read_list(raw: Any, field: str, problems: Problems, *, minimum: int = 0, maximum: int) -> list[Any]:
    """The list; [] when it is none or its length is outside minimum..maximum."""
    if not isinstance(raw, list | tuple):
        problems.add(field, "Must be a list.")
        return []
    if len(raw) > maximum:
        problems.add(field, f"At most {maximum} entries, got {len(raw)}.")
        return []
    if len(raw) < minimum:
        problems.add(field, f"At least {minimum} entries are needed, got {len(raw)}.")
    return list(raw)


def read_text(
    raw: Any, field: str, problems: Problems, *, maximum: int, required: bool = True, lines: bool = False
) -> str:
    """Text in NFC, trimmed; without `lines` every run of white space is one space. None and "" are the same."""
    if raw is None:
        raw = ""
    if not isinstance(raw, str):
        problems.add(field, "Must be text.")
        return ""
    if len(raw) > maximum * 4:
        # Bounded before any work is spent on it; white space may still be trimmed off below that.
        problems.add(field, f"At most {maximum} characters.")
        return ""
    if _SURROGATE.search(raw) or _CONTROL.search(raw):
        # PostgreSQL stores no NUL, and a lone surrogate cannot be written as UTF-8.
        problems.add(field, "Contains characters that cannot be stored.")
        return ""
    text = unicodedata.normalize("NFC", raw)
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip() if lines else " ".join(text.split())
    if len(text) > maximum:
        problems.add(field, f"At most {maximum} characters.")
    elif required and not text:
        problems.add(field, "This field is required.")
    return text


def read_number(raw: Any, field: str, problems: Problems, *, minimum: float, maximum: float) -> float | None:
    """A finite number in minimum..maximum, as float; None when it is none. True and "3" are not numbers."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        problems.add(field, "Must be a number.")
        return None
    if isinstance(raw, float) and not math.isfinite(raw):
        problems.add(field, "Must be a finite number.")
        return None
    if not minimum <= raw <= maximum:
        problems.add(field, f"Must be between {minimum:g} and {maximum:g}.")
        return None
    return float(raw) + 0.0  # + 0.0 turns -0.0 into 0.0


def read_coordinates(values: Iterable[tuple[str, Any]], problems: Problems) -> list[float] | None:
    """Numbers within reach of any picture, from (field, value); None at the first that is none, which is noted."""
    found = []
    for field, raw in values:
        number = read_number(raw, field, problems, minimum=-MAX_NUMBER, maximum=MAX_NUMBER)
        if number is None:
            return None
        found.append(number)
    return found


def read_fields_of(entry: Json, names: Sequence[str], field: str, problems: Problems) -> Json | None:
    """The coordinates that an object holds under these names, as `read_coordinates`."""
    found = read_coordinates(((join(field, name), entry.get(name)) for name in names), problems)
    return None if found is None else dict(zip(names, found, strict=True))


def read_choice(raw: Any, field: str, problems: Problems, *, choices: Collection[str]) -> str:
    """One of `choices`; "" when it is none of them."""
    if not isinstance(raw, str):
        problems.add(field, "Choose a class." if raw is None else "Must be the key of a class.")
        return ""
    if raw not in choices:
        problems.add(field, "There is no such class.")
        return ""
    return raw
