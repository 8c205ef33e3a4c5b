"""What an admin sets for all of an instance, and what workers say of a project's work."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from tasks_app.models.project import Project


class Terms(models.Model):
    """The one row of what admins set for everybody; without it the defaults hold."""

    least_per_hour = models.BigIntegerField(default=0, help_text="Micro-units: pay below it is warned of. 0: none.")
    dispute_days = models.PositiveSmallIntegerField(default=14, help_text="How long a rejection can be disputed.")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(pk=1), name="terms_once"),
            models.CheckConstraint(condition=Q(least_per_hour__gte=0), name="terms_least_per_hour"),
        )

    def __str__(self) -> str:
        return "terms"


class Rating(models.Model):
    """What a worker who handed work in says of a project, 1 to 5 each; the latest word counts."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="ratings", db_index=False)
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    clarity = models.PositiveSmallIntegerField()
    pay = models.PositiveSmallIntegerField()
    interface = models.PositiveSmallIntegerField()
    rated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["project", "worker"], name="rating_once"),
            models.CheckConstraint(
                condition=Q(clarity__range=(1, 5)) & Q(pay__range=(1, 5)) & Q(interface__range=(1, 5)),
                name="rating_range",
            ),
        )

    def __str__(self) -> str:
        return f"{self.worker_id} of {self.project_id}"
