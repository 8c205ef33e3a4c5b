"""Known answers, what workers said of them, and what that says of the workers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from quorate.common.ids import new_public_id
from tasks_app.models.answer import Answer
from tasks_app.models.project import Project
from tasks_app.models.task import Task


class KnownAnswer(models.Model):
    """One right answer to a task of kind gold or training; a task may have several, worth more or less."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="known_answers")
    value = models.JSONField(help_text="Canonical, as the kind's clean_answer returns it.")
    weight = models.FloatField(default=1.0, help_text="What saying exactly this is worth, above 0 to 1.")
    explanation = models.CharField(max_length=1000, blank=True, help_text="Shown in training where it was missed.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(weight__gt=0) & Q(weight__lte=1), name="known_answer_weight"),
        )

    def __str__(self) -> str:
        return f"known answer of {self.task_id}"


class Check(models.Model):
    """What an answer to a hidden known item was worth, 0 to 1. Derived from the answer and the known answers."""

    answer = models.OneToOneField(Answer, on_delete=models.CASCADE, primary_key=True, related_name="check_made")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="checks")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)  # check_worker
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    score = models.FloatField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(score__range=(0, 1)), name="check_score"),)
        indexes = (models.Index(fields=["project", "worker", "-answer"], name="check_worker"),)

    def __str__(self) -> str:
        return f"{self.worker_id}: {self.score}"


class Standing(models.Model):
    """A worker's known answers in one project: what the hand-out asks when it decides how many more to mix in."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="standings", db_index=False)
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="standings")
    known_answers = models.PositiveIntegerField(default=0)
    known_score = models.FloatField(default=0.0, help_text="Sum of their scores.")
    known_factor = models.FloatField(default=1.0, help_text="Of the pool's share of known answers.")
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["project", "worker"], name="standing_once"),)

    def __str__(self) -> str:
        return f"{self.worker_id} in {self.project_id}"

    @property
    def known_accuracy(self) -> float | None:
        """Mean score on known answers; None before the first."""
        return self.known_score / self.known_answers if self.known_answers else None
