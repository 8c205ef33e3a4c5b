"""What workers tell the requester about a task, and the requester's having read it."""

from django.db import transaction

from quorate.accounts.models import User
from quorate.common.clock import database_now
from quorate.events.log import record
from tasks_app.enums import ReportAbout
from tasks_app.errors import InvalidInput, NotFound
from tasks_app.models import Project, Report, Slot


def report(*, worker: User, assignment: str, task: str, about: str, text: str = "") -> Report:
    """Tell the requester about a task of one's own page, in work or handed in. The same again changes nothing.

    Raises NotFound for what is not the worker's, InvalidInput naming "about" or "text".
    """
    if about not in ReportAbout.values:
        raise InvalidInput(fields={"about": "Choose what is wrong."})
    if about == ReportAbout.OTHER and not text:
        raise InvalidInput(fields={"text": "Say what is wrong."})
    with transaction.atomic():
        slot = (
            Slot.objects.select_related("task__pool__project")
            .filter(assignment__public_id=assignment, worker_id=worker.pk, task__public_id=task)
            .first()
        )
        if slot is None:
            raise NotFound
        project = slot.task.pool.project
        found, new = Report.objects.get_or_create(
            task=slot.task, worker=worker, about=about, defaults={"project": project, "text": text}
        )
        if new:
            record(
                actor=worker,
                verb="reported",
                object_type="task",
                object_id=slot.task.public_id,
                scope=project.public_id,
                data={"about": about},
            )
    return found


def settle_report(*, project: Project, actor: User, report: str) -> None:
    """The requester has read it. Again is harmless. Raises NotFound."""
    with transaction.atomic():
        found = Report.objects.select_for_update().filter(project=project, public_id=report).first()
        if found is None:
            raise NotFound
        if found.settled_at is None:
            found.settled_at = database_now()
            found.settled_by = actor
            found.save(update_fields=["settled_at", "settled_by"])
