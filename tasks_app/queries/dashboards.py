"""Where a pool stands: numbers for pages that people leave open, so each is one cheap query even at 100,000 tasks."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import TruncDate, TruncMinute
from redis.exceptions import RedisError

from quorate.common.clock import database_now
from quorate.ledger.models import Account, AccountKind, Entry, EntryKind
from tasks_app.enums import AssignmentState, PoolState, ResultState, TaskKind
from tasks_app.models import Answer, Assignment, Pool, Slot, Task

T = TypeVar("T")

MINUTES = 30
# The pace of the last ten minutes says more about the next hour than the average since the launch.
PACE_MINUTES = 10
# What is costly to count is counted again when its last count is this many times its own cost old, 4 s at the latest:
# an open page then takes at most a twentieth of one core, and is never more than 5 s behind with its 1 s of network.
REST = 20
OLDEST_SECONDS = 4
# A pool is counted anew a second later at the earliest for every so many tasks: what is quick on an idle machine is still
# work for each of those who look on.
TASKS_A_SECOND = 25_000


@dataclass(frozen=True)
class Progress:
    """Tasks of a pool by state."""

    open: int = 0
    settled: int = 0
    contested: int = 0

    @property
    def total(self) -> int:
        return self.open + self.settled + self.contested

    @property
    def done(self) -> int:
        """Those nobody is asked about any more."""
        return self.settled + self.contested


@dataclass(frozen=True)
class PoolMoney:
    """What was done with a pool's money, micro-units. `put_in` = held + spent + released."""

    held: int = 0
    spent: int = 0
    released: int = 0

    @property
    def put_in(self) -> int:
        return self.held + self.spent + self.released


@dataclass(frozen=True)
class Spread:
    """How many answers tasks have: `counts[n]` tasks have n; `open_counts` of them are open still."""

    counts: dict[int, int]
    open_counts: dict[int, int]

    @property
    def answers(self) -> int:
        return sum(n * tasks for n, tasks in self.counts.items())

    @property
    def per_done(self) -> float | None:
        """Answers a finished task took on average; None while none is finished."""
        tasks = sum(self.counts.values()) - sum(self.open_counts.values())
        answers = self.answers - sum(n * count for n, count in self.open_counts.items())
        return answers / tasks if tasks else None

    def left(self, aim: float) -> float:
        """Answers still to come if every open task gets `aim` of them; one that has as many already takes one more."""
        return sum(count * max(1.0, aim - n) for n, count in self.open_counts.items())


@dataclass(frozen=True)
class Stand:
    """What one pass over a pool's tasks tells."""

    progress: Progress
    spread: Spread


@dataclass(frozen=True)
class Remaining:
    """Seconds until the last task is done at the pace of now; None where there is no pace or nothing left."""

    likely: float | None = None
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Ending:
    """What all answers to a pool's items will have cost when the last is done, micro-units."""

    likely: int
    least: int
    most: int


@dataclass(frozen=True)
class Live:
    """Everything the live page shows."""

    progress: Progress
    in_work: int
    workers: int
    money: PoolMoney
    spread: Spread
    per_minute: list[int]
    last_answer: datetime | None
    remaining: Remaining
    at: datetime

    @property
    def pace(self) -> float:
        """Answers a minute over the last ten."""
        return sum(self.per_minute[-PACE_MINUTES:]) / PACE_MINUTES


def progress(pools: Iterable[Pool]) -> dict[int, Progress]:
    """Pool id → progress of its ordinary items. Two queries over indexes alone: some 15 ms per 100,000 tasks."""
    tasks = Task.objects.filter(pool__in=[pool.pk for pool in pools])
    rows = tasks.values_list("pool_id", "state").annotate(n=Count("*")).order_by()
    counts: dict[int, dict[str, int]] = {}
    for pool_id, state, number in rows:
        counts.setdefault(pool_id, {})[state] = number
    # Counted apart, and taken off: told by their kind, the others could not be counted in the index.
    known = tasks.exclude(kind=TaskKind.MAIN).values_list("pool_id").annotate(n=Count("*")).order_by()
    for pool_id, number in known:
        counts[pool_id][ResultState.OPEN] -= number
    return {pool_id: _progress(found) for pool_id, found in counts.items()}


def _progress(states: dict[str, int]) -> Progress:
    return Progress(
        open=states.get(ResultState.OPEN, 0),
        settled=states.get(ResultState.SETTLED, 0),
        contested=states.get(ResultState.CONTESTED, 0),
    )


