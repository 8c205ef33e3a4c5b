"""What a policy will cost and bring before anybody is asked: tasks made up, answered by workers like those known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from aggregation.arrays import Floats
from aggregation.stopping.policy import Mode, Policy

# Crowds drawn from the workers known, and tasks made up for each: how the crowds differ is the range that is shown.
CROWDS, TASKS = 16, 250
LOW, HIGH = 0.1, 0.9
# A matrix learnt from few answers is no certainty: nobody is taken for surer than this of any label.
FLOOR = 0.01


@dataclass(frozen=True)
class Forecast:
    """`confidence` asked; `answers` a task, with the range `least`..`most` over crowds; `right`: share of right results;
    `settled`: share of tasks that become as sure as asked.
    """

    confidence: float
    answers: float
    least: float
    most: float
    right: float
    settled: float


@dataclass(frozen=True)
class KnownCrowd:
    """Workers to draw from: `confusion` float64[W, K, K] (row = true class), how often each comes, `weight` float64[W],
    and how frequent the classes are, `prior` float64[K].
    """

    confusion: Floats
    weight: Floats
    prior: Floats


def forecast(crowd: KnownCrowd, policy: Policy, confidences: Sequence[float], *, seed: int = 0) -> list[Forecast]:
    """For each confidence, what `policy` with it comes to. The same seed, the same forecast.

    Each task gets answers of workers drawn by weight; the posterior is Bayes' with the workers' own matrices, so the forecast
    is that of a crowd already known: while it is not, a project takes some answers more.
    """
    generator = np.random.default_rng(seed)
    courses = [_course(crowd, policy.maximum, generator) for _ in range(CROWDS)]
    found = []
    for confidence in confidences:
        asked = replace(policy, mode=Mode.CONFIDENCE, confidence=confidence)
        each = np.array([_stop(sure, right, asked) for sure, right in courses])
        answers, right, settled = each.mean(axis=0)
        least, most = np.quantile(each[:, 0], (LOW, HIGH))
        found.append(Forecast(confidence, answers, float(least), float(most), right, settled))
    return found


def _course(crowd: KnownCrowd, length: int, generator: np.random.Generator) -> tuple[Floats, Floats]:
    """Confidence and rightness of each task after 1..`length` answers, float64[TASKS, length] each, for one crowd."""
    size = crowd.weight.size
    chosen = generator.choice(size, size=size, p=crowd.weight / crowd.weight.sum())
    k = crowd.prior.size
    matrix = (1 - FLOOR) * crowd.confusion[chosen] + FLOOR / k
    truth = generator.choice(k, size=TASKS, p=crowd.prior / crowd.prior.sum())
    worker = generator.integers(size, size=(TASKS, length))
    ladder = matrix[worker, truth[:, None]].cumsum(axis=2)
    label = np.minimum((ladder < generator.random((TASKS, length, 1))).sum(axis=2), k - 1)
    scores = np.log(matrix)[worker, :, label].cumsum(axis=1) + np.log(np.maximum(crowd.prior, 1e-9))
    likely = np.exp(scores - scores.max(axis=2, keepdims=True))
    sure = likely.max(axis=2) / likely.sum(axis=2)
    return sure, (likely.argmax(axis=2) == truth[:, None]).astype(np.float64)


def _stop(sure: Floats, right: Floats, policy: Policy) -> tuple[float, float, float]:
    """Mean answers, share right, share settled, where each task stops once it is sure."""
    content = sure >= policy.confidence
    content[:, : policy.minimum - 1] = False
    settled = content.any(axis=1)
    last = np.where(settled, content.argmax(axis=1), policy.maximum - 1)
    return float(last.mean() + 1), float(right[np.arange(last.size), last].mean()), float(settled.mean())
