"""Open lines along things in a picture: roads, cracks, fibres."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from aggregation.arrays import Floats
from aggregation.shapes import LineGeometry
from tasks_app.tools.asking import ExtraField
from tasks_app.tools.base import Demo
from tasks_app.tools.demo_items import PANEL, PANEL_IMAGE
from tasks_app.tools.fields import Json, Problems, join
from tasks_app.tools.outlines import bounds_of, read_points, stretched
from tasks_app.tools.shape_fields import ATTRIBUTES, FLAGS, MIN_SIZE
from tasks_app.tools.shape_models import Form
from tasks_app.tools.shapes import Box, ShapeTool

SLACK = ExtraField(
    name="slack",
    label="Lines so far apart may be the same, in pixels",
    help="How far apart, on average, two people may draw the same line. It decides which lines are fused.",
    minimum=1,
    maximum=1000,
    default=12,
)


def _lines(shapes: Sequence[Json]) -> list[Floats]:
    return [np.array(shape["points"], dtype=np.float64) for shape in shapes]


def _fields(line: Floats) -> Json:
    return {"points": [[round(float(x), 1), round(float(y), 1)] for x, y in line]}


class Polyline(ShapeTool):
    """Answer: {"lines": [{"class", "points": [[x, y], …]}]}, two points or more, from either end."""

    kind = "polyline"
    title = "Lines"
    summary = "People draw along each thing, point by point or in one stroke, and give it a class."
    names: ClassVar[tuple[str, ...]] = ("points",)
    extra_fields: ClassVar[tuple[ExtraField, ...]] = (MIN_SIZE, SLACK, FLAGS, ATTRIBUTES)

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "Draw along every crack.",
                    "classes": [{"name": "Crack", "key": "crack", "color": "#D55E00"}],
                }
            ),
            hint="Drag along a crack, or click point after point.",
            item=PANEL,
            image=PANEL_IMAGE,
        )

    def form(self, question: Json) -> Form:
        return Form("lines", "line", "lines", LineGeometry(float(question["slack"])), _lines, _fields)

    def read_fields(
        self, entry: Json, field: str, problems: Problems, question: Json, size: tuple[float, float]
    ) -> Json:
        where = join(field, "points")
        points = read_points(entry.get("points"), where, problems, least=2, size=size)
        if points:
            line = np.array(points, dtype=np.float64)
            smallest = min(float(question["min_size"]), *size)
            if len(points) < 2 or float(np.hypot(*np.diff(line, axis=0).T).sum()) < smallest:
                problems.add(where, f"The line is shorter than {smallest:g} pixels inside the picture.")
        return {"points": points}

    def bounds(self, shape: Json) -> Box:
        return bounds_of(shape["points"])

    def put(self, shape: Json | None, onto: Box, question: Json, item: Json) -> Json:
        return {"points": stretched(shape["points"] if shape else [[0, 0], [0.4, 0.7], [1, 1]], onto)}
