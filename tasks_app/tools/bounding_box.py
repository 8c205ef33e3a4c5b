"""Boxes around things in a picture, each with a class. No box at all means: nothing of this is here."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from aggregation.arrays import Floats
from aggregation.shapes import BOXES
from tasks_app.tools.base import Demo
from tasks_app.tools.classes import key_by_name
from tasks_app.tools.demo_items import CELLS, CELLS_IMAGE, WHITE_CELL
from tasks_app.tools.fields import Json, Problems, join, read_fields_of
from tasks_app.tools.shape_models import Form
from tasks_app.tools.shapes import Box, ShapeTool

CORNERS = ("x1", "y1", "x2", "y2")
# As files of truths name them.
_COLUMNS = ("xmin", "ymin", "xmax", "ymax")


def corners(boxes: Sequence[Json]) -> Floats:
    """Corners x1, y1, x2, y2 as float64[n, 4]."""
    return np.array([[box[name] for name in CORNERS] for box in boxes], dtype=np.float64).reshape(-1, 4)


def box_of(edges: Floats) -> Json:
    """A box of the answer, to 0.1 pixel."""
    return {name: round(float(edge), 1) for name, edge in zip(CORNERS, edges, strict=True)}


FORM = Form("boxes", "box", "boxes", BOXES, corners, box_of)


class BoundingBox(ShapeTool):
    """Answer: {"boxes": [{"class", "x1", "y1", "x2", "y2"}]}, clipped to the picture, to 0.1 pixel."""

    kind = "bounding_box"
    title = "Bounding boxes"
    summary = "People draw a box around each thing you ask for and give it a class."
    export_formats: ClassVar[tuple[str, ...]] = ("csv", "jsonl", "coco")
    names: ClassVar[tuple[str, ...]] = CORNERS

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "Draw a box around every red and every white blood cell.",
                    "classes": [
                        {"name": "Red cell", "key": "red", "color": "#E69F00"},
                        {"name": "White cell", "key": "white", "color": "#56B4E9"},
                    ],
                }
            ),
            hint="Drag around a cell; 1 and 2 change the class.",
            item=CELLS,
            image=CELLS_IMAGE,
            draft={"boxes": [{"class": "white"} | WHITE_CELL]},
        )

    def form(self, question: Json) -> Form:
        return FORM

    def read_fields(
        self, entry: Json, field: str, problems: Problems, question: Json, size: tuple[float, float]
    ) -> Json:
        box = read_fields_of(entry, CORNERS, field, problems)
        if box is None:
            return {}
        smallest = float(question["min_size"])
        for low, high, side in (("x1", "x2", size[0]), ("y1", "y2", size[1])):
            _clip(box, low, high, side, min(smallest, side), field, problems)
        return box

    def bounds(self, shape: Json) -> Box:
        return shape["x1"], shape["y1"], shape["x2"], shape["y2"]

    def put(self, shape: Json | None, onto: Box, question: Json, item: Json) -> Json:
        return dict(zip(CORNERS, onto, strict=True))

    def read_truth(self, question: Json, rows: Sequence[Mapping[str, str]]) -> Json:
        """Columns `label, xmin, ymin, xmax, ymax`, a row a box; an empty label is a picture with nothing in it."""
        keys = key_by_name(question)
        return {
            "boxes": [
                {"class": keys[row["label"].casefold()]}
                | {corner: float(row[column]) for corner, column in zip(CORNERS, _COLUMNS, strict=True)}
                for row in rows
                if row["label"]
            ]
        }


def _clip(box: Json, low: str, high: str, side: float, smallest: float, field: str, problems: Problems) -> None:
    if box[low] >= box[high]:
        problems.add(join(field, high), f"Must be greater than {low}.")
        return
    box[low], box[high] = (round(min(max(box[name], 0.0), side), 1) for name in (low, high))
    if box[low] >= box[high]:
        problems.add(join(field, high), "The box lies outside the picture.")
    elif round(box[high] - box[low], 1) < smallest:
        problems.add(join(field, high), f"The box is smaller than {smallest:g} pixels.")
