"""Handing out: which tasks a worker gets next, and taking one place in each, in one statement.

The order: first the *wanted* lane (asked for once more by the overlap rule, or given back by somebody), in the order it
was asked; then the *fresh* lane in an order that is random to begin with. A cursor per worker and lane remembers how far
the worker has come, so that tasks done before are never scanned again; each worker jumps ahead by a few tasks at random,
so that two workers who begin together do not walk in step. What a walk leaves behind (jumped over, locked by somebody
else, asked for again) is found by the next lap.
"""

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction

from quorate.accounts.models import User
from quorate.common.ids import new_public_id
from quorate.common.money import share
from quorate.events.log import record
from tasks_app.domain import taking_sql
from tasks_app.domain.adding_tasks import QUEUE_BITS
from tasks_app.enums import Guard, PoolState
from tasks_app.errors import InvalidInput, NotFound, TooManyActive
from tasks_app.models import Assignment
from tasks_app.queries import gate
from tasks_app.queries.api_work import PageTask, page_of
from tasks_app.queries.audiences import belongs, reward_for

# How many fresh tasks a worker may jump over, at most.
JUMP = 8
# After a lap that found nothing the worker's next lap waits this long; tasks newly asked for are found without a lap.
LAP_PAUSE = timedelta(seconds=3)
# The same worker in two tabs, or one person in two accounts, can pick the same task from two snapshots; UNIQUE refuses one,
# which then picks again.
TRIES = 8

REASONS = {
    "no_tasks": "There is nothing left here for you just now.",
    "paused": "The requester has paused this.",
    "closed": "This is over.",
    "restricted": "You cannot take work at the moment.",
    "audience": "This is for people with certain skills or from certain places.",
}


# Told as "nothing just now", so that a page which waits for work asks again by itself.
SLOWED = "A rule of the requester leaves {} seconds from one page to the next, so that there is time to look. The next one comes in {} seconds; why stands under Notices."


@dataclass(frozen=True)
class Taken:
    """An assignment with its tasks, or the reason why there is none (a key of REASONS)."""

    assignment: Assignment | None
    reason: str = ""
    tasks: Sequence[PageTask] = ()
    say: str = ""

    @property
    def message(self) -> str:
        """The reason in words; empty with an assignment."""
        return self.say or REASONS.get(self.reason, "")


def may_work(market: gate.Market) -> str:
    """Why this worker gets nothing from this pool now; empty if nothing stands in the way."""
    pool = market.pool
    if market.restricted:
        return "restricted"
    if pool.state == PoolState.PAUSED:
        return "paused"
    if pool.state != PoolState.OPEN or (pool.expires_at is not None and pool.expires_at <= market.now):
        return "closed"
    return ""


def take(
    *, worker: User, pool: str, take_key: str | None = None, api_key: int | None = None, device: str = ""
) -> Taken:
    """Give `worker` the next page of tasks of the pool with this public id.

    The same `take_key` again gives the same assignment. Two queries on PostgreSQL. Raises NotFound for a pool that is no
    worker's business, TooManyActive when the worker holds settings.MAX_ACTIVE_ASSIGNMENTS unfinished ones here, InvalidInput
    for a key over 80 characters. `api_key` as in `gate.market`; `device` as quorate.common.device tells it.
    """
    if take_key is not None and len(take_key) > 80:
        raise InvalidInput(fields={"Idempotency-Key": "At most 80 characters."})
    market = gate.market(worker, pool, take_key=take_key, api_key=api_key)
    if market.taken_before is not None:
        return _taken_before(market.taken_before)
    reason = may_work(market) or ("" if belongs(worker, market.pool, device) else "audience")
    if reason == "audience" and market.pool.guard == Guard.SEE:
        raise NotFound
    if reason:
        return Taken(None, reason)
    if market.active >= settings.MAX_ACTIVE_ASSIGNMENTS:
        raise TooManyActive
    if market.slow_every and (wait := _waits(market, worker)):
        return Taken(None, "no_tasks", say=SLOWED.format(market.slow_every, wait))
    for attempt in range(TRIES):
        try:
            taken = _take_page(market, worker, take_key)
        except (IntegrityError, OperationalError) as error:
            # UNIQUE(task, worker), UNIQUE(task, person) or UNIQUE(take_key) met by another tab; or a deadlock PostgreSQL has broken.
            if attempt == TRIES - 1 or not _is_race(error):
                raise
            market = gate.market(worker, pool, take_key=take_key)
            if market.taken_before is not None:
                return _taken_before(market.taken_before)
        else:
            return taken
    message = "unreachable: the last attempt returns or raises"
    raise AssertionError(message)


