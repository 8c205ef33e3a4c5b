"""Open lines: alike by how far apart they run, and the line in the middle of several."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints
from aggregation.shapes.edges import weighted_quantile
from aggregation.shapes.geometry import Hands, Shapes
from aggregation.shapes.points import REACH
from aggregation.shapes.whole import RaggedGeometry

# Points at equal distances along a line by which it is compared and placed.
STEPS = 33


class LineGeometry(RaggedGeometry):
    """Lines float64[v, 2] of two or more points, drawn from either end, as object[m]. Two are alike by
    exp(−½ (mean distance / scale)²), the distance taken between points at the same share of their lengths. ValueError
    unless `scale` is above 0.
    """

    name = "line"

    def __init__(self, scale: float) -> None:
        if not (math.isfinite(scale) and scale > 0):
            message = f"scale must be a number above 0, not {scale}"
            raise ValueError(message)
        self.scale = scale

    def checked(self, shapes: ArrayLike, name: str) -> Shapes:
        """See `Geometry`."""
        lines: list[ArrayLike] = list(shapes)  # type: ignore[arg-type]  # a ragged sequence is no array
        found = np.empty(len(lines), dtype=object)
        for row, line in enumerate(lines):
            point = np.asarray(line, dtype=np.float64)
            if point.ndim != 2 or point.shape[0] < 2 or point.shape[1] != 2 or not np.isfinite(point).all():
                message = f"{name}[{row}] must hold two or more finite points x, y"
                raise ValueError(message)
            if not np.ptp(point, axis=0).any():
                message = f"{name}[{row}] = {point.tolist()} has no length"
                raise ValueError(message)
            found[row] = point
        return found

    def extent(self, shapes: Shapes) -> Floats:
        """See `Geometry`."""
        half = REACH / 2 * self.scale
        boxes = [np.concatenate([line.min(axis=0) - half, line.max(axis=0) + half]) for line in shapes]
        return np.array(boxes).reshape(-1, 4)

    def similarity(self, first: Shapes, second: Shapes) -> Floats:
        """See `Geometry`."""
        if not len(first):
            return np.zeros(0)
        apart = np.minimum(*_distances(evenly(first), evenly(second)))
        likeness: Floats = np.exp(-0.5 * (apart / self.scale) ** 2)
        return likeness

    def place(self, shapes: Shapes, worker: Ints, thing: Ints, n_things: int, hands: Hands) -> Shapes:
        """See `Geometry`: the median of points at the same share of the length, all lines run the same way. A line that
        one person alone drew stays as it is.
        """
        weight = hands.blur[worker] ** -2.0
        points = evenly(shapes)
        model = np.zeros((n_things, STEPS, 2))
        model[thing[::-1]] = points[::-1]
        straight, turned = _distances(points, model[thing])
        points = np.where((turned < straight)[:, None, None], points[:, ::-1], points)
        middle = weighted_quantile(
            points.reshape(len(points), 2 * STEPS), weight, thing, n_things, np.full(2 * STEPS, 0.5)
        ).reshape(n_things, STEPS, 2)
        alone = np.bincount(thing, minlength=n_things) == 1
        fused = np.empty(n_things, dtype=object)
        for number in range(n_things):
            fused[number] = middle[number]
        for row in np.flatnonzero(alone[thing]):
            fused[thing[row]] = shapes[row]
        return fused


def evenly(lines: Shapes) -> Floats:
    """`STEPS` points at equal distances along each line, its ends among them: float64[m, STEPS, 2]."""
    points = np.zeros((len(lines), STEPS, 2))
    for row, line in enumerate(lines):
        passed = np.append(0.0, np.cumsum(np.hypot(*np.diff(line, axis=0).T)))
        at = np.linspace(0.0, passed[-1], STEPS)
        points[row] = np.stack([np.interp(at, passed, line[:, axis]) for axis in (0, 1)], axis=1)
    return points


def _distances(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Mean distance of points [p, STEPS, 2] of the same rank, and with the first line run from its other end."""
    straight = np.hypot(*np.moveaxis(first - second, -1, 0)).mean(axis=1)
    turned = np.hypot(*np.moveaxis(first[:, ::-1] - second, -1, 0)).mean(axis=1)
    return straight, turned
