"""Where the crowd disagrees: with itself, item by item and class by class, and with what is known to be right."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from heapq import nlargest

import numpy as np
from django.db.models import Avg, Count

from aggregation.arrays import Floats
from aggregation.classes import Answers
from aggregation.consent import coincidences, disagreement, krippendorff_alpha
from tasks_app import tools
from tasks_app.enums import TaskKind
from tasks_app.models import Answer, Pool, Project, Result, Task
from tasks_app.queries.dashboards import remembered
from tasks_app.queries.known import CONTRADICTED

# So many results tell which classes are taken for each other; of more, the newest.
RESULTS = 20_000
SHOWN = 30
PAIRS = 8
# Answers to a known item before the crowd is said to contradict it: fewer than for the warning beside it, since it is a list to look through.
ENOUGH = 3


@dataclass(frozen=True)
class Pair:
    """Two classes that people take for each other: in `share` of the pairs of answers with either of them, `count` in all."""

    first: str
    second: str
    share: float
    count: float


@dataclass(frozen=True)
class Consent:
    """How far answers agree over chance. `shares[k][l]`: of the answers that met a k on their item, those that said l.

    `alpha` None where there is nothing to compare; `items`: those with two answers or more.
    """

    names: list[str]
    shares: list[list[float]]
    pairs: list[Pair]
    alpha: float | None
    items: int


@dataclass(frozen=True)
class Contradiction:
    """A known item that the crowd sees otherwise: what is said to be right, and what people said, most often first."""

    task: Task
    right: list[str]
    said: list[tuple[str, int]]
    score: float


def most_disputed(project: Project, *, limit: int = SHOWN) -> list[Task]:
    """Items with the largest entropy of their result, in nats, largest first. One query, over the project's results."""
    rows = Task.objects.filter(pool__project=project, kind=TaskKind.MAIN, result__disputed__gt=0)
    return list(rows.select_related("result").order_by("-result__disputed", "pk")[:limit])


def consent(project: Project) -> Consent | None:
    """α and which classes are taken for each other; None for kinds whose answers are not one class. One query; up to 4 s old."""
    tool = tools.get(project.kind)
    classes = project.question.get("classes", [])
    if not tool.counts_votes or len(classes) < 2:
        return None
    keys = [str(row["key"]) for row in classes]
    names = [str(row["name"]) for row in classes]

    def count() -> Consent:
        rows = Result.objects.filter(task__pool__project=project, answers__gte=2).order_by("-updated_at")
        return consent_of(keys, names, list(rows.values_list("votes", flat=True)[:RESULTS]))

    return remembered(f"consent:{project.pk}", count, size=lambda found: found.items)


def consent_of(keys: list[str], names: list[str], votes: list[dict[str, float]]) -> Consent:
    """The same from votes, item by item: class → answers."""
    codes = {key: code for code, key in enumerate(keys)}
    counts = np.zeros((len(votes), len(keys)), dtype=np.int64)
    for place, item in enumerate(votes):
        for key, number in item.items():
            if key in codes:
                counts[place, codes[key]] = round(number)
    task, label = np.nonzero(counts)
    times = counts[task, label]
    task, label = np.repeat(task, times), np.repeat(label, times)
    if not task.size:
        return Consent(names, [], [], None, 0)
    # Who said what makes no difference here: each answer is somebody's.
    answers = Answers.encode(task, np.arange(task.size), label, n_classes=len(keys))
    met = coincidences(answers)
    alpha = krippendorff_alpha(answers)
    return Consent(
        names=names,
        shares=np.nan_to_num(disagreement(answers)).tolist(),
        pairs=_pairs(names, met),
        alpha=alpha if np.isfinite(alpha) else None,
        items=int((counts.sum(axis=1) > 1).sum()),
    )


def contradictions(pool: Pool, *, limit: int = SHOWN) -> list[Contradiction]:
    """Known items that are mostly answered otherwise, the most contradicted first. Three queries."""
    tool = tools.get(pool.project.kind)
    question = pool.project.question
    rows = Task.objects.filter(pool=pool, kind=TaskKind.GOLD).annotate(met=Count("checks"), mean=Avg("checks__score"))
    found = list(
        rows.filter(met__gte=ENOUGH, mean__lte=CONTRADICTED)
        .prefetch_related("known_answers")
        .order_by("mean", "-met", "pk")[:limit]
    )
    said: dict[int, Counter[str]] = defaultdict(Counter)
    answers = Answer.objects.filter(task__in=[task.pk for task in found], superseded_by=None)
    for task, value in answers.values_list("task_id", "value"):
        said[task][tool.summary_of(question, value)] += 1
    return [
        Contradiction(
            task=task,
            right=[tool.summary_of(question, one.value) for one in task.known_answers.all()],
            said=said[task.pk].most_common(3),
            score=task.mean,
        )
        for task in found
    ]


def _pairs(names: list[str], met: Floats) -> list[Pair]:
    """The class pairs that met most often, those first that make up the largest share of what either met."""
    size = met.sum(axis=1)
    rows = (
        Pair(names[k], names[other], 2 * met[k, other] / (size[k] + size[other]), met[k, other])
        for k in range(len(names))
        for other in range(k + 1, len(names))
        if met[k, other] > 0
    )
    return sorted(nlargest(PAIRS, rows, key=lambda one: one.count), key=lambda one: -one.share)
