"""Workers who change: tired, bored, better with practice, or another person at the keyboard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints
from aggregation.classes.answers import Answers

# Terms of Kolmogorov's series; the tenth is below 1e-80 where the p-value is below .99.
TERMS = 10


@dataclass(frozen=True)
class Drift:
    """For each worker, float64[W]: `change` (share of their answers after which the break most likely lies), `before` and
    `after` (share right on the two sides), `p_value` (of no change; NaN with fewer than four answers or no variety).
    """

    change: Floats
    before: Floats
    after: Floats
    p_value: Floats


def drift(answers: Answers, posterior: Floats, time: ArrayLike) -> Drift:
    """Find the one most likely break in how often each worker is right.

    `posterior` float64[T, K]; `time` float[n]: when each answer of `answers` (in the order of its arrays) was given, on any
    scale. The largest distance of the cumulated sum from the line between its ends, over σ √n (CUSUM, Page 1954), is
    distributed like the supremum of a Brownian bridge (Kolmogorov) where nothing changed.
    """
    when = np.asarray(time, dtype=np.float64)
    if when.shape != answers.task.shape:
        raise ValueError(f"time must have the shape {answers.task.shape}, not {when.shape}")
    order = np.lexsort((when, answers.worker))
    right = posterior[answers.task, answers.label][order]
    n = answers.answers_per_worker()
    end = np.cumsum(n)
    start = end - n
    found = np.full((4, answers.n_workers), np.nan)
    for worker in range(answers.n_workers):
        found[:, worker] = _break(right[start[worker] : end[worker]])
    return Drift(*found)


def _break(right: Floats) -> tuple[float, float, float, float]:
    """Change, before, after and p-value of one worker's answers in time order."""
    n = right.size
    spread = float(right.std()) if n > 3 else 0.0
    if spread < 1e-9:
        return np.nan, np.nan, np.nan, np.nan
    bridge = np.abs(np.cumsum(right - right.mean()))[:-1]
    at = int(bridge.argmax()) + 1
    z = float(bridge[at - 1]) / (spread * np.sqrt(n))
    return at / n, float(right[:at].mean()), float(right[at:].mean()), kolmogorov(z)


def kolmogorov(z: float) -> float:
    """P(sup |Brownian bridge| > z) = 2 Σ_j (−1)^(j−1) exp(−2 j² z²)."""
    if z < 0.2:  # 1 to more digits than the series gives here
        return 1.0
    j: Ints = np.arange(1, TERMS + 1)
    return float(np.clip(2 * ((-1.0) ** (j - 1) * np.exp(-2 * (j * z) ** 2)).sum(), 0.0, 1.0))
