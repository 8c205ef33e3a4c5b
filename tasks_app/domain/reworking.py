"""A page that was handed in goes back to its worker with a comment, for a set time.

Its first answers are set aside, superseded by themselves, so that new ones can be given. If the time passes or the page is
given back, they stand again and the page waits for its decision as before: nobody loses what was handed in once.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from quorate.accounts.models import User
from quorate.common.clock import database_now
from quorate.events import dirty
from tasks_app.domain.noting import note_assignment
from tasks_app.domain.reviewing import locked_waiting
from tasks_app.enums import AssignmentState, RestrictionKind, Topic
from tasks_app.errors import Conflict
from tasks_app.models import Answer, Assignment, Restriction, Rework, Slot, Task
from tasks_app.tools.fields import Problems, read_number, read_text

MAX_COMMENT, MAX_REWORKS = 1000, 3
HOURS = (1, 14 * 24)
SET_ASIDE = "to be done again"


def ask_rework(*, assignment: Assignment, actor: User, comment: Any, hours: Any) -> Assignment:
    """Send a page that waits for its decision back to its worker for `hours`. Its answers do not count meanwhile.

    Raises InvalidInput naming "comment" or "hours"; Conflict unless the page waits, after MAX_REWORKS times, and where the
    worker is banned.
    """
    problems = Problems()
    clean = read_text(comment, "comment", problems, maximum=MAX_COMMENT, lines=True)
    number = read_number(hours, "hours", problems, minimum=HOURS[0], maximum=HOURS[1])
    problems.check()
    with transaction.atomic():
        held = locked_waiting(assignment, "sent back")
        if Rework.objects.filter(assignment=held).count() >= MAX_REWORKS:
            raise Conflict("This page went back often enough; accept or reject it.")
        if Restriction.objects.filter(worker=held.worker_id, kind=RestrictionKind.BANNED, lifted_at=None).exists():
            raise Conflict("This worker takes no work any more; accept or reject the page.")
        until = database_now() + timedelta(hours=float(number or 0))
        Rework.objects.create(assignment=held, comment=clean, asked_by=actor, until=until)
        held.state, held.expires_at = AssignmentState.ACTIVE, until
        held.save(update_fields=["state", "expires_at"])
        answers = Answer.objects.filter(assignment=held, superseded_by=None)
        answers.filter(counts=True).update(counts=False, excluded_reason=SET_ASIDE)
        answers.update(superseded_by=F("pk"))
        tasks = _move(held, live=1)
        note_assignment(held, actor, "rework_asked", comment=clean)
        dirty.mark(Topic.AGGREGATE, held.pool.project_id, tasks)
    return held


def in_rework(assignments: Iterable[Assignment]) -> set[int]:
    """Which of these active pages are being done again. One query."""
    return set(
        Rework.objects.filter(assignment__in=[row.pk for row in assignments]).values_list("assignment", flat=True)
    )


def stand_again(held: Assignment) -> list[dirty.News]:
    """End a locked, active page that was being done again: what was handed in first stands, and waits for its decision.

    Inside the caller's transaction; returns what to mark, last in it.
    """
    held.state = AssignmentState.SUBMITTED
    held.save(update_fields=["state"])
    newest_rework = Rework.objects.filter(assignment=held).latest("pk")
    newest_rework.lapsed_at = database_now()
    newest_rework.save(update_fields=["lapsed_at"])
    answers = Answer.objects.filter(assignment=held, superseded_by=F("pk"))
    # Of several times, the last: the others were replaced.
    newest = dict(answers.order_by("pk").values_list("task_id", "pk"))
    back = Answer.objects.filter(pk__in=newest.values())
    back.update(superseded_by=None)
    back.filter(excluded_reason=SET_ASIDE).update(counts=True, excluded_reason="")
    tasks = _move(held, live=-1)
    note_assignment(held, None, "rework_lapsed")
    pool = held.pool
    news = [dirty.News(Topic.AGGREGATE, pool.project_id, task) for task in tasks]
    if pool.accept_automatically:
        news.append(dirty.News(Topic.ACCEPT, pool.pk, held.pk, float(pool.accept_delay_seconds)))
    return news


def _move(held: Assignment, *, live: int) -> list[int]:
    """Move the places of a page's tasks from done to live (1) or back (-1); returns the tasks, locked in order of id."""
    ids = sorted(Slot.objects.filter(assignment=held, released_at=None).values_list("task_id", flat=True))
    list(Task.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
    Task.objects.filter(pk__in=ids).update(slots_live=F("slots_live") + live, slots_done=F("slots_done") - live)
    return ids
