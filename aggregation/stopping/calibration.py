"""What a confidence is worth: a map from what the model says to how often it is right, learnt from tasks of known truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats

# Tasks that the belief "the model is right about itself" weighs against what the data show.
BELIEF = 30.0
# Temperatures looked at: 1 changes nothing, below 1 the model is too sure.
LOWEST, HIGHEST, STEPS = 0.2, 2.0, 91
EDGE = 1e-6


@dataclass(frozen=True)
class Calibration:
    """Shown = logistic(`temperature` × logit(said)): monotone, so it never changes which task is surer.

    `tasks`: from how many it was learnt; 0 leaves every confidence as it is.
    """

    temperature: float = 1.0
    tasks: int = 0

    @classmethod
    def learn(cls, said: ArrayLike, right: ArrayLike) -> Self:
        """From confidences float[n] and whether each was right (or the probability that it was), float[n].

        The temperature of the highest likelihood (Platt scaling without offset), with a log-normal belief around 1 that
        weighs as much as BELIEF tasks: few known answers move it little. ValueError for columns that do not match.
        """
        p, y = np.asarray(said, dtype=np.float64), np.asarray(right, dtype=np.float64)
        if p.ndim != 1 or p.shape != y.shape:
            message = f"said and right must be of one length, not {p.shape} and {y.shape}"
            raise ValueError(message)
        if ((p < 0) | (p > 1) | (y < 0) | (y > 1)).any() or not np.isfinite(p + y).all():
            message = "said and right must lie between 0 and 1"
            raise ValueError(message)
        if not p.size:
            return cls()
        grid = np.exp(np.linspace(np.log(LOWEST), np.log(HIGHEST), STEPS))
        scaled = grid[:, None] * _logit(p)[None, :]
        fits = -(y * np.logaddexp(0, -scaled) + (1 - y) * np.logaddexp(0, scaled)).sum(axis=1)
        fits -= BELIEF * np.log(grid) ** 2 / 2
        return cls(float(grid[int(np.argmax(fits))]), int(p.size))

    def shown(self, said: ArrayLike) -> Floats:
        """Confidences as they should be shown, of the shape of `said`."""
        p = np.asarray(said, dtype=np.float64)
        if self.temperature == 1.0:
            return p
        honest: Floats = 1 / (1 + np.exp(-self.temperature * _logit(p)))
        return honest


def _logit(p: Floats) -> Floats:
    inside = np.clip(p, EDGE, 1 - EDGE)
    odds: Floats = np.log(inside) - np.log1p(-inside)
    return odds
