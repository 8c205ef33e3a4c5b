from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from quorate.common.ids import new_public_id
from tasks_app.enums import ReportAbout
from tasks_app.models.project import Project
from tasks_app.models.task import Task


class Report(models.Model):
    """What a worker told the requester while at a task: the instructions are wrong, the item is broken."""

    public_id = models.CharField(max_length=16, default=new_public_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="reports", db_index=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="reports", db_index=False)  # report_once
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=12, choices=ReportAbout)
    text = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True, help_text="When the requester had read it.")
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["public_id"], name="report_public_id"),
            # A report whose receipt was lost is sent again; it is one report all the same.
            models.UniqueConstraint(fields=["task", "worker", "about"], name="report_once"),
        )
        indexes = (models.Index(fields=["project", "-id"], name="report_recent"),)

    def __str__(self) -> str:
        return self.public_id
