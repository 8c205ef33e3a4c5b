"""What rules ask about workers: measures over their newest answers in one project."""

import statistics
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache

import numpy as np
from django.db.models import Sum

from aggregation.beta import beta_quantile
from aggregation.stopping import skill_at_most
from quorate.common.clock import database_now
from tasks_app import tools
from tasks_app.enums import AssignmentState
from tasks_app.grammar.rule import Measured
from tasks_app.models import Answer, Assignment, Attempt, Check, Project, Result, Slot, WorkerStats
from tasks_app.queries.acceptance import acceptance

DAY = timedelta(days=1)
# A result made of fewer answers says hardly more than the answer that is compared with it.
WITNESSES = 3
AGREES = 0.5
SKIPS = 50
SURE = 0.95


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as measures need it."""

    pk: int
    task: int
    value: dict[str, object]
    seconds: float


@dataclass
class Window:
    """A worker's newest answers, oldest last, and the measures of them that were asked for."""

    answers: list[Given]
    measured: dict[str, Measured] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The newest answer's id; 0 without one."""
        return self.answers[0].pk if self.answers else 0


def windows(project: Project, since: Mapping[int, int], size: int) -> dict[int, Window]:
    """Worker → the newest `size` answers after answer `since[worker]`. One query a worker, over an index range."""
    found = {}
    for worker, after in since.items():
        rows = Answer.objects.filter(worker=worker, project=project, pk__gt=after, superseded_by=None).order_by("-pk")
        values = rows.values_list("pk", "task_id", "value", "seconds")[:size]
        found[worker] = Window([Given(*row) for row in values])
    return found


def measure(project: Project, found: Mapping[int, Window], wanted: Collection[str]) -> None:
    """Fill in the measures `wanted` of these workers' windows. At most eight queries, and two a worker for skips."""
    if {"known_accuracy", "known_at_most"} & set(wanted):
        _known(found)
    if {"agreement", "agreement_at_most"} & set(wanted):
        _agreement(project, found)
    if {"accuracy", "information", "skill_at_most"} & set(wanted):
        _fitted(project, found)
    if "pace" in wanted:
        _pace(found)
    if "skips" in wanted:
        _skips(project, found)
    if "accepted" in wanted:
        _accepted(project, found)
    if "acceptance" in wanted:
        _acceptance(found)
    if "training" in wanted:
        _training(project, found)
    if {"answers_today", "earned_today"} & set(wanted):
        _today(project, found)


def _known(found: Mapping[int, Window]) -> None:
    scores = dict(Check.objects.filter(answer__in=_ids(found.values())).values_list("pk", "score"))
    for window in found.values():
        mine = [scores[one.pk] for one in window.answers if one.pk in scores]
        _share(window, "known_accuracy", "known_at_most", mine)


def _agreement(project: Project, found: Mapping[int, Window]) -> None:
    tool = tools.get(project.kind)
    tasks = {one.task for window in found.values() for one in window.answers}
    results = dict(Result.objects.filter(task__in=tasks, answers__gte=WITNESSES).values_list("pk", "value"))
    for window in found.values():
        alike = [
            float(tool.agreement(project.question, one.value, results[one.task]) >= AGREES)
            for one in window.answers
            if one.task in results
        ]
        _share(window, "agreement", "agreement_at_most", alike)


def _share(window: Window, mean: str, most: str, scores: list[float]) -> None:
    """The mean of scores 0 to 1, and what it is at most: the 95 % quantile of Beta after a flat prior."""
    number, total = len(scores), sum(scores)
    window.measured[mean] = Measured(total / number if number else None, number)
    window.measured[most] = Measured(at_most(total, number) if number else None, number)


@lru_cache(maxsize=1 << 14)
def at_most(total: float, number: int) -> float:
    """The quantile for so many scores of this sum. Remembered: it costs milliseconds, and right or wrong add up to few sums."""
    return float(beta_quantile(SURE, 1 + total, 1 + number - total))


