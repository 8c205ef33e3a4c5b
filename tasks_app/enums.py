"""The states things can be in. Lowest floor: imports nothing of ours."""

from django.db.models import IntegerChoices, TextChoices


class Role(TextChoices):
    OWNER = "owner", "Owner"
    EDITOR = "editor", "Editor"
    VIEWER = "viewer", "Viewer"


class PoolState(TextChoices):
    DRAFT = "draft", "Draft"
    OPEN = "open", "Live"
    PAUSED = "paused", "Paused"
    CLOSED = "closed", "Closed"


class TaskKind(TextChoices):
    MAIN = "main", "Main"
    GOLD = "gold", "Known answer, hidden"
    TRAINING = "training", "Known answer, shown"


class ResultState(TextChoices):
    OPEN = "open", "Open"
    SETTLED = "settled", "Settled"
    CONTESTED = "contested", "Contested"


class Lane(IntegerChoices):
    """Which queue of its pool a task waits in; higher is served first."""

    FRESH = 0, "fresh"
    WANTED = 1, "wanted"  # asked for once more: by the overlap rule, or because somebody gave it back


class AssignmentState(TextChoices):
    ACTIVE = "active", "Active"
    SUBMITTED = "submitted", "Submitted"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    RETURNED = "returned", "Returned"
    EXPIRED = "expired", "Expired"


class RestrictionKind(TextChoices):
    PAUSED = "paused", "Paused"  # gets no new work; what was answered stays
    BANNED = "banned", "Banned"  # and what was answered no longer counts


class ImportState(TextChoices):
    UPLOADING = "uploading", "Uploading"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class ExportState(TextChoices):
    RUNNING = "running", "Being prepared"
    DONE = "done", "Ready"
    FAILED = "failed", "Failed"


class Topic(TextChoices):
    """Subjects of dirty rows. Each has a job of the same name in jobs.py."""

    AGGREGATE = "aggregate"  # scope: project, key: task (0: refit all)
    ACCEPT = "accept"  # scope: pool
    IMPORT = "import"  # scope: import
    EXPORT = "export"  # scope: export
