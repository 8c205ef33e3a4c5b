"""The append-only log, the dirty rows that ring jobs, and the processes' signs of life. Knows nothing of tasks."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """Who did what to which object when. Written in the transaction of the change itself; never edited, never deleted.

    A database trigger refuses UPDATE and DELETE (migration 0002).
    """

    at = models.DateTimeField(db_default=Now(), editable=False)
    # The database does not check it: people are never deleted, and each event would lock its actor's row.
    # `quorate tasks audit` does.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)
    scope = models.CharField(max_length=16, blank=True, help_text="Public id of the project this belongs to, if any.")
    data = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=["scope", "-id"], name="event_scope"),
            models.Index(fields=["object_type", "object_id", "-id"], name="event_object"),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type} {self.object_id}"


class Dirty(models.Model):
    """Something changed that a job must look at. Written in the transaction of the change; the truth behind each doorbell.

    `topic` names the job, `scope` its argument (an id), `key` what was touched within it (a task's id; 0 for the whole).
    A job reads rows with their `seq`, works, and deletes those whose `seq` is still the one it saw: news that came
    meanwhile raised it and stays.
    """

    topic = models.CharField(max_length=20)
    scope = models.BigIntegerField()
    key = models.BigIntegerField(default=0)
    seq = models.BigIntegerField(default=1)
    since = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["topic", "scope", "key"], name="dirty_once"),)
        indexes = (models.Index(fields=["due_at"], name="dirty_due"),)

    def __str__(self) -> str:
        return f"{self.topic}({self.scope}) {self.key} #{self.seq}"


class Heartbeat(models.Model):
    """A process's last sign of life, for the health page."""

    name = models.CharField(max_length=80, primary_key=True)
    at = models.DateTimeField(db_default=Now())
    data = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name
