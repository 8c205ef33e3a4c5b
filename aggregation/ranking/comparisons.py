"""`Comparisons`: who preferred which of two items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints, lottery, sums, whole_numbers

LEFT, TIE, RIGHT = 1.0, 0.5, 0.0


@dataclass(frozen=True)
class Comparisons:
    """n comparisons, sorted: the same ones in any row order are the same object, bit for bit.

    `left`, `right`, `worker` int64[n]: codes into `item_ids` int64[I] and `worker_ids` int64[W] (sorted, unique);
    `outcome` float64[n]: 1 = left preferred, 0 = right, .5 = neither. Items of different questions have different ids.
    """

    left: Ints
    right: Ints
    worker: Ints
    outcome: Floats
    item_ids: Ints
    worker_ids: Ints

    @property
    def n_items(self) -> int:
        """I."""
        return int(self.item_ids.size)

    @property
    def n_workers(self) -> int:
        """W."""
        return int(self.worker_ids.size)

    @classmethod
    def encode(cls, left: ArrayLike, right: ArrayLike, workers: ArrayLike, outcome: ArrayLike) -> Self:
        """Comparisons from four columns: item ids (any int64), worker ids, outcome 1, .5 or 0 (left, neither, right).

        ValueError names the column and position of what is wrong: an item against itself, another outcome.
        """
        first, second, worker = (
            whole_numbers(column, name) for column, name in ((left, "left"), (right, "right"), (workers, "workers"))
        )
        chosen = np.asarray(outcome, dtype=np.float64)
        if not first.shape == second.shape == worker.shape == chosen.shape:
            sizes = f"{first.size}, {second.size}, {worker.size} and {chosen.size}"
            message = f"left, right, workers and outcome must be of one length, not {sizes}"
            raise ValueError(message)
        _reject(first == second, "left", first, "is compared with itself")
        _reject(~np.isin(chosen, (LEFT, TIE, RIGHT)), "outcome", chosen, "is not 1, .5 or 0")
        item_ids, code = np.unique(np.concatenate([first, second]), return_inverse=True)
        worker_ids, who = np.unique(worker, return_inverse=True)
        a, b = code[: first.size], code[first.size :]
        order = np.lexsort((chosen, who, b, a))
        return cls(a[order], b[order], who[order], chosen[order], item_ids, worker_ids)

    @classmethod
    def from_ranks(cls, workers: ArrayLike, items: Sequence[ArrayLike], ranks: Sequence[ArrayLike]) -> Self:
        """All pairs of rankings, one entry an answer: worker id, item ids (m,), their ranks (m,): low is preferred, equal
        ranks are ties. Which of a pair stands left is drawn by item ids, so that no side is favoured.
        """
        worker = whole_numbers(workers, "workers")
        if not worker.size == len(items) == len(ranks):
            message = (
                f"workers, items and ranks must be of one length, not {worker.size}, {len(items)} and {len(ranks)}"
            )
            raise ValueError(message)
        columns: list[tuple[Ints, Ints, Ints, Floats]] = []
        for row, (names, places) in enumerate(zip(items, ranks, strict=True)):
            item, rank = whole_numbers(names, f"items[{row}]"), whole_numbers(places, f"ranks[{row}]")
            if item.size != rank.size or np.unique(item).size != item.size:
                message = f"items[{row}] must be different items with a rank each"
                raise ValueError(message)
            a, b = np.triu_indices(item.size, 1)
            swap = (lottery(item[a] * 31 + item[b] * 17, 1)[:, 0] >> np.uint64(63)).astype(bool)
            a, b = np.where(swap, b, a), np.where(swap, a, b)
            columns.append((item[a], item[b], np.full(a.size, worker[row]), (np.sign(rank[b] - rank[a]) + 1) / 2))
        if not columns:
            return cls.encode([], [], [], [])
        first, second, who, outcome = (np.concatenate(parts) for parts in zip(*columns, strict=True))
        return cls.encode(first, second, who, outcome)


def ranking(scores: Floats, item_ids: Ints, *, seed: int = 0) -> Ints:
    """Item ids, best score first; scores that are equal to 9 digits are drawn by (seed, id)."""
    drawn = lottery(item_ids, 1, seed)[:, 0]
    return item_ids[np.lexsort((drawn, -np.round(scores, 9)))]


def preference(scores: Floats, error: Floats, first: Ints, second: Ints) -> Floats:
    """Probability that `first` (rows) is preferred to `second`, given doubt about their scores: float64[p].

    The logistic law's mean over a normal one, by MacKay's approximation (1992). `error` float64[I]: standard errors.
    """
    doubt = error[first] ** 2 + error[second] ** 2
    gap = (scores[first] - scores[second]) / np.sqrt(1 + np.pi * doubt / 8)
    chance: Floats = 1 / (1 + np.exp(-np.clip(gap, -500, 500)))
    return chance


def components(first: Ints, second: Ints, n_items: int) -> Ints:
    """Which items are compared with each other, directly or by way of others: a code for each item, int64[I]."""
    label = np.arange(n_items)
    while True:
        least = np.minimum(label[first], label[second])
        new = label.copy()
        np.minimum.at(new, first, least)
        np.minimum.at(new, second, least)
        new = new[new]
        if (new == label).all():
            return np.unique(label, return_inverse=True)[1].astype(np.int64)
        label = new


def level_step(strength: Floats, group: Ints) -> Floats:
    """Factor by which the strengths of items that are compared with each other come nearer their common level: [I].

    Only the weak prior of one item of strength 1 holds that level, and item by item it would be found slowly. The prior's
    curvature is at most ½ an item, so this step never lowers the log-posterior.
    """
    size = np.bincount(group)
    factor: Floats = np.exp(sums(group, (1 - strength) / (1 + strength), size.size) / (size / 2))[group]
    return factor


def paired_sums(comparisons: Comparisons, to_left: Floats, to_right: Floats) -> Floats:
    """Sum per item of what each comparison gives to its left and to its right item: float64[I]."""
    size = comparisons.n_items
    return sums(comparisons.left, to_left, size) + sums(comparisons.right, to_right, size)


def _reject(bad: np.typing.NDArray[np.bool_], name: str, values: np.typing.NDArray[np.generic], why: str) -> None:
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        message = f"{name}[{row}] = {values[row]} {why}"
        raise ValueError(message)
