"""Appeals: a worker says something against what a rule did; an admin decides."""

from django.db import IntegrityError, transaction

from quorate.accounts.models import User
from quorate.common.clock import database_now
from tasks_app.domain.noting import note_firing
from tasks_app.domain.ruling import undo
from tasks_app.errors import Conflict, Forbidden, NotFound
from tasks_app.models import Appeal, Firing
from tasks_app.tools.fields import Problems, read_text

MAX_TEXT = 2000
MAX_ANSWER = 500


def appeal(*, worker: User, firing: Firing, text: str) -> Appeal:
    """The worker's word against a firing on them; one each. Raises NotFound, InvalidInput naming "text", Conflict."""
    if firing.worker_id != worker.pk:
        raise NotFound
    problems = Problems()
    clean = read_text(text, "text", problems, maximum=MAX_TEXT, lines=True)
    problems.check()
    if firing.undone_at is not None:
        raise Conflict("This was undone already.")
    try:
        with transaction.atomic():
            made = Appeal.objects.create(firing=firing, text=clean)
            note_firing(firing, worker, "appeal.made")
    except IntegrityError as error:
        raise Conflict("You have appealed against this; it will be answered here.") from error
    return made


def decide(*, appeal: Appeal, actor: User, granted: bool, answer: str) -> Appeal:
    """Grant an appeal, which undoes the firing, or turn it down; with an answer the worker reads. Once decided it stays.

    Raises Forbidden where `actor` is no admin, Conflict for one's own, InvalidInput naming "answer".
    """
    if not actor.is_admin:
        raise Forbidden("Only admins decide appeals.")
    if appeal.firing.worker_id == actor.pk:
        raise Conflict("Nobody decides their own appeal: ask another admin.", code="oneself")
    problems = Problems()
    clean = read_text(answer, "answer", problems, maximum=MAX_ANSWER, lines=True)
    problems.check()
    with transaction.atomic():
        locked = (
            Appeal.objects.select_for_update(of=("self",))
            .select_related("firing__project", "firing__worker")
            .get(pk=appeal.pk)
        )
        if locked.decided_at is not None:
            return locked
        locked.granted, locked.answer = granted, clean
        locked.decided_by, locked.decided_at = actor, database_now()
        locked.save(update_fields=["granted", "answer", "decided_by", "decided_at"])
        note_firing(locked.firing, actor, "appeal.granted" if granted else "appeal.turned_down", answer=clean)
        if granted:
            undo(firing=locked.firing, actor=actor, reason=f"Appeal granted: {clean}"[:500])
    return locked
