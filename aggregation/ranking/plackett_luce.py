"""Plackett (1975) & Luce (1959): the next best is chosen among those left with probability as its strength."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints, sums, whole_numbers
from aggregation.ranking.comparisons import components, level_step, ranking


@dataclass(frozen=True)
class Rankings:
    """r rankings without ties, best first; each of two or more different items, not necessarily of all.

    `answer` int64[m]: the ranking a place belongs to, sorted; `item` int64[m]: codes into `item_ids` int64[I]. For
    rankings with ties see `Comparisons.from_ranks`.
    """

    answer: Ints
    item: Ints
    item_ids: Ints

    @classmethod
    def encode(cls, rankings: Sequence[ArrayLike]) -> Self:
        """From item ids of each ranking, best first. ValueError names a ranking that is too short or names one twice."""
        rows = [whole_numbers(row, f"rankings[{number}]") for number, row in enumerate(rankings)]
        for number, row in enumerate(rows):
            if row.size < 2 or np.unique(row).size != row.size:
                message = f"rankings[{number}] = {row.tolist()} must hold two or more different items"
                raise ValueError(message)
        rows = sorted(rows, key=lambda row: row.tolist())
        flat = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
        item_ids, item = np.unique(flat, return_inverse=True)
        return cls(np.repeat(np.arange(len(rows)), [row.size for row in rows]), item, item_ids)


class PlackettLuce:
    """Fitted by minorisation–maximisation (Hunter 2004). `prior` as in `BradleyTerry`, which this is for pairs.

    After `fit`: `scores_` float64[I] (log strength), `objective_`, `n_iter_`, `converged_`.
    """

    def __init__(self, *, prior: float = 0.1, tol: float = 1e-8, max_iter: int = 10_000) -> None:
        if not prior > 0:
            message = f"prior must be above 0, not {prior}"
            raise ValueError(message)
        self.prior, self.tol, self.max_iter = prior, tol, max_iter

    def fit(self, rankings: Rankings, start: ArrayLike | None = None) -> Self:
        """Fit; `start` float64[I] are scores to begin with."""
        answer, item, size = rankings.answer, rankings.item, rankings.item_ids.size
        strength = np.exp(np.zeros(size) if start is None else np.asarray(start, dtype=np.float64))
        first = np.flatnonzero(np.diff(answer, prepend=-1))
        choice = np.diff(answer, append=-1) == 0  # the last of a ranking is no choice
        wins = sums(item[choice], np.ones(int(choice.sum())), size) + self.prior
        group = components(item[choice], item[1:][choice[:-1]], size)
        self.objective_: list[float] = []
        self.n_iter_, self.converged_ = 0, False
        while self.n_iter_ < self.max_iter and not self.converged_:
            left = _from_here(strength[item], first, answer)
            offered = _until_here(np.where(choice, 1 / left, 0.0), first, answer)
            step = wins / (sums(item, offered, size) + 2 * self.prior / (strength + 1))
            step *= level_step(step, group)
            self.converged_ = bool(np.abs(np.log(step / strength)).max(initial=0.0) < self.tol)
            strength = step
            self.n_iter_ += 1
            chosen = np.log(_from_here(strength[item], first, answer)[choice]).sum()
            against = 2 * self.prior * np.log1p(strength).sum()
            self.objective_.append(float((wins * np.log(strength)).sum() - chosen - against))
        self.item_ids_ = rankings.item_ids
        self.scores_: Floats = np.log(strength)
        return self

    def ranking(self, *, seed: int = 0) -> Ints:
        """Item ids, best first."""
        return ranking(self.scores_, self.item_ids_, seed=seed)


def _until_here(values: Floats, first: Ints, answer: Ints) -> Floats:
    """Running sum within each ranking: float64[m]."""
    passed = np.cumsum(values)
    before = (passed - values)[first]
    return passed - before[answer]


def _from_here(values: Floats, first: Ints, answer: Ints) -> Floats:
    """Sum of the values from each place to the end of its ranking: float64[m]."""
    total = np.add.reduceat(values, first)[answer] if values.size else values
    result: Floats = total - _until_here(values, first, answer) + values
    return result
