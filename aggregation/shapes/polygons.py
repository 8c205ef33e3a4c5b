"""Polygons as outlines: exact overlap, and the outline in the middle of several."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints
from aggregation.shapes.geometry import Hands, Shapes
from aggregation.shapes.outlines import middle_outline
from aggregation.shapes.whole import RaggedGeometry, fused_each

# Pairs of edges worked on at once: bounds memory.
BLOCK = 1_000_000


class PolygonGeometry(RaggedGeometry):
    """Outlines float64[v, 2] of three or more corners that do not cross themselves, as object[m]; alike by intersection
    over union, exactly. Where an outline does cross itself, parts count as often as it winds around them.
    """

    name = "polygon"

    def checked(self, shapes: ArrayLike, name: str) -> Shapes:
        """See `Geometry`. Outlines are turned to run the same way round."""
        outlines: list[ArrayLike] = list(shapes)  # type: ignore[arg-type]  # a ragged sequence is no array
        found = np.empty(len(outlines), dtype=object)
        for row, outline in enumerate(outlines):
            corner = np.asarray(outline, dtype=np.float64)
            if corner.ndim != 2 or corner.shape[0] < 3 or corner.shape[1] != 2:
                message = f"{name}[{row}] must hold three or more corners x, y, not the shape {corner.shape}"
                raise ValueError(message)
            if not np.isfinite(corner).all():
                message = f"{name}[{row}] holds a number that is not finite"
                raise ValueError(message)
            area = float(signed_area(corner))
            if abs(area) <= 1e-12 * np.ptp(corner, axis=0).max() ** 2:
                message = f"{name}[{row}] = {corner.tolist()} has no area"
                raise ValueError(message)
            found[row] = corner if area > 0 else corner[::-1].copy()
        return found

    def extent(self, shapes: Shapes) -> Floats:
        """See `Geometry`."""
        boxes = [np.concatenate([corner.min(axis=0), corner.max(axis=0)]) for corner in shapes]
        return np.array(boxes).reshape(-1, 4)

    def similarity(self, first: Shapes, second: Shapes) -> Floats:
        """See `Geometry`."""
        out, begin = np.zeros(len(first)), 0
        while begin < len(first):
            corners = [max(map(len, some[begin : begin + 256])) for some in (first, second)]
            rows = slice(begin, begin + max(1, min(256, BLOCK // (corners[0] * corners[1]))))
            out[rows] = _overlap(_padded(first[rows]), _padded(second[rows]))
            begin = rows.stop
        return out

    def place(self, shapes: Shapes, worker: Ints, thing: Ints, n_things: int, hands: Hands) -> Shapes:
        """See `Geometry`."""
        return fused_each(middle_outline, shapes, hands.blur[worker] ** -2.0, thing, n_things)


POLYGONS = PolygonGeometry()


def signed_area(corner: Floats) -> Floats:
    """Area of outlines (…, v, 2), above 0 where y grows on the way round from x to y (counter-clockwise with y upward)."""
    x, y = corner[..., 0], corner[..., 1]
    area: Floats = 0.5 * (x * np.roll(y, -1, axis=-1) - np.roll(x, -1, axis=-1) * y).sum(axis=-1)
    return area


def _padded(shapes: Shapes) -> Floats:
    """Outlines with as many corners each, the last one repeated: float64[p, v, 2]."""
    size = max(map(len, shapes))
    return np.stack([np.concatenate([corner, np.repeat(corner[-1:], size - len(corner), axis=0)]) for corner in shapes])


def _overlap(first: Floats, second: Floats) -> Floats:
    """Intersection over union of pairs of outlines [p, v, 2], [p, u, 2]."""
    origin = np.minimum(first.min(axis=1), second.min(axis=1))[:, None]
    shared = np.maximum(_shared_area(first - origin, second - origin), 0.0)
    union = signed_area(first) + signed_area(second) - shared
    return np.clip(np.divide(shared, union, out=np.zeros_like(shared), where=union > 0), 0.0, 1.0)


def _shared_area(first: Floats, second: Floats) -> Floats:
    """Area inside both, float64[p]; all y ≥ 0.

    An outline is the sum of the strips between its edges and y = 0, those that run to the left counted negative. Two
    strips share the area under the lower edge over the x that both span: the integral of the smaller of two lines.
    """
    (xa, ya, xb, yb), (xc, yc, xd, yd) = _edges(first, 2), _edges(second, 1)
    low = np.maximum(np.minimum(xa, xb), np.minimum(xc, xd))
    high = np.minimum(np.maximum(xa, xb), np.maximum(xc, xd))
    width = np.maximum(high - low, 0.0)
    heights = []
    for x0, y0, x1, y1 in ((xa, ya, xb, yb), (xc, yc, xd, yd)):
        run = np.where(x1 == x0, 1.0, x1 - x0)
        heights.append([y0 + (y1 - y0) * (x - x0) / run for x in (low, high)])
    (f_low, f_high), (g_low, g_high) = heights
    d_low, d_high = f_low - g_low, f_high - g_high
    reach = np.abs(d_low) + np.abs(d_high)
    crossing = np.divide(d_low**2 + d_high**2, reach, out=np.zeros_like(reach), where=reach > 0)
    apart = np.where(d_low * d_high >= 0, reach, crossing)
    strip = width * (f_low + f_high + g_low + g_high - apart) / 4
    shared: Floats = (np.sign(xb - xa) * np.sign(xd - xc) * strip).sum(axis=(1, 2))
    return shared


def _edges(corner: Floats, axis: int) -> tuple[Floats, Floats, Floats, Floats]:
    """x, y of the beginnings and x, y of the ends of edges, with a new axis to meet the other's."""
    begin, end = np.expand_dims(corner, axis), np.expand_dims(np.roll(corner, -1, axis=1), axis)
    return begin[..., 0], begin[..., 1], end[..., 0], end[..., 1]
