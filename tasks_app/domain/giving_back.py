"""Places that come free again: a task skipped, an assignment returned or expired, a worker stopped. Each exactly once."""

import time
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from quorate.accounts.models import User
from quorate.common.clock import database_now
from quorate.common.money import share
from quorate.events import dirty
from quorate.events.log import record
from quorate.events.models import Event
from tasks_app.domain.reworking import in_rework, stand_again
from tasks_app.domain.submitting import GRACE
from tasks_app.enums import AssignmentState, Lane, PoolState, ResultState, Topic
from tasks_app.errors import AssignmentOver, Conflict, NotFound
from tasks_app.models import Assignment, PersonTask, Slot, Task
from tasks_app.queries.locks import passing_by

# How far back in the wanted lane the least useful task is put, in microseconds. The lane is walked once by each worker, so
# this is also how long one who has reached its end may pass over what is asked meanwhile.
PATIENCE = 300_000_000


def wanted_key(usefulness: float = 1.0) -> int:
    """A place in the wanted lane: the microsecond of asking, and up to PATIENCE later where little is to be gained.

    So of tasks asked at about the same time the most useful is served first, and none waits for ever.
    """
    return time.time_ns() // 1000 + round((1 - usefulness) * PATIENCE)


def skip(*, worker: User, assignment: str, task: str, reason: str = "") -> Assignment:
    """Give back one task of the worker's page, which then pays its share less. The last one returns the assignment.

    Skipping again what was skipped changes nothing. Raises NotFound, AssignmentOver.
    """
    with transaction.atomic():
        held = _lock_own(worker, assignment)
        slot = Slot.objects.filter(assignment=held, task__public_id=task).first()
        if slot is None:
            raise NotFound
        if slot.released_at is not None:
            return held
        if held.state != AssignmentState.ACTIVE:
            raise AssignmentOver
        if in_rework([held]):
            raise Conflict(
                "A page that came back cannot be skipped in part: give it back, and your first answers stand."
            )
        undecided = _release(Slot.objects.filter(pk=slot.pk), reason=f"skipped: {reason}"[:200])
        if held.task_count == 1:
            held.state = AssignmentState.RETURNED
            held.decided_at = database_now()
        else:
            held.reward = share(held.reward, held.task_count - 1, held.task_count)
            held.task_count -= 1
        held.save(update_fields=["state", "decided_at", "reward", "task_count"])
        record(
            actor=worker,
            verb="skipped",
            object_type="assignment",
            object_id=held.public_id,
            scope=held.pool.project.public_id,
            data={"task": task, "reason": reason[:200]},
        )
        dirty.mark_all([*undecided, dirty.News(Topic.JUDGE, held.pool.project_id, slot.task_id)])
    return held


def give_back(*, worker: User, assignment: str, unseen: bool = False) -> Assignment:
    """Return the whole page. Again is harmless. Raises NotFound, AssignmentOver when it was handed in or has expired.

    `unseen`: it was taken ahead and never shown, so its tasks may come to this worker again.
    """
    with transaction.atomic():
        held = _lock_own(worker, assignment)
        if held.state == AssignmentState.RETURNED:
            return held
        if held.state != AssignmentState.ACTIVE:
            raise AssignmentOver
        end_assignments([held], AssignmentState.RETURNED, actor=worker)
        if unseen and held.state == AssignmentState.RETURNED:
            # A released place keeps its task away from the worker for good, which is for what was looked at.
            unseen_slots = held.slots.filter(release_reason=AssignmentState.RETURNED.value)
            # The row's person, not that of a worker remembered from before the accounts were linked.
            person = User.objects.filter(pk=worker.pk).values("person")
            PersonTask.objects.filter(task__in=unseen_slots.values("task"), person__in=person).delete()
            unseen_slots.delete()
    return held


def expire_due(*, limit: int = 500) -> int:
    """End the assignments whose time, and the grace for late packets, is over by the database's clock. Returns how many.

    Two of these at once share the work: each takes rows the other has not locked.
    """
    with transaction.atomic():
        rows = Assignment.objects.filter(state=AssignmentState.ACTIVE, expires_at__lte=Now() - GRACE)
        due = list(passing_by(rows).select_related("pool__project").order_by("expires_at")[:limit])
        end_assignments(due, AssignmentState.EXPIRED, actor=None)
    return len(due)


def end_assignments(held: Iterable[Assignment], state: AssignmentState, *, actor: User | None) -> None:
    """Take locked, active assignments to `state` and free their places; those being done again stand as they were handed in.

    Inside the caller's transaction; five queries, and more for each that is being done again.
    """
    every = list(held)
    again = in_rework(every) if every else set()
    news = [one for row in every if row.pk in again for one in stand_again(row)]
    ended = [row for row in every if row.pk not in again]
    if not ended:
        dirty.mark_all(news)
        return
    now = database_now()
    for row in ended:
        row.state = state
        row.decided_at = now
    Assignment.objects.bulk_update(ended, ["state", "decided_at"])
    live = Slot.objects.filter(assignment__in=[row.pk for row in ended], released_at=None)
    undecided = _release(live, reason=state.value)
    Event.objects.bulk_create(
        Event(
            actor=actor,
            verb=state.value,
            object_type="assignment",
            object_id=row.public_id,
            scope=row.pool.project.public_id,
            data={"tasks": row.task_count},
        )
        for row in ended
    )
    # What a closed pool held for them goes back to its requester, by the job that also pays.
    closed = {row.pool_id for row in ended if row.pool.state == PoolState.CLOSED}
    dirty.mark_all([*news, *undecided, *(dirty.News(Topic.ACCEPT, pool_id) for pool_id in closed)])


def _lock_own(worker: User, public_id: str) -> Assignment:
    found = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("pool__project")
        .filter(public_id=public_id, worker_id=worker.pk)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _release(slots: QuerySet[Slot], *, reason: str) -> list[dirty.News]:
    """Free these live slots' places: one statement on the tasks, locked in order of id.

    A place comes free for others only while its task is still asked and its pool is not closed; otherwise it just ends.
    Returns what to mark, last in the transaction: a closed pool's tasks that waited for these very places, and that no
    answer will bring before the job.
    """
    undecided: list[dirty.News] = []
    counted: dict[int, int] = {}
    for task_id in slots.order_by("task_id").values_list("task_id", flat=True):
        counted[task_id] = counted.get(task_id, 0) + 1
    slots.update(released_at=Now(), release_reason=reason)
    # Pages of several workers may hold the same task: each count of places is its own statement, nearly always just one.
    for places in sorted(set(counted.values())):
        ids = sorted(task for task, count in counted.items() if count == places)
        list(Task.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
        held = Task.objects.filter(pk__in=ids)
        asked = held.filter(state=ResultState.OPEN).exclude(pool__state=PoolState.CLOSED)
        asked_ids = list(asked.values_list("pk", flat=True))
        if len(asked_ids) < len(ids):
            ended = held.exclude(pk__in=asked_ids)
            ended.update(slots_live=F("slots_live") - places)
            waited = ended.filter(state=ResultState.OPEN).values_list("pool__project_id", "pk")
            undecided += [dirty.News(Topic.AGGREGATE, project, task) for project, task in waited]
        back = Task.objects.filter(pk__in=asked_ids)
        back.update(slots_live=F("slots_live") - places, slots_free=F("slots_free") + places)
        # Known answers stand in no queue.
        back.exclude(lane=Lane.KNOWN).update(lane=Lane.WANTED, queue_key=wanted_key())
    return undecided
