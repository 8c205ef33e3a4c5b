"""How sure the measures of a worker are: credible intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aggregation.arrays import Floats
from aggregation.beta import beta_quantile

# Answers a true class that stand for what was believed before: a fitted matrix holds about as many pseudo-answers.
BELIEF = 2.0


@dataclass(frozen=True)
class Interval:
    """`low` and `high`, each of the shape of what they are about."""

    low: Floats
    high: Floats


def confusion_interval(confusion: Floats, support: Floats, *, level: float = 0.95) -> Interval:
    """Equal-tailed credible interval of each cell of matrices (W, K, K), `support` float64[W, K] from `support`.

    Row k is taken for Dirichlet with mean π_k and weight n_k + 2 (answers on that class, and the belief before), so a cell
    is Beta. The answers are counted as if the truth were known: where it is doubtful, the interval is too narrow.
    """
    weight = (support + BELIEF)[:, :, None]
    return _beta_interval(confusion, weight, level)


def accuracy_interval(confusion: Floats, support: Floats, prior: Floats, *, level: float = 0.95) -> Interval:
    """Credible interval float64[W] of `expected_accuracy`: the Beta with its mean and its variance
    Σ_k ρ_k² π_kk (1 − π_kk) / (n_k + 3), rows independent. Same caveat as `confusion_interval`.
    """
    right = np.einsum("wkk->wk", confusion)
    mean = right @ prior
    variance = (prior**2 * right * (1 - right) / (support + BELIEF + 1)).sum(axis=1)
    weight = np.divide(mean * (1 - mean), variance, out=np.full(mean.shape, 1e12), where=variance > 0) - 1
    return _beta_interval(mean, np.maximum(weight, BELIEF), level)


def _beta_interval(mean: Floats, weight: Floats, level: float) -> Interval:
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1, not {level}")
    a, b = mean * weight, (1 - mean) * weight
    sure = (a <= 0) | (b <= 0)  # a cell that cannot be otherwise, as with one class
    a, b = np.where(sure, 1.0, a), np.where(sure, 1.0, b)
    low, high = (beta_quantile(share, a, b) for share in ((1 - level) / 2, (1 + level) / 2))
    return Interval(np.where(sure, mean, low), np.where(sure, mean, high))
