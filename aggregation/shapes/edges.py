"""Where a shape of d coordinates lies, from what several workers drew: weighted quantiles, freed of each worker's bias.

People draw loosely rather than tightly: their edges scatter further outward than inward, and most of them agree at a
place inside the median. Taking the edges of a thing as asymmetric Laplace draws (Koenker & Machado 1999) around that
place, the best estimate of it is the quantile `skew` of outwardness; how asymmetric they are is read from all things
together, without any truth. What one worker alone does (always large, always too high) is their bias, and taken out.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aggregation.arrays import Floats, Ints, finite_numbers, sums
from aggregation.shapes.geometry import Geometry, Hands, Shapes

# Typical distance between two people's edges as a share of the side, and how many shapes that belief weighs.
BLUR, BLUR_SHAPES = 0.06, 10.0
# Shapes that the belief "no bias" weighs, and the distance beyond which a shape says nothing more of its worker's bias.
BIAS_SHAPES, FAR = 15.0, 0.3
# Belief before data in how people scatter, the edges it weighs, and the range in which data may move it: the extremes of
# three or four people say little of where most would draw.
SKEW_EDGES, LOWEST_SKEW = 100.0, 0.35
ROUNDS = 3


class CoordinateGeometry(Geometry):
    """Shapes that are d numbers. `outward` float64[d]: −1 or 1 by the direction in which the shape grows, 0 if none."""

    outward: Floats

    @abstractmethod
    def yardstick(self, shapes: Shapes) -> Floats:
        """The length that errors of each coordinate scale with, float64[m, d], above 0."""

    @abstractmethod
    def reject_flat(self, shapes: Floats, name: str) -> None:
        """ValueError for the first shape without a size."""

    def checked(self, shapes: ArrayLike, name: str) -> Shapes:
        """See `Geometry`."""
        numbers = finite_numbers(shapes, name, columns=self.dimensions)
        self.reject_flat(numbers, name)
        return numbers

    def order(self, shapes: Shapes, label: Ints, answer: Ints) -> Ints:
        """See `Geometry`."""
        columns = [shapes[:, column] for column in reversed(range(self.dimensions))]
        rows: Ints = np.lexsort((*columns, label, answer))
        return rows

    def place(self, shapes: Shapes, worker: Ints, thing: Ints, n_things: int, hands: Hands) -> Shapes:
        """See `Geometry`: once to know the size that biases scale with, then without the biases."""
        weight = hands.blur[worker] ** -2.0
        quantile = np.where(self.outward < 0, 1 - hands.skew, hands.skew)
        rough = weighted_quantile(shapes, weight, thing, n_things, quantile)
        fair = shapes - self._signs() * hands.bias[worker] * self.yardstick(rough)[thing]
        return weighted_quantile(fair, weight, thing, n_things, quantile)

    def learn(self, shapes: Shapes, worker: Ints, thing: Ints, n_things: int, n_workers: int) -> Hands:
        """See `Geometry`. A few rounds: place, see how each worker deviates, place again."""
        votes = np.bincount(thing, minlength=n_things)
        shared = votes[thing] > 1
        skew = self._skew(shapes, thing, votes)
        hands = Hands(np.full(n_workers, BLUR), np.zeros((n_workers, self.dimensions)), skew)
        quantile = np.where(self.outward < 0, 1 - skew, skew)
        for _ in range(ROUNDS):
            weight = hands.blur[worker] ** -2.0
            rough = weighted_quantile(shapes, weight, thing, n_things, quantile)
            away = self._signs() * (shapes - rough[thing]) / self.yardstick(rough)[thing]
            bias = _shrunk_means(np.clip(away, -FAR, FAR)[shared], worker[shared], n_workers)
            hands = Hands(hands.blur, bias, skew)
            placed = self.place(shapes, worker, thing, n_things, hands)
            yard = self.yardstick(rough)[thing]
            rest = np.abs(shapes - self._signs() * bias[worker] * yard - placed[thing]) / yard
            hands = Hands(shrunk_blur(rest.mean(axis=1)[shared], worker[shared], n_workers), bias, skew)
        return hands

    def _signs(self) -> Floats:
        return np.where(self.outward < 0, -1.0, 1.0)

    def _skew(self, shapes: Shapes, thing: Ints, votes: Ints) -> Floats:
        """Quantile of outwardness at which most draw, float64[d], from deviations from the medians of three or more."""
        even = np.full(self.dimensions, 0.5)
        told = votes[thing] > 2
        middle = weighted_quantile(shapes, np.ones(thing.size), thing, votes.size, even)
        away = self.outward * (shapes - middle[thing])[told] / self.yardstick(middle)[thing][told]
        out, inside = np.maximum(away, 0.0).sum(axis=0), np.maximum(-away, 0.0).sum(axis=0)
        prior = SKEW_EDGES * BLUR / 2
        ratio = (out + prior) / (inside + prior)
        grid = np.linspace(LOWEST_SKEW, 0.5, 151)
        found = np.interp(-np.maximum(ratio, 1 / ratio), -_ratio_of(grid), grid)
        return np.where(self.outward == 0, 0.5, np.where(ratio >= 1, found, 1 - found))


def _ratio_of(skew: Floats) -> Floats:
    """Mean deviation above the median over that below, of an asymmetric Laplace law whose mode is its quantile `skew` ≤ ½.

    In units of its scale: above the median it is exponential with mean 1/skew, so the mean of the positive part is
    1/(2 skew); the mean lies (1 − 2 skew) / (skew (1 − skew)) and the median ln(2 (1 − skew)) / skew above the mode.
    """
    above = 0.5 / skew
    gap = (1 - 2 * skew) / (skew * (1 - skew)) - np.log(2 * (1 - skew)) / skew
    ratio: Floats = above / (above - gap)
    return ratio


def _shrunk_means(values: Floats, worker: Ints, n_workers: int) -> Floats:
    """Mean of each column per worker, drawn to 0 with the weight of `BIAS_SHAPES`: float64[W, d]."""
    count = np.bincount(worker, minlength=n_workers) + BIAS_SHAPES
    return np.stack([sums(worker, column, n_workers) / count for column in values.T], axis=1)


def shrunk_blur(away: Floats, worker: Ints, n_workers: int) -> Floats:
    """Mean of `away` per worker, drawn to the crowd's and that to `BLUR`, with the weight of `BLUR_SHAPES`: float64[W]."""
    crowd = (away.sum() + BLUR_SHAPES * BLUR) / (away.size + BLUR_SHAPES)
    blur: Floats = (sums(worker, away, n_workers) + BLUR_SHAPES * crowd) / (
        np.bincount(worker, minlength=n_workers) + BLUR_SHAPES
    )
    return blur


