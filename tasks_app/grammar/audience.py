"""Who a pool is for: a small language of conditions, as data. No database; the forms and the API write it, the hand-out reads it.

    {}                                                        everybody
    {"all": […]}  {"any": […]}  {"not": …}
    {"skill": "<public id>", "from": 70, "to": 100}           holds it with a value in between, both included
    {"language": "de"}   {"country": ["DE", "AT"]}   {"age": {"from": 18, "to": 67}}
    {"device": "phone"}                                       or "desktop": what they work on at that moment

What is not known of somebody fulfils nothing: no country stated is no country. (So "not" of it holds.)
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tasks_app.tools.fields import Json, Problems, join, read_list, read_number, read_object

MAX_DEPTH = 4
MAX_CONDITIONS = 30
OLDEST = 120

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_ID = re.compile(r"[0-9a-z]{12}")
_FORMS = ("all", "any", "not", "skill", "language", "country", "age", "device")
DEVICES = ("phone", "desktop")


@dataclass(frozen=True)
class Facts:
    """What is known of a worker: skills by public id with their values, languages, country, age in years, and the device."""

    skills: Mapping[str, int] = field(default_factory=dict)
    languages: frozenset[str] = frozenset()
    country: str = ""
    age: int | None = None
    device: str = ""


def clean(raw: Any, field_name: str = "audience") -> Json:
    """The canonical condition. Raises InvalidInput naming the field ("audience.all.1.skill")."""
    problems = Problems()
    found = _read(raw, field_name, problems, depth=1) if raw else {}
    problems.check()
    if sum(1 for _ in atoms(found)) > MAX_CONDITIONS:
        problems.add(field_name, f"At most {MAX_CONDITIONS} conditions.")
        problems.check()
    return found


def fits(condition: Json, facts: Facts) -> bool:
    """Whether somebody belongs to the audience."""
    if not condition:
        return True
    name, value = next((name, condition[name]) for name in _FORMS if name in condition)
    match name:
        case "all":
            return all(fits(one, facts) for one in value)
        case "any":
            return any(fits(one, facts) for one in value)
        case "not":
            return not fits(value, facts)
        case "skill":
            held = facts.skills.get(value)
            return held is not None and condition["from"] <= held <= condition["to"]
        case "language":
            return value in facts.languages
        case "country":
            return facts.country in value
        case "device":
            return bool(facts.device == value)
        case _:
            return facts.age is not None and value["from"] <= facts.age <= value["to"]


def atoms(condition: Json) -> Iterator[Json]:
    """The conditions without "all", "any" and "not" around them."""
    if "all" in condition or "any" in condition:
        for one in condition.get("all") or condition.get("any") or ():
            yield from atoms(one)
    elif "not" in condition:
        yield from atoms(condition["not"])
    elif condition:
        yield condition


def skills_in(condition: Json) -> set[str]:
    """Public ids of the skills it asks for."""
    return {one["skill"] for one in atoms(condition) if "skill" in one}


def sentence(condition: Json, names: Mapping[str, str]) -> str:
    """A condition in words; `names` are the skills' by public id."""
    if not condition:
        return "Everybody"
    if "all" in condition:
        return " and ".join(_inside(one, names) for one in condition["all"])
    if "any" in condition:
        return " or ".join(_inside(one, names) for one in condition["any"])
    if "not" in condition:
        return f"not {_inside(condition['not'], names)}"
    if "skill" in condition:
        name = f"“{names.get(condition['skill'], 'a skill that is gone')}”"
        low, high = condition["from"], condition["to"]
        if (low, high) == (0, 100):
            return f"holds {name}"
        return f"{name} from {low}" + (f" to {high}" if high < 100 else "")
    if "language" in condition:
        return f"speaks {condition['language']}"
    if "country" in condition:
        return "lives in " + " or ".join(condition["country"])
    if "device" in condition:
        return "works on a phone or tablet" if condition["device"] == "phone" else "works on a computer"
    return f"is {condition['age']['from']} to {condition['age']['to']} years old"


def _inside(condition: Json, names: Mapping[str, str]) -> str:
    text = sentence(condition, names)
    return f"({text})" if {"all", "any"} & condition.keys() and len(next(iter(condition.values()))) > 1 else text


def _read(raw: Any, at: str, problems: Problems, *, depth: int) -> Json:
    if depth > MAX_DEPTH:
        problems.add(at, f"At most {MAX_DEPTH} levels.")
        return {}
    entry = read_object(raw, at, problems, known=(*_FORMS, "from", "to"))
    names = [name for name in _FORMS if name in entry]
    if len(names) != 1:
        problems.add(at, f"Exactly one of {', '.join(_FORMS)}.")
        return {}
    name, value = names[0], entry[names[0]]
    inner = join(at, name)
    if name in {"all", "any"}:
        parts = read_list(value, inner, problems, minimum=1, maximum=MAX_CONDITIONS)
        return {name: [_read(one, join(inner, place), problems, depth=depth + 1) for place, one in enumerate(parts)]}
    if name == "not":
        return {"not": _read(value, inner, problems, depth=depth + 1)}
    if name == "skill":
        low, high = read_range(entry, at, problems, 100)
        return {"skill": read_id(value, inner, problems), "from": low, "to": high}
    if name == "language":
        return {"language": _text(value, _LANGUAGE, inner, problems, "A language's code, such as “de”.")}
    if name == "device":
        if value not in DEVICES:
            problems.add(inner, f"One of {', '.join(DEVICES)}.")
        return {"device": value if value in DEVICES else ""}
    if name == "country":
        codes = read_list(value, inner, problems, minimum=1, maximum=250)
        text = "A country's code, such as “DE”."
        return {"country": [_text(one, _COUNTRY, join(inner, n), problems, text) for n, one in enumerate(codes)]}
    low, high = read_range(read_object(value, inner, problems, known=("from", "to")), inner, problems, OLDEST)
    return {"age": {"from": low, "to": high}}


def read_range(entry: Json, at: str, problems: Problems, most: int) -> tuple[int, int]:
    """The whole numbers "from" and "to" of an entry, 0 to `most` where they are left out."""
    low = read_number(entry.get("from", 0), join(at, "from"), problems, minimum=0, maximum=most)
    high = read_number(entry.get("to", most), join(at, "to"), problems, minimum=0, maximum=most)
    if low is not None and high is not None and low > high:
        problems.add(join(at, "to"), "Not below “from”.")
    return int(low or 0), int(high if high is not None else most)


def read_id(raw: Any, at: str, problems: Problems) -> str:
    """A skill's public id; "" when it can be none."""
    return _text(raw, _ID, at, problems, "A skill's id.")


def _text(raw: Any, pattern: re.Pattern[str], at: str, problems: Problems, message: str) -> str:
    if not isinstance(raw, str) or not pattern.fullmatch(raw):
        problems.add(at, message)
        return ""
    return raw
