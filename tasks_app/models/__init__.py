"""All tables of the crowd, one module a noun."""

from tasks_app.models.answer import Answer
from tasks_app.models.assignment import Assignment, PersonTask, Slot, WorkerCursor
from tasks_app.models.course import Attempt, AttemptAnswer, Course
from tasks_app.models.known import Check, KnownAnswer, Standing
from tasks_app.models.pool import Pool
from tasks_app.models.project import MediaFile, Membership, Project
from tasks_app.models.report import Report
from tasks_app.models.restriction import Restriction
from tasks_app.models.result import AggregationState, Result, WorkerStats
from tasks_app.models.review import Rejection, Rework
from tasks_app.models.rule import Appeal, Exclusion, Firing, Rule
from tasks_app.models.skill import Skill, SkillGrant, WorkerProfile
from tasks_app.models.task import Task, TaskImage
from tasks_app.models.terms import Rating, Terms
from tasks_app.models.transfer import Export, Import, ImportFile, ImportProblem

__all__ = [
    "AggregationState",
    "Answer",
    "Appeal",
    "Assignment",
    "Attempt",
    "AttemptAnswer",
    "Check",
    "Course",
    "Exclusion",
    "Export",
    "Firing",
    "Import",
    "ImportFile",
    "ImportProblem",
    "KnownAnswer",
    "MediaFile",
    "Membership",
    "PersonTask",
    "Pool",
    "Project",
    "Rating",
    "Rejection",
    "Report",
    "Restriction",
    "Result",
    "Rework",
    "Rule",
    "Skill",
    "SkillGrant",
    "Slot",
    "Standing",
    "Task",
    "TaskImage",
    "Terms",
    "WorkerCursor",
    "WorkerProfile",
    "WorkerStats",
]
