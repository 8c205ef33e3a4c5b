from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from tasks_app.models.project import Project
from tasks_app.models.task import Task


class Result(models.Model):
    """The platform's current answer for one task. Its state (open, settled, contested) is kept on the task."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, primary_key=True, related_name="result")
    value = models.JSONField()
    summary = models.CharField(max_length=200, blank=True)
    # The classes in the value, each between bars ("|RBC|WBC|"), so that one LIKE finds them whatever the kind.
    classes = models.TextField(blank=True)
    confidence = models.FloatField()
    votes = models.JSONField(default=dict)
    posterior = models.JSONField(default=dict)
    disputed = models.FloatField(default=0.0)
    answers = models.PositiveIntegerField()
    method = models.CharField(max_length=60)
    why = models.CharField(max_length=200, blank=True, help_text="Why asking stopped, or goes on.")
    reason = models.CharField(max_length=12, blank=True, help_text="The same in one word: aggregation.stopping.Reason.")
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["confidence"], name="result_confidence"),)

    def __str__(self) -> str:
        return self.summary


class AggregationState(models.Model):
    """What the aggregation job knows of a project between two runs. All of it can be computed anew from the answers."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="aggregation")
    method = models.CharField(max_length=60, blank=True)
    model = models.BinaryField(default=bytes, help_text="Worker models of the last fit, as the kind serialised them.")
    honesty = models.JSONField(
        null=True,
        blank=True,
        help_text="What the last fit learnt of its confidence: tools.base.Honesty, null without one.",
    )
    fitted_answers = models.PositiveIntegerField(default=0)
    answers_since_fit = models.PositiveIntegerField(default=0)
    fitted_at = models.DateTimeField(null=True, blank=True)
    fit_ms = models.FloatField(default=0.0)
    # One job at a time works on a project. A lease, not a lock: it needs no open transaction and outlives nobody.
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.CharField(max_length=32, blank=True)
    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"aggregation of {self.project_id}"


class WorkerStats(models.Model):
    """How good a worker is in one project, as of the last fit."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="worker_stats")
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stats")
    answers = models.PositiveIntegerField(default=0)
    accuracy = models.FloatField(null=True)
    agreement = models.FloatField(null=True)
    spam_score = models.FloatField(null=True)
    confusion = models.JSONField(
        null=True, help_text="Rows: true class; columns: answered; order of the question's classes."
    )
    support = models.JSONField(null=True)
    median_seconds = models.FloatField(null=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["project", "worker"], name="stats_once"),)

    def __str__(self) -> str:
        return f"{self.worker_id} in {self.project_id}"
