"""Answers as the aggregate reads them."""

from dataclasses import dataclass

import numpy as np
from django.db.models import Max, Q
from numpy.typing import NDArray

from tasks_app.enums import TaskKind
from tasks_app.models import Answer
from tasks_app.tools.base import AnswerBatch


@dataclass(frozen=True)
class Votes:
    """Counting answers as columns of equal length, in order of id; `newest`: the newest answer's id when they were read."""

    batch: AnswerBatch
    pools: NDArray[np.int64]
    seconds: NDArray[np.float64]
    newest: int


def counting_votes(condition: Q) -> Votes:
    """The answers to main tasks under `condition` that count. Two queries."""
    newest = Answer.objects.aggregate(newest=Max("pk"))["newest"] or 0
    rows = list(
        Answer.objects.filter(condition, counts=True, superseded_by=None, task__kind=TaskKind.MAIN, pk__lte=newest)
        .order_by("pk")
        .values_list("task_id", "worker_id", "value", "task__pool_id", "seconds")
    )
    size = len(rows)
    return Votes(
        batch=AnswerBatch(
            tasks=np.fromiter((row[0] for row in rows), np.int64, size),
            workers=np.fromiter((row[1] for row in rows), np.int64, size),
            values=[row[2] for row in rows],
        ),
        pools=np.fromiter((row[3] for row in rows), np.int64, size),
        seconds=np.fromiter((row[4] for row in rows), np.float64, size),
        newest=newest,
    )
