"""Refusing a page or part of it, by a person and with evidence; the worker's word against it; taking it back at any time.

What is refused is not paid, and its places are open to others within the maximum. What is taken back is paid in full: the
place comes back, and where it was filled meanwhile one more is held for.
"""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from quorate.accounts.models import User
from quorate.common.clock import database_now
from quorate.common.money import share
from quorate.events import dirty
from quorate.ledger import book
from quorate.ledger.models import AccountKind
from tasks_app.domain.funding import hold_places, owed
from tasks_app.domain.noting import note_assignment
from tasks_app.domain.quality import exclusion_reason, let_count
from tasks_app.domain.reviewing import locked_waiting
from tasks_app.enums import AssignmentState, PoolState, RestrictionKind, TaskKind, Topic
from tasks_app.errors import Conflict, InvalidInput, NotFound
from tasks_app.models import Answer, Assignment, Pool, Rejection, Restriction, Slot, Task
from tasks_app.queries.terms import terms
from tasks_app.tools.fields import Problems, read_text

MAX_REASON, MAX_EVIDENCE, MAX_DISPUTE = 500, 1000, 2000


def reject(
    *, assignment: Assignment, actor: User, reason: str, evidence: str, tasks: Collection[str] | None = None
) -> Assignment:
    """Refuse a page that waits for its decision, or only `tasks` of it (public ids): the others are accepted and paid their
    share. The worker reads reason and evidence and may dispute it; the refused answers leave the aggregate.

    Raises InvalidInput naming "reason", "evidence" or "tasks"; Conflict unless the page waits.
    """
    problems = Problems()
    clean_reason = read_text(reason, "reason", problems, maximum=MAX_REASON, lines=True)
    clean_evidence = read_text(evidence, "evidence", problems, maximum=MAX_EVIDENCE, lines=True)
    problems.check()
    with transaction.atomic():
        held = locked_waiting(assignment, "rejected")
        pool = held.pool
        slots = Slot.objects.filter(assignment=held, released_at=None).select_related("task")
        every = {slot.task.public_id: slot for slot in slots}
        refused = _chosen(every, tasks)
        whole = len(refused) == len(every)
        paid = 0 if whole else share(held.reward, len(every) - len(refused), len(every))
        now = database_now()
        rejection = Rejection.objects.create(
            assignment=held,
            tasks=sorted(refused),
            whole=whole,
            amount=held.reward - paid,
            reason=clean_reason,
            evidence=clean_evidence,
            made_by=actor,
            dispute_until=now + timedelta(days=terms().dispute_days),
        )
        held.state = AssignmentState.REJECTED if whole else AssignmentState.ACCEPTED
        held.reward = held.reward if whole else paid
        held.decided_at, held.decision_reason = now, clean_reason
        held.save(update_fields=["state", "reward", "decided_at", "decision_reason"])
        if not whole:
            Slot.objects.filter(pk__in=[slot.pk for slot in refused.values()]).update(
                released_at=now, release_reason="rejected"
            )
            book.pay(pool_ref=pool.public_id, rewards=[book.Reward(held.public_id, held.worker_id, paid)], actor=actor)
        _free(pool, sorted(slot.task_id for slot in refused.values()))
        note_assignment(
            held,
            actor,
            "rejected",
            reason=clean_reason,
            evidence=clean_evidence,
            tasks=len(refused),
            reward=rejection.amount,
        )
        _mark(rejection, pool, _take_out(rejection), (rejection.dispute_until - now).total_seconds() + 1)
    return held


def undo(*, rejection: Rejection, actor: User, reason: str) -> Rejection:
    """Take a rejection back: the page counts as accepted, what was not paid is paid, the answers count. Again changes nothing.

    Raises InvalidInput naming "reason"; InsufficientFunds where the place went to somebody else and the balance does not
    hold the price of one more.
    """
    problems = Problems()
    clean = read_text(reason, "reason", problems, maximum=MAX_REASON, lines=True)
    problems.check()
    with transaction.atomic():
        locked = _locked(rejection)
        if locked.undone_at is None:
            _take_back(locked, actor, clean)
    return locked


