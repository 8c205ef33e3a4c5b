"""Items that carry a box: the part of the picture to be judged."""

from typing import Any

import pytest

from tasks_app import tools
from tasks_app.errors import InvalidInput

KINDS = ["image_classification", "image_labels", "image_check"]
PHOTO = {"image": "a" * 64, "width": 400, "height": 300, "name": "roof.jpg"}
BOX = {"x1": 10.0, "y1": 20.0, "x2": 110.0, "y2": 90.0}


@pytest.mark.parametrize("kind", KINDS)
def test_a_box_is_taken_from_numbers_and_from_a_tables_cells(kind: str) -> None:
    clean = tools.get(kind).clean_item
    assert clean(PHOTO | BOX) == PHOTO | BOX
    assert clean(PHOTO | {"x1": "10", "y1": "20.04", "x2": "110", "y2": "90"}) == PHOTO | BOX
    assert clean(PHOTO | {"x1": -5, "y1": 0, "x2": 4000, "y2": 300}) == PHOTO | {
        "x1": 0.0,
        "y1": 0.0,
        "x2": 400.0,
        "y2": 300.0,
    }
    assert clean(PHOTO | dict.fromkeys(BOX, "")) == PHOTO


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"x1": None}, ["x1"]),
        ({"x1": "", "y2": ""}, ["x1", "y2"]),
        ({"x2": 10}, ["x2"]),
        ({"y1": 290, "y2": 280}, ["y2"]),
        ({"x1": 500, "x2": 600}, ["x2"]),
        ({"x1": "left"}, ["x1"]),
        ({"y1": float("nan")}, ["y1"]),
        ({"y1": "nan"}, ["y1"]),
        ({"x1": [1], "y1": True}, ["x1", "y1"]),
    ],
)
def test_a_box_that_is_none_is_refused_with_the_names_of_its_edges(changed: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        tools.get("image_classification").clean_item(PHOTO | BOX | changed)
    assert sorted(caught.value.fields) == fields
