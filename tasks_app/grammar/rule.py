"""Rules of quality: "When … then …", as data. No database; the forms and the API write them, the judging job reads them.

    {"when": [{"measure": "known_at_most", "is": "below", "value": 0.6, "least": 5}],
     "window": 40,
     "then": [{"do": "exclude", "from": "project", "days": 30}, {"do": "ask_again"}]}

All conditions must hold, each over at least `least` of the worker's newest `window` answers since the rule last applied.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks_app.tools.fields import Json, Problems, join, read_list, read_number, read_object

MAX_CONDITIONS, MAX_ACTIONS = 4, 3
WINDOW = (1, 500)
MAX_DAYS = 3650
# Seconds from one page to the next; answers asked more of an item.
SLOWEST, MOST_MORE = 24 * 3600, 10
PERCENT, NUMBER, TIMES, MONEY = "percent", "number", "times", "money"


@dataclass(frozen=True)
class Measure:
    """Something a rule can ask about. `of`: what `least` counts; `told`: as the worker reads it."""

    label: str
    form: str
    of: str
    told: str
    most: float = 1.0


MEASURES: dict[str, Measure] = {
    "known_accuracy": Measure(
        "Right on known answers", PERCENT, "known answers", "of the known answers you met you got {value} right"
    ),
    "known_at_most": Measure(
        "Right on known answers, at most (95 % sure)",
        PERCENT,
        "known answers",
        "by the known answers you met, at most {value} of your answers are right",
    ),
    "agreement": Measure(
        "Agreement with the results",
        PERCENT,
        "answers with a result",
        "{value} of your answers are what the results say",
    ),
    "agreement_at_most": Measure(
        "Agreement with the results, at most (95 % sure)",
        PERCENT,
        "answers with a result",
        "by the results so far, at most {value} of your answers are right",
    ),
    "accuracy": Measure("Estimated accuracy", PERCENT, "answers", "{value} of your answers are estimated to be right"),
    "skill_at_most": Measure(
        "Estimated skill, at most (0: guesses)",
        PERCENT,
        "answers",
        "of the way from guessing to never erring your answers are estimated to have come at most {value}",
    ),
    "information": Measure(
        "Information (0: guesses)", PERCENT, "answers", "your answers tell {value} of what they could about the items"
    ),
    "pace": Measure(
        "Time taken, against others on the same items",
        TIMES,
        "timed answers",
        "you took {value} times what others took for the same items",
        100.0,
    ),
    "skips": Measure("Items skipped in a row", NUMBER, "skips", "you skipped {value} items in a row", 1000.0),
    "accepted": Measure("Pages accepted", PERCENT, "decisions", "{value} of your pages were accepted"),
    "acceptance": Measure(
        "Pages accepted, by all requesters",
        PERCENT,
        "decisions",
        "{value} of your pages were accepted by all requesters",
    ),
    "training": Measure("Score in training or exam", PERCENT, "attempts", "your last score in training was {value}"),
    "answers_today": Measure("Answers in 24 hours", NUMBER, "answers", "you gave {value} answers in 24 hours", 1e6),
    "earned_today": Measure("Earned in 24 hours", MONEY, "pages", "you earned {value} in 24 hours", 1e12),
}
ACTIONS = {
    "warn": "tell the worker",
    "exclude": "no more work for the worker",
    "ask_again": "no longer count these answers, and ask others again",
    "skill": "give a skill",
    "slow": "a page at a time",
    "add_overlap": "ask more about these items",
    "review": "hold for review",
}
# The actions that hold in a place, for days or for good.
PLACED = ("exclude", "slow", "review")
# As the worker reads them.
TO_WORKER = {
    "warn": "nothing else; it is only told to you",
    "ask_again": "these answers no longer count, and others are asked again",
    "skill": "you were given a skill",
    "add_overlap": "others are asked about these items as well; your answers go on counting",
}
FOR_WORKER = {"pool": "of this run", "project": "of this project", "requester": "of this requester"}
SCOPES = {"pool": "from this run", "project": "from this project", "requester": "from all your projects"}


@dataclass(frozen=True)
class Measured:
    """A measure of one worker and over how many answers it was taken. `value` None: it cannot be said."""

    value: float | None
    count: int


def clean(raw: Any, at: str = "rule") -> Json:
    """The canonical rule. Raises InvalidInput naming the field ("rule.when.0.measure")."""
    problems = Problems()
    entry = read_object(raw, at, problems, known=("when", "window", "then"))
    when = read_list(entry.get("when"), join(at, "when"), problems, minimum=1, maximum=MAX_CONDITIONS)
    then = read_list(entry.get("then"), join(at, "then"), problems, minimum=1, maximum=MAX_ACTIONS)
    window = read_number(entry.get("window"), join(at, "window"), problems, minimum=WINDOW[0], maximum=WINDOW[1])
    found: Json = {
        "when": [_condition(one, join(at, f"when.{place}"), problems) for place, one in enumerate(when)],
        "window": int(window or 1),
        "then": [_action(one, join(at, f"then.{place}"), problems) for place, one in enumerate(then)],
    }
    problems.check()
    return found


def holds(rule: Json, measured: Mapping[str, Measured]) -> bool:
    """Whether all of a rule's conditions hold for one worker."""
    return all(_holds(one, measured.get(one["measure"], Measured(None, 0))) for one in rule["when"])


def evidence(rule: Json, measured: Mapping[str, Measured]) -> list[Json]:
    """What a rule saw, condition by condition: kept with its firing."""
    return [
        one | {"found": measured[one["measure"]].value, "count": measured[one["measure"]].count} for one in rule["when"]
    ]


