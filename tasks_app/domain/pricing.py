"""What a pool costs, what it pays an hour, and changing that. Amounts in micro-units."""

import copy
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest

from quorate.accounts.models import User
from quorate.events import dirty
from quorate.ledger import book
from quorate.ledger.models import AccountKind, EntryKind
from tasks_app import tools
from tasks_app.domain.funding import PENDING, cost_of, least_cost_of, raise_maximum
from tasks_app.domain.noting import note_pool
from tasks_app.enums import OverlapMode, PoolState, ResultState, TaskKind, Topic
from tasks_app.errors import InvalidInput
from tasks_app.grammar import price as grammar
from tasks_app.models import Assignment, Pool, Skill, Task
from tasks_app.queries.pools import per_hour

MAX_REWARD = 1_000_000_000  # 1,000.00 a page
# Field → (least, most). The page shows the same bounds.
BOUNDS: dict[str, tuple[int, int]] = {
    "reward": (0, MAX_REWARD),
    "tasks_per_assignment": (1, 100),
    "assignment_seconds": (30, 7 * 24 * 3600),
    "lifetime_days": (1, 365),
    "overlap_min": (1, 100),
    "overlap_max": (1, 100),
    "overlap_votes": (1, 100),
    "accept_delay_seconds": (0, 30 * 24 * 3600),
}
# Settings that are shares of one: least and most.
SHARES = {"confidence": (0.5, 0.999), "overlap_worth": (0.0001, 0.5)}
COUNTING = (OverlapMode.AGREEMENT, OverlapMode.MARGIN)
# Workers were told these when they began: on a running pool they stand.
FIXED_ONCE_OPEN = ("reward", "tasks_per_assignment")


@dataclass(frozen=True)
class Estimate:
    """What a pool will cost. `per_hour` and `seconds_per_task` are None until answers were measured."""

    tasks: int
    slots_min: int
    slots_max: int
    cost_min: int
    cost_max: int
    hold: int
    held: int
    spent: int
    balance: int
    missing: int
    seconds_per_task: float | None
    per_hour: int | None


def estimate(pool: Pool) -> Estimate:
    """The pool's cost as it stands, draft or running. Five queries."""
    tasks, known = _counted(pool)
    # Known answers are asked beside the others, each of at most so many workers.
    slots_min, slots_max = tasks * pool.overlap_min, tasks * pool.overlap_max + known
    draft = pool.state == PoolState.DRAFT
    account = book.find(AccountKind.HELD, ref=pool.public_id)
    held, spent = (0, 0) if draft else (book.balance(account), book.moved(account, EntryKind.REWARD))
    have = book.balance(book.find(AccountKind.REQUESTER, owner_id=pool.project.created_by_id))
    hold = cost_of(pool, slots_max)
    return Estimate(
        tasks=tasks,
        slots_min=slots_min,
        slots_max=slots_max,
        cost_min=least_cost_of(pool, slots_min),
        cost_max=hold,
        hold=hold,
        held=held,
        spent=spent,
        balance=have,
        missing=max(hold - have, 0) if draft else 0,
        seconds_per_task=pool.median_seconds,
        per_hour=per_hour(pool),
    )


def _counted(pool: Pool) -> tuple[int, int]:
    """How many ordinary tasks there are, and places of those whose answer is known. One query, over indexes alone.

    Told by their kind, the ordinary ones could not be counted in an index: all are, and the few others taken off.
    """
    tasks = Task.objects.filter(pool=OuterRef("pk")).order_by().values("pool")
    others = tasks.exclude(kind=TaskKind.MAIN)
    every, other, known = (
        Pool.objects.filter(pk=pool.pk)
        .values_list(
            Coalesce(Subquery(tasks.annotate(n=Count("*")).values("n")), 0),
            Coalesce(Subquery(others.annotate(n=Count("*")).values("n")), 0),
            Coalesce(
                Subquery(others.filter(kind=TaskKind.GOLD).annotate(n=Sum("overlap_max")).values("n")),
                0,
                output_field=IntegerField(),
            ),
        )
        .get()
    )
    return every - other, known


def cost_at_the_end(pool: Pool, *, spent: int) -> tuple[int, int]:
    """What the pool will have cost, at least and at most: spent, owed for pages out, and the answers open items may still get.

    Decided items cost nothing more, unless they are opened again. Micro-units; two queries.
    """
    taken = F("slots_live") + F("slots_done")
    asked = Task.objects.filter(pool=pool, state=ResultState.OPEN)
    left = asked.aggregate(
        least=Sum(Greatest(Value(pool.overlap_min) - taken, Value(0)), filter=Q(kind=TaskKind.MAIN)),
        most=Sum(F("overlap_max") - taken, filter=~Q(kind=TaskKind.TRAINING)),
    )
    owed = Assignment.objects.filter(pool=pool, state__in=PENDING).aggregate(total=Sum("reward"))["total"] or 0
    so_far = spent + int(owed)
    return so_far + least_cost_of(pool, left["least"] or 0), so_far + cost_of(pool, left["most"] or 0)


