"""New tasks for a pool: known items left out, money held where the pool already runs, in bulk."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from quorate.accounts.models import User
from tasks_app.domain.funding import hold_for_new_tasks
from tasks_app.enums import Lane, PoolState
from tasks_app.errors import Conflict
from tasks_app.models import Import, Pool, Task, TaskImage
from tasks_app.tools import STORED, media_in
from tasks_app.tools.fields import Json

BATCH = 500
QUEUE_BITS = 62
# What an item is called, and what follows from its picture or recording.
NAMES = {"name", "meta", "width", "height", "milliseconds"}


@dataclass(frozen=True, slots=True)
class NewTask:
    """A canonical item with its name, and its row where it comes from an import."""

    data: Json
    name: str
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Added:
    created: int
    duplicates: int


def fingerprint(item: Json) -> str:
    """The same for the same content, whatever it is called: 64 hex digits; a stored file with nothing beside it is its own."""
    content = {name: value for name, value in item.items() if name not in NAMES}
    if len(content) == 1 and content.keys() <= STORED:
        return str(*content.values())
    if content.keys() == {"text"}:
        return hashlib.sha256(b"text\x00" + str(item["text"]).encode()).hexdigest()
    return hashlib.sha256(b"item\x00" + json.dumps(content, sort_keys=True).encode()).hexdigest()


def add_tasks(*, pool: Pool, items: Sequence[NewTask], actor: User | None, source: Import | None = None) -> Added:
    """Tasks for the items that the pool does not have yet. Inside the caller's transaction, with `pool` locked by it.

    In a draft they have no places: launching gives them. Raises Conflict for a closed pool, InsufficientFunds.
    Queries: two per 500 items, a third where they show pictures beside their own, and the hold's.
    """
    if pool.state == PoolState.CLOSED:
        raise Conflict("This pool is closed: it takes no more items.")
    marks = [fingerprint(item.data) for item in items]
    known = _known(pool, marks)
    fresh: list[Task] = []
    for item, mark in zip(items, marks, strict=True):
        if mark in known:
            continue
        known.add(mark)
        fresh.append(_task(pool, item, mark, source))
    if fresh and pool.state != PoolState.DRAFT:
        hold_for_new_tasks(pool=pool, count=len(fresh), actor=actor)
    Task.objects.bulk_create(fresh, batch_size=BATCH)
    # What keeps a picture: the fingerprint of a task that is nothing else, or a row that says who shows it.
    shown = [
        TaskImage(task=task, sha256=sha256)
        for task in fresh
        for sha256 in sorted(set(media_in(task.data).values()) - {task.fingerprint})
    ]
    TaskImage.objects.bulk_create(shown, batch_size=BATCH)
    return Added(len(fresh), len(items) - len(fresh))


def _task(pool: Pool, item: NewTask, mark: str, source: Import | None) -> Task:
    return Task(
        pool=pool,
        name=item.name[:200],
        data=item.data,
        source=source,
        source_row=item.row,
        fingerprint=mark,
        slots_free=0 if pool.state == PoolState.DRAFT else pool.overlap_min,
        overlap_max=pool.overlap_max,
        lane=Lane.FRESH,
        # Random, so that the order in the file says nothing to a worker and two workers do not walk in step.
        queue_key=secrets.randbits(QUEUE_BITS),
    )


def _known(pool: Pool, marks: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(marks), BATCH):
        rows = Task.objects.filter(pool=pool, fingerprint__in=marks[start : start + BATCH])
        found.update(rows.values_list("fingerprint", flat=True))
    return found
