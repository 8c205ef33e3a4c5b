from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from quorate.common.ids import new_public_id
from tasks_app.enums import RestrictionKind


class Restriction(models.Model):
    """A worker is paused or banned from the platform: by whom, why, and when it was lifted."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="restrictions")
    kind = models.CharField(max_length=8, choices=RestrictionKind)
    reason = models.CharField(max_length=500)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lift_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            # Two bans at once could be lifted once.
            models.UniqueConstraint(fields=["worker", "kind"], condition=Q(lifted_at=None), name="restriction_once"),
        )

    def __str__(self) -> str:
        return f"{self.worker_id} {self.kind}"
