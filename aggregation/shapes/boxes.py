"""Boxes x1, y1, x2, y2: overlap, and what the fusion must know of them."""

from __future__ import annotations

import numpy as np

from aggregation.arrays import Floats
from aggregation.shapes.edges import CoordinateGeometry, first_bad
from aggregation.shapes.geometry import Shapes


class BoxGeometry(CoordinateGeometry):
    """Boxes x1 < x2, y1 < y2 as float64[m, 4]; alike by intersection over union."""

    name = "box"
    dimensions = 4
    outward = np.array([-1.0, -1.0, 1.0, 1.0])

    def reject_flat(self, shapes: Floats, name: str) -> None:
        """See `CoordinateGeometry`."""
        flat = (shapes[:, 0] >= shapes[:, 2]) | (shapes[:, 1] >= shapes[:, 3])
        first_bad(flat, shapes, name, "must have x1 < x2 and y1 < y2")

    def extent(self, shapes: Shapes) -> Floats:
        """See `Geometry`."""
        return shapes

    def similarity(self, first: Shapes, second: Shapes) -> Floats:
        """See `Geometry`."""
        return iou_pairs(first, second)

    def yardstick(self, shapes: Shapes) -> Floats:
        """Width for the left and right edge, height for the others."""
        side = np.maximum(shapes[:, 2:] - shapes[:, :2], 1e-9)
        return np.concatenate([side, side], axis=1)


BOXES = BoxGeometry()


def iou_pairs(first: Floats, second: Floats) -> Floats:
    """Intersection over union of boxes that broadcast: (…, 4), (…, 4) → float64[…]; 0 where they do not touch."""
    width = np.minimum(first[..., 2], second[..., 2]) - np.maximum(first[..., 0], second[..., 0])
    height = np.minimum(first[..., 3], second[..., 3]) - np.maximum(first[..., 1], second[..., 1])
    shared = np.maximum(width, 0.0) * np.maximum(height, 0.0)
    union = area(first) + area(second) - shared
    share: Floats = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return share


def iou_matrix(first: Floats, second: Floats) -> Floats:
    """Intersection over union of each pair: (a, 4), (b, 4) → float64[a, b]."""
    return iou_pairs(first[:, None, :], second[None, :, :])


def area(box: Floats) -> Floats:
    """Area of (…, 4)."""
    result: Floats = (box[..., 2] - box[..., 0]) * (box[..., 3] - box[..., 1])
    return result