def measures_in(rule: Json) -> set[str]:
    """The measures a rule asks for."""
    return {one["measure"] for one in rule["when"]}


def sentence(rule: Json, skills: Mapping[str, str] | None = None) -> str:
    """A rule in words; `skills` are names by public id."""
    conditions = " and ".join(
        f"“{MEASURES[one['measure']].label}” is {one['is']} {written(one['measure'], one['value'])}"
        f" over at least {one['least']} {MEASURES[one['measure']].of}"
        for one in rule["when"]
    )
    return f"When {conditions} (of the newest {rule['window']} answers), then {in_words(rule['then'], skills)}."


def in_words(actions: Sequence[Json], skills: Mapping[str, str] | None = None) -> str:
    """Actions in words."""
    return " and ".join(_told(one, skills or {}) for one in actions)


def to_worker(actions: Sequence[Json]) -> str:
    """Actions in words, to the worker they concern."""
    return "; ".join(_to_worker(one) for one in actions)


def _to_worker(action: Json) -> str:
    if action["do"] not in PLACED:
        return TO_WORKER[action["do"]]
    where = f"{FOR_WORKER[action['from']]} {_until(action['days'])}"
    if action["do"] == "exclude":
        return f"you get no more work {where}"
    if action["do"] == "slow":
        return f"you get a page {where} every {action['seconds']} seconds at most"
    return f"what you hand in {where} is looked at by a person before it is paid, within 14 days at most"


def told(seen: Json) -> str:
    """One condition's evidence, as its worker reads it."""
    measure = MEASURES[seen["measure"]]
    text = measure.told.format(value=written(seen["measure"], seen["found"]))
    return f"{text[:1].upper()}{text[1:]} (from {seen['count']} {measure.of}; the limit is {written(seen['measure'], seen['value'])})."


def written(measure: str, value: float) -> str:
    """A value of a measure, with its unit."""
    form = MEASURES[measure].form
    if form == PERCENT:
        return f"{value:.0%}"
    if form == MONEY:
        return f"{value / 1e6:,.2f}"
    return f"{value:.2g}" if form == TIMES else f"{value:,.0f}"


def _holds(condition: Json, found: Measured) -> bool:
    if found.value is None or found.count < condition["least"]:
        return False
    limit: float = condition["value"]
    return found.value < limit if condition["is"] == "below" else found.value > limit


def _told(action: Json, skills: Mapping[str, str]) -> str:
    if action["do"] == "exclude":
        return f"{ACTIONS['exclude']} {SCOPES[action['from']]} {_until(action['days'])}"
    if action["do"] == "slow":
        return f"give a page {FOR_WORKER[action['from']]} every {action['seconds']} seconds at most {_until(action['days'])}"
    if action["do"] == "review":
        return f"hold what is handed in {FOR_WORKER[action['from']]} for review {_until(action['days'])}"
    if action["do"] == "add_overlap":
        return f"ask {action['count']} more about these items"
    if action["do"] == "skill":
        value = "the measured value" if action["value"] is None else str(action["value"])
        return f"give the skill “{skills.get(action['skill'], 'a skill that is gone')}” with {value}"
    return ACTIONS[action["do"]]


def _until(days: int | None) -> str:
    return "for good" if days is None else f"for {days} {'day' if days == 1 else 'days'}"


def _condition(raw: Any, at: str, problems: Problems) -> Json:
    entry = read_object(raw, at, problems, known=("measure", "is", "value", "least"))
    measure = _one_of(entry.get("measure"), MEASURES, join(at, "measure"), problems)
    most = MEASURES[measure].most if measure else 1e12
    return {
        "measure": measure,
        "is": _one_of(entry.get("is"), ("below", "above"), join(at, "is"), problems),
        "value": read_number(entry.get("value"), join(at, "value"), problems, minimum=0, maximum=most),
        "least": int(
            read_number(entry.get("least", 1), join(at, "least"), problems, minimum=1, maximum=WINDOW[1]) or 1
        ),
    }


def _action(raw: Any, at: str, problems: Problems) -> Json:
    entry = read_object(raw, at, problems, known=("do", "from", "days", "skill", "value", "seconds", "count"))
    action = _one_of(entry.get("do"), ACTIONS, join(at, "do"), problems)
    days = entry.get("days")
    if days is not None:
        number = read_number(days, join(at, "days"), problems, minimum=1, maximum=MAX_DAYS)
        days = None if number is None else int(number)
    if action in PLACED:
        place = _one_of(entry.get("from"), SCOPES, join(at, "from"), problems)
        found: Json = {"do": action, "from": place, "days": days}
        if action == "slow":
            seconds = read_number(entry.get("seconds"), join(at, "seconds"), problems, minimum=1, maximum=SLOWEST)
            found["seconds"] = int(seconds or 1)
        return found
    if action == "add_overlap":
        count = read_number(entry.get("count", 1), join(at, "count"), problems, minimum=1, maximum=MOST_MORE)
        return {"do": action, "count": int(count or 1)}
    if action == "skill":
        value = entry.get("value")
        if value is not None:
            number = read_number(value, join(at, "value"), problems, minimum=0, maximum=100)
            value = None if number is None else int(number)
        skill = entry.get("skill")
        if not (isinstance(skill, str) and skill.isascii() and skill.isalnum() and len(skill) <= 16):
            problems.add(join(at, "skill"), "Choose a skill.")
        return {"do": action, "skill": skill, "value": value, "days": days}
    return {"do": action}


def _one_of(raw: Any, known: Mapping[str, Any] | Sequence[str], at: str, problems: Problems) -> str:
    if not isinstance(raw, str) or raw not in known:
        problems.add(at, f"One of {', '.join(known)}.")
        return ""
    return raw
