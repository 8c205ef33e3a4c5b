"""Scores of labels and confidences against a known truth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from aggregation.arrays import Bools, Floats, Ints


@dataclass(frozen=True)
class ClassScore:
    """Over the tasks with truth: `tasks` (how many), `accuracy`, `brier` (Σ_k (p − truth)², 0..2), `log_loss` (nats),
    `claimed` (share of tasks with confidence ≥ `level`), `kept_promise` (share of those that are right; NaN if none)
    and `ece` (see `calibration_error`).
    """

    tasks: int
    accuracy: float
    brier: float
    log_loss: float
    level: float
    claimed: float
    kept_promise: float
    ece: float


def score_classes(posterior: Floats, labels: Ints, truth: Ints, *, level: float = 0.95) -> ClassScore:
    """Score posteriors [T, K] and chosen labels [T]; truth[T] is −1 where it is unknown."""
    known = truth >= 0
    p, label, right = posterior[known], labels[known], truth[known]
    if not right.size:
        return ClassScore(0, math.nan, math.nan, math.nan, level, math.nan, math.nan, math.nan)
    row = np.arange(right.size)
    hit = label == right
    sure = p[row, label] >= level
    return ClassScore(
        tasks=int(right.size),
        accuracy=float(hit.mean()),
        brier=float((p**2).sum(axis=1).mean() - 2 * p[row, right].mean() + 1),
        log_loss=float(-np.log(np.maximum(p[row, right], 1e-12)).mean()),
        level=level,
        claimed=float(sure.mean()),
        kept_promise=float(hit[sure].mean()) if sure.any() else math.nan,
        ece=calibration_error(p[row, label], hit),
    )


def calibration_error(confidence: Floats, right: Bools, *, bins: int = 15) -> float:
    """Expected calibration error (Naeini et al. 2015): mean distance between confidence and share right, over `bins` of
    equal width, each weighing as its tasks. `confidence` float64[n] in 0..1, `right` bool[n]; NaN for no tasks.
    """
    if not right.size:
        return math.nan
    place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    gap = np.bincount(place, weights=right - confidence, minlength=bins)
    return float(np.abs(gap).sum() / right.size)
