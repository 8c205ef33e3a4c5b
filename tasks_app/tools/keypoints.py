"""Skeletons: named points on each thing in a picture, joined by bones."""

from collections.abc import Sequence
from typing import Any, ClassVar

from aggregation.arrays import Floats
from aggregation.shapes import KeypointGeometry
from tasks_app.tools.asking import ExtraField
from tasks_app.tools.base import Demo
from tasks_app.tools.demo_items import CELLS, CELLS_IMAGE
from tasks_app.tools.fields import Json, Problems, join, read_coordinates, read_list
from tasks_app.tools.outlines import bounds_of, clipped, round_outline, stretched
from tasks_app.tools.shape_fields import ATTRIBUTES, FLAGS, MIN_SIZE, check_attributes
from tasks_app.tools.shape_models import Form
from tasks_app.tools.shapes import Box, ShapeTool

MAX_KEYPOINTS = 100
ABSENT, HIDDEN, VISIBLE = 0, 1, 2
KEYPOINTS = ExtraField(
    name="keypoints",
    label="Points of a skeleton",
    help="One name a line, in the order in which they are clicked.",
    default="",
    maximum=5000,
    kind="text",
)
SKELETON = ExtraField(
    name="skeleton",
    label="Bones",
    help="Two names a line with “ - ” between them, such as “left shoulder - left elbow”.",
    default="",
    maximum=5000,
    kind="text",
)


def names_of(question: Json) -> list[str]:
    """Names of the points, in order."""
    return [line.strip() for line in question["keypoints"].splitlines() if line.strip()]


def bones_of(question: Json) -> list[tuple[int, int]]:
    """Places of the points at the ends of each bone."""
    place = {name: number for number, name in enumerate(names_of(question))}
    ends = [[part.strip() for part in line.split(" - ")] for line in question["skeleton"].splitlines() if line.strip()]
    return [(place[pair[0]], place[pair[1]]) for pair in ends if len(pair) == 2 and set(pair) <= place.keys()]


def _rows(shapes: Sequence[Json]) -> list[list[float]]:
    return [[float(value) for point in shape["points"] for value in point] for shape in shapes]


def _fields(row: Floats) -> Json:
    return {"points": [[round(float(x), 1), round(float(y), 1), int(seen)] for x, y, seen in row.reshape(-1, 3)]}


class Keypoints(ShapeTool):
    """Answer: {"skeletons": [{"class", "points": [[x, y, seen], …]}]}, a point for each name of the question; seen is 0 for
    one that is not in the picture (x and y are 0), 1 for a hidden one, 2 for one to be seen.
    """

    kind = "keypoints"
    title = "Points with a skeleton"
    summary = "People click the named points of each thing, in order: joints, corners, landmarks."
    export_formats: ClassVar[tuple[str, ...]] = ("csv", "jsonl", "coco")
    names: ClassVar[tuple[str, ...]] = ("points",)
    extra_fields: ClassVar[tuple[ExtraField, ...]] = (KEYPOINTS, SKELETON, MIN_SIZE, FLAGS, ATTRIBUTES)

    @property
    def demo(self) -> Demo:
        cell = {"class": "white", "points": [[473, 214, 2], [563, 303, 2], [473, 392, 2], [383, 303, 2]]}
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "Click the top, right, bottom and left of each white blood cell.",
                    "classes": [{"name": "White cell", "key": "white", "color": "#56B4E9"}],
                    "keypoints": "top\nright\nbottom\nleft",
                    "skeleton": "top - right\nright - bottom\nbottom - left\nleft - top",
                }
            ),
            hint="Click the points in order; full stop skips one that is not in the picture.",
            item=CELLS,
            image=CELLS_IMAGE,
            draft={"skeletons": [cell]},
        )

    def check_question(self, question: Json, problems: Problems) -> None:
        check_attributes(question, problems)
        lines = [line.strip() for line in (question["keypoints"] or "").splitlines()]
        names = [line for line in lines if line]
        if not names:
            # A question without names could not be answered, but one that is being written may not have them yet.
            question["keypoints"] = "point"
            names = ["point"]
        if len(names) > MAX_KEYPOINTS:
            problems.add("keypoints", f"At most {MAX_KEYPOINTS} points.")
        for name in names:
            if names.count(name) > 1:
                problems.add("keypoints", f"“{name}” is there twice.")
        for line in (question["skeleton"] or "").splitlines():
            ends = [part.strip() for part in line.split(" - ")]
            if line.strip() and (len(ends) != 2 or not set(ends) <= set(names)):
                problems.add("skeleton", f"“{line.strip()[:60]}” does not name two points with “ - ” between them.")

    def form(self, question: Json) -> Form:
        return Form("skeletons", "skeleton", "skeletons", KeypointGeometry(len(names_of(question))), _rows, _fields)

    def read_fields(
        self, entry: Json, field: str, problems: Problems, question: Json, size: tuple[float, float]
    ) -> Json:
        count, where = len(names_of(question)), join(field, "points")
        given = read_list(entry.get("points"), where, problems, minimum=count, maximum=count)
        points = [_read_point(one, join(where, place), problems, size) for place, one in enumerate(given)]
        if points and not any(point[2] for point in points):
            problems.add(where, "No point of the skeleton is in the picture.")
        return {"points": points}

    def bounds(self, shape: Json) -> Box:
        return bounds_of([point for point in shape["points"] if point[2]])

    def put(self, shape: Json | None, onto: Box, question: Json, item: Json) -> Json:
        count = len(names_of(question))
        given = shape["points"] if shape else [[*point, VISIBLE] for point in round_outline(max(count, 3))[:count]]
        seen = [point for point in given if point[2]]
        moved = iter(stretched([point[:2] for point in seen], onto))
        return {"points": [[*next(moved), point[2]] if point[2] else [0.0, 0.0, ABSENT] for point in given]}

    def coco_category(self, question: Json) -> Json:
        return {"keypoints": names_of(question), "skeleton": [[a + 1, b + 1] for a, b in bones_of(question)]}

    def coco_fields(self, shape: Json, item: Json) -> Json:
        seen = sum(1 for point in shape["points"] if point[2])
        flat = [value for point in shape["points"] for value in point]
        return super().coco_fields(shape, item) | {"keypoints": flat, "num_keypoints": seen}


def _read_point(raw: Any, field: str, problems: Problems, size: tuple[float, float]) -> list[float]:
    if not isinstance(raw, list | tuple) or len(raw) != 3:
        problems.add(field, "Must be three numbers: x, y, and 0, 1 or 2.")
        return [0.0, 0.0, ABSENT]
    read = read_coordinates([(field, value) for value in raw], problems)
    if read is None or read[2] not in (ABSENT, HIDDEN, VISIBLE):
        problems.add(field, "The third number must be 0, 1 or 2.")
        return [0.0, 0.0, ABSENT]
    if not read[2]:
        return [0.0, 0.0, ABSENT]
    x, y = clipped(read[:2], size)
    return [x, y, int(read[2])]
