"""The hand-out's SQL. Apart from handing_out.py because it is the one place where each database gets its own words."""

import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import F

from quorate.common.clock import database_now
from quorate.common.money import share
from quorate.common.prepared import Statement
from tasks_app.enums import Lane
from tasks_app.models import Assignment, PersonTask, Slot, Task, WorkerCursor
from tasks_app.queries.api_work import PageTask, page_of, page_task


@dataclass(frozen=True)
class Page:
    """What is wanted: `size` tasks of a pool for a worker, beyond the two cursors."""

    pool_id: int
    worker_id: int
    size: int
    reward: int
    seconds: int
    take_key: str | None
    public_id: str
    scope: str
    fresh_after: int
    wanted_after: int
    jump: int
    lap: bool  # whether the walk may begin anew at the lane's start when its end does not fill the page
    known: int = 0  # how many of the tasks are to be known answers, where the pool has such for this worker
    known_after: int = 0  # from which random place among them on
    person: int | None = None  # with which other accounts this one shares its tasks

    def whole(self) -> "Page":
        """The same from the beginning of both lanes, leaving nothing out; no known answers."""
        return replace(self, fresh_after=-1, wanted_after=-1, jump=0, known=0)


@dataclass(frozen=True)
class Found:
    """The assignment that was made, and its tasks in the order they are shown."""

    pk: int
    created_at: datetime
    expires_at: datetime
    tasks: list[PageTask]


# Why each part is as it is:
# - SKIP LOCKED: 32 workers walk the same index; nobody waits for anybody (5x the throughput of waiting, no deadlocks).
# - NOT EXISTS on slots: never the same task twice; UNIQUE(task, worker) behind it catches two tabs of one worker.
# - UNION ALL ... LIMIT reads a lane only if those before it did not fill the page, so no more is locked than taken.
# - has_room (slots_free > 0) stands in the WHERE as in the partial index: PostgreSQL checks it again after the lock.
LANE = """
    SELECT t.id, t.lane, t.queue_key, {behind} AS behind FROM tasks_app_task t
    WHERE t.pool_id = %(pool)s AND t.lane = {lane} AND t.queue_key {range} AND t.has_room
      AND NOT EXISTS (SELECT 1 FROM tasks_app_slot s WHERE s.task_id = t.id AND s.worker_id {who})
    ORDER BY t.queue_key LIMIT {limit} {lock}"""

# Whose places a worker passes by: one's own; or those of all accounts of the same person. The array is made once. OFFSET 0
# keeps PostgreSQL from turning "no such place" into a join that reads all tasks: task by task it asks the index of places.
ONESELF = "= %(worker)s"
ACCOUNTS = "SELECT u.id FROM accounts_user u WHERE u.person = %(person)s"
ONE_PERSON = {"postgresql": f"= ANY(ARRAY({ACCOUNTS})) OFFSET 0", "sqlite": f"IN ({ACCOUNTS})"}

# Where to begin in the fresh lane: a few tasks further on, read without locks; no jump where that would leave less than
# a page.
AHEAD = """FROM tasks_app_task j
        WHERE j.pool_id = %(pool)s AND j.lane = 0 AND j.queue_key > %(fresh_after)s AND j.has_room
        ORDER BY j.queue_key LIMIT 1 OFFSET"""
START = f"""SELECT CASE WHEN EXISTS (SELECT 1 {AHEAD} CAST(%(jump)s AS bigint) + CAST(%(page_size)s AS bigint) - 1)
        THEN (SELECT j.queue_key - 1 {AHEAD} CAST(%(jump)s AS bigint)) ELSE %(fresh_after)s END"""

# Known answers for the page: of the next few after a random place the ones the worker has not met. The window bounds the
# cost, whatever the worker has met; a page without one then has one task more of the others.
WINDOW = """SELECT * FROM (SELECT k.id, k.queue_key FROM tasks_app_task k WHERE k.pool_id = %(pool)s AND k.lane = 2
        AND k.queue_key {range} %(known_after)s AND k.has_room ORDER BY k.queue_key LIMIT 20) {name}"""
KNOWN = f"""
    SELECT t.id, t.lane, t.queue_key, 0 AS behind FROM tasks_app_task t
    WHERE t.id IN (SELECT id FROM ({WINDOW.format(range=">", name="later")}
        UNION ALL {WINDOW.format(range="<=", name="earlier")}) near)
      AND t.has_room
      AND NOT EXISTS (SELECT 1 FROM tasks_app_slot s WHERE s.task_id = t.id AND s.worker_id {{who}})
    ORDER BY t.queue_key <= %(known_after)s, t.queue_key LIMIT {{known}} {{lock}}"""  # noqa: S608 - no input


