"""What workers told a requester about single tasks."""

from dataclasses import dataclass
from datetime import datetime

from tasks_app.models import Project, Report, Task
from tasks_app.queries.api_pseudonyms import pseudonym

SHOWN = 100


@dataclass(frozen=True)
class Told:
    """One report as its requester reads it: the worker under a pseudonym."""

    id: str
    worker: str
    task: Task
    about: str
    text: str
    at: datetime
    settled: bool


def reports_of(project: Project) -> list[Told]:
    """The newest reports, those that nobody has dealt with first. One query."""
    rows = Report.objects.filter(project=project).select_related("task")
    newest = rows.order_by("-id")[:SHOWN]
    told = [
        Told(
            id=row.public_id,
            worker=pseudonym(project.pk, row.worker_id),
            task=row.task,
            about=row.get_about_display(),
            text=row.text,
            at=row.created_at,
            settled=row.settled_at is not None,
        )
        for row in newest
    ]
    return sorted(told, key=lambda one: one.settled)


def open_reports(project: Project) -> int:
    """How many nobody has dealt with. One query."""
    return Report.objects.filter(project=project, settled_at=None).count()
