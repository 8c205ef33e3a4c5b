"""Courses and attempts as pages read them."""

from dataclasses import dataclass

from django.db.models import Avg, Count, Q

from quorate.accounts.models import User
from tasks_app.enums import TaskKind
from tasks_app.models import Attempt, Course, Pool, Project, Task


@dataclass(frozen=True)
class CourseStats:
    """How a course went: workers who finished an attempt, who passed; the mean score of attempts."""

    items: int
    attempts: int
    tried: int
    passed: int
    score: float | None


def course_of(project: Project) -> Course:
    """The project's course, or an unsaved one with the usual values. One query."""
    return Course.objects.select_related("skill").filter(project=project).first() or Course(project=project)


def stats(project: Project) -> CourseStats:
    """Two queries."""
    finished = Attempt.objects.filter(project=project, finished_at__isnull=False)
    sums = finished.aggregate(
        n=Count("pk"),
        tried=Count("worker", distinct=True),
        passed=Count("worker", distinct=True, filter=Q(passed=True)),
        score=Avg("score"),
    )
    items = Task.objects.filter(pool__project=project, kind=TaskKind.TRAINING).count()
    return CourseStats(items, sums["n"], sums["tried"], sums["passed"], sums["score"])


def open_course(pool: Pool) -> Course | None:
    """The course a worker may take now. One query."""
    return Course.objects.select_related("skill").filter(project=pool.project_id, enabled=True).first()


def latest(worker: User, pool: Pool) -> Attempt | None:
    """The worker's last attempt. One query."""
    return Attempt.objects.filter(worker=worker, project=pool.project_id).order_by("-id").first()


def questions(attempt: Attempt) -> list[Task]:
    """What is still to answer, in the order of the attempt. Two queries."""
    said = set(attempt.answers.values_list("task_id", flat=True))
    rows = {task.pk: task for task in Task.objects.filter(pk__in=attempt.tasks, kind=TaskKind.TRAINING)}
    return [rows[pk] for pk in attempt.tasks if pk in rows and pk not in said]
