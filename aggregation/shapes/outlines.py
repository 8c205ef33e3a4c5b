"""The outline in the middle of several: shape-based averaging (Rohlfing & Maurer 2007) on a grid.

At each point of the grid the weighted median of the signed distances to the outlines is above 0 where most of the weight
lies inside; its zero line is the fused outline, finer than the grid.
"""

from __future__ import annotations

import numpy as np

from aggregation.arrays import Bools, Floats, Ints

# Points along the longer side, and how far (in grid steps) a corner may stand off before it is kept.
GRID = 48
STRAIGHT = 0.2


def middle_outline(outlines: list[Floats], weight: Floats) -> Floats:
    """Fused outline float64[v, 2]; the only one as it is, the heaviest where most of the weight agrees on nothing."""
    heaviest = outlines[int(weight.argmax())]
    if len(outlines) == 1 or all(np.array_equal(one, heaviest) for one in outlines):
        return heaviest
    corners = np.concatenate(outlines)
    low, high = corners.min(axis=0), corners.max(axis=0)
    step = float((high - low).max()) / GRID
    origin = low - 1.5 * step
    columns, rows = (int(np.ceil(size / step)) + 4 for size in (high - low).tolist())
    point = origin + step * np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1).reshape(-1, 2)
    distance = np.stack([signed_distance(one, point) for one in outlines])
    field = _weighted_medians(distance, weight).reshape(rows, columns)
    loops = _zero_lines(field)
    if not loops:
        return heaviest
    largest = max(loops, key=lambda loop: abs(_area(loop)))
    turned = largest if _area(largest) > 0 else largest[::-1]
    fused: Floats = origin + step * _straightened(turned)
    return fused


def signed_distance(outline: Floats, point: Floats) -> Floats:
    """Distance of points [g, 2] to an outline [v, 2], float64[g], above 0 inside (even–odd rule)."""
    begin, end = outline, np.roll(outline, -1, axis=0)
    run = end - begin
    away = point[:, None] - begin
    along = (away * run).sum(axis=2) / np.maximum((run**2).sum(axis=1), 1e-300)
    nearest = ((away - np.clip(along, 0.0, 1.0)[..., None] * run) ** 2).sum(axis=2).min(axis=1)
    over = (begin[:, 1] > point[:, 1:]) != (end[:, 1] > point[:, 1:])
    rise = np.where(run[:, 1] == 0, 1.0, run[:, 1])
    right = point[:, :1] < begin[:, 0] + away[..., 1] / rise * run[:, 0]
    inside: Bools = (over & right).sum(axis=1) % 2 == 1
    distance: Floats = np.where(inside, 1.0, -1.0) * np.sqrt(nearest)
    return distance


def _weighted_medians(values: Floats, weight: Floats) -> Floats:
    """Weighted median of each column of [r, g], interpolated as `edges.weighted_quantile` does: float64[g]."""
    order = np.argsort(values, axis=0, kind="stable")
    value, heavy = np.take_along_axis(values, order, axis=0), weight[order]
    place = (np.cumsum(heavy, axis=0) - heavy / 2) / weight.sum()
    low = np.maximum((place <= 0.5).sum(axis=0) - 1, 0)[None]
    high = np.minimum(low + 1, values.shape[0] - 1)
    at_low, at_high = (np.take_along_axis(place, rows, axis=0) for rows in (low, high))
    gap = at_high - at_low
    share = np.clip(np.divide(0.5 - at_low, gap, out=np.zeros_like(gap), where=gap > 0), 0.0, 1.0)
    first, second = (np.take_along_axis(value, rows, axis=0) for rows in (low, high))
    median: Floats = (first + share * (second - first))[0]
    return median


def _zero_lines(field: Floats) -> list[Floats]:
    """Closed lines x, y (in grid steps) where `field` [rows, columns], below 0 along its rim, is 0: marching squares."""
    inside = field > 0
    crossing: dict[tuple[int, int, int], tuple[int, int, int]] = {}
    rows, columns = np.nonzero(
        (inside[:-1, :-1] != inside[1:, 1:])
        | (inside[:-1, 1:] != inside[1:, :-1])
        | (inside[:-1, :-1] != inside[:-1, 1:])
    )
    for r, c in zip(rows.tolist(), columns.tolist(), strict=True):
        # Corners and sides of the cell, one after the other round it; a line enters where inside ends and leaves where it begins.
        corner = [inside[r, c], inside[r, c + 1], inside[r + 1, c + 1], inside[r + 1, c]]
        side = [(r, c, 0), (r, c + 1, 1), (r + 1, c, 0), (r, c, 1)]
        enter = [k for k in range(4) if corner[k] and not corner[(k + 1) % 4]]
        leave = [k for k in range(4) if not corner[k] and corner[(k + 1) % 4]]
        if len(enter) == 2 and field[r : r + 2, c : c + 2].mean() > 0:
            leave.reverse()
        for k in enter:
            # The side that is left next, going round: the corners between them lie outside.
            after = min(leave, key=lambda other: (other - k) % 4) if len(leave) == 1 else leave[enter.index(k)]
            crossing[side[k]] = side[after]
    loops = []
    while crossing:
        first, here = crossing.popitem()
        loop = [first]
        while here != first:
            loop.append(here)
            here = crossing.pop(here)
        loops.append(_points(field, np.array(loop)))
    return loops


def _points(field: Floats, side: Ints) -> Floats:
    """Where the sides (row, column, 0 = along x or 1 = along y) are crossed, by linear interpolation: float64[v, 2]."""
    row, column, upright = side.T
    here, there = field[row, column], field[row + upright, column + 1 - upright]
    share = here / (here - there)
    return np.stack([column + share * (1 - upright), row + share * upright], axis=1)


def _area(loop: Floats) -> float:
    x, y = loop.T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def _straightened(loop: Floats) -> Floats:
    """The loop without corners that stand off by less than `STRAIGHT` (Douglas & Peucker 1973)."""
    far = int(((loop - loop[0]) ** 2).sum(axis=1).argmax())
    kept = np.zeros(len(loop) + 1, dtype=bool)
    kept[[0, far, -1]] = True
    closed = np.concatenate([loop, loop[:1]])
    open_ends = [(0, far), (far, len(loop))]
    while open_ends:
        a, b = open_ends.pop()
        if b - a < 2:
            continue
        run, away = closed[b] - closed[a], closed[a + 1 : b] - closed[a]
        length = max(float(np.hypot(*run)), 1e-12)
        off = np.abs(run[0] * away[:, 1] - run[1] * away[:, 0]) / length
        if off.max() > STRAIGHT:
            middle = a + 1 + int(off.argmax())
            kept[middle] = True
            open_ends += [(a, middle), (middle, b)]
    return loop[kept[:-1]]
