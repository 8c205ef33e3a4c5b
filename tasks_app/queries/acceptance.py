"""How much of what a worker handed in was accepted, by all requesters together."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from tasks_app.enums import AssignmentState
from tasks_app.models import Assignment

# One requester's rejections lower a worker's rate by no more than this, however many they are.
MOST_BY_ONE = 0.1


@dataclass(frozen=True)
class Acceptance:
    """Pages decided, pages refused as a whole, and the rate that is shown; None before the first decision."""

    decided: int = 0
    refused: int = 0
    rate: float | None = None


def acceptance(workers: Iterable[int]) -> dict[int, Acceptance]:
    """Worker → acceptance. What the worker disputes does not count against them while it is not answered. One query."""
    asked = list(workers)
    decided = Q(state__in=(AssignmentState.ACCEPTED, AssignmentState.REJECTED))
    open_dispute = Q(rejection__disputed_at__isnull=False, rejection__answered_at=None)
    refused = Q(state=AssignmentState.REJECTED) & ~open_dispute
    rows = (
        Assignment.objects.filter(decided, worker__in=asked)
        .values_list("worker_id", "pool__project__created_by")
        .annotate(n=Count("pk"), no=Count("pk", filter=refused))
        .order_by()
    )
    by_requester: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for worker, _, number, no in rows:
        by_requester[worker].append((number, no))
    return {worker: _of(by_requester[worker]) for worker in asked}


def _of(counts: list[tuple[int, int]]) -> Acceptance:
    decided, refused = sum(number for number, _ in counts), sum(no for _, no in counts)
    if not decided:
        return Acceptance()
    lost = sum(min(no / decided, MOST_BY_ONE) for _, no in counts)
    return Acceptance(decided, refused, 1 - lost)
