"""Items that carry a box: the part of the picture to be judged, which the worker's page shows enlarged."""

from typing import Any

from tasks_app.tools.asking import ItemColumn
from tasks_app.tools.base import Tool
from tasks_app.tools.fields import MAX_NUMBER, Json, Problems, read_number

CORNERS = ("x1", "y1", "x2", "y2")
_SIDES = {"x1": "left", "y1": "upper", "x2": "right", "y2": "lower"}
CROP = tuple(
    ItemColumn(
        name=name,
        help=f"The {side} edge of the part to judge, in pixels; it is shown enlarged. All four edges or none.",
    )
    for name, side in _SIDES.items()
)


class Cropped(Tool):
    """A kind whose items may carry x1, y1, x2, y2, in pixels of the upright picture, cut to it, to 0.1; it has CROP last
    among its columns.
    """

    def clean_column(self, column: ItemColumn, raw: Any, item: Json, problems: Problems) -> Any:
        if column.name not in CORNERS:
            return super().clean_column(column, raw, item, problems)
        edge = _read_edge(column.name, raw, item, problems)
        if column.name == CORNERS[-1]:
            _check(item | ({} if edge is None else {column.name: edge}), problems)
        return edge


def _read_edge(name: str, raw: Any, item: Json, problems: Problems) -> float | None:
    """The edge within the picture; None where there is none. A table's cell holds it as text."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, str):
        try:
            raw = float(raw)
        except ValueError:
            problems.add(name, "Must be a number.")
            return None
    number = read_number(raw, name, problems, minimum=-MAX_NUMBER, maximum=MAX_NUMBER)
    side = float(item["width" if name.startswith("x") else "height"])
    return None if number is None else round(min(max(number, 0.0), side), 1)


def _check(item: Json, problems: Problems) -> None:
    """All four edges or none, and something between them."""
    missing = [name for name in CORNERS if name not in item]
    if len(missing) == len(CORNERS):
        return
    for name in missing:
        problems.add(name, "Of x1, y1, x2 and y2 all four are needed, or none.")
    for low, high in (("x1", "x2"), ("y1", "y2")):
        if low in item and high in item and item[low] >= item[high]:
            problems.add(high, f"Must be greater than {low}, and within the picture.")
