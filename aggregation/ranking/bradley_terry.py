"""Bradley & Terry (1952): an item of strength p is preferred to one of strength q with probability p / (p + q)."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints
from aggregation.ranking.comparisons import Comparisons, components, level_step, paired_sums, preference, ranking


class BradleyTerry:
    """Fitted by minorisation–maximisation (Hunter 2004); a tie is half a win for each.

    `prior`: each item has also won and lost so many comparisons against an item of strength 1, which keeps scores finite
    where somebody always wins, and puts questions that share no item on one scale. After `fit`: `scores_` float64[I] (log
    strength), `error_` float64[I] (standard error given the others' scores), `objective_` (log-posterior after each
    iteration, never falling), `n_iter_`, `converged_`.
    """

    def __init__(self, *, prior: float = 0.1, tol: float = 1e-8, max_iter: int = 10_000) -> None:
        if not prior > 0:
            message = f"prior must be above 0, not {prior}"
            raise ValueError(message)
        self.prior, self.tol, self.max_iter = prior, tol, max_iter

    def fit(self, comparisons: Comparisons, start: ArrayLike | None = None) -> Self:
        """Fit; `start` float64[I] are scores to begin with. Without comparisons nothing is scored."""
        c = comparisons
        strength = np.exp(np.zeros(c.n_items) if start is None else np.asarray(start, dtype=np.float64))
        wins = paired_sums(c, c.outcome, 1 - c.outcome) + self.prior
        group = components(c.left, c.right, c.n_items)
        self.objective_: list[float] = []
        self.n_iter_, self.converged_ = 0, False
        while self.n_iter_ < self.max_iter and not self.converged_:
            met = 1 / (strength[c.left] + strength[c.right])
            step = wins / (paired_sums(c, met, met) + 2 * self.prior / (strength + 1))
            step *= level_step(step, group)
            self.converged_ = bool(np.abs(np.log(step / strength)).max(initial=0.0) < self.tol)
            strength = step
            self.n_iter_ += 1
            self.objective_.append(self._objective(c, strength, wins))
        self.comparisons_ = c
        self.scores_: Floats = np.log(strength)
        chance = strength[c.left] / (strength[c.left] + strength[c.right])
        spread = chance * (1 - chance)
        self.error_: Floats = 1 / np.sqrt(
            paired_sums(c, spread, spread) + 2 * self.prior * strength / (1 + strength) ** 2
        )
        return self

    def _objective(self, c: Comparisons, strength: Floats, wins: Floats) -> float:
        met = np.log(strength[c.left] + strength[c.right]).sum() + 2 * self.prior * np.log1p(strength).sum()
        return float((wins * np.log(strength)).sum() - met)

    def ranking(self, *, seed: int = 0) -> Ints:
        """Item ids, best first."""
        return ranking(self.scores_, self.comparisons_.item_ids, seed=seed)

    def preference(self, first: Ints, second: Ints) -> Floats:
        """Probability that item codes `first` are preferred to `second`, given the doubt about their scores: float64[p]."""
        return preference(self.scores_, self.error_, first, second)
