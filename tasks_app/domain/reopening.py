"""Saying so when a settled item is asked again: for the item's history, and one line a pool for the project's."""

from collections.abc import Sequence
from dataclasses import dataclass

from quorate.events.models import Event
from tasks_app.models import Pool, Project, Result, Task
from tasks_app.tools.base import TaskResult


@dataclass(frozen=True)
class Reopened:
    """A task that was settled and is open again, and why in words."""

    task: Task
    pool: Pool
    why: str


def why_reopened(old: Result | None, found: TaskResult | None) -> str:
    """What took the certainty away: fewer answers that count, another view of the workers, or a higher demand."""
    answers, confidence = (found.answers, found.confidence) if found else (0, 0.0)
    if old is None or answers < old.answers:
        return "answers were taken out"
    if confidence < old.confidence:
        return f"judged by all answers anew, it is {confidence:.1%} sure instead of {old.confidence:.1%}"
    return "more answers or more confidence were asked for"


def note_reopened(project: Project, rows: Sequence[Reopened]) -> None:
    """Events of one transaction: one a task, and one a pool with how many. One query; none without rows."""
    pools: dict[str, list[Reopened]] = {}
    for row in rows:
        pools.setdefault(row.pool.public_id, []).append(row)
    Event.objects.bulk_create(
        [
            *(
                Event(
                    verb="task.reopened",
                    object_type="task",
                    object_id=row.task.public_id,
                    scope=project.public_id,
                    data={"why": row.why},
                )
                for row in rows
            ),
            *(
                Event(
                    verb="pool.reopened",
                    object_type="pool",
                    object_id=pool,
                    scope=project.public_id,
                    data={"items": len(found), "why": found[0].why if len({row.why for row in found}) == 1 else ""},
                )
                for pool, found in pools.items()
            ),
        ]
    )
