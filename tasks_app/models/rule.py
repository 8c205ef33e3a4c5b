"""Rules of quality, what they did and on which evidence, and what was said against it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from quorate.common.ids import new_public_id
from tasks_app.enums import Sanction
from tasks_app.models.pool import Pool
from tasks_app.models.project import Project


class Rule(models.Model):
    """A sentence “When … then …” in one project (tasks_app/grammar/rule.py)."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="rules")
    body = models.JSONField()
    enabled = models.BooleanField(default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"rule {self.public_id}"


class Firing(models.Model):
    """A rule applied to a worker: what it saw, what it did, and whether that was undone. Its `rule` as it was then."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="firings")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="firings")
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="firings", db_index=False
    )
    at = models.DateTimeField(db_default=Now())
    body = models.JSONField()
    evidence = models.JSONField(help_text="The conditions with what was found and over how many answers.")
    # The newest answer it saw: the rule looks at later ones only when it looks again.
    last_answer = models.BigIntegerField()
    tasks = models.JSONField(default=list, help_text="Row ids of tasks that are asked once more because of it.")
    answers_out = models.PositiveIntegerField(default=0, help_text="Answers that no longer count because of it.")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    undo_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            # A job that runs twice, or beside another, applies a rule once.
            models.UniqueConstraint(fields=["worker", "rule", "last_answer"], name="firing_once"),
        )
        indexes = (models.Index(fields=["project", "-id"], name="firing_project"),)

    def __str__(self) -> str:
        return f"{self.rule_id} on {self.worker_id}"


class Exclusion(models.Model):
    """A worker gets no more work, or work under a condition, in one pool, one project, or from one requester, until a date or
    until it is lifted.
    """

    what = models.CharField(max_length=8, choices=Sanction, default=Sanction.EXCLUDED)
    every_seconds = models.PositiveIntegerField(default=0, help_text="Slowed: from one page to the next.")

    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exclusions", db_index=False
    )
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    firing = models.ForeignKey(Firing, on_delete=models.CASCADE, related_name="exclusions")
    created_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(pool__isnull=False, project=None, requester=None)
                | Q(pool=None, project__isnull=False, requester=None)
                | Q(pool=None, project=None, requester__isnull=False),
                name="exclusion_from_one",
            ),
        )
        indexes = (models.Index(fields=["worker"], condition=Q(lifted_at=None), name="exclusion_in_force"),)

    def __str__(self) -> str:
        return f"{self.worker_id} excluded"


class Appeal(models.Model):
    """What a worker says against a firing, and what became of it."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    firing = models.OneToOneField(Firing, on_delete=models.CASCADE, related_name="appeal")
    text = models.CharField(max_length=2000)
    created_at = models.DateTimeField(db_default=Now())
    granted = models.BooleanField(null=True, help_text="None until decided.")
    answer = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["created_at"], condition=Q(decided_at=None), name="appeal_open"),)

    def __str__(self) -> str:
        return f"appeal {self.public_id}"
