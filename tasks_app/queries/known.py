"""Known answers as their requester reads them: what is known, how it is met, what looks wrong with it."""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, F, Sum

from tasks_app import tools
from tasks_app.enums import TaskKind
from tasks_app.models import Check, KnownAnswer, Pool, Standing, Task

PAGE = 50
# So many answers before an item is said to be wrong or to have leaked.
ENOUGH = 5
# The share of right answers at or below which the crowd contradicts the expert.
CONTRADICTED = 0.4
# Standard deviations above what the same workers get right elsewhere from which an item is said to have leaked.
LEAKED = 3.0
# The newest answers are looked at for leaks.
RECENT = 20_000


@dataclass(frozen=True)
class KnownItem:
    """A known item with its right answers in words. `score` None until met. `warning`: "leaked", "contradicted" or ""."""

    task: Task
    answers: list[tuple[str, float]]
    explanation: str
    met: int
    score: float | None
    warning: str


@dataclass(frozen=True)
class Summary:
    """`balance`: (class name, known items with it); `places` of known answers are left of `of_places`."""

    golden: int
    training: int
    balance: list[tuple[str, int]]
    places: int
    of_places: int
    checks: int
    score: float | None
    workers: int


def summary(pool: Pool) -> Summary:
    """Four queries."""
    project = pool.project
    tool = tools.get(project.kind)
    rows = Task.objects.filter(pool=pool).exclude(kind=TaskKind.MAIN).values("kind").order_by()
    kinds = {row["kind"]: row for row in rows.annotate(n=Count("pk"), free=Sum("slots_free"), most=Sum("overlap_max"))}
    golden = kinds.get(TaskKind.GOLD, {"n": 0, "free": 0, "most": 0})
    classes: Counter[str] = Counter()
    values = KnownAnswer.objects.filter(task__pool=pool).values_list("task_id", "value")
    seen: dict[int, set[str]] = defaultdict(set)
    for task, value in values:
        seen[task].update(tool.classes_in(value))
    for found in seen.values():
        classes.update(found)
    checks = Check.objects.filter(task__pool=pool).aggregate(n=Count("pk"), mean=Avg("score"))
    return Summary(
        golden=golden["n"],
        training=kinds.get(TaskKind.TRAINING, {"n": 0})["n"],
        balance=[(row["name"], classes[row["key"]]) for row in project.question.get("classes", [])],
        places=golden["free"],
        of_places=golden["most"],
        checks=checks["n"],
        score=checks["mean"],
        workers=Standing.objects.filter(project=project, known_answers__gt=0).count(),
    )


def known_items(pool: Pool, *, after: int | None = None) -> tuple[list[KnownItem], int | None]:
    """Known items in the order in which they became items, after row `after`, and where to go on. Four queries."""
    rows = Task.objects.filter(pool=pool).exclude(kind=TaskKind.MAIN).order_by("pk")
    found = list(
        rows.filter(pk__gt=after or 0)
        .annotate(met=Count("checks"), mean=Avg("checks__score"))
        .prefetch_related("known_answers")[: PAGE + 1]
    )
    leaked = leaks(pool)
    tool = tools.get(pool.project.kind)

    def item(task: Any) -> KnownItem:
        answers = sorted(task.known_answers.all(), key=lambda one: (-one.weight, one.pk))
        contradicted = task.met >= ENOUGH and (task.mean or 0.0) <= CONTRADICTED
        return KnownItem(
            task=task,
            answers=[(tool.summary_of(pool.project.question, one.value), one.weight) for one in answers],
            explanation=answers[0].explanation if answers else "",
            met=task.met,
            score=task.mean,
            warning="leaked" if task.pk in leaked else "contradicted" if contradicted else "",
        )

    shown = found[:PAGE]
    return [item(task) for task in shown], (shown[-1].pk if len(found) > PAGE else None)


def leaks(pool: Pool) -> set[int]:
    """Known items that are answered far better than the same workers answer the others. One query over recent answers.

    Each worker's chance is the mean score elsewhere (with one right and one wrong answer added); an item leaks when its
    sum of scores lies LEAKED standard deviations above the sum of those chances.
    """
    recent = Check.objects.filter(task__pool=pool).order_by("-pk").values_list("task_id", "worker_id", "score")[:RECENT]
    rows = list(recent)
    totals: dict[int, tuple[int, float]] = {}
    for _, worker, score in rows:
        number, total = totals.get(worker, (0, 0.0))
        totals[worker] = number + 1, total + score
    gains: dict[int, tuple[int, float, float]] = {}
    for task, worker, score in rows:
        number, total = totals[worker]
        chance = (total - score + 1) / (number - 1 + 2)
        met, gain, spread = gains.get(task, (0, 0.0, 0.0))
        gains[task] = met + 1, gain + score - chance, spread + chance * (1 - chance)
    return {
        task
        for task, (met, gain, spread) in gains.items()
        if met >= ENOUGH and spread > 0 and gain / math.sqrt(spread) >= LEAKED
    }


def known_of(task: Task) -> list[KnownAnswer]:
    """The right answers of one item, the best first. One query."""
    return list(KnownAnswer.objects.filter(task=task).order_by("-weight", "pk"))


def to_try(pool: Pool, *, count: int) -> list[Task]:
    """Items of which nothing is known yet, for the requester to answer: those least sure first, then any. One query."""
    rows = Task.objects.filter(pool=pool, kind=TaskKind.MAIN).select_related("result")
    return list(rows.order_by(F("result__confidence").asc(nulls_last=True), "queue_key")[:count])
