"""The middle level: what matrix to expect of a worker, from their accuracy and the confusions the whole crowd shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aggregation.arrays import Floats, Ints

# Pseudo-answers that the one-coin matrix weighs, a class, in the crowd's pooled matrix.
POOLED_ANSWERS = 50.0
EDGE = 1e-4


@dataclass(frozen=True)
class Expectation:
    """Matrix expected of a worker of accuracy a: row k is right with logit⁻¹(logit a − logit m + logit g_k), and the
    wrong answers fall as they do in the crowd. m = `crowd`, g = diagonal, falls = rows of `pooled` float64[K, K].
    """

    pooled: Floats
    crowd: float

    @classmethod
    def of_crowd(cls, by_label: Floats, crowd: float) -> Expectation:
        """From expected counts float64[K, K] of (true class, label) over all answers, shrunk to one coin `crowd`."""
        k = by_label.shape[0]
        one_coin = np.full((k, k), (1 - crowd) / (k - 1))
        np.fill_diagonal(one_coin, crowd)
        pooled = by_label + POOLED_ANSWERS * one_coin
        return cls(pooled / pooled.sum(axis=1, keepdims=True), crowd)

    def right(self, accuracy: Floats) -> Floats:
        """Probability of a right answer on each true class: float64[K, W] for workers of `accuracy` float64[W]."""
        skill = logit(accuracy) - logit(np.array(self.crowd))
        ease = logit(np.clip(np.diagonal(self.pooled), EDGE, 1 - EDGE))
        chance: Floats = 1 / (1 + np.exp(-(ease[:, None] + skill[None, :])))
        return chance

    def wrong(self) -> Floats:
        """Where wrong answers fall: float64[K, K], rows sum to 1, diagonal 0."""
        falls = self.pooled.copy()
        np.fill_diagonal(falls, 0.0)
        shares: Floats = falls / falls.sum(axis=1, keepdims=True)
        return shares

    def at(self, accuracy: Floats, worker: Ints, label: Ints) -> Floats:
        """Probability of `label` by `worker` for each true class: float64[K, P]; `accuracy` float64[W]."""
        right = self.right(accuracy)[:, worker]
        cells = (1 - right) * self.wrong()[:, label]
        place = np.arange(label.size)
        cells[label, place] = right[label, place]
        return cells

    def matrices(self, accuracy: Floats) -> Floats:
        """Full matrices float64[W, K, K]."""
        right = self.right(accuracy).T
        full: Floats = (1 - right)[:, :, None] * self.wrong()[None]
        k = self.pooled.shape[0]
        full[:, np.arange(k), np.arange(k)] = right
        return full


def logit(probability: Floats) -> Floats:
    """Log-odds ln p / (1 − p)."""
    odds: Floats = np.log(probability) - np.log1p(-probability)
    return odds
