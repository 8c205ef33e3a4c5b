"""How an answer came about, as the work page's own widgets measure it. Workers are told what is measured."""

from dataclasses import asdict, dataclass
from typing import Any

from tasks_app.tools.fields import Json, Problems, join, read_number, read_object

MAX_SECONDS = 86_400.0
MAX_COUNT = 10_000


@dataclass(frozen=True)
class Signals:
    """While the task was in view: seconds without any sign of somebody there, seconds in which the page was hidden, how
    often it was left for another, how often and how much text was pasted, changes to the answer.
    """

    idle: float = 0.0
    hidden: float = 0.0
    left: int = 0
    pastes: int = 0
    pasted: int = 0
    changes: int = 0

    @property
    def stored(self) -> Json:
        return asdict(self)


_FIELDS = ("idle", "hidden", "left", "pastes", "pasted", "changes")


def read_signals(raw: Any, field: str, problems: Problems) -> Signals | None:
    """The signals, None where there are none. What is too high is cut off: it is a measurement, not an answer."""
    if raw is None:
        return None
    entry = read_object(raw, field, problems, known=_FIELDS)
    read = {
        name: read_number(entry.get(name, 0), join(field, name), problems, minimum=0, maximum=1e9) or 0.0
        for name in _FIELDS
    }
    idle, hidden = (min(read[name], MAX_SECONDS) for name in _FIELDS[:2])
    left, pastes, pasted, changes = (min(int(read[name]), MAX_COUNT) for name in _FIELDS[2:])
    return Signals(idle, hidden, left, pastes, pasted, changes)
