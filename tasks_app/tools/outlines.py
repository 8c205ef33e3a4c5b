"""Lists of points [x, y] from outside, and what COCO makes of an outline."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from aggregation.arrays import Floats
from tasks_app.tools.fields import Json, Problems, join, read_coordinates, read_list
from tasks_app.tools.shapes import Box

MAX_POINTS = 2000


def read_points(
    raw: Any, field: str, problems: Problems, *, least: int, size: tuple[float, float]
) -> list[list[float]]:
    """Points clipped to the picture, to 0.1 pixel, none twice in a row; [] where a problem was noted."""
    points: list[list[float]] = []
    for place, one in enumerate(read_list(raw, field, problems, minimum=least, maximum=MAX_POINTS)):
        where = join(field, place)
        if not isinstance(one, list | tuple) or len(one) != 2:
            problems.add(where, "Must be two numbers, x and y.")
            return []
        read = read_coordinates([(where, value) for value in one], problems)
        if read is None:
            return []
        point = clipped(read, size)
        if not points or point != points[-1]:
            points.append(point)
    return points


def clipped(point: Sequence[float], size: tuple[float, float]) -> list[float]:
    """A point moved into a picture of (width, height), to 0.1 pixel."""
    return [round(min(max(value, 0.0), side), 1) for value, side in zip(point, size, strict=True)]


def bounds_of(points: Sequence[Sequence[float]]) -> Box:
    """The box x1, y1, x2, y2 around points."""
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return min(xs), min(ys), max(xs), max(ys)


def area_of(points: Sequence[Sequence[float]]) -> float:
    """Area of an outline, whichever way round it runs."""
    corner = np.array(points, dtype=np.float64)
    after = np.roll(corner, -1, axis=0)
    return abs(float((corner[:, 0] * after[:, 1] - after[:, 0] * corner[:, 1]).sum())) / 2


def stretched(points: Sequence[Sequence[float]], onto: Box) -> list[list[float]]:
    """The points moved and stretched so that `onto` is the box around them."""
    x1, y1, x2, y2 = bounds_of(points)
    low, side = np.array([x1, y1]), np.maximum([x2 - x1, y2 - y1], 1e-9)
    at: Floats = np.array([onto[0], onto[1]]) + (np.array(points) - low) / side * [onto[2] - onto[0], onto[3] - onto[1]]
    return [[round(float(x), 1), round(float(y), 1)] for x, y in at]


def round_outline(count: int = 8) -> list[list[float]]:
    """Corners of a regular outline in the unit square."""
    angle = np.arange(count) * 2 * np.pi / count
    return [[float(0.5 + np.cos(one) / 2), float(0.5 + np.sin(one) / 2)] for one in angle]


def coco_outline(points: Sequence[Sequence[float]]) -> Json:
    """COCO's `segmentation`, `bbox` and `area` of an outline."""
    x1, y1, x2, y2 = bounds_of(points)
    return {
        "segmentation": [[value for point in points for value in point]],
        "bbox": [x1, y1, round(x2 - x1, 1), round(y2 - y1, 1)],
        "area": round(area_of(points), 2),
    }
