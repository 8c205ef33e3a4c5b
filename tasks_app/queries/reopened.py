"""Settled items that were asked again: how many of a pool lately, and when and why one was."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from quorate.events.models import Event
from tasks_app.models import Pool, Task

SPAN = timedelta(days=1)
MOST = 1000


@dataclass(frozen=True)
class ReopenedLately:
    """How many items of a pool were opened again within SPAN, when last, and why then ("" for several reasons)."""

    items: int
    last: datetime
    why: str


def reopened_lately(pool: Pool, now: datetime) -> ReopenedLately | None:
    """None where there were none. One query over the pool's own few events."""
    events = Event.objects.filter(
        object_type="pool", object_id=pool.public_id, verb="pool.reopened", at__gte=now - SPAN
    )
    rows = list(events.order_by("-id").values_list("at", "data")[:MOST])
    if not rows:
        return None
    return ReopenedLately(items=sum(data["items"] for _, data in rows), last=rows[0][0], why=rows[0][1]["why"])


def reopenings(task: Task) -> list[tuple[datetime, str]]:
    """When and why a task was opened again after it had settled, newest first. One query."""
    events = Event.objects.filter(object_type="task", object_id=task.public_id, verb="task.reopened")
    return [(at, data["why"]) for at, data in events.order_by("-id").values_list("at", "data")[:MOST]]
