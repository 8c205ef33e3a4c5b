"""Noisy Bradley-Terry: some answers are given without looking, and some workers give many of them."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints, sums
from aggregation.ranking.comparisons import Comparisons, components, paired_sums, preference, ranking

# Beta belief in a worker's attention (answers looked at, answers not), and guesses that a worker's bias begins with.
LOOKED, GUESSED = 6.0, 2.0
GUESSES = 4.0


class NoisyBradleyTerry:
    """Each answer is either looked at, and follows the items' scores, or guessed by the worker's bias (left, right, tie).

    Looked at, P(left), P(right), P(tie) ∝ e^{d/2}, e^{−d/2}, ν with d the difference of scores (Davidson 1970). EM over
    who looked; scores, normal with variance `spread`, step along a quadratic minorant, so the log-posterior never falls.
    The idea of a worker's skill and bias is Chen et al. (2013) and Bugakova et al. (2019). After `fit`: `scores_` and
    `error_` float64[I], `attention_` float64[W] (share of answers looked at), `guess_` float64[W, 3] (left, right, tie),
    `tie_` (ν), `looked_` float64[n] (probability that each comparison was looked at), `objective_`, `n_iter_`,
    `converged_`.
    """

    def __init__(self, *, spread: float = 16.0, tol: float = 1e-6, max_iter: int = 5_000) -> None:
        if not spread > 0:
            message = f"spread must be above 0, not {spread}"
            raise ValueError(message)
        self.spread, self.tol, self.max_iter = spread, tol, max_iter

    def fit(self, comparisons: Comparisons, start: ArrayLike | None = None) -> Self:
        """Fit; `start` float64[I] are scores to begin with."""
        c = comparisons
        said = np.where(c.outcome == 1.0, 0, np.where(c.outcome == 0.0, 1, 2))
        self.scores_: Floats = np.zeros(c.n_items) if start is None else np.array(start, dtype=np.float64)
        self.attention_: Floats = np.full(c.n_workers, LOOKED / (LOOKED + GUESSED))
        self.guess_: Floats = np.full((c.n_workers, 3), 1 / 3)
        self.tie_ = 1.0
        self.objective_: list[float] = []
        self.n_iter_, self.converged_ = 0, False
        rows, group = np.arange(said.size), components(c.left, c.right, c.n_items)
        while True:
            looked = self.attention_[c.worker] * self._chances(c)[rows, said]
            guessed = (1 - self.attention_[c.worker]) * self.guess_[c.worker, said]
            self.looked_: Floats = looked / (looked + guessed)
            self.objective_.append(float(np.log(looked + guessed).sum()) + self._log_prior())
            if self.converged_ or self.n_iter_ == self.max_iter:
                break
            before = self.scores_
            self._maximise(c, said, group)
            self.n_iter_ += 1
            self.converged_ = bool(np.abs(self.scores_ - before).max(initial=0.0) < self.tol)
        self.comparisons_ = c
        chance = self._chances(c)
        mean = chance[:, 0] + chance[:, 2] / 2
        curve = self.looked_ * (chance[:, 0] + chance[:, 2] / 4 - mean**2)
        self.error_: Floats = 1 / np.sqrt(paired_sums(c, curve, curve) + 1 / self.spread)
        return self

    def _chances(self, c: Comparisons) -> Floats:
        """Probability of left, right, tie of each comparison, if looked at: float64[n, 3]."""
        half = (self.scores_[c.left] - self.scores_[c.right]) / 2
        odds = np.stack([np.exp(half), np.exp(-half), np.full(half.size, self.tie_)], axis=1)
        chances: Floats = odds / odds.sum(axis=1, keepdims=True)
        return chances

    def _maximise(self, c: Comparisons, said: Ints, group: Ints) -> None:
        n, looked = c.n_workers, self.looked_
        answers = np.bincount(c.worker, minlength=n)
        self.attention_ = (sums(c.worker, looked, n) + LOOKED) / (answers + LOOKED + GUESSED)
        guesses = sums(c.worker * 3 + said, 1 - looked, 3 * n).reshape(n, 3) + GUESSES / 3
        self.guess_ = guesses / guesses.sum(axis=1, keepdims=True)
        chance = self._chances(c)
        pull = looked * (c.outcome - chance[:, 0] - chance[:, 2] / 2)
        # The outcome's variance is at most ¼, and (a − b)² ≤ 2 a² + 2 b²: half the answers bound each item's curvature.
        bound = paired_sums(c, looked, looked) / 2 + 1 / self.spread
        self.scores_ = self.scores_ + (paired_sums(c, pull, -pull) - self.scores_ / self.spread) / bound
        # Only the prior holds the level of items that are compared with each other: its maximum is their mean at 0.
        level = sums(group, self.scores_, c.n_items) / np.maximum(np.bincount(group, minlength=c.n_items), 1)
        self.scores_ = self.scores_ - level[group]
        half = (self.scores_[c.left] - self.scores_[c.right]) / 2
        rest = (looked / (np.exp(half) + np.exp(-half) + self.tie_)).sum()
        self.tie_ = float(((looked * (said == 2)).sum() + 1) / (rest + 1))

    def _log_prior(self) -> float:
        attention = LOOKED * np.log(self.attention_) + GUESSED * np.log1p(-self.attention_)
        guess = GUESSES / 3 * np.log(self.guess_)
        scores = -(self.scores_**2) / (2 * self.spread)
        return float(attention.sum() + guess.sum() + scores.sum() + np.log(self.tie_) - self.tie_)

    def ranking(self, *, seed: int = 0) -> Ints:
        """Item ids, best first."""
        return ranking(self.scores_, self.comparisons_.item_ids, seed=seed)

    def preference(self, first: Ints, second: Ints) -> Floats:
        """Probability that item codes `first` are preferred to `second` by one who looks and decides: float64[p]."""
        return preference(self.scores_, self.error_, first, second)
