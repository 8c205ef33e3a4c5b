"""What a fit says of workers, and how long answers take."""

import numpy as np
from django.utils import timezone

from tasks_app.models import Pool, Project, WorkerStats
from tasks_app.queries.votes import Votes
from tasks_app.tools.base import Fit

MEASURED = ("answers", "accuracy", "agreement", "spam_score", "confusion", "support", "median_seconds", "updated_at")


def write_workers(project: Project, fit: Fit, votes: Votes) -> None:
    """The workers' statistics in this project. Two queries; those without a counting answer are removed."""
    seconds = medians(votes.batch.workers, votes.seconds)
    rows = [
        WorkerStats(
            project=project,
            worker_id=report.worker,
            answers=report.answers,
            accuracy=report.accuracy,
            agreement=report.agreement,
            spam_score=report.spam_score,
            confusion=report.confusion,
            support=report.support,
            median_seconds=seconds.get(report.worker),
            updated_at=timezone.now(),
        )
        for report in fit.workers.values()
    ]
    WorkerStats.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["project", "worker"], update_fields=list(MEASURED), batch_size=500
    )
    WorkerStats.objects.filter(project=project).exclude(worker__in=list(fit.workers)).delete()


def write_seconds(votes: Votes) -> None:
    """Each pool's median of active seconds a task."""
    for pool_id, median in medians(votes.pools, votes.seconds).items():
        Pool.objects.filter(pk=pool_id).update(median_seconds=median)


def medians(groups: np.ndarray, values: np.ndarray) -> dict[int, float]:
    """Median of the positive values of each group; groups without one are left out. O(n log n)."""
    positive = values > 0
    groups, values = groups[positive], values[positive]
    order = np.lexsort((values, groups))
    groups, values = groups[order], values[order]
    keys, starts, counts = np.unique(groups, return_index=True, return_counts=True)
    low, high = starts + (counts - 1) // 2, starts + counts // 2
    return dict(zip(keys.tolist(), ((values[low] + values[high]) / 2).tolist(), strict=True))