def money(pools: Iterable[Pool]) -> dict[str, PoolMoney]:
    """Pool public id → its money; pools that never held any are left out. Three queries."""
    refs = [pool.public_id for pool in pools]
    accounts = dict(Account.objects.filter(kind=AccountKind.HELD, ref__in=refs).values_list("pk", "ref"))
    sums: dict[int, dict[str, int]] = {}
    # By the accounts' ids: joined to their names, the sum over 200,000 rewards takes twenty times as long.
    for side, sign in (("credit_id", 1), ("debit_id", -1)):
        rows: Any = Entry.objects.filter(**{f"{side}__in": list(accounts)}).values_list(side, "kind")
        for account_id, kind, amount in rows.annotate(total=Sum("amount")).order_by():
            kinds = sums.setdefault(account_id, {})
            kinds[kind] = kinds.get(kind, 0) + sign * int(amount)
    return {
        accounts[account_id]: PoolMoney(
            held=sum(kinds.values()),
            released=-kinds.get(EntryKind.RELEASE, 0),
            # Whatever else left the hold went to workers: rewards, bonuses, less what was taken back.
            spent=-sum(amount for kind, amount in kinds.items() if kind not in {EntryKind.HOLD, EntryKind.RELEASE}),
        )
        for account_id, kinds in sums.items()
    }


@dataclass(frozen=True)
class Movement:
    """An entry as the pool's hold sees it: `amount` is above zero where money came in."""

    entry: Entry
    amount: int


@dataclass(frozen=True)
class PaidDay:
    """Rewards of one day (UTC)."""

    day: date
    assignments: int
    amount: int


def movements(pool: Pool, *, before: int | None = None, limit: int = 50) -> list[Movement]:
    """All that moved the pool's money but the rewards, newest first, before entry id `before`. Two queries."""
    accounts = list(Account.objects.filter(kind=AccountKind.HELD, ref=pool.public_id).values_list("pk", flat=True))
    rows = Entry.objects.filter(Q(debit__in=accounts) | Q(credit__in=accounts)).exclude(kind=EntryKind.REWARD)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [
        Movement(entry=entry, amount=entry.amount if entry.credit_id in accounts else -entry.amount)
        for entry in rows.select_related("actor").order_by("-id")[:limit]
    ]


def rewards_by_day(pool: Pool, *, days: int = 31) -> list[PaidDay]:
    """The last `days` on which rewards were paid, newest first; up to 4 s old. Two queries."""

    def count() -> list[PaidDay]:
        accounts = list(Account.objects.filter(kind=AccountKind.HELD, ref=pool.public_id).values_list("pk", flat=True))
        rows = (
            Entry.objects.filter(debit__in=accounts, kind=EntryKind.REWARD)
            .annotate(day=TruncDate("at"))
            .values_list("day")
            .annotate(n=Count("*"), total=Sum("amount"))
            .order_by("-day")[:days]
        )
        return [PaidDay(day=day, assignments=number, amount=int(total)) for day, number, total in rows]

    return remembered(f"paid:{pool.pk}", count)


def stand(pool: Pool) -> Stand:
    """One query, over all the pool's tasks: of a pool so large that it takes long, what it told up to 4 s ago."""
    return remembered(f"stand:{pool.pk}", lambda: counted_stand(pool), size=lambda found: found.progress.total)


def counted_stand(pool: Pool) -> Stand:
    """One pass over the pool's tasks, now."""
    asked = Task.objects.filter(pool=pool, kind=TaskKind.MAIN)
    rows = asked.values_list("state", "slots_done").annotate(n=Count("*")).order_by()
    states: dict[str, int] = {}
    counts: dict[int, int] = {}
    open_counts: dict[int, int] = {}
    for state, answers, number in rows:
        states[state] = states.get(state, 0) + number
        counts[answers] = counts.get(answers, 0) + number
        if state == ResultState.OPEN:
            open_counts[answers] = number
    return Stand(progress=_progress(states), spread=Spread(counts=counts, open_counts=open_counts))


