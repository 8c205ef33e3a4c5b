from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from quorate.common.ids import new_public_id
from tasks_app.enums import Role


class Project(models.Model):
    """What is asked: kind of task, question with its classes, instructions; and who works on it."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40, help_text="A kind in tasks_app/tools.")
    question = models.JSONField(default=dict, help_text="Canonical, as the kind's clean_question returns it.")
    question_version = models.PositiveIntegerField(default=1)
    instructions = models.TextField(blank=True, help_text="Markdown.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role in a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["project", "user"], name="membership_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} of {self.project_id}"


class MediaFile(models.Model):
    """A file that items show, as stored. An image was decoded, turned upright and re-encoded; a sound or film is as it was sent.

    Its name in storage is the hash of its bytes. A sound has sides of 0.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="media")
    sha256 = models.CharField(max_length=64)
    source_sha256 = models.CharField(max_length=64, help_text="Of the bytes as uploaded; finds the same file again.")
    extension = models.CharField(max_length=5)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    milliseconds = models.PositiveIntegerField(null=True, blank=True, help_text="Of a recording, if its header tells.")
    size = models.PositiveBigIntegerField()
    # See domain/keeping_media.py. None: something showed it when it was last looked at, so nothing is due.
    kept_until = models.DateTimeField(null=True, blank=True, help_text="Kept until then, shown or not.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["project", "source_sha256"], name="media_once_per_source"),)
        indexes = (
            models.Index(fields=["project", "sha256"], name="media_sha"),
            # Is a file named by a row of any project?
            models.Index(fields=["sha256"], name="media_content"),
            models.Index(fields=["kept_until"], condition=models.Q(kept_until__isnull=False), name="media_due"),
        )

    def __str__(self) -> str:
        return self.storage_name

    @property
    def storage_name(self) -> str:
        """Where the bytes lie: named by content, so no upload chooses a path."""
        folder = "images" if self.extension in {"png", "jpg", "webp"} else "recordings"
        return f"{folder}/{self.sha256[:2]}/{self.sha256}.{self.extension}"
