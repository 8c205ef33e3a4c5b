"""A crowd at a glance: how much its members tell, how alike they answer, how exactly they draw."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Q, QuerySet

from tasks_app import tools
from tasks_app.enums import TaskKind
from tasks_app.models import Answer, Project, Result, Rule, WorkerStats
from tasks_app.queries.api_pseudonyms import pseudonym
from tasks_app.queries.dashboards import remembered

# Somebody who tells less than this of what an answer can tell hardly helps; a project's own rule on it comes before.
LITTLE = 0.2
BINS = 10
# The newest results whose drawings are measured, some 0.3 s of work; kept as long as that allows.
DRAWN = 60
WORKERS = 10_000


@dataclass(frozen=True)
class Member:
    """Somebody of a project's crowd under their code name there."""

    who: str
    stats: WorkerStats


@dataclass(frozen=True)
class Crowd:
    """`information` and `agreement` are histograms: how many workers in each of BINS equal parts of 0..1."""

    workers: int
    information: list[int]
    agreement: list[int]
    threshold: float
    below: int
    mean_agreement: float | None


def crowd_of(rows: QuerySet[WorkerStats], *, threshold: float = LITTLE) -> Crowd:
    """One query."""
    found = list(rows.values_list("answers", "spam_score", "agreement")[:WORKERS])
    told = [score for _, score, _ in found if score is not None]
    alike = [(number, share) for number, _, share in found if share is not None]
    weight = sum(number for number, _ in alike)
    return Crowd(
        workers=len(found),
        information=histogram(told),
        agreement=histogram([share for _, share in alike]),
        threshold=threshold,
        below=sum(score < threshold for score in told),
        mean_agreement=sum(number * share for number, share in alike) / weight if weight else None,
    )


def project_crowd(project: Project) -> Crowd:
    """A project's crowd; its threshold is that of its own rule on information, where it has one. Two queries."""
    rules = Rule.objects.filter(project=project, enabled=True, removed_at=None).values_list("body", flat=True)
    limits = [
        float(one["value"])
        for body in rules
        for one in body["when"]
        if one["measure"] == "information" and one["is"] == "below"
    ]
    return crowd_of(WorkerStats.objects.filter(project=project), threshold=max(limits, default=LITTLE))


def least_telling(project: Project, *, limit: int = 10) -> list[Member]:
    """Those whose answers tell least, by code name. One query."""
    rows = WorkerStats.objects.filter(project=project, spam_score__isnull=False).order_by("spam_score", "pk")[:limit]
    return [Member(pseudonym(project.pk, row.worker_id), row) for row in rows]


def everybody() -> Crowd:
    """All workers in all projects: one row for each worker and project. One query."""
    return crowd_of(WorkerStats.objects.filter(Q(answers__gt=0)))


def drawn_alike(project: Project) -> list[int] | None:
    """How well drawings lie on the result's: a histogram of their likeness (boxes: IoU) over the newest results.

    None for kinds without shapes and before there are any. Two queries; up to 4 s old.
    """
    tool = tools.get(project.kind)
    if not tool.draws:
        return None

    def count() -> list[int] | None:
        results = Result.objects.filter(task__pool__project=project, task__kind=TaskKind.MAIN, answers__gte=2)
        values = dict(results.order_by("-updated_at").values_list("task_id", "value")[:DRAWN])
        given = Answer.objects.filter(task__in=values, counts=True, superseded_by=None).values_list("task_id", "value")
        alike = [one for task, value in given for one in tool.overlaps(project.question, value, values[task])]
        return histogram(alike) if alike else None

    return remembered(f"drawn:{project.pk}", count)


def histogram(values: Sequence[float], bins: int = BINS) -> list[int]:
    """How many values lie in each of `bins` equal parts of 0..1; what is outside counts at the end next to it."""
    counts, _ = np.histogram(np.clip(np.asarray(values, dtype=np.float64), 0, 1), bins=bins, range=(0, 1))
    return [int(number) for number in counts]
