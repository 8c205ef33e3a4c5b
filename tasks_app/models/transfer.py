"""Data on its way in and out: imports and exports. Both are resumable: a job works a slice, notes how far it came."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from quorate.common.ids import new_public_id
from tasks_app.enums import ExportState, ImportState
from tasks_app.models.pool import Pool
from tasks_app.models.project import Project


class Import(models.Model):
    """Items being brought into a pool: a set of uploaded files, worked through row by row."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="imports")
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=9, choices=ImportState, default=ImportState.UPLOADING)
    column = models.CharField(max_length=80, blank=True, help_text="The table's column that holds the item, if chosen.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    active_at = models.DateTimeField(
        db_default=Now(), help_text="When the last file came. See domain/keeping_uploads.py."
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    total_rows = models.PositiveIntegerField(null=True, help_text="None until counted.")
    done_rows = models.PositiveIntegerField(default=0, help_text="The cursor: rows before it are settled for good.")
    good_rows = models.PositiveIntegerField(default=0)
    bad_rows = models.PositiveIntegerField(default=0)
    duplicate_rows = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = (
            # Few rows at any time: the tick looks for those left alone.
            models.Index(fields=["active_at"], condition=models.Q(state="uploading"), name="import_waiting"),
        )

    def __str__(self) -> str:
        return self.name


class ImportFile(models.Model):
    """An uploaded file waiting in storage until its import is through."""

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    storage_name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    upload_key = models.CharField(max_length=80, help_text="The browser's key for this file: a retry is the same file.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["batch", "upload_key"], name="import_file_once"),)

    def __str__(self) -> str:
        return self.name


class ImportProblem(models.Model):
    """A row that could not be taken: where and why."""

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField()
    place = models.CharField(max_length=200, help_text='"items.csv line 14" or a file\'s name.')
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["batch", "row"], name="import_problem_once"),)

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class Export(models.Model):
    """Results prepared as a file by a job."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="exports")
    format = models.CharField(max_length=20)
    state = models.CharField(max_length=9, choices=ExportState, default=ExportState.RUNNING)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    storage_name = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.format} {self.public_id}"
