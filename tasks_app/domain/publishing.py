"""A pool's life: draft → open ⇄ paused → closed, and the money held for it."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from quorate.accounts.models import User
from quorate.common.clock import database_now
from quorate.common.money import written
from quorate.common.table_growth import note_growth
from quorate.events import dirty
from tasks_app.domain.funding import hold_places, release_rest
from tasks_app.domain.noting import note_pool
from tasks_app.domain.pricing import estimate
from tasks_app.enums import ImportState, PoolState, TaskKind, Topic
from tasks_app.errors import Conflict
from tasks_app.models import Import, Pool, Task


@dataclass(frozen=True)
class Check:
    """A line of the launch checklist; `link` names the page (a URL name) where it is mended."""

    ok: bool
    text: str
    link: str
    passing: bool = False  # not yet, but it will be so without anybody doing anything


def checklist(pool: Pool) -> list[Check]:
    """What must be so before a pool can open. Six queries."""
    project = pool.project
    cost = estimate(pool)
    question = bool(project.question)
    importing = Import.objects.filter(pool=pool, state=ImportState.RUNNING).exists()
    return [
        Check(
            question, "The question and its classes are set" if question else "Set the question", "requester:question"
        ),
        Check(
            bool(project.instructions.strip()),
            "There are instructions" if project.instructions.strip() else "Write instructions for the workers",
            "requester:instructions",
        ),
        Check(
            cost.tasks > 0 and not importing,
            "The import is still running"
            if importing
            else (f"{cost.tasks:,} items are in" if cost.tasks else "Add items"),
            "requester:items",
            passing=importing,
        ),
        Check(
            cost.missing == 0,
            f"The balance covers the {written(cost.hold)} to be held"
            if cost.missing == 0
            else f"{written(cost.missing)} is missing to hold {written(cost.hold)}",
            "requester:price",
        ),
    ]


def launch(*, pool: Pool, actor: User) -> Pool:
    """Open a draft: hold the money for the maximum overlap, give every task its minimum of places.

    Raises Conflict naming what is still to do, InsufficientFunds.
    """
    with transaction.atomic():
        locked = _lock(pool)
        if locked.state != PoolState.DRAFT:
            raise Conflict("Only a draft can be launched.")
        undone = [check.text for check in checklist(locked) if not check.ok]
        if undone:
            raise Conflict("Not ready: " + "; ".join(undone) + ".")
        tasks = Task.objects.filter(pool=locked, kind=TaskKind.MAIN)
        known = Task.objects.filter(pool=locked, kind=TaskKind.GOLD)
        places = tasks.count() * locked.overlap_max + known.count() * locked.known_overlap
        hold_places(pool=locked, places=places, actor=actor)
        opened = tasks.update(slots_free=locked.overlap_min, overlap_max=locked.overlap_max)
        known.update(slots_free=locked.known_overlap, overlap_max=locked.known_overlap)
        now = database_now()
        locked.state = PoolState.OPEN
        locked.opened_at = now
        locked.expires_at = now + timedelta(days=locked.lifetime_days)
        locked.save(update_fields=["state", "opened_at", "expires_at"])
        note_pool(locked, actor, "launched")
        note_growth("tasks_app_task", opened)
    return locked


def pause(*, pool: Pool, actor: User) -> Pool:
    """Hand out nothing more; what is in work may be finished. Raises Conflict unless open."""
    return _move(pool, actor, {PoolState.OPEN}, PoolState.PAUSED, "paused")


def resume(*, pool: Pool, actor: User) -> Pool:
    """Go on after a pause. Raises Conflict unless paused."""
    return _move(pool, actor, {PoolState.PAUSED}, PoolState.OPEN, "resumed")


def close(*, pool: Pool, actor: User | None) -> Pool:
    """End it: no more places; what is in work may be finished; the rest of the money goes back.

    Closing again changes nothing. Raises Conflict for a draft.
    """
    with transaction.atomic():
        locked = _lock(pool)
        if locked.state == PoolState.CLOSED:
            return locked
        if locked.state == PoolState.DRAFT:
            raise Conflict("A draft has nothing to close.")
        locked.state = PoolState.CLOSED
        locked.closed_at = database_now()
        locked.save(update_fields=["state", "closed_at"])
        Task.objects.filter(pool=locked, slots_free__gt=0).update(slots_free=0)
        released = release_rest(locked, actor=actor)
        note_pool(locked, actor, "closed", released=released)
        # Tasks nobody will be asked about any more are decided by the job.
        dirty.mark(Topic.AGGREGATE, locked.project_id)
    return locked


def close_ended(*, limit: int = 50) -> int:
    """Close the pools whose lifetime is over by the database's clock. Returns how many."""
    running = (PoolState.OPEN, PoolState.PAUSED)
    ended = Pool.objects.filter(state__in=running, expires_at__lte=database_now()).select_related("project")
    pools = list(ended.order_by("expires_at")[:limit])
    for pool in pools:
        close(pool=pool, actor=None)
    return len(pools)


def _move(pool: Pool, actor: User, sources: set[PoolState], target: PoolState, verb: str) -> Pool:
    with transaction.atomic():
        locked = _lock(pool)
        if locked.state == target:
            return locked
        if locked.state not in sources:
            raise Conflict(f"This is {locked.get_state_display().lower()}; it cannot be {verb} now.")
        locked.state = target
        locked.save(update_fields=["state"])
        note_pool(locked, actor, verb)
    return locked


def _lock(pool: Pool) -> Pool:
    return Pool.objects.select_for_update(of=("self",)).select_related("project").get(pk=pool.pk)
