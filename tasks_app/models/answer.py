from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from quorate.common.ids import new_public_id
from tasks_app.models.assignment import Assignment
from tasks_app.models.project import Project
from tasks_app.models.task import Task


class Answer(models.Model):
    """One worker's answer to one task. Never edited; superseded only by a new row, with its reason.

    By itself while its page is being done again (domain/reworking.py), and after that.
    """

    public_id = models.CharField(max_length=16, default=new_public_id, editable=False)
    # References unchecked as on Assignment.
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="answers", db_index=False, db_constraint=False
    )
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="answers", db_constraint=False)
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="answers", db_index=False, db_constraint=False
    )
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="answers", db_constraint=False)
    value = models.JSONField(help_text="Canonical, as the kind's clean_answer returns it.")
    seconds = models.FloatField(
        help_text="Active seconds on this task, as measured by the page, bounded by the server."
    )
    signals = models.JSONField(
        null=True,
        help_text="How it came about, as measured by the page: see tasks_app/tools/signals.py. Null: not told.",
    )
    question_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    # False: it stays in the log but not in the aggregate (the worker is banned, the assignment was rejected).
    counts = models.BooleanField(default=True)
    excluded_reason = models.CharField(max_length=200, blank=True)
    superseded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="supersedes", db_index=False
    )  # answer_supersedes

    class Meta:
        # As on Task: no index that another one covers.
        constraints = (
            models.UniqueConstraint(fields=["public_id"], name="answer_public_id"),
            models.UniqueConstraint(fields=["task", "worker"], condition=Q(superseded_by=None), name="answer_once"),
            models.UniqueConstraint(
                fields=["superseded_by"], condition=~Q(superseded_by=None), name="answer_supersedes"
            ),
        )
        indexes = (
            models.Index(fields=["worker", "-id"], name="answer_worker"),
            # Also the aggregate's way in: all answers of one project, in one range.
            models.Index(fields=["project", "-created_at"], name="answer_recent"),
        )

    def __str__(self) -> str:
        return self.public_id