def _waits(market: gate.Market, worker: User) -> int:
    """Seconds until a worker whom a rule has slowed may take the next page. One query, for those alone."""
    newest = Assignment.objects.filter(worker=worker).order_by("-pk").values_list("created_at", flat=True).first()
    if newest is None:
        return 0
    return max(math.ceil((market.slow_every or 0) - (market.now - newest).total_seconds()), 0)


def _taken_before(pk: int) -> Taken:
    assignment = Assignment.objects.select_related("pool__project").get(pk=pk)
    return Taken(assignment, tasks=page_of(assignment))


def _is_race(error: Exception) -> bool:
    """Whether trying again can help: a unique violation, or a deadlock (SQLSTATE 40P01)."""
    return isinstance(error, IntegrityError) or getattr(error.__cause__, "pgcode", None) == "40P01"


def _take_page(market: gate.Market, worker: User, take_key: str | None) -> Taken:
    """Walk on from the cursor and round the lane's end; before saying "nothing", wait for who holds the first task."""
    pool = market.pool
    lap = market.lap_after is None or market.lap_after <= market.now
    page = taking_sql.Page(
        pool_id=pool.pk,
        worker_id=worker.pk,
        size=pool.tasks_per_assignment,
        reward=reward_for(worker, pool),
        seconds=pool.assignment_seconds,
        take_key=take_key,
        public_id=new_public_id(),
        scope=pool.project.public_id,
        fresh_after=market.fresh_key,
        wanted_after=market.wanted_key,
        jump=secrets.randbelow(JUMP),
        lap=lap,
        known=_known_due(market),
        known_after=secrets.randbits(QUEUE_BITS),
        person=market.person,
    )
    found = _run(page)
    if found is None and lap:
        # From the very start, without SKIP LOCKED: that passes over a task whose taker is about to roll back, and a
        # worker told "nothing left" while a place comes free was told a falsehood.
        found = _run(page.whole(), wait=True)
        if found is None:
            taking_sql.rest(pool.pk, worker.pk, market.now + LAP_PAUSE)
    if found is None:
        return Taken(None, "no_tasks")
    assignment = Assignment(
        pk=found.pk,
        public_id=page.public_id,
        pool=pool,
        worker=worker,
        reward=share(page.reward, len(found.tasks), pool.tasks_per_assignment),
        task_count=len(found.tasks),
        created_at=found.created_at,
        expires_at=found.expires_at,
        take_key=take_key,
    )
    return Taken(assignment, tasks=found.tasks)


def _known_due(market: gate.Market) -> int:
    """How many of the page's tasks are to be known answers: the worker's share of them on average.

    Drawn for each page by itself, so that nobody can count them down.
    """
    pool = market.pool
    if not pool.has_known:
        return 0
    return int(
        pool.known_share * market.known_factor * pool.tasks_per_assignment + secrets.randbelow(1 << 20) / (1 << 20)
    )


def _run(page: taking_sql.Page, *, wait: bool = False) -> taking_sql.Found | None:
    """One statement on PostgreSQL; a short IMMEDIATE transaction of several on SQLite, which has one writer anyway."""
    if connection.vendor == "postgresql":
        return taking_sql.take_postgresql(page, wait=wait)
    with transaction.atomic():
        found = taking_sql.take_sqlite(page)
        if found is not None:
            record(
                actor=User(pk=page.worker_id),
                verb="taken",
                object_type="assignment",
                object_id=page.public_id,
                scope=page.scope,
                data={"tasks": len(found.tasks)},
            )
        return found
