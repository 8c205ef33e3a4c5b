"""What image and text checks share: a label or boxes that somebody or something gave before are judged, one key a task."""

import json
from typing import Any, ClassVar

from tasks_app.tools.asking import ItemColumn
from tasks_app.tools.classes import MAX_CLASSES
from tasks_app.tools.classification import Classification
from tasks_app.tools.fields import (
    MAX_NUMBER,
    OF_RESULTS,
    Json,
    Problems,
    join,
    read_list,
    read_number,
    read_object,
    read_text,
)

MAX_CLAIMED = 2000
_CORNERS = ("x1", "y1", "x2", "y2")
LABEL = ItemColumn(name="label", help="The label to judge, as workers shall read it.")
BOXES = ItemColumn(
    name="boxes",
    help='Boxes to judge, as JSON: [{"x1": 10, "y1": 10, "x2": 90, "y2": 60, "class": "cat"}], or a result of a box project.',
    kind="json",
)


class Checking(Classification):
    """Answer: {"class": "<key>"}, the classes being what may be said of the claim."""

    first_classes: ClassVar[tuple[str, ...]] = ("Right", "Wrong", "Cannot tell")

    def clean_column(self, column: ItemColumn, raw: Any, item: Json, problems: Problems) -> Any:
        if column.kind != "json":
            return super().clean_column(column, raw, item, problems)
        return read_claimed_boxes(raw, item, problems)


def read_claimed_boxes(raw: Any, item: Json, problems: Problems) -> list[Json]:
    """Boxes within the picture, rounded to 0.1 pixel; a table's cell holds them as text."""
    if raw is None or raw == "":
        return []
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError):
            problems.add("boxes", "Must be JSON.")
            return []
    if isinstance(raw, dict):
        raw = raw.get("boxes")
    boxes = []
    names: set[str] = set()
    for place, entry in enumerate(read_list(raw, "boxes", problems, maximum=MAX_CLAIMED)):
        box = _read_box(entry, join("boxes", place), item, problems)
        names.add(str(box.get("class", "")))
        boxes.append(box)
    if len(names) > MAX_CLASSES:
        problems.add("boxes", f"At most {MAX_CLASSES} different classes.")
    return boxes


def _read_box(raw: Any, field: str, item: Json, problems: Problems) -> Json:
    entry = read_object(raw, field, problems, known=("class", *_CORNERS, *OF_RESULTS))
    name = read_text(entry.get("class"), join(field, "class"), problems, maximum=80, required=False)
    box: Json = {"class": name} if name else {}
    for corner, side in zip(_CORNERS, (item["width"], item["height"]) * 2, strict=True):
        number = read_number(entry.get(corner), join(field, corner), problems, minimum=-MAX_NUMBER, maximum=MAX_NUMBER)
        box[corner] = round(min(max(number or 0.0, 0.0), float(side)), 1)
    for low, high in (("x1", "x2"), ("y1", "y2")):
        if box[low] >= box[high]:
            problems.add(join(field, high), f"Must be greater than {low}, and within the picture.")
    return box
