"""How far people agree, over and above chance: Krippendorff's α, and which classes they take for each other."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats
from aggregation.classes.answers import Answers
from aggregation.classes.votes import vote_counts


class Level(StrEnum):
    """What classes are: names; ranks, in the order of their codes; or numbers, whose distance counts."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


def coincidences(answers: Answers) -> Floats:
    """Krippendorff's coincidence matrix float64[K, K]: ordered pairs of answers to the same task, a task weighing as many as
    it has answers: o_kl = Σ_t n_tk (n_tl − [k = l]) / (n_t − 1). Tasks with one answer take no part. Symmetric.
    """
    counts = vote_counts(answers).astype(np.float64)
    size = counts.sum(axis=1)
    counts, size = counts[size > 1], size[size > 1]
    weighed = counts / (size - 1)[:, None]
    pairs: Floats = weighed.T @ counts - np.diag(weighed.sum(axis=0))
    return pairs


def krippendorff_alpha(
    answers: Answers, *, level: Level | str = Level.NOMINAL, values: ArrayLike | None = None
) -> float:
    """Krippendorff's α (2011): 1 − observed / expected disagreement, over tasks with 2 answers or more.

    `level`: how far apart two classes are. `values` float[K]: the numbers that classes stand for at the interval level (their
    codes where none are given). 1 = all agree, 0 = as by chance, below 0 = worse. NaN without such a task, or when
    only one class was ever said.
    """
    pairs = coincidences(answers)
    said = pairs.sum(axis=1)
    distance = _distance(said, Level(level), values)
    expected = float(said @ distance @ said)
    if not expected:
        return float("nan")
    return float(1.0 - (said.sum() - 1) * (pairs * distance).sum() / expected)


def _distance(said: Floats, level: Level, values: ArrayLike | None) -> Floats:
    """Squared distance δ² float64[K, K] of two classes, each said as often as `said` float64[K] has it."""
    k = said.size
    if level is Level.NOMINAL:
        return 1.0 - np.eye(k)
    if level is Level.ORDINAL:  # answers between the two, those of the two themselves by half
        place = np.cumsum(said) - said / 2
    else:
        place = np.arange(k, dtype=np.float64) if values is None else np.asarray(values, dtype=np.float64)
        if place.shape != (k,) or not np.isfinite(place).all():
            raise ValueError(f"values must be {k} finite numbers, one a class")
    square: Floats = (place[:, None] - place[None, :]) ** 2
    return square


def disagreement(answers: Answers) -> Floats:
    """Data of a heat map, float64[K, K]: of the answers that met an answer k on their task, the share that said l. Rows sum
    to 1; NaN for a class that never met another answer.
    """
    pairs = coincidences(answers)
    total = pairs.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(pairs, total, out=np.full(pairs.shape, np.nan), where=total > 0)
    return shares
