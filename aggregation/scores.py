"""Scores of labels and confidences against a known truth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from aggregation.arrays import Floats, Ints


@dataclass(frozen=True)
class ClassScore:
    """Over the tasks with truth: `tasks` (how many), `accuracy`, `brier` (Σ_k (p − truth)², 0..2), `log_loss` (nats),
    `claimed` (share of tasks with confidence ≥ `level`) and `kept_promise` (share of those that are right; NaN if none).
    """

    tasks: int
    accuracy: float
    brier: float
    log_loss: float
    level: float
    claimed: float
    kept_promise: float


def score_classes(posterior: Floats, labels: Ints, truth: Ints, *, level: float = 0.95) -> ClassScore:
    """Score posteriors [T, K] and chosen labels [T]; truth[T] is −1 where it is unknown."""
    known = truth >= 0
    p, label, right = posterior[known], labels[known], truth[known]
    if not right.size:
        return ClassScore(0, math.nan, math.nan, math.nan, level, math.nan, math.nan)
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
    )