def _fitted(project: Project, found: Mapping[int, Window]) -> None:
    stats = {row.worker_id: row for row in WorkerStats.objects.filter(project=project, worker__in=found)}
    for worker, window in found.items():
        row = stats.get(worker)
        window.measured["accuracy"] = Measured(row.accuracy if row else None, len(window.answers))
        window.measured["information"] = Measured(row.spam_score if row else None, len(window.answers))
        window.measured["skill_at_most"] = Measured(_skill_at_most(row), len(window.answers))


def _skill_at_most(row: WorkerStats | None) -> float | None:
    """By all that the fit knows, not by the window alone; 0..1. None where the kind or the number of classes has no matrix."""
    if row is None or row.confusion is None:
        return None
    best = skill_at_most(np.array([row.confusion]), np.array([float(row.answers)]))
    return float(np.clip(best[0], 0.0, 1.0))


def _pace(found: Mapping[int, Window]) -> None:
    """Each answer's time against the median of the others' on the same task: what is quick for one item is not for another."""
    tasks = {one.task for window in found.values() for one in window.answers}
    taken: dict[int, dict[int, float]] = defaultdict(dict)
    rows = Answer.objects.filter(task__in=tasks, seconds__gt=0, superseded_by=None)
    for task, worker, seconds in rows.values_list("task_id", "worker_id", "seconds"):
        taken[task][worker] = seconds
    for worker, window in found.items():
        ratios = []
        for one in window.answers:
            others = [seconds for other, seconds in taken[one.task].items() if other != worker]
            if len(others) >= WITNESSES - 1 and one.seconds > 0:
                ratios.append(one.seconds / statistics.median(others))
        window.measured["pace"] = Measured(statistics.median(ratios) if ratios else None, len(ratios))


def _skips(project: Project, found: Mapping[int, Window]) -> None:
    for worker, window in found.items():
        pages = (
            Assignment.objects.filter(worker=worker, pool__project=project).order_by("-pk").values_list("pk", flat=True)
        )
        seats = Slot.objects.filter(assignment__in=list(pages[:SKIPS])).order_by("-assignment", "-position")
        run = 0
        for reason, released in seats.values_list("release_reason", "released_at")[: 4 * SKIPS]:
            if released is None:
                break
            run += reason.startswith("skipped")
        window.measured["skips"] = Measured(float(run), run)


def _accepted(project: Project, found: Mapping[int, Window]) -> None:
    decided = (AssignmentState.ACCEPTED, AssignmentState.REJECTED)
    pages = Assignment.objects.filter(pool__project=project, worker__in=found, state__in=decided)
    counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for worker, state in pages.values_list("worker_id", "state"):
        counts[worker][state] += 1
    for worker, window in found.items():
        yes, no = (counts[worker][state] for state in decided)
        window.measured["accepted"] = Measured(yes / (yes + no) if yes + no else None, yes + no)


def _acceptance(found: Mapping[int, Window]) -> None:
    rates = acceptance(found)
    for worker, window in found.items():
        window.measured["acceptance"] = Measured(rates[worker].rate, rates[worker].decided)


def _training(project: Project, found: Mapping[int, Window]) -> None:
    """The score of the last attempt that was finished; `count` is how many there were."""
    scores: dict[int, list[float]] = defaultdict(list)
    attempts = Attempt.objects.filter(project=project, worker__in=found, finished_at__isnull=False).order_by("pk")
    for worker, score in attempts.values_list("worker_id", "score"):
        scores[worker].append(score or 0.0)
    for worker, window in found.items():
        mine = scores[worker]
        window.measured["training"] = Measured(mine[-1] if mine else None, len(mine))


def _today(project: Project, found: Mapping[int, Window]) -> None:
    pages = Assignment.objects.filter(
        pool__project=project, worker__in=found, submitted_at__gte=database_now() - DAY
    ).exclude(state=AssignmentState.REJECTED)
    rows = pages.values_list("worker_id").annotate(tasks=Sum("task_count"), paid=Sum("reward")).order_by()
    sums = {worker: (tasks, paid) for worker, tasks, paid in rows}
    for worker, window in found.items():
        given, paid = sums.get(worker, (0, 0))
        window.measured["answers_today"] = Measured(float(given), given)
        window.measured["earned_today"] = Measured(float(paid), given)


def _ids(found: Iterable[Window]) -> list[int]:
    return [one.pk for window in found for one in window.answers]
