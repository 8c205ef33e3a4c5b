"""Learning a question: a scored tutorial or an exam over training items, and people's attempts at it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from quorate.common.ids import new_public_id
from tasks_app.models.project import Project
from tasks_app.models.skill import Skill
from tasks_app.models.task import Task


class Course(models.Model):
    """How a project's training items are taught or examined. With `feedback` each answer is told at once whether it is right."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="course")
    enabled = models.BooleanField(default=False)
    feedback = models.BooleanField(default=True)
    questions = models.PositiveSmallIntegerField(default=5)
    pass_mark = models.PositiveSmallIntegerField(default=80, help_text="Percent.")
    retry_hours = models.PositiveIntegerField(default=24, help_text="After an attempt that did not pass.")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, null=True, related_name="+")
    skill_days = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(questions__range=(1, 50)) & Q(pass_mark__range=(1, 100)), name="course_sizes"
            ),
        )

    def __str__(self) -> str:
        return f"course of {self.project_id}"


class Attempt(models.Model):
    """One worker's going through a course. Its questions are drawn when it begins; unfinished, it goes on where it was."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="attempts")
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attempts", db_index=False
    )
    tasks = models.JSONField(help_text="Row ids, in the order in which they are asked.")
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)
    score = models.FloatField(null=True)
    passed = models.BooleanField(null=True)

    class Meta:
        constraints = (
            # Two tabs go through one attempt.
            models.UniqueConstraint(
                fields=["worker", "project"], condition=Q(finished_at=None), name="attempt_open_once"
            ),
        )
        indexes = (models.Index(fields=["worker", "project", "-id"], name="attempt_latest"),)

    def __str__(self) -> str:
        return f"attempt {self.public_id}"


class AttemptAnswer(models.Model):
    """What was said to one question of an attempt, and what it was worth then. The first word stands."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+")
    value = models.JSONField()
    score = models.FloatField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["attempt", "task"], name="attempt_answer_once"),)

    def __str__(self) -> str:
        return f"{self.attempt_id}: {self.score}"
