"""Price by skill: who holds a skill with a value in between is paid so many percent of the reward. No database.

    [{"skill": "<public id>", "from": 80, "to": 100, "percent": 150}]

Of several that fit the highest counts; whoever fits none is paid the reward as it stands.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tasks_app.grammar.audience import read_id, read_range
from tasks_app.tools.fields import Json, Problems, join, read_list, read_number, read_object

MAX_STEPS = 5
PERCENT = (101, 500)
Steps = Sequence[Json]


def clean(raw: Any, field_name: str = "price_steps") -> list[Json]:
    """The canonical steps. Raises InvalidInput naming the field ("price_steps.0.percent")."""
    problems = Problems()
    rows = read_list(raw, field_name, problems, maximum=MAX_STEPS)
    found = [_step(one, join(field_name, place), problems) for place, one in enumerate(rows)]
    problems.check()
    return found


def percent_for(steps: Steps, skills: Mapping[str, int]) -> int:
    """What a worker with these skills (by public id) is paid, in percent of the reward."""
    fitting = (one["percent"] for one in steps if one["from"] <= skills.get(one["skill"], -1) <= one["to"])
    return max(fitting, default=100)


def most(steps: Steps) -> int:
    """The most that anybody can be paid, in percent of the reward."""
    return max((one["percent"] for one in steps), default=100)


def sentences(steps: Steps, names: Mapping[str, str]) -> list[str]:
    """Each step in words; `names` are the skills' by public id."""
    return [
        f"{one['percent']} % with “{names.get(one['skill'], 'a skill that is gone')}” from {one['from']}"
        + (f" to {one['to']}" if one["to"] < 100 else "")
        for one in steps
    ]


def _step(raw: Any, at: str, problems: Problems) -> Json:
    entry = read_object(raw, at, problems, known=("skill", "from", "to", "percent"))
    low, high = read_range(entry, at, problems, 100)
    percent = read_number(entry.get("percent"), join(at, "percent"), problems, minimum=PERCENT[0], maximum=PERCENT[1])
    skill = read_id(entry.get("skill"), join(at, "skill"), problems)
    return {"skill": skill, "from": low, "to": high, "percent": int(percent or 100)}
