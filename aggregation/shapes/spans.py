"""Spans start, end of a text or a recording: boxes of one dimension."""

from __future__ import annotations

import numpy as np

from aggregation.arrays import Floats
from aggregation.shapes.edges import CoordinateGeometry, first_bad
from aggregation.shapes.geometry import Shapes


class SpanGeometry(CoordinateGeometry):
    """Spans start < end as float64[m, 2], end excluded; alike by length in common over length covered."""

    name = "span"
    dimensions = 2
    outward = np.array([-1.0, 1.0])

    def reject_flat(self, shapes: Floats, name: str) -> None:
        """See `CoordinateGeometry`."""
        first_bad(shapes[:, 0] >= shapes[:, 1], shapes, name, "must have start < end")

    def extent(self, shapes: Shapes) -> Floats:
        """See `Geometry`."""
        zero = np.zeros(shapes.shape[0])
        return np.stack([shapes[:, 0], zero, shapes[:, 1], zero + 1], axis=1)

    def similarity(self, first: Shapes, second: Shapes) -> Floats:
        """See `Geometry`."""
        shared = np.minimum(first[..., 1], second[..., 1]) - np.maximum(first[..., 0], second[..., 0])
        shared = np.maximum(shared, 0.0)
        covered = first[..., 1] - first[..., 0] + second[..., 1] - second[..., 0] - shared
        share: Floats = np.divide(shared, covered, out=np.zeros_like(shared), where=covered > 0)
        return share

    def yardstick(self, shapes: Shapes) -> Floats:
        """The length, for both ends."""
        length = np.maximum(shapes[:, 1:] - shapes[:, :1], 1e-9)
        return np.repeat(length, 2, axis=1)


SPANS = SpanGeometry()
