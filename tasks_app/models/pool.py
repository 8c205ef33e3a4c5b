from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from quorate.common.ids import new_public_id
from tasks_app.enums import Guard, OverlapMode, PoolState
from tasks_app.models.project import Project


class Pool(models.Model):
    """A HIT definition: the priced, published set of tasks of one project."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="pools")
    title = models.CharField(max_length=120)
    description = models.CharField(max_length=500, blank=True)
    keywords = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=PoolState, default=PoolState.DRAFT)
    reward = models.BigIntegerField(default=50_000, help_text="Micro-units for a full page of tasks.")
    tasks_per_assignment = models.PositiveSmallIntegerField(default=1)
    assignment_seconds = models.PositiveIntegerField(default=600)
    lifetime_days = models.PositiveSmallIntegerField(default=30)
    overlap_min = models.PositiveSmallIntegerField(default=3)
    overlap_max = models.PositiveSmallIntegerField(default=7)
    confidence = models.FloatField(default=0.9, help_text="A result is settled from here on.")
    # How the overlap is decided; each mode reads one of confidence, votes and worth.
    overlap_mode = models.CharField(max_length=10, choices=OverlapMode, default=OverlapMode.CONFIDENCE)
    overlap_votes = models.PositiveSmallIntegerField(default=2, help_text="Equal answers, or the lead, to be settled.")
    overlap_worth = models.FloatField(
        default=0.01, help_text="An answer's price, as a share of a right result's worth."
    )
    price_steps = models.JSONField(default=list, blank=True, help_text="Price by skill: tasks_app/grammar/price.py.")
    accept_automatically = models.BooleanField(default=True)
    accept_delay_seconds = models.PositiveIntegerField(default=0)
    # Who it is for (tasks_app/grammar/audience.py), and what is kept from all others.
    audience = models.JSONField(default=dict, blank=True)
    guard = models.CharField(max_length=7, choices=Guard, default=Guard.ACCEPT)
    # Known answers among the tasks: which share of a page, and how many workers may meet each of them.
    has_known = models.BooleanField(default=False, help_text="Whether there is a hidden known answer to mix in.")
    known_share = models.FloatField(default=0.2, help_text="Of the tasks handed to a worker nothing is known of.")
    known_overlap = models.PositiveSmallIntegerField(default=20)
    created_at = models.DateTimeField(db_default=Now())
    opened_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="End of its lifetime, set when it opens.")
    closed_at = models.DateTimeField(null=True, blank=True)
    # Kept by the aggregation job from answers' measured seconds; None until there are any.
    median_seconds = models.FloatField(null=True, blank=True, help_text="Per task.")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(reward__gte=0), name="pool_reward"),
            models.CheckConstraint(condition=Q(tasks_per_assignment__range=(1, 100)), name="pool_page"),
            models.CheckConstraint(
                condition=Q(overlap_min__gte=1) & Q(overlap_max__gte=F("overlap_min")) & Q(overlap_max__lte=100),
                name="pool_overlap",
            ),
            models.CheckConstraint(condition=Q(confidence__gt=0) & Q(confidence__lt=1), name="pool_confidence"),
            models.CheckConstraint(
                condition=Q(known_share__range=(0, 0.5)) & Q(known_overlap__range=(1, 1000)), name="pool_known"
            ),
        )
        indexes = (models.Index(fields=["state", "-opened_at"], name="pool_market"),)

    def __str__(self) -> str:
        return self.title
