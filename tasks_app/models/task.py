from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from quorate.common.ids import new_public_id
from tasks_app.enums import Lane, ResultState, TaskKind
from tasks_app.models.pool import Pool


class Task(models.Model):
    """One item to answer, with its places. Overlap now = slots_free + slots_live + slots_done.

    Hand-out moves one from free to live, submission from live to done, expiry from live to free; the overlap rule adds
    to free or takes it to zero. No counter can go below zero and their sum not above the maximum, so no task can be
    over-assigned, whatever runs at the same time.
    """

    public_id = models.CharField(max_length=16, default=new_public_id, editable=False)
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="tasks", db_index=False)  # task_state
    kind = models.CharField(max_length=8, choices=TaskKind, default=TaskKind.MAIN)
    name = models.CharField(max_length=200, blank=True, help_text="The file's name or the row's id, for people.")
    data = models.JSONField(help_text="The item; its shape is the kind's.")
    source = models.ForeignKey(
        "tasks_app.Import", on_delete=models.SET_NULL, null=True, related_name="tasks", db_index=False
    )  # task_once_per_row
    source_row = models.PositiveIntegerField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="Hash of the item, to know it again.")
    state = models.CharField(max_length=9, choices=ResultState, default=ResultState.OPEN)
    slots_free = models.PositiveSmallIntegerField(default=0)
    # What the index of tasks with room is made over: it changes with the last place only, so that taking one of several
    # leaves all indexes as they are (PostgreSQL's HOT update).
    has_room = models.GeneratedField(
        expression=Q(slots_free__gt=0),  # type: ignore[arg-type]  # the stubs know no conditions here
        output_field=models.BooleanField(),
        db_persist=True,
    )
    slots_live = models.PositiveSmallIntegerField(default=0)
    slots_done = models.PositiveSmallIntegerField(default=0)
    overlap_max = models.PositiveSmallIntegerField(default=1)
    asked_more = models.PositiveSmallIntegerField(
        default=0, help_text="Answers wanted beyond the pool's minimum, by rules."
    )
    lane = models.PositiveSmallIntegerField(choices=Lane, default=Lane.FRESH)
    # Fresh: random, so the order in the file says nothing. Wanted: the microsecond it was asked for, so first come first served.
    queue_key = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        # Hot tables carry no index that another one covers, and public ids no second one for LIKE: each costs every answer.
        constraints = (
            models.UniqueConstraint(fields=["public_id"], name="task_public_id"),
            # PositiveSmallIntegerField is a CHECK only on some databases; these three are the no-over-assignment proof.
            models.CheckConstraint(
                condition=Q(slots_free__gte=0) & Q(slots_live__gte=0) & Q(slots_done__gte=0), name="task_slots"
            ),
            models.CheckConstraint(
                condition=Q(overlap_max__gte=F("slots_free") + F("slots_live") + F("slots_done")), name="task_overlap"
            ),
            # A retried import cannot make the same row twice.
            models.UniqueConstraint(fields=["source", "source_row"], name="task_once_per_row"),
        )
        indexes = (
            # The hand-out's way: only tasks that have room, in the order they are served.
            models.Index(fields=["pool", "lane", "queue_key"], condition=Q(has_room=True), name="task_room"),
            models.Index(fields=["pool", "state"], name="task_state"),
            models.Index(fields=["pool", "fingerprint"], name="task_fingerprint"),
            # Few rows of many: counted and listed without walking over the others.
            models.Index(fields=["pool", "kind"], condition=~Q(kind="main"), name="task_known"),
        )

    def __str__(self) -> str:
        return self.name or self.public_id

    @property
    def overlap_now(self) -> int:
        """How many answers this task may have as of now."""
        return self.slots_free + self.slots_live + self.slots_done


class TaskImage(models.Model):
    """A picture that a task shows and is not named by: see domain/keeping_media.py."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="images", db_index=False)
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["task", "sha256"], name="task_image_once"),)
        indexes = (models.Index(fields=["sha256"], name="task_image_content"),)

    def __str__(self) -> str:
        return self.sha256
