"""Accepting what was handed in, by the job or by hand. Accepted is paid, exactly once. Refusing it: rejecting.py."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from quorate.accounts.models import User
from quorate.common.chunks import chunked
from quorate.common.clock import database_now
from quorate.events import dirty
from quorate.events.models import Event
from quorate.ledger import book
from tasks_app.domain.funding import release_rest
from tasks_app.enums import AssignmentState, PoolState, Topic
from tasks_app.errors import Conflict
from tasks_app.models import Assignment, Pool
from tasks_app.queries.locks import passing_by
from tasks_app.queries.reviews import held_for_review, held_until

# One payment locks the pool's held account once: large enough to be rare, small enough to be short.
BATCH = 500


def accept_due(pool_id: int) -> int:
    """The job: accept what the dirty rows name, if the pool accepts by itself; a closed pool then returns what it need not
    hold any more. Returns how many were accepted. Safe to run twice.
    """
    rows = dirty.take(Topic.ACCEPT, pool_id)
    pool = Pool.objects.select_related("project").filter(pk=pool_id).first()
    accepted = 0
    kept: dict[int, datetime] = {}
    if pool is not None and pool.accept_automatically:
        held = held_for_review(pool)
        kept = {
            row.pk: until
            for row in _waiting(pool, [row.key for row in rows]).filter(worker__in=held)
            if (until := held_until(row)) > database_now()
        }
        ids = [row.key for row in rows if row.key not in kept]
        passed_by: set[int] = set()
        for part in chunked(ids, BATCH):
            accepted += accept(pool=pool, assignment_ids=part, actor=None)
            passed_by.update(_waiting(pool, part).values_list("pk", flat=True))
        # Locked by another job, or by a worker who hands in once more because the first reply got lost: their rows stay,
        # and ring again. Nothing else would ever pay them.
        rows = [row for row in rows if row.key not in passed_by]
    if pool is not None and pool.state == PoolState.CLOSED:
        release_rest(pool, actor=None)
    dirty.done(rows)
    if kept:
        # A person may look at them; when nobody has, they are paid all the same.
        now = database_now()
        dirty.mark_all(
            dirty.News(Topic.ACCEPT, pool_id, page, (until - now).total_seconds()) for page, until in kept.items()
        )
    return accepted


def release_held(worker_id: int) -> None:
    """What waited for a review by a rule that was undone is accepted as soon as it would have been. Marks dirty rows."""
    waiting = Assignment.objects.filter(
        worker=worker_id, state=AssignmentState.SUBMITTED, pool__accept_automatically=True
    )
    dirty.mark_all(
        dirty.News(Topic.ACCEPT, pool, page, float(delay))
        for page, pool, delay in waiting.values_list("pk", "pool_id", "pool__accept_delay_seconds")
    )


def accept(*, pool: Pool, assignment_ids: Sequence[int], actor: User | None, reason: str = "") -> int:
    """Accept and pay those of these assignments of the pool that wait for it; returns how many. One transaction.

    Others are passed over: accepted before, rejected, not handed in; by the job (no `actor`) also those somebody holds
    locked, for which a person waits. Raises InsufficientFunds (an audit would show why).
    """
    with transaction.atomic():
        waiting = _waiting(pool, assignment_ids)
        free = passing_by(waiting) if actor is None else waiting.select_for_update(of=("self",))
        rows = list(free.order_by("pk"))
        if not rows:
            return 0
        now = database_now()
        Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=AssignmentState.ACCEPTED, decided_at=now, decision_reason=reason[:500]
        )
        book.pay(
            pool_ref=pool.public_id,
            rewards=[book.Reward(ref=row.public_id, worker_id=row.worker_id, amount=row.reward) for row in rows],
            actor=actor,
        )
        _note(rows, pool, actor, "accepted", reason)
    return len(rows)


def accept_all(*, pool: Pool, assignment_ids: Sequence[int], actor: User) -> int:
    """Accept many, a batch a transaction; returns how many. As `accept`."""
    return sum(accept(pool=pool, assignment_ids=part, actor=actor) for part in chunked(assignment_ids, BATCH))


def _waiting(pool: Pool, assignment_ids: Sequence[int]) -> QuerySet[Assignment]:
    return Assignment.objects.filter(pk__in=assignment_ids, pool=pool, state=AssignmentState.SUBMITTED)


def locked_waiting(assignment: Assignment, verb: str) -> Assignment:
    """The assignment with its pool and project, locked, waiting for its decision. Raises Conflict if it does not."""
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("pool__project")
    held = rows.get(pk=assignment.pk)
    if held.state != AssignmentState.SUBMITTED:
        raise Conflict(f"This assignment is {held.get_state_display().lower()}; only a submitted one can be {verb}.")
    return held


def _note(rows: Iterable[Assignment], pool: Pool, actor: User | None, verb: str, reason: str) -> None:
    Event.objects.bulk_create(
        Event(
            actor=actor,
            verb=verb,
            object_type="assignment",
            object_id=row.public_id,
            scope=pool.project.public_id,
            data={"reward": row.reward, "reason": reason},
        )
        for row in rows
    )