def weighted_quantile(values: Floats, weights: Floats, group: Ints, n_groups: int, quantile: Floats) -> Floats:
    """Weighted quantile (float64[d], one per column) of float64[m, d] within each group: float64[n_groups, d].

    Interpolated between the two values around that share of the weight (each value sits at the middle of its weight), so
    equal weights give at .5 the usual median, two values their mean. Every group must have a member.
    """
    total = sums(group, weights, n_groups)
    last = np.cumsum(np.bincount(group, minlength=n_groups)) - 1
    first = np.append(0, last[:-1] + 1) if n_groups else last
    out = np.empty((n_groups, values.shape[1]))
    for column in range(values.shape[1]):
        order = np.lexsort((values[:, column], group))
        value, weight, of = values[order, column], weights[order], group[order]
        passed = np.cumsum(weight)
        within = passed - (passed[first] - weight[first])[of]
        place = (within - weight / 2) / total[of]
        share = quantile[column]
        low = np.clip(first + np.bincount(of[place <= share], minlength=n_groups) - 1, first, last)
        high = np.minimum(low + 1, last)
        gap = place[high] - place[low]
        step = np.divide(share - place[low], gap, out=np.zeros(n_groups), where=gap > 0)
        out[:, column] = value[low] + np.clip(step, 0.0, 1.0) * (value[high] - value[low])
    return out


def first_bad(bad: NDArray[Any], shapes: NDArray[Any], name: str, why: str) -> None:
    """ValueError "name[row] = shape why" for the first row that is `bad`."""
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        message = f"{name}[{row}] = {shapes[row].tolist()} {why}"
        raise ValueError(message)