def dispute(*, worker: User, rejection: Rejection, text: str) -> Rejection:
    """The worker's word against a rejection, once and in time. Raises NotFound, InvalidInput naming "text", Conflict."""
    if rejection.assignment.worker_id != worker.pk:
        raise NotFound
    problems = Problems()
    clean = read_text(text, "text", problems, maximum=MAX_DISPUTE, lines=True)
    problems.check()
    with transaction.atomic():
        locked = _locked(rejection)
        now = database_now()
        if locked.undone_at is not None:
            raise Conflict("This was taken back already.")
        if locked.disputed_at is not None:
            raise Conflict("You have disputed this; the answer will stand here.")
        if locked.dispute_until <= now:
            raise Conflict("The time to dispute this is over.")
        locked.dispute, locked.disputed_at = clean, now
        locked.save(update_fields=["dispute", "disputed_at"])
        note_assignment(locked.assignment, worker, "disputed")
    return locked


def answer_dispute(*, rejection: Rejection, actor: User, granted: bool, answer: str) -> Rejection:
    """Grant a dispute, which takes the rejection back, or turn it down; the worker reads the answer. Once answered it stays.

    Raises Conflict for one's own and where there is none, InvalidInput naming "answer", InsufficientFunds as `undo`.
    """
    if rejection.assignment.worker_id == actor.pk:
        raise Conflict("Nobody answers their own dispute: ask somebody else.", code="oneself")
    problems = Problems()
    clean = read_text(answer, "answer", problems, maximum=MAX_REASON, lines=True)
    problems.check()
    with transaction.atomic():
        locked = _locked(rejection)
        if locked.disputed_at is None:
            raise Conflict("Nobody disputes this.")
        if locked.answered_at is not None or locked.undone_at is not None:
            return locked
        locked.upheld, locked.answer = not granted, clean
        locked.answered_by, locked.answered_at = actor, database_now()
        locked.save(update_fields=["upheld", "answer", "answered_by", "answered_at"])
        verb = "dispute_granted" if granted else "dispute_turned_down"
        note_assignment(locked.assignment, actor, verb, answer=clean)
        if granted:
            _take_back(locked, actor, clean)
        else:
            # What a closed pool kept for it goes back to the requester.
            dirty.mark(Topic.ACCEPT, locked.assignment.pool_id, [locked.assignment_id])
    return locked


def _chosen(every: dict[str, Slot], tasks: Collection[str] | None) -> dict[str, Slot]:
    """The refused of a page's places, by their tasks' public ids. Raises InvalidInput naming "tasks"."""
    wanted = set(every) if tasks is None else set(tasks)
    if not wanted or wanted - set(every):
        raise InvalidInput(fields={"tasks": "Choose tasks of this page."})
    return {name: every[name] for name in wanted}


def _locked(rejection: Rejection) -> Rejection:
    """The rejection, locked after its assignment, as all verbs here do."""
    Assignment.objects.select_for_update().get(pk=rejection.assignment_id)
    rows = Rejection.objects.select_for_update(of=("self",)).select_related("assignment__pool__project")
    return rows.get(pk=rejection.pk)


def _lock_tasks(task_ids: Collection[int]) -> list[Task]:
    return list(Task.objects.select_for_update().filter(pk__in=task_ids).order_by("pk"))


def _free(pool: Pool, task_ids: list[int]) -> None:
    """The places were not paid for, so they may be filled again; the job decides whether they have to be."""
    _lock_tasks(task_ids)
    tasks = Task.objects.filter(pk__in=task_ids)
    tasks.update(slots_done=F("slots_done") - 1)
    if pool.state != PoolState.CLOSED:
        # Known answers stand in no queue that the job looks at.
        tasks.filter(kind=TaskKind.GOLD).update(slots_free=F("slots_free") + 1)


