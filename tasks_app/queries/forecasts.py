"""Who will answer, as far as can be known before a launch: this project's workers, those of similar projects, or a usual crowd."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from aggregation.arrays import Floats
from aggregation.simulate import WorkerKind, confusion_matrix
from aggregation.stopping import Forecast, KnownCrowd, forecast
from tasks_app import tools
from tasks_app.models import Pool, Project, WorkerStats
from tasks_app.queries.policies import policy_of

# Confidences of the curve.
ASKED = (0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99)
# Fewer workers or answers than this say too little about a crowd.
FEWEST_WORKERS, FEWEST_ANSWERS, EACH = 3, 30, 3
MOST_WORKERS = 400
# Beyond this the matrices are not kept.
MOST_CLASSES = 30
# A usual crowd without any quality control, out of ten.
USUAL = {WorkerKind.HAMMER: 4, WorkerKind.SLOPPY: 4, WorkerKind.SPAMMER: 2}


class Source(StrEnum):
    """Where a forecast's workers come from."""

    OWN = "the answers of this project so far"
    SIMILAR = "your other projects of this kind with as many classes"
    USUAL = "a simulated crowd: four in ten careful, four in ten sloppy, two in ten guessing"


@dataclass(frozen=True)
class Outlook:
    """The curve, the point that the pool asks for, and where the workers come from."""

    curve: list[Forecast]
    asked: Forecast
    source: Source


def outlook_of(pool: Pool) -> Outlook | None:
    """Forecast for a pool that asks about classes; None for other kinds. Two queries at most, some 30 ms."""
    classes = len(pool.project.question.get("classes", []))
    if not 2 <= classes <= MOST_CLASSES or not tools.get(pool.project.kind).counts_votes:
        return None
    crowd, source = _crowd(pool.project, classes)
    found = forecast(crowd, policy_of(pool), [*ASKED, pool.confidence])
    return Outlook(found[:-1], found[-1], source)


@dataclass(frozen=True)
class Duration:
    """Seconds of work that a pool's items will take, all workers together: `likely`, in the range `least`..`most`; at
    `seconds` an answer, which are measured in this project or (`own` False) the middle of similar ones.
    """

    likely: float
    least: float
    most: float
    seconds: float
    own: bool


def duration_of(pool: Pool, tasks: int, asked: Forecast) -> Duration | None:
    """How long `tasks` items will take at the answers forecast; None where nobody has answered anything alike. One query at most."""
    seconds, own = pool.median_seconds, True
    if not seconds:
        alike = Pool.objects.filter(project__created_by=pool.project.created_by_id, project__kind=pool.project.kind)
        known = alike.filter(median_seconds__gt=0).order_by("-pk").values_list("median_seconds", flat=True)[:20]
        measured = [found for found in known if found]
        if not measured:
            return None
        seconds, own = float(np.median(measured)), False
    each = tasks * seconds
    return Duration(each * asked.answers, each * asked.least, each * asked.most, seconds, own)


def _crowd(project: Project, classes: int) -> tuple[KnownCrowd, Source]:
    rows = WorkerStats.objects.filter(answers__gte=EACH, confusion__isnull=False).order_by("-answers")
    own = _known(rows.filter(project=project)[:MOST_WORKERS], classes)
    if own is not None:
        return own, Source.OWN
    similar = rows.filter(project__created_by=project.created_by_id, project__kind=project.kind)
    others = _known(similar.exclude(project=project)[:MOST_WORKERS], classes)
    if others is not None:
        return KnownCrowd(others.confusion, others.weight, np.full(classes, 1 / classes)), Source.SIMILAR
    generator = np.random.default_rng(0)
    usual = [confusion_matrix(kind, classes, generator) for kind, count in USUAL.items() for _ in range(count)]
    return KnownCrowd(np.stack(usual), np.ones(len(usual)), np.full(classes, 1 / classes)), Source.USUAL


def _known(rows: Iterable[WorkerStats], classes: int) -> KnownCrowd | None:
    """A crowd of these workers; None where they are too few, or speak of another number of classes."""
    fitting = [row for row in rows if row.confusion is not None and len(row.confusion) == classes]
    given = np.array([row.answers for row in fitting], dtype=np.float64)
    if given.size < FEWEST_WORKERS or given.sum() < FEWEST_ANSWERS:
        return None
    met: Floats = np.array([row.support or [0.0] * classes for row in fitting]).sum(axis=0) + 1.0
    return KnownCrowd(np.array([row.confusion for row in fitting]), given, met / met.sum())