def per_minute(pool: Pool, now: datetime) -> list[int]:
    """Answers in each of the last `MINUTES` full minutes, oldest first. One query over an index range."""
    end = now.replace(second=0, microsecond=0)
    begin = end - timedelta(minutes=MINUTES)
    rows = (
        Answer.objects.filter(project_id=pool.project_id, created_at__gte=begin, created_at__lt=end)
        .annotate(minute=TruncMinute("created_at"))
        .values_list("minute")
        .annotate(n=Count("*"))
        .order_by()
    )
    found = {int((minute - begin).total_seconds()) // 60: number for minute, number in rows if minute}
    return [found.get(place, 0) for place in range(MINUTES)]


def live(pool: Pool) -> Live:
    """The state of a pool now. Nine queries; those that look at every task or payment may be up to 4 s old."""
    now = database_now()
    active = Assignment.objects.filter(pool=pool, state=AssignmentState.ACTIVE)
    in_work = Slot.objects.filter(assignment__in=active, released_at=None, task__state=ResultState.OPEN)
    answers = per_minute(pool, now)
    found = stand(pool)
    return Live(
        progress=found.progress,
        in_work=in_work.aggregate(n=Count("task", distinct=True))["n"],
        workers=active.aggregate(n=Count("worker", distinct=True))["n"],
        money=remembered(f"money:{pool.pk}", lambda: money([pool])).get(pool.public_id, PoolMoney()),
        spread=found.spread,
        per_minute=answers,
        last_answer=Answer.objects.filter(project_id=pool.project_id).aggregate(at=Max("created_at"))["at"],
        remaining=remaining(pool, found.spread, answers[-PACE_MINUTES:]),
        at=now,
    )


def remaining(pool: Pool, distribution: Spread, recent: Sequence[int]) -> Remaining:
    """Time left for a live pool: least if each task stops at the minimum, most at the maximum, likely as tasks did so far.

    `recent` are answers a minute; leading minutes without any are from before the start and do not slow the pace.
    """
    counted = list(recent)
    while counted and not counted[0]:
        counted.pop(0)
    if pool.state != PoolState.OPEN or not counted or not distribution.open_counts:
        return Remaining()
    per_second = sum(counted) / len(counted) / 60
    likely, least, most = (left / per_second for left in _left(pool, distribution))
    return Remaining(likely, least, most)


def ending(pool: Pool, distribution: Spread) -> Ending | None:
    """What the items will have cost in the end, known ones not counted; the range as for `remaining`. None where nothing is open."""
    if pool.state not in {PoolState.OPEN, PoolState.PAUSED} or not distribution.open_counts:
        return None
    price = pool.reward / pool.tasks_per_assignment
    likely, least, most = (round((distribution.answers + left) * price) for left in _left(pool, distribution))
    return Ending(likely, least, most)


def saved_money(pool: Pool, distribution: Spread) -> int | None:
    """What finished items cost less than the maximum of answers for each would have, micro-units; None before any is finished."""
    if distribution.per_done is None:
        return None
    done = sum(distribution.counts.values()) - sum(distribution.open_counts.values())
    return round(max(0.0, pool.overlap_max - distribution.per_done) * done * pool.reward / pool.tasks_per_assignment)


def _left(pool: Pool, distribution: Spread) -> tuple[float, float, float]:
    """Answers still to come: likely as finished items took so far, least at the minimum, most at the maximum."""
    low, high = pool.overlap_min, pool.overlap_max
    usual = min(high, max(low, distribution.per_done or (low + high) / 2))
    return distribution.left(usual), distribution.left(low), distribution.left(high)


def remembered(
    key: str,
    count: Callable[[], T],
    *,
    size: Callable[[T], int] = lambda _: 0,
    clock: Callable[[], float] = time.monotonic,
) -> T:
    """`count()`, or what it gave a moment ago: kept as `kept_for` says. A cache that is away means counting each time.

    `size`: over how many tasks it went, as its result tells.
    """
    try:
        kept: T | None = cache.get(f"dashboard:{key}")
    except RedisError:
        return count()
    if kept is not None:
        return kept
    begin = clock()
    fresh = count()
    seconds = kept_for(clock() - begin, tasks=size(fresh))
    if seconds:
        try:
            cache.set(f"dashboard:{key}", fresh, timeout=seconds)
        except RedisError:
            return fresh
    return fresh


def kept_for(cost: float, *, tasks: int = 0) -> int:
    """Whole seconds, as Redis keeps them, for which a count over so many tasks that took `cost` seconds may be shown again."""
    return int(min(OLDEST_SECONDS, max(round(cost * REST, 6), tasks // TASKS_A_SECOND)))
