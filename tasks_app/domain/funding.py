"""The money held for a pool: enough for every answer it may ask for, never more than it needs. Amounts in micro-units."""

from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Greatest

from quorate.accounts.models import User
from quorate.common.clock import database_now
from quorate.common.ids import new_public_id
from quorate.ledger import book
from tasks_app.enums import AssignmentState, ResultState, TaskKind
from tasks_app.models import Assignment, Pool, Rejection, Task
from tasks_app.queries.pools import top_reward

PENDING = (AssignmentState.ACTIVE, AssignmentState.SUBMITTED)


def cost_of(pool: Pool, slots: int) -> int:
    """What `slots` answers cost at most: their share of full pages at the highest price, rounded up, so that a hold always
    covers them.
    """
    return -(-top_reward(pool) * slots // pool.tasks_per_assignment)


def least_cost_of(pool: Pool, slots: int) -> int:
    """What `slots` answers cost if nobody is paid more for a skill."""
    return -(-pool.reward * slots // pool.tasks_per_assignment)


def hold_for_new_tasks(*, pool: Pool, count: int, actor: User | None) -> None:
    """Reserve what `count` more tasks can cost at most. Inside the transaction that opens them.

    Raises InsufficientFunds.
    """
    hold_places(pool=pool, places=count * pool.overlap_max, actor=actor)


def hold_places(*, pool: Pool, places: int, actor: User | None) -> None:
    """Reserve what so many more answers cost. Inside the transaction that opens them. Raises InsufficientFunds."""
    book.hold(
        payer_id=pool.project.created_by_id,
        pool_ref=pool.public_id,
        amount=cost_of(pool, places),
        ref=f"{pool.public_id}:{new_public_id()}",
        actor=actor,
    )


def owed(pool: Pool, *, besides: Rejection | None = None) -> int:
    """What a closed pool may still have to pay: pages in work or undecided, and what was refused while the worker may yet
    be right about it; without the rejection `besides`. Micro-units; two queries.
    """
    pending = Assignment.objects.filter(pool=pool, state__in=PENDING).aggregate(total=Sum("reward"))["total"]
    unsettled = Rejection.objects.filter(
        Q(disputed_at=None, dispute_until__gt=database_now()) | Q(disputed_at__isnull=False, answered_at=None),
        assignment__pool=pool,
        undone_at=None,
    ).exclude(pk=besides.pk if besides else 0)
    return int(pending or 0) + int(unsettled.aggregate(total=Sum("amount"))["total"] or 0)


def release_rest(pool: Pool, *, actor: User | None) -> int:
    """Give back what a closed pool holds beyond what it may still have to pay. Micro-units."""
    return book.release(
        payer_id=pool.project.created_by_id,
        pool_ref=pool.public_id,
        keep=owed(pool),
        ref=f"{pool.public_id}:{new_public_id()}",
        actor=actor,
    )


def raise_maximum(*, pool: Pool, to: int, actor: User) -> None:
    """Allow more answers a task on a running pool: hold the difference, then widen the tasks. Inside a transaction."""
    more = to - pool.overlap_max
    tasks = Task.objects.filter(pool=pool, kind=TaskKind.MAIN)
    hold_places(pool=pool, places=tasks.count() * more, actor=actor)
    # An item that was known for a while may have had more answers than that.
    tasks.update(overlap_max=Greatest(F("overlap_max"), Value(to)))
    # Contested tasks have room again; the job, not this request, decides which need it.
    tasks.filter(state=ResultState.CONTESTED).update(state=ResultState.OPEN)
