"""Pairs of a project's workers whose answers are too much alike: looked for when an admin asks."""

from dataclasses import dataclass

import numpy as np
from django.db.models import Q

from aggregation.classes import Answers, HierarchicalDawidSkene
from aggregation.workers import copying
from quorate.accounts.models import User
from tasks_app.models import Answer, Project
from tasks_app.queries.votes import counting_votes
from tasks_app.tools.base import AnswerBatch

# The newest answers that are looked at: a second of work.
NEWEST = 20_000


@dataclass(frozen=True)
class Alike:
    """Two workers and what is odd about them; counts of items. `chance`: see `aggregation.workers.copying`."""

    first: User
    second: User
    common: int
    alike: int
    expected: float
    odd_alike: int
    chance: float
    linked: bool


def has_classes(project: Project) -> bool:
    """Whether answers of this kind are one class each, so that they can be alike by chance in a known way."""
    newest = Answer.objects.filter(project=project).order_by("-created_at").values_list("value", flat=True).first()
    return isinstance(newest, dict) and set(newest) == {"class"}


def alike_pairs(project: Project) -> list[Alike]:
    """The pairs among the newest answers, the surest first. Four queries, and a fit. Empty for kinds without classes."""
    if not has_classes(project):
        return []
    newest = Answer.objects.filter(project=project).order_by("-created_at").values("pk")[:NEWEST]
    found = _found(counting_votes(Q(pk__in=list(newest.values_list("pk", flat=True)))).batch)
    people = User.objects.in_bulk({worker for pair in found for worker in pair[:2]})
    return [
        Alike(
            first=people[first],
            second=people[second],
            common=int(common),
            alike=int(alike),
            expected=float(expected),
            odd_alike=int(odd),
            chance=float(chance),
            linked=people[first].person is not None and people[first].person == people[second].person,
        )
        for first, second, common, alike, expected, odd, chance in found
    ]


def _found(batch: AnswerBatch) -> list[tuple[int, int, float, float, float, float, float]]:
    """Pairs of workers' ids with their figures."""
    labels, codes = np.unique([value["class"] for value in batch.values] or [""], return_inverse=True)
    if len(labels) < 2:
        return []
    answers = Answers.encode(batch.tasks, batch.workers, codes, n_classes=len(labels))
    model = HierarchicalDawidSkene().fit(answers)
    pairs = copying(answers, model.confusion_, model.prior_)
    ids = answers.worker_ids
    return list(
        zip(
            ids[pairs.first].tolist(),
            ids[pairs.second].tolist(),
            pairs.common.tolist(),
            pairs.alike.tolist(),
            pairs.expected.tolist(),
            pairs.odd_alike.tolist(),
            pairs.p_value.tolist(),
            strict=True,
        )
    )
