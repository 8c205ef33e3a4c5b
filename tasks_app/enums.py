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


class OverlapMode(TextChoices):
    """What ends the asking before the maximum does; the values are those of aggregation.stopping.Mode."""

    CONFIDENCE = "confidence", "Sure enough"
    FIXED = "fixed", "Always the maximum"
    AGREEMENT = "agreement", "So many equal answers"
    MARGIN = "margin", "So many answers ahead"
    VALUE = "value", "Worth its price"


class Lane(IntegerChoices):
    """Which queue of its pool a task waits in; higher is served first."""

    FRESH = 0, "fresh"
    WANTED = 1, "wanted"  # asked for once more: by the overlap rule, or because somebody gave it back
    KNOWN = 2, "known"  # known answers: in no queue, mixed into pages that are due one


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


class Sanction(TextChoices):
    """What a rule puts on a worker in some place, until a date or for good."""

    EXCLUDED = "excluded", "No more work"
    SLOWED = "slowed", "A page every so many seconds"
    REVIEWED = "reviewed", "What is handed in waits for a person"


class ReportAbout(TextChoices):
    """What a worker finds wrong with a task."""

    INSTRUCTIONS = "instructions", "The instructions are wrong or unclear"
    ITEM = "item", "The item is broken or does not belong here"
    OTHER = "other", "Something else"


class SkillSource(TextChoices):
    HAND = "hand", "By hand"
    RULE = "rule", "By a rule"
    EXAM = "exam", "By an exam"


class Guard(TextChoices):
    """The first thing that is kept from somebody outside a pool's audience."""

    SEE = "see", "does not see it"
    PREVIEW = "preview", "sees that it is there, and no more"
    ACCEPT = "accept", "may look at it, but not take it"


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
    JUDGE = "judge"  # scope: project, key: task whose workers are to be looked at
    ACCEPT = "accept"  # scope: pool
    IMPORT = "import"  # scope: import
    EXPORT = "export"  # scope: export
