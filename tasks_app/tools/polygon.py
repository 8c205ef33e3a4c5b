"""Outlines of things in a picture, each with a class."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from aggregation.arrays import Floats
from aggregation.shapes import POLYGONS
from tasks_app.tools.base import Demo
from tasks_app.tools.demo_items import CELLS, CELLS_IMAGE
from tasks_app.tools.fields import Json, Problems, join
from tasks_app.tools.outlines import area_of, bounds_of, coco_outline, read_points, round_outline, stretched
from tasks_app.tools.shape_models import Form
from tasks_app.tools.shapes import Box, ShapeTool

# Below half a pixel there is nothing to see, and no outline to fuse.
MIN_AREA = 0.5


def _outlines(shapes: Sequence[Json]) -> list[Floats]:
    return [np.array(shape["points"], dtype=np.float64) for shape in shapes]


def _fields(outline: Floats) -> Json:
    return {"points": [[round(float(x), 1), round(float(y), 1)] for x, y in outline]}


FORM = Form("polygons", "outline", "outlines", POLYGONS, _outlines, _fields)


class Polygon(ShapeTool):
    """Answer: {"polygons": [{"class", "points": [[x, y], …]}]}, three points or more, the last joined to the first."""

    kind = "polygon"
    title = "Outlines"
    summary = "People draw round each thing, point by point or in one stroke, and give it a class."
    export_formats: ClassVar[tuple[str, ...]] = ("csv", "jsonl", "coco")
    names: ClassVar[tuple[str, ...]] = ("points",)

    @property
    def demo(self) -> Demo:
        cell = {
            "class": "white",
            "points": [[383, 300], [420, 228], [500, 214], [556, 262], [560, 340], [500, 390], [418, 376]],
        }
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "Draw round every white blood cell.",
                    "classes": [{"name": "White cell", "key": "white", "color": "#56B4E9"}],
                }
            ),
            hint="Drag round a cell, or click point after point.",
            item=CELLS,
            image=CELLS_IMAGE,
            draft={"polygons": [cell]},
        )

    def form(self, question: Json) -> Form:
        return FORM

    def read_fields(
        self, entry: Json, field: str, problems: Problems, question: Json, size: tuple[float, float]
    ) -> Json:
        where = join(field, "points")
        points = read_points(entry.get("points"), where, problems, least=3, size=size)
        # The last point may be the first once more, as some programs write it.
        if len(points) > 3 and points[0] == points[-1]:
            points.pop()
        if points:
            x1, y1, x2, y2 = bounds_of(points)
            smallest = min(float(question["min_size"]), *size)
            if len(points) < 3 or area_of(points) <= MIN_AREA:
                problems.add(where, "The outline has no area inside the picture.")
            elif max(x2 - x1, y2 - y1) < smallest:
                problems.add(where, f"The outline is smaller than {smallest:g} pixels.")
        return {"points": points}

    def bounds(self, shape: Json) -> Box:
        return bounds_of(shape["points"])

    def put(self, shape: Json | None, onto: Box, question: Json, item: Json) -> Json:
        return {"points": stretched(shape["points"] if shape else round_outline(), onto)}

    def coco_fields(self, shape: Json, item: Json) -> Json:
        return coco_outline(shape["points"])
