"""Curves of cost and accuracy, and what one saves against another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Point:
    """Means over replays of one rule with one setting: answers a task, share of right results."""

    cost: float
    accuracy: float


def accuracy_at(curve: Sequence[Point], cost: float) -> float:
    """Accuracy at a cost between two points, by a line; beyond the ends, that of the end."""
    points = sorted(curve, key=lambda point: point.cost)
    return float(np.interp(cost, [p.cost for p in points], [p.accuracy for p in points]))


def saved(curve: Sequence[Point], base: Sequence[Point], cost: float) -> float:
    """Share of `cost` that `curve` does without for the accuracy that `base` has there; below 0 it is dearer.

    −1 where the curve never becomes as accurate. An accuracy once reached for less is not lost by spending more.
    """
    goal = accuracy_at(base, cost)
    points = sorted(curve, key=lambda point: point.cost)
    costs = np.array([p.cost for p in points])
    best = np.maximum.accumulate([p.accuracy for p in points])
    if best[-1] < goal:
        return -1.0
    at = int(np.argmax(best >= goal))
    if at == 0:
        return float(1 - costs[0] / cost)
    share = (goal - best[at - 1]) / (best[at] - best[at - 1])
    return float(1 - (costs[at - 1] + share * (costs[at] - costs[at - 1])) / cost)
