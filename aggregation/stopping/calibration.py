"""What a confidence is worth: a map from what the model says to how often it is right, learnt from tasks of known truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats

# Tasks that the belief "the model is right about itself" weighs against what the data show.
BELIEF = 8.0
# Temperatures looked at: 1 changes nothing, below 1 the model is too sure.
LOWEST, HIGHEST, STEPS = 0.2, 2.0, 91
EDGE, TINY = 1e-6, 1e-300
# Bins of a picture of reliability.
BINS = 10


@dataclass(frozen=True)
class Calibration:
    """Shown = softmax(`temperature` × ln said): monotone, so it never changes which class is likeliest, nor which of two
    tasks with the same classes in doubt is surer (Guo et al. 2017).

    `tasks`: from how many it was learnt; 0 leaves every confidence as it is.
    """

    temperature: float = 1.0
    tasks: float = 0.0

    @classmethod
    def learn(cls, said: ArrayLike, right: ArrayLike) -> Self:
        """From confidences float[n] and whether each was right (or the probability that it was), float[n].

        As `of_shares` for right or wrong. ValueError for columns that do not match.
        """
        p, y = np.asarray(said, dtype=np.float64), np.asarray(right, dtype=np.float64)
        if p.ndim != 1 or p.shape != y.shape:
            message = f"said and right must be of one length, not {p.shape} and {y.shape}"
            raise ValueError(message)
        if ((p < 0) | (p > 1) | (y < 0) | (y > 1)).any() or not np.isfinite(p + y).all():
            message = "said and right must lie between 0 and 1"
            raise ValueError(message)
        return cls.of_shares(np.stack([p, 1 - p], axis=1), np.stack([y, 1 - y], axis=1), np.ones(p.size))

    @classmethod
    def of_shares(cls, said: Floats, truth: Floats, weight: Floats) -> Self:
        """From posteriors float64[n, K], what is true float64[n, K] (rows sum to 1) and what each row counts for, float64[n].

        The temperature of the highest likelihood, with a log-normal belief around 1 that weighs about as much as BELIEF tasks:
        few known answers move it little.
        """
        tasks = float(weight.sum())
        if not tasks > 0:
            return cls()
        logs = np.log(np.clip(said, EDGE, 1 - EDGE))
        grid = np.exp(np.linspace(np.log(LOWEST), np.log(HIGHEST), STEPS))
        hit = (truth * logs).sum(axis=1)
        fits = np.array([weight @ (one * hit - _log_sum(one * logs)) - BELIEF * np.log(one) ** 2 / 2 for one in grid])
        return cls(float(grid[int(np.argmax(fits))]), tasks)

    def shown(self, said: ArrayLike) -> Floats:
        """Confidences as they should be shown, of the shape of `said`: each against all else together."""
        p = np.asarray(said, dtype=np.float64)
        if self.temperature == 1.0:
            return p
        inside = np.clip(p, EDGE, 1 - EDGE)
        honest: Floats = 1 / (1 + np.exp(-self.temperature * (np.log(inside) - np.log1p(-inside))))
        return honest

    def shares(self, said: Floats) -> Floats:
        """Posteriors float64[T, K] as they should be shown; rows sum to 1."""
        if self.temperature == 1.0 or said.shape[1] < 2:
            return said
        logs = self.temperature * np.log(np.maximum(said, TINY))
        honest: Floats = np.exp(logs - _log_sum(logs)[:, None])
        return np.where(said > 0, honest, 0.0)


def reliability(said: Floats, shown: Floats, right: Floats, weight: Floats) -> Floats:
    """What confidences came to, in BINS bins of equal width by what was `shown`: float64[B, 4] of mean said, mean shown, share
    right and weight of each bin that is not empty, from float64[n] each. The mean |shown − right| over the weights is the
    expected calibration error.
    """
    place = np.minimum((shown * BINS).astype(np.int64), BINS - 1)
    total = np.bincount(place, weight, BINS)
    used = total > 0
    sums = [np.bincount(place, weight * column, BINS)[used] / total[used] for column in (said, shown, right)]
    return np.stack([*sums, total[used]], axis=1)


def _log_sum(logs: Floats) -> Floats:
    """Ln Σ exp over each row."""
    top = logs.max(axis=1)
    total: Floats = top + np.log(np.exp(logs - top[:, None]).sum(axis=1))
    return total
