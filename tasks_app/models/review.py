"""What a requester refused of a page that was handed in, what was said against it, and pages that went back to be done again."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from quorate.common.ids import new_public_id
from tasks_app.models.assignment import Assignment


class Rejection(models.Model):
    """Tasks of a page that were refused: why, on which evidence, what the worker says against it, what became of that."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    # What was accepted is paid and stays so: a page is refused once, in whole or in part.
    assignment = models.OneToOneField(Assignment, on_delete=models.CASCADE, related_name="rejection")
    tasks = models.JSONField(help_text="Public ids of the tasks refused.")
    whole = models.BooleanField(help_text="All of the page: nothing of it was paid.")
    amount = models.BigIntegerField(help_text="Micro-units that were not paid for it.")
    reason = models.CharField(max_length=500)
    evidence = models.CharField(max_length=1000, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    # The worker's word, until then; and the answer to it.
    dispute_until = models.DateTimeField()
    dispute = models.CharField(max_length=2000, blank=True)
    disputed_at = models.DateTimeField(null=True, blank=True)
    upheld = models.BooleanField(null=True, help_text="Whether it stands after the dispute; null: not answered.")
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    undo_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(amount__gte=0), name="rejection_amount"),)
        indexes = (
            models.Index(
                fields=["disputed_at"],
                condition=Q(disputed_at__isnull=False, answered_at=None, undone_at=None),
                name="rejection_disputed",
            ),
        )

    def __str__(self) -> str:
        return f"rejection {self.public_id}"


class Rework(models.Model):
    """A page that was handed in and went back to its worker with a comment. It is open while the page is active.

    The answers of the first time are set aside (`superseded_by` themselves) and stand again if the time passes.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="reworks")
    comment = models.CharField(max_length=1000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    until = models.DateTimeField()
    lapsed_at = models.DateTimeField(null=True, blank=True, help_text="It was not done again: the first answers stand.")

    def __str__(self) -> str:
        return f"rework of {self.assignment_id}"
