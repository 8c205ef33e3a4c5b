"""Keeping bad answers out: pausing and banning workers, and lifting that again. Nothing is withheld from anybody's pay."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from quorate.accounts.models import User
from quorate.common.clock import database_now
from quorate.events import dirty
from quorate.events.log import record
from tasks_app.domain.giving_back import end_assignments
from tasks_app.enums import AssignmentState, RestrictionKind, Topic
from tasks_app.errors import Conflict, Forbidden
from tasks_app.models import Answer, Assignment, Restriction
from tasks_app.tools.fields import Problems, read_text

MAX_REASON = 500
# Rows of one INSERT: SQLite takes 32,766 parameters in a statement, a dirty row needs four.
MARK_AT_ONCE = 2000


def pause_worker(*, worker: User, actor: User, reason: str) -> Restriction:
    """The worker gets no new work; pages in work may be finished, and all answers go on counting.

    Pausing again changes nothing and returns the pause that is there. Raises Forbidden where `actor` is no admin,
    Conflict for oneself, InvalidInput naming "reason".
    """
    clean = _checked(worker, actor, reason)
    with transaction.atomic():
        _lock(worker)
        restriction, new = _restrict(worker, RestrictionKind.PAUSED, actor, clean)
        if new:
            record(
                actor=actor,
                verb="worker.paused",
                object_type="user",
                object_id=worker.public_id,
                data={"reason": clean, "restriction": restriction.public_id},
            )
    return restriction


def ban_worker(*, worker: User, actor: User, reason: str) -> Restriction:
    """No new work, pages in work end, and the worker's answers no longer count: their tasks are decided anew.

    Banning again leaves the ban that is there, and takes in what may have slipped through beside it. Same errors as
    `pause_worker`.
    """
    clean = _checked(worker, actor, reason)
    with transaction.atomic():
        _lock(worker)
        restriction, new = _restrict(worker, RestrictionKind.BANNED, actor, clean)
        # The pages first: a submission under way holds its page's lock, so once we have it, its answers can be seen.
        ended = _end_pages(worker, actor)
        excluded = let_count(
            Answer.objects.filter(worker=worker, counts=True),
            counts=False,
            reason=exclusion_reason(restriction),
        )
        if new or excluded or ended:
            record(
                actor=actor,
                verb="worker.banned",
                object_type="user",
                object_id=worker.public_id,
                data={"reason": clean, "restriction": restriction.public_id, "answers": excluded, "pages": ended},
            )
    return restriction


def lift(*, restriction: Restriction, actor: User, reason: str) -> Restriction:
    """End a pause or a ban. Answers that this very ban took out count again; those excluded for another reason do not.

    Lifting again changes nothing. Raises Forbidden where `actor` is no admin, Conflict for oneself, InvalidInput naming
    "reason".
    """
    clean = _checked(restriction.worker, actor, reason)
    with transaction.atomic():
        _lock(restriction.worker)
        current = Restriction.objects.select_for_update(of=("self",)).select_related("worker").get(pk=restriction.pk)
        if current.lifted_at is not None:
            return current
        current.lifted_at = database_now()
        current.lifted_by = actor
        current.lift_reason = clean
        current.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
        restored = 0
        if current.kind == RestrictionKind.BANNED:
            excluded = Answer.objects.filter(
                worker=current.worker, counts=False, excluded_reason=exclusion_reason(current)
            )
            restored = let_count(excluded, counts=True, reason="")
        record(
            actor=actor,
            verb="worker.lifted",
            object_type="user",
            object_id=current.worker.public_id,
            data={
                "reason": clean,
                "restriction": current.public_id,
                "kind": current.kind,
                "answers": restored,
            },
        )
    return current


def exclusion_reason(restriction: Restriction) -> str:
    """What an answer says that this ban took out of the aggregate; names the ban, so that lifting it finds its own."""
    return f"worker banned ({restriction.public_id})"


def _checked(worker: User, actor: User, reason: str) -> str:
    """The reason, stripped. Raises what the verbs promise."""
    if not actor.is_admin:
        raise Forbidden("Only admins pause, ban or lift.")
    if worker.pk == actor.pk:
        # An admin who may lift his own ban is under none; and the last admin must not lock the house from inside.
        raise Conflict("Nobody pauses, bans or lifts themselves: ask another admin.", code="oneself")
    problems = Problems()
    clean = read_text(reason, "reason", problems, maximum=MAX_REASON, lines=True)
    problems.check()
    return clean


def _lock(worker: User) -> None:
    """One verb at a time on a worker: a lift must not run between a ban's row and its answers."""
    User.objects.select_for_update().get(pk=worker.pk)


def _restrict(worker: User, kind: RestrictionKind, actor: User, reason: str) -> tuple[Restriction, bool]:
    """The open restriction of this kind and whether it is new."""
    return Restriction.objects.get_or_create(
        worker=worker, kind=kind, lifted_at=None, defaults={"created_by": actor, "reason": reason}
    )


def _end_pages(worker: User, actor: User) -> int:
    """Return the worker's unfinished pages; their places go to others. Returns how many."""
    rows = Assignment.objects.filter(worker=worker, state=AssignmentState.ACTIVE).order_by("pk")
    held = list(rows.select_for_update(of=("self",)).select_related("pool__project"))
    end_assignments(held, AssignmentState.RETURNED, actor=actor)
    return len(held)


def let_count(answers: QuerySet[Answer], *, counts: bool, reason: str, also: Iterable[tuple[int, int]] = ()) -> int:
    """Let these answers count or not, and have the tasks they speak of decided anew, and those given as (project id, task id)
    in `also`. Returns how many answers there were.

    Last in the caller's transaction: it marks dirty rows.
    """
    touched = {*answers.values_list("project_id", "task_id"), *also}
    changed = answers.update(counts=counts, excluded_reason=reason)
    # Key 0: the other workers are judged by their agreement with this one, so the whole project is fitted again.
    whole = {(project, 0) for project, _ in touched}
    _mark(sorted({*touched, *whole}))
    return changed


def decide_anew(tasks: Iterable[tuple[int, int]]) -> None:
    """Have the job decide these tasks, given as (project id, task id), by all their answers."""
    touched = set(tasks)
    with transaction.atomic():
        _mark(sorted({*touched, *((project, 0) for project, _ in touched)}))


def _mark(keys: Iterable[tuple[int, int]]) -> None:
    """Dirty rows for (project, task), in ascending order throughout, as `mark_all` asks."""
    news = [dirty.News(Topic.AGGREGATE, project, task) for project, task in keys]
    for start in range(0, len(news), MARK_AT_ONCE):
        dirty.mark_all(news[start : start + MARK_AT_ONCE])
