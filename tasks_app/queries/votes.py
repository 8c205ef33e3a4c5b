"""Answers as the aggregate reads them."""

from dataclasses import dataclass

import numpy as np
from django.db.models import Max, Q
from numpy.typing import NDArray

from tasks_app.enums import TaskKind
from tasks_app.models import Answer, KnownAnswer, Project
from tasks_app.tools.base import AnswerBatch, Truth


@dataclass(frozen=True)
class Votes:
    """Counting answers as columns of equal length, in order of id; `newest`: the newest answer's id when they were read."""

    batch: AnswerBatch
    pools: NDArray[np.int64]
    seconds: NDArray[np.float64]
    newest: int


def counting_votes(condition: Q, *, known: Project | None = None) -> Votes:
    """The answers to main tasks under `condition` that count; two queries.

    With the project as `known` also those to its hidden known items, and what is true of them; one query more.
    """
    kinds = (TaskKind.MAIN, TaskKind.GOLD) if known else (TaskKind.MAIN,)
    newest = Answer.objects.aggregate(newest=Max("pk"))["newest"] or 0
    rows = list(
        Answer.objects.filter(condition, counts=True, superseded_by=None, task__kind__in=kinds, pk__lte=newest)
        .order_by("pk")
        .values_list("task_id", "worker_id", "value", "task__pool_id", "seconds")
    )
    size = len(rows)
    return Votes(
        batch=AnswerBatch(
            tasks=np.fromiter((row[0] for row in rows), np.int64, size),
            workers=np.fromiter((row[1] for row in rows), np.int64, size),
            values=[row[2] for row in rows],
            truth=truths(Q(task__pool__project=known)) if known else {},
        ),
        pools=np.fromiter((row[3] for row in rows), np.int64, size),
        seconds=np.fromiter((row[4] for row in rows), np.float64, size),
        newest=newest,
    )


def truths(condition: Q) -> dict[int, list[Truth]]:
    """Task id → its right answers, of the hidden known items under `condition` on KnownAnswer. One query."""
    found: dict[int, list[Truth]] = {}
    known = KnownAnswer.objects.filter(condition, task__kind=TaskKind.GOLD).order_by("pk")
    for task, value, weight in known.values_list("task_id", "value", "weight"):
        found.setdefault(task, []).append(Truth(value, weight))
    return found