def _take_back(rejection: Rejection, actor: User, reason: str) -> None:
    """Inside the transaction that has locked it."""
    held = rejection.assignment
    pool = held.pool
    now = database_now()
    slots = Slot.objects.filter(assignment=held, task__public_id__in=rejection.tasks)
    task_ids = sorted(slots.values_list("task_id", flat=True))
    more = _fill(task_ids)
    if pool.state == PoolState.CLOSED:
        _cover(rejection, actor)
    else:
        hold_places(pool=pool, places=more, actor=actor)
    ref = held.public_id if rejection.whole else f"{held.public_id}:{rejection.public_id}"
    book.pay(pool_ref=pool.public_id, rewards=[book.Reward(ref, held.worker_id, rejection.amount)], actor=actor)
    if not rejection.whole:
        slots.update(released_at=None, release_reason="")
        held.reward += rejection.amount
    held.state, held.decided_at, held.decision_reason = AssignmentState.ACCEPTED, now, reason[:500]
    held.save(update_fields=["state", "reward", "decided_at", "decision_reason"])
    rejection.undone_at, rejection.undone_by, rejection.undo_reason = now, actor, reason
    rejection.save(update_fields=["undone_at", "undone_by", "undo_reason"])
    note_assignment(held, actor, "rejection_undone", reason=reason, reward=rejection.amount)
    ban = Restriction.objects.filter(worker=held.worker_id, kind=RestrictionKind.BANNED, lifted_at=None).first()
    answers = Answer.objects.filter(assignment=held, excluded_reason=_tag(rejection))
    # Paid they are; but while their worker is banned they count no more than the others do.
    let_count(answers, counts=ban is None, reason=exclusion_reason(ban) if ban else "")


def _fill(task_ids: list[int]) -> int:
    """Take the places back that were opened to others; where they are taken, the task's maximum rises. Returns how often."""
    more = 0
    tasks = _lock_tasks(task_ids)
    for task in tasks:
        task.slots_done += 1
        if task.slots_free:
            task.slots_free -= 1
        elif task.slots_live + task.slots_done > task.overlap_max:
            task.overlap_max += 1
            more += 1
    Task.objects.bulk_update(tasks, ["slots_free", "slots_done", "overlap_max"])
    return more


def _cover(rejection: Rejection, actor: User) -> None:
    """A closed pool gave back what it did not owe: hold again what is missing. Raises InsufficientFunds."""
    pool = rejection.assignment.pool
    spare = book.balance(book.find(AccountKind.HELD, ref=pool.public_id)) - owed(pool, besides=rejection)
    book.hold(
        payer_id=pool.project.created_by_id,
        pool_ref=pool.public_id,
        amount=rejection.amount - spare,
        ref=f"{pool.public_id}:{rejection.public_id}",
        actor=actor,
    )


def _tag(rejection: Rejection) -> str:
    """What an answer says that this rejection took out, so that taking it back finds its own."""
    return f"rejected ({rejection.public_id})"


def _take_out(rejection: Rejection) -> list[int]:
    """The refused answers no longer count; returns their tasks. Answers that are out for another reason keep that one."""
    answers = Answer.objects.filter(
        assignment=rejection.assignment, task__public_id__in=rejection.tasks, superseded_by=None
    )
    touched = sorted(answers.values_list("task_id", flat=True))
    answers.filter(counts=True).update(counts=False, excluded_reason=_tag(rejection))
    return touched


def _mark(rejection: Rejection, pool: Pool, tasks: list[int], until: float) -> None:
    """Last: the tasks are decided anew; and when the time to dispute is over, a closed pool returns what it kept."""
    news = [dirty.News(Topic.AGGREGATE, pool.project_id, task) for task in tasks]
    dirty.mark_all([*news, dirty.News(Topic.ACCEPT, pool.pk, rejection.assignment_id, until)])