def preview(pool: Pool, **fields: Any) -> Pool:
    """An unsaved copy of the pool with these prices, checked. Raises InvalidInput naming each bad field."""
    problems: dict[str, str] = {}
    changed = copy.copy(pool)
    for name, value in fields.items():
        problem = _problem_of(name, value)
        if problem:
            problems[name] = problem
        else:
            setattr(changed, name, value)
    if not problems:
        problems = _problems_of_overlap(changed)
    if pool.state != PoolState.DRAFT:
        for name in FIXED_ONCE_OPEN:
            if name in fields and name not in problems and fields[name] != getattr(pool, name):
                problems[name] = "Fixed since the launch: workers were told it. Clone the project to change it."
        if "overlap_max" not in problems and changed.overlap_max < pool.overlap_max:
            problems["overlap_max"] = "On a running pool the maximum can only be raised."
    if problems:
        raise InvalidInput(fields=problems)
    return changed


def _problem_of(name: str, value: Any) -> str:
    """What is wrong with one value by itself; "" if nothing is."""
    if name in BOUNDS:
        least, most = BOUNDS[name]
        whole = isinstance(value, int) and not isinstance(value, bool)
        return "" if whole and least <= value <= most else f"A whole number from {least:,} to {most:,}."
    if name in SHARES:
        low, high = SHARES[name]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return "" if number and low <= value <= high else f"From {low * 100:g} % to {high * 100:g} %."
    if name == "overlap_mode":
        return "" if value in OverlapMode.values else f"One of {', '.join(OverlapMode.values)}."
    return "" if name == "accept_automatically" else "There is no such setting."


def _problems_of_overlap(pool: Pool) -> dict[str, str]:
    """What of an overlap does not go together. A fixed number is a maximum that is the minimum too."""
    if pool.overlap_mode == OverlapMode.FIXED:
        pool.overlap_min = pool.overlap_max
    if pool.overlap_max < pool.overlap_min:
        return {"overlap_max": "The maximum is at least the minimum."}
    if pool.overlap_mode in COUNTING:
        if not tools.get(pool.project.kind).counts_votes:
            return {"overlap_mode": "Answers of this kind are never quite equal; choose another rule."}
        if pool.overlap_votes > pool.overlap_max:
            return {"overlap_votes": "No more than the maximum of answers."}
    return {}


def set_price(*, pool: Pool, actor: User, **fields: Any) -> Pool:
    """Change reward, page size, durations, overlap or confidence; names as in BOUNDS and SHARES,
    plus overlap_mode, accept_automatically.

    On a running pool reward and page size stand, the maximum can only rise (its cost is held at once), and every task is
    decided anew under the new overlap and confidence. Raises InvalidInput, InsufficientFunds.
    """
    with transaction.atomic():
        locked = Pool.objects.select_for_update(of=("self",)).select_related("project").get(pk=pool.pk)
        changed = preview(locked, **fields)
        before = {name: getattr(locked, name) for name in fields}
        if locked.state in {PoolState.OPEN, PoolState.PAUSED}:
            if changed.overlap_max > locked.overlap_max:
                raise_maximum(pool=locked, to=changed.overlap_max, actor=actor)
            dirty.mark(Topic.AGGREGATE, locked.project_id)
        # With a fixed number of answers the minimum follows the maximum.
        changed.save(update_fields=[*fields, "overlap_min"] if fields else None, force_update=bool(fields))
        news = {name: getattr(changed, name) for name in fields if getattr(changed, name) != before[name]}
        if news:
            changes = {name: {"from": before[name], "to": value} for name, value in news.items()}
            note_pool(locked, actor, "priced", **changes)
    return changed


def set_price_steps(*, pool: Pool, actor: User, steps: Any) -> Pool:
    """Pay holders of skills more (tasks_app/grammar/price.py). Before the launch alone: workers are told it, and the highest
    price is held for.

    Raises InvalidInput naming "price_steps.0.percent" and the like.
    """
    clean = grammar.clean(steps)
    wanted = {one["skill"] for one in clean}
    if Skill.objects.filter(public_id__in=wanted, owner=pool.project.created_by_id).count() < len(wanted):
        raise InvalidInput(fields={"price_steps": "A skill in it is none of the project owner's."})
    with transaction.atomic():
        locked = Pool.objects.select_for_update(of=("self",)).select_related("project").get(pk=pool.pk)
        if locked.state != PoolState.DRAFT:
            raise InvalidInput(fields={"price_steps": "Fixed since the launch: workers were told it."})
        if locked.price_steps != clean:
            locked.price_steps = clean
            locked.save(update_fields=["price_steps"])
            note_pool(locked, actor, "price_steps_set", steps=len(clean))
    return locked
