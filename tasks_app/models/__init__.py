"""All tables of the crowd, one module a noun."""

from tasks_app.models.answer import Answer
from tasks_app.models.assignment import Assignment, Slot, WorkerCursor
from tasks_app.models.pool import Pool
from tasks_app.models.project import MediaFile, Membership, Project
from tasks_app.models.restriction import Restriction
from tasks_app.models.result import AggregationState, Result, WorkerStats
from tasks_app.models.task import Task
from tasks_app.models.transfer import Export, Import, ImportFile, ImportProblem

__all__ = [
    "AggregationState",
    "Answer",
    "Assignment",
    "Export",
    "Import",
    "ImportFile",
    "ImportProblem",
    "MediaFile",
    "Membership",
    "Pool",
    "Project",
    "Restriction",
    "Result",
    "Slot",
    "Task",
    "WorkerCursor",
    "WorkerStats",
]
