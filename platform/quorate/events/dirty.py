"""Dirty rows: what jobs must look at. `mark` in the transaction of the change; a job `take`s, works, then says `done`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from quorate.common.clock import database_now
from quorate.events.models import Dirty


@dataclass(frozen=True)
class Seen:
    """A dirty row as a job saw it."""

    id: int
    key: int
    seq: int


@dataclass(frozen=True)
class News:
    """`key` of `scope` changed; the job of `topic` is due `due_in` seconds from now."""

    topic: str
    scope: int
    key: int = 0
    due_in: float = 0.0


def mark(topic: str, scope: int, keys: Iterable[int] = (0,), *, due_in: float = 0.0) -> None:
    """Note that `keys` of `scope` changed. One statement, whatever the number of keys."""
    mark_all([News(topic, scope, key, due_in) for key in keys])


def mark_all(news: Iterable[News]) -> None:
    """Note what changed, in one statement. Call it last in the transaction of the change: it keeps locks short.

    Rows are written in ascending order: two transactions that touch the same rows cannot wait for each other in a ring.
    A row that is there already keeps the earlier of the two due times, so steady news cannot put a job off for ever.
    """
    rows = {(one.topic, one.scope, one.key): one.due_in for one in news}
    if not rows:
        return
    if connection.vendor == "postgresql":
        now, due = "clock_timestamp()", "clock_timestamp() + make_interval(secs => %s)"
        earlier = "LEAST(d.due_at, excluded.due_at)"
    else:
        # Django keeps SQLite times as text of this very form; text order is time order.
        now = "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')"
        due = "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', %s || ' seconds')"
        earlier = "min(d.due_at, excluded.due_at)"
    values = ", ".join([f"(%s, %s, %s, 1, {now}, {due})"] * len(rows))
    parameters = [part for key in sorted(rows) for part in (*key, rows[key])]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO events_dirty AS d (topic, scope, key, seq, since, due_at) VALUES {values} "  # noqa: S608 - no input
            f"ON CONFLICT (topic, scope, key) DO UPDATE SET seq = d.seq + 1, due_at = {earlier}",
            parameters,
        )


def take(topic: str, scope: int, *, limit: int = 5000) -> list[Seen]:
    """The due rows of one subject, oldest first. Locks nothing: writers must never wait for a job."""
    rows = Dirty.objects.filter(topic=topic, scope=scope, due_at__lte=database_now()).order_by("id")[:limit]
    return [Seen(id=row.id, key=row.key, seq=row.seq) for row in rows]


def done(rows: Sequence[Seen]) -> None:
    """Remove rows whose `seq` is unchanged since they were taken; the others carry news and stay."""
    for start in range(0, len(rows), 300):
        part = rows[start : start + 300]
        condition = Q()
        for row in part:
            condition |= Q(id=row.id, seq=row.seq)
        Dirty.objects.filter(condition).delete()