def _lanes(start: str, limit: str, who: str, lock: str = "") -> dict[str, str]:
    """The SELECTs, in the order they are asked: wanted, fresh ahead of the worker, fresh left behind by the worker."""

    def lane(number: Lane, where: str, behind: int) -> str:
        return LANE.format(lane=int(number), range=where, behind=behind, limit=limit, who=who, lock=lock)

    return {
        "wanted": lane(Lane.WANTED, "> %(wanted_after)s", 0),
        "ahead": lane(Lane.FRESH, f"> ({start})", 0),
        "behind": lane(Lane.FRESH, f"<= ({start}) AND %(lap)s", 1),
    }


POSTGRESQL = """
WITH start AS MATERIALIZED ({start} AS key), wanted AS ({wanted}), ahead AS ({ahead}), behind AS ({behind}),
{picked},
taken AS (
    UPDATE tasks_app_task t SET slots_free = t.slots_free - 1, slots_live = t.slots_live + 1
    FROM picked WHERE t.id = picked.id AND t.slots_free > 0
    RETURNING t.id, t.public_id, t.data, t.lane, t.queue_key, picked.behind),
placed AS (SELECT *, row_number() OVER (ORDER BY {order}) AS position FROM taken),
page AS (
    INSERT INTO tasks_app_assignment (public_id, pool_id, worker_id, state, reward, task_count, created_at, expires_at,
        decision_reason, take_key, submit_key, submit_digest)
    SELECT %(public_id)s, %(pool)s, %(worker)s, 'active', %(reward)s * count(*) / %(page_size)s, count(*),
        clock_timestamp(), clock_timestamp() + make_interval(secs => %(seconds)s), '', %(take_key)s, '', ''
    FROM taken HAVING count(*) > 0
    RETURNING id, task_count, created_at, expires_at),
seats AS (
    INSERT INTO tasks_app_slot (task_id, worker_id, assignment_id, position, release_reason)
    SELECT placed.id, %(worker)s, page.id, position, '' FROM placed, page),{guard}
moved AS (
    INSERT INTO tasks_app_workercursor AS c (worker_id, pool_id, fresh_key, wanted_key)
    SELECT %(worker)s, %(pool)s,
        COALESCE(max(queue_key) FILTER (WHERE behind = 1), GREATEST(%(fresh_after)s, max(queue_key) FILTER (WHERE lane = 0))),
        GREATEST(%(wanted_after)s, max(queue_key) FILTER (WHERE lane = 1))
    FROM taken HAVING count(*) > 0
    ON CONFLICT (worker_id, pool_id) DO UPDATE SET fresh_key = excluded.fresh_key, wanted_key = excluded.wanted_key),
noted AS (
    INSERT INTO events_event (actor_id, verb, object_type, object_id, scope, data)
    SELECT %(worker)s, 'taken', 'assignment', %(public_id)s, %(scope)s, jsonb_build_object('tasks', task_count) FROM page)
SELECT page.id, created_at, expires_at, position, public_id, data FROM page, placed ORDER BY position
"""


# Two accounts of one person that ask at once each see a task that the other has not taken yet: UNIQUE(task, person) lets one
# through. A table apart, so that who has one account pays nothing for it.
GUARD = """
guarded AS (INSERT INTO tasks_app_persontask (task_id, person) SELECT placed.id, %(person)s FROM placed),"""

ASKED = "(SELECT * FROM wanted UNION ALL SELECT * FROM ahead UNION ALL SELECT * FROM behind LIMIT {limit})"
PICKED = f"picked AS {ASKED}"
# Known answers come only where there is something to ask beside them, and in no order that tells them apart.
PICKED_WITH_KNOWN = f"""asked AS {ASKED}, known AS ({KNOWN}),
picked AS (SELECT * FROM known WHERE EXISTS (SELECT 1 FROM asked) UNION ALL SELECT * FROM asked LIMIT {{limit}})"""  # noqa: S608 - idem


# As many statements as there are page sizes in use, and known answers in them; for linked accounts once more. The size is part of the text because the plan is made once for all
# values (settings.py), and a planner that does not know the LIMIT prepares for reading a tenth of the tasks.
@lru_cache(maxsize=256)
def _statement(size: int, known: int, lock: str, who: str) -> Statement:
    lanes = _lanes("SELECT key FROM start", str(size), who, lock)
    picked = (PICKED_WITH_KNOWN if known else PICKED).format(limit=size, known=known, who=who, lock=lock)
    order = "random()" if known else "lane DESC, queue_key"
    guard = "" if who == ONESELF else GUARD
    return Statement(POSTGRESQL.format(start=START, picked=picked, order=order, guard=guard, **lanes))


