"""Ellipses and circles around things in a picture, each with a class."""

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from aggregation.arrays import Floats
from aggregation.shapes import POLYGONS
from tasks_app.tools.base import Demo
from tasks_app.tools.demo_items import CELLS, CELLS_IMAGE
from tasks_app.tools.fields import Json, Problems, join, read_fields_of
from tasks_app.tools.outlines import coco_outline
from tasks_app.tools.shape_models import Form
from tasks_app.tools.shapes import Box, ShapeTool

FIELDS = ("x", "y", "rx", "ry", "angle")
# Corners of the outline by which an ellipse is compared and exported: it holds 99.4 % of the area.
CORNERS = 32


def outline(shape: Json) -> Floats:
    """Points along an ellipse, float64[CORNERS, 2]."""
    t = np.arange(CORNERS) * 2 * np.pi / CORNERS
    turn = math.radians(shape["angle"])
    along, across = shape["rx"] * np.cos(t), shape["ry"] * np.sin(t)
    x = shape["x"] + along * math.cos(turn) - across * math.sin(turn)
    y = shape["y"] + along * math.sin(turn) + across * math.cos(turn)
    return np.stack([x, y], axis=1)


def ellipse_of(corner: Floats) -> Json:
    """The ellipse with the area, the centre and the second moments of an outline, the longer half axis first."""
    x, y = corner.T
    x_next, y_next = np.roll(x, -1), np.roll(y, -1)
    cross = x * y_next - x_next * y
    area = cross.sum() / 2
    centre_x = ((x + x_next) * cross).sum() / (6 * area)
    centre_y = ((y + y_next) * cross).sum() / (6 * area)
    xx = ((x**2 + x * x_next + x_next**2) * cross).sum() / (12 * area) - centre_x**2
    yy = ((y**2 + y * y_next + y_next**2) * cross).sum() / (12 * area) - centre_y**2
    xy = ((x * y_next + 2 * x * y + 2 * x_next * y_next + x_next * y) * cross).sum() / (24 * area) - centre_x * centre_y
    variance, axes = np.linalg.eigh(np.array([[xx, xy], [xy, yy]]))
    # An ellipse has a variance of r² / 4 along an axis; the outline's chords lose a little of its area.
    half = 2 * np.sqrt(np.maximum(variance, 0.0))
    half *= math.sqrt(abs(float(area)) / max(float(np.pi * half.prod()), 1e-9))
    full = math.sqrt(2 * np.pi / (CORNERS * math.sin(2 * math.pi / CORNERS)))
    angle = math.degrees(math.atan2(float(axes[1, 1]), float(axes[0, 1]))) % 180
    numbers = (float(centre_x), float(centre_y), float(half[1]) * full, float(half[0]) * full, angle)
    found = dict(zip(FIELDS, (round(value, 1) for value in numbers), strict=True))
    return found | {"angle": found["angle"] % 180}


def _outlines(shapes: Sequence[Json]) -> list[Floats]:
    return [outline(shape) for shape in shapes]


FORM = Form("ellipses", "ellipse", "ellipses", POLYGONS, _outlines, ellipse_of)


class Ellipse(ShapeTool):
    """Answer: {"ellipses": [{"class", "x", "y", "rx", "ry", "angle"}]}: centre, half axes, and the angle of the first one in
    degrees, 0 to 180, clockwise from the right. The centre lies in the picture; the rest may stand out of it.
    """

    kind = "ellipse"
    title = "Ellipses and circles"
    summary = "People put an ellipse around each round thing and give it a class."
    export_formats: ClassVar[tuple[str, ...]] = ("csv", "jsonl", "coco")
    names: ClassVar[tuple[str, ...]] = FIELDS

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "Put an ellipse around every blood cell.",
                    "classes": [
                        {"name": "Red cell", "key": "red", "color": "#E69F00"},
                        {"name": "White cell", "key": "white", "color": "#56B4E9"},
                    ],
                }
            ),
            hint="Drag from corner to corner; the handle outside turns it.",
            item=CELLS,
            image=CELLS_IMAGE,
            draft={"ellipses": [{"class": "white", "x": 473.0, "y": 303.0, "rx": 91.0, "ry": 88.0, "angle": 0.0}]},
        )

    def form(self, question: Json) -> Form:
        return FORM

    def read_fields(
        self, entry: Json, field: str, problems: Problems, question: Json, size: tuple[float, float]
    ) -> Json:
        given = read_fields_of(entry, FIELDS, field, problems)
        if given is None:
            return {}
        shape = {name: round(number, 1) + 0.0 for name, number in given.items()}
        shape["angle"] = shape["angle"] % 180
        smallest = min(float(question["min_size"]), *size)
        for name, side in (("x", size[0]), ("y", size[1])):
            if not 0 <= shape[name] <= side:
                problems.add(join(field, name), "The centre lies outside the picture.")
        for name in ("rx", "ry"):
            if round(2 * shape[name], 1) < smallest or shape[name] > max(size):
                problems.add(
                    join(field, name), f"Must be at least {smallest / 2:g} pixels, and no more than the picture."
                )
        return shape

    def bounds(self, shape: Json) -> Box:
        turn = math.radians(shape["angle"])
        wide = math.hypot(shape["rx"] * math.cos(turn), shape["ry"] * math.sin(turn))
        high = math.hypot(shape["rx"] * math.sin(turn), shape["ry"] * math.cos(turn))
        return shape["x"] - wide, shape["y"] - high, shape["x"] + wide, shape["y"] + high

    def put(self, shape: Json | None, onto: Box, question: Json, item: Json) -> Json:
        x1, y1, x2, y2 = onto
        before = self.bounds(shape) if shape else onto
        angle = shape["angle"] if shape else 0.0
        half = [(x2 - x1) / 2, (y2 - y1) / 2]
        if shape and angle:
            grown = (x2 - x1) / max(before[2] - before[0], 1e-9), (y2 - y1) / max(before[3] - before[1], 1e-9)
            half = [shape["rx"] * sum(grown) / 2, shape["ry"] * sum(grown) / 2]
        # Rounded up to what the smallest side asks for.
        least = float(question["min_size"]) / 2
        numbers = ((x1 + x2) / 2, (y1 + y2) / 2, max(half[0], least), max(half[1], least), angle)
        return {name: round(number, 1) for name, number in zip(FIELDS, numbers, strict=True)}

    def coco_fields(self, shape: Json, item: Json) -> Json:
        inside = np.clip(outline(shape), 0, [item["width"], item["height"]])
        return coco_outline([[round(float(x), 1), round(float(y), 1)] for x, y in inside])
