"""The end of a pool: what slow workers hold is asked of somebody else too, so that the last items do not wait for them."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now

from quorate.common.clock import database_now
from tasks_app.domain.giving_back import wanted_key
from tasks_app.enums import AssignmentState, Lane, PoolState, ResultState, TaskKind
from tasks_app.models import Pool, Slot, Task

# Slow: so many times the pool's median seconds for the page, and at least so long.
SLOW_TIMES = 4
LEAST = timedelta(seconds=60)


def reissue_slow(*, limit: int = 200) -> int:
    """Open a second place in tasks whose only place in work has been held for long. Returns how many tasks.

    Only in pools that have nothing else to hand out: before the end a slow worker delays nobody. Within the task's maximum,
    so within what is held for the pool; the second place is withdrawn when the first answer settles the task. Safe to run
    twice at once: the tasks are locked, and a task with a free place or two in work is left alone. Two queries, and two
    for each pool at its end.
    """
    room = Task.objects.filter(pool=OuterRef("pk"), has_room=True)
    running = Pool.objects.filter(state=PoolState.OPEN, median_seconds__gt=0, expires_at__gt=Now())
    asked = Task.objects.filter(pool=OuterRef("pk"), state=ResultState.OPEN)
    ending = running.filter(Exists(asked)).exclude(Exists(room))
    return sum(_reissue(pool, limit) for pool in ending.order_by("pk")[:20])


def _reissue(pool: Pool, limit: int) -> int:
    page = timedelta(seconds=SLOW_TIMES * (pool.median_seconds or 0) * pool.tasks_per_assignment)
    slow = Slot.objects.filter(
        task=OuterRef("pk"),
        released_at=None,
        assignment__state=AssignmentState.ACTIVE,
        assignment__created_at__lte=database_now() - max(page, LEAST),
    )
    held = Task.objects.filter(
        Exists(slow),
        pool=pool,
        kind=TaskKind.MAIN,
        state=ResultState.OPEN,
        slots_free=0,
        slots_live=1,
        overlap_max__gt=F("slots_live") + F("slots_done"),
    )
    with transaction.atomic():
        ids = list(held.select_for_update().order_by("pk").values_list("pk", flat=True)[:limit])
        # The state is asked once more under the lock: what was read may have been answered while waiting for it.
        again = Task.objects.filter(pk__in=ids, state=ResultState.OPEN, slots_free=0, slots_live=1)
        return again.update(slots_free=1, lane=Lane.WANTED, queue_key=wanted_key())
