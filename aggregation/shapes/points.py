"""Points x, y: alike by distance relative to a scale."""

from __future__ import annotations

import math

import numpy as np

from aggregation.arrays import Floats
from aggregation.shapes.edges import CoordinateGeometry
from aggregation.shapes.geometry import Shapes

# Likeness falls below all that matters (.02) beyond this many scales.
REACH = 2.8


class PointGeometry(CoordinateGeometry):
    """Points as float64[m, 2]. Two are alike by exp(−½ (distance / scale)²): `scale` is the distance, in the units of the
    points, at which two clicks may still mean the same thing. ValueError unless it is above 0.
    """

    name = "point"
    dimensions = 2
    outward = np.zeros(2)

    def __init__(self, scale: float) -> None:
        if not (math.isfinite(scale) and scale > 0):
            message = f"scale must be a number above 0, not {scale}"
            raise ValueError(message)
        self.scale = scale

    def reject_flat(self, shapes: Floats, name: str) -> None:
        """A point needs no size."""

    def extent(self, shapes: Shapes) -> Floats:
        """See `Geometry`."""
        half = REACH / 2 * self.scale
        return np.concatenate([shapes - half, shapes + half], axis=1)

    def similarity(self, first: Shapes, second: Shapes) -> Floats:
        """See `Geometry`."""
        apart = ((first - second) ** 2).sum(axis=-1) / self.scale**2
        likeness: Floats = np.exp(-0.5 * apart)
        return likeness

    def yardstick(self, shapes: Shapes) -> Floats:
        """The scale, for both coordinates."""
        return np.full(shapes.shape, self.scale)
