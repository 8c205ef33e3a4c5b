from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from quorate.common.ids import new_public_id
from tasks_app.enums import AssignmentState
from tasks_app.models.pool import Pool
from tasks_app.models.task import Task


class Assignment(models.Model):
    """One worker's taking of one page of tasks."""

    public_id = models.CharField(max_length=16, default=new_public_id, editable=False)
    # The references of what is written for every answer are not checked by the database. Nobody deletes people, projects,
    # launched pools, their tasks or assignments; and each check runs a query, and locks rows that many answers share.
    # `quorate tasks audit` looks instead (quorate.common.unchecked).
    pool = models.ForeignKey(
        Pool, on_delete=models.CASCADE, related_name="assignments", db_index=False, db_constraint=False
    )
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="assignments",
        db_index=False,
        db_constraint=False,
    )
    state = models.CharField(max_length=9, choices=AssignmentState, default=AssignmentState.ACTIVE)
    # Fixed when it is taken: what the worker saw is what is paid. A page that was not full pays its share.
    reward = models.BigIntegerField()
    task_count = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=500, blank=True)
    # Replays: the client's keys, and what it sent with the submission.
    take_key = models.CharField(max_length=80, null=True, blank=True)
    submit_key = models.CharField(max_length=80, blank=True)
    submit_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        # As on Task: no index that another one covers.
        constraints = (
            models.UniqueConstraint(fields=["public_id"], name="assignment_public_id"),
            # The same "next" sent twice is one assignment.
            models.UniqueConstraint(
                fields=["worker", "pool", "take_key"], condition=~Q(take_key=None), name="assignment_take_key"
            ),
        )
        indexes = (
            models.Index(fields=["expires_at"], condition=Q(state="active"), name="assignment_expiring"),
            models.Index(fields=["worker", "pool"], condition=Q(state="active"), name="assignment_active"),
            models.Index(fields=["worker", "-id"], name="assignment_worker"),
            models.Index(fields=["pool", "state"], name="assignment_state"),
        )

    def __str__(self) -> str:
        return self.public_id


class Slot(models.Model):
    """One worker's place in one task. Kept for ever: a task once shown is never handed to the same worker again."""

    # No index on the worker alone: the hand-out must look up (task, worker), and with one it would at times read all that
    # the worker ever did instead.
    # References unchecked as on Assignment.
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="slots", db_index=False, db_constraint=False)
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="slots", db_constraint=False)
    position = models.PositiveSmallIntegerField()
    released_at = models.DateTimeField(null=True, blank=True)
    release_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["task", "worker"], name="slot_once"),)

    def __str__(self) -> str:
        return f"{self.task_id} of {self.worker_id}"


class PersonTask(models.Model):
    """That one of several accounts of a person has a place in a task; written for such accounts alone."""

    # References unchecked as on Assignment. The person's number is User.person at that moment (quorate.accounts.linking).
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    person = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["task", "person"], name="person_once"),)

    def __str__(self) -> str:
        return f"{self.task_id} of person {self.person}"


class WorkerCursor(models.Model):
    """How far a worker has come in a pool's two lanes, so that what was done before is never scanned again."""

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="+", db_index=False)
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    fresh_key = models.BigIntegerField(default=-1)
    wanted_key = models.BigIntegerField(default=-1)
    # After a whole lap without a find there is no other lap before this moment.
    lap_after = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["worker", "pool"], name="cursor_once"),)

    def __str__(self) -> str:
        return f"{self.worker_id} in {self.pool_id}"
