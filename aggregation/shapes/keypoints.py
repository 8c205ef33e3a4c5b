"""Skeletons: k named points each, alike as COCO's keypoints are (OKS), fused point by point."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints, finite_numbers, sums
from aggregation.shapes.edges import weighted_quantile
from aggregation.shapes.geometry import Hands, Shapes
from aggregation.shapes.whole import WholeGeometry

# Distance, as a share of the skeleton's size, at which two people may still mean the same point: 2σ of COCO's middle joints.
SPREAD = 0.15


class KeypointGeometry(WholeGeometry):
    """Skeletons of k points as float64[m, 3k]: x, y, seen (0: not there, 1: hidden, 2: to be seen) of each point. Alike by
    the mean of exp(−½ (distance / (SPREAD · size))²) over the points that either has, 0 for those that one alone has.
    """

    name = "keypoints"

    def __init__(self, count: int) -> None:
        if count < 1:
            message = f"count must be 1 or more, not {count}"
            raise ValueError(message)
        self.count = count

    def checked(self, shapes: ArrayLike, name: str) -> Shapes:
        """See `Geometry`."""
        numbers = finite_numbers(shapes, name, columns=3 * self.count)
        empty = np.flatnonzero((self._seen(numbers) == 0).all(axis=1))
        if empty.size:
            message = f"{name}[{empty[0]}] has no point"
            raise ValueError(message)
        return numbers

    def order(self, shapes: Shapes, label: Ints, answer: Ints) -> Ints:
        """See `Geometry`."""
        rows: Ints = np.lexsort((*shapes.T[::-1], label, answer))
        return rows

    def extent(self, shapes: Shapes) -> Floats:
        """See `Geometry`."""
        there = self._seen(shapes)[..., None] > 0
        at = self._at(shapes)
        low = np.where(there, at, np.inf).min(axis=1)
        high = np.where(there, at, -np.inf).max(axis=1)
        slack = SPREAD * self._size(shapes)[:, None]
        return np.concatenate([low - slack, high + slack], axis=1)

    def similarity(self, first: Shapes, second: Shapes) -> Floats:
        """See `Geometry`."""
        mine, theirs = self._seen(first) > 0, self._seen(second) > 0
        size = np.maximum(self._size(first), self._size(second))[:, None]
        apart = np.hypot(*np.moveaxis(self._at(first) - self._at(second), -1, 0)) / (SPREAD * size)
        alike = np.where(mine & theirs, np.exp(-0.5 * apart**2), 0.0)
        either = (mine | theirs).sum(axis=1)
        likeness: Floats = alike.sum(axis=1) / np.maximum(either, 1)
        return likeness

    def place(self, shapes: Shapes, worker: Ints, thing: Ints, n_things: int, hands: Hands) -> Shapes:
        """See `Geometry`: of each point the median of those who have it; it is there if most of the weight says so, and
        hidden or to be seen as most of those say.
        """
        weight = hands.blur[worker] ** -2.0
        fused = np.zeros((n_things, self.count, 3))
        seen, at = self._seen(shapes), self._at(shapes)
        total = sums(thing, weight, n_things)
        for point in range(self.count):
            has = np.flatnonzero(seen[:, point] > 0)
            mass = sums(thing[has], weight[has], n_things)
            visible = sums(thing[has], weight[has] * (seen[has, point] > 1), n_things)
            there, rank = np.unique(thing[has], return_inverse=True)
            middle = weighted_quantile(at[has, point], weight[has], rank, there.size, np.full(2, 0.5))
            kept = 2 * mass[there] >= total[there]
            fused[there[kept], point, :2] = middle[kept]
            fused[there[kept], point, 2] = np.where(2 * visible[there] >= mass[there], 2.0, 1.0)[kept]
        empty = np.flatnonzero((fused[..., 2] == 0).all(axis=1))
        first = np.full(n_things, -1)
        first[thing[::-1]] = np.arange(thing.size)[::-1]
        flat = fused.reshape(n_things, 3 * self.count)
        # Where no point has most of the weight behind it, one person's skeleton is better than none.
        flat[empty] = shapes[first[empty]]
        return flat

    def _at(self, shapes: Shapes) -> Floats:
        return shapes.reshape(len(shapes), self.count, 3)[..., :2]

    def _seen(self, shapes: Shapes) -> Floats:
        return shapes.reshape(len(shapes), self.count, 3)[..., 2]

    def _size(self, shapes: Shapes) -> Floats:
        """Root of the area of the box around the points, not below a tenth of its longer side nor below 1: float64[m]."""
        there = self._seen(shapes)[..., None] > 0
        at = self._at(shapes)
        low, high = np.where(there, at, np.inf).min(axis=1), np.where(there, at, -np.inf).max(axis=1)
        side = np.maximum(high - low, 0.0)
        longer = side.max(axis=1)
        size: Floats = np.maximum(np.sqrt(np.maximum(side.prod(axis=1), (0.1 * longer) ** 2)), 1.0)
        return size