PASSING_BY = "FOR UPDATE OF t SKIP LOCKED"
WAITING = "FOR UPDATE OF t"


def _parameters(page: Page) -> dict[str, Any]:
    return {
        "pool": page.pool_id,
        "worker": page.worker_id,
        "page_size": page.size,
        "reward": page.reward,
        "seconds": page.seconds,
        "take_key": page.take_key,
        "public_id": page.public_id,
        "scope": page.scope,
        "fresh_after": page.fresh_after,
        "wanted_after": page.wanted_after,
        "jump": page.jump,
        "lap": page.lap,
        "known_after": page.known_after,
        "person": page.person,
    }


def take_postgresql(page: Page, *, wait: bool) -> Found | None:
    """One statement: choose, take the places, make the assignment, move the cursor, note the event.

    With `wait` it takes a single task and waits for whoever holds it instead of passing by. One task only: waiting for
    a second while holding the first is how deadlocks are made.
    """
    who = ONESELF if page.person is None else ONE_PERSON["postgresql"]
    statement = _statement(1, 0, WAITING, who) if wait else _statement(page.size, page.known, PASSING_BY, who)
    with connection.cursor() as cursor:
        cursor.execute(*statement.bind(_parameters(page)))
        rows = cursor.fetchall()
    if not rows:
        return None
    tasks = [page_task(public_id, position, json.loads(data)) for *_, position, public_id, data in rows]
    pk, created_at, expires_at = rows[0][:3]
    return Found(pk, created_at, expires_at, tasks)


def take_sqlite(page: Page) -> Found | None:
    """The same in the steps of one IMMEDIATE transaction; the caller opens it. SQLite has one writer, so nothing to skip."""
    parameters = _parameters(page)
    rows: list[tuple[int, int, int, int]] = []
    who = ONESELF if page.person is None else ONE_PERSON["sqlite"]
    with connection.cursor() as cursor:
        for lane in _lanes(START, "%(size)s", who).values():
            if len(rows) < page.size:
                cursor.execute(lane, parameters | {"size": page.size - len(rows)})
                rows += cursor.fetchall()
        if rows and page.known:
            cursor.execute(KNOWN.format(known=page.known, who=who, lock=""), parameters)
            rows = [*cursor.fetchall(), *rows][: page.size]
            secrets.SystemRandom().shuffle(rows)
    if not rows:
        return None
    Task.objects.filter(pk__in=[row[0] for row in rows]).update(
        slots_free=F("slots_free") - 1, slots_live=F("slots_live") + 1
    )
    now = database_now()
    assignment = Assignment.objects.create(
        public_id=page.public_id,
        pool_id=page.pool_id,
        worker_id=page.worker_id,
        reward=share(page.reward, len(rows), page.size),
        task_count=len(rows),
        created_at=now,
        expires_at=now + timedelta(seconds=page.seconds),
        take_key=page.take_key,
    )
    Slot.objects.bulk_create(
        Slot(task_id=row[0], worker_id=page.worker_id, assignment=assignment, position=number)
        for number, row in enumerate(rows, start=1)
    )
    if page.person is not None:
        PersonTask.objects.bulk_create(PersonTask(task_id=row[0], person=page.person) for row in rows)
    WorkerCursor.objects.bulk_create(
        [
            WorkerCursor(
                pool_id=page.pool_id,
                worker_id=page.worker_id,
                fresh_key=max(
                    [key for _, _, key, behind in rows if behind]
                    or [page.fresh_after, *(key for _, lane, key, _ in rows if lane == Lane.FRESH)]
                ),
                wanted_key=max([page.wanted_after, *(key for _, lane, key, _ in rows if lane == Lane.WANTED)]),
            )
        ],
        update_conflicts=True,
        unique_fields=["worker", "pool"],
        update_fields=["fresh_key", "wanted_key"],
    )
    return Found(assignment.pk, assignment.created_at, assignment.expires_at, page_of(assignment))


def rest(pool_id: int, worker_id: int, until: datetime) -> None:
    """A whole lap found nothing: the next one not before `until`."""
    WorkerCursor.objects.bulk_create(
        [WorkerCursor(pool_id=pool_id, worker_id=worker_id, lap_after=until)],
        update_conflicts=True,
        unique_fields=["worker", "pool"],
        update_fields=["lap_after"],
    )
