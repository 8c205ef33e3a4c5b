"""What leaves a tool: summaries, columns, COCO, agreement."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks_app import tools
from tasks_app.errors import InvalidInput

BOXES = tools.get("bounding_box")
CELLS = BOXES.clean_question(
    {"prompt": "Mark cells.", "classes": [{"name": "RBC", "key": "rbc"}, {"name": "WBC", "key": "wbc"}]}
)
IMAGE = tools.get("image_classification")
DEFECT = IMAGE.clean_question(
    {"prompt": "Defect?", "classes": [{"name": "Yes", "key": "yes"}, {"name": "No", "key": "no"}]}
)


def box(key: str, x1: float, y1: float, x2: float, y2: float, **more: Any) -> dict[str, Any]:
    return {"class": key, "x1": x1, "y1": y1, "x2": x2, "y2": y2} | more


THREE = {"boxes": [box("wbc", 0, 0, 10, 10), box("rbc", 20, 20, 30, 30), box("wbc", 40, 40, 50, 50)]}


def test_class_summary_is_the_name_and_survives_a_removed_class() -> None:
    assert IMAGE.summary_of(DEFECT, {"class": "yes"}) == "Yes"
    assert IMAGE.summary_of(DEFECT, {"class": "gone"}) == "gone"
    assert IMAGE.classes_in({"class": "yes"}) == ["yes"]
    assert IMAGE.csv_columns(DEFECT) == ["class", "class_name"]
    assert IMAGE.csv_row(DEFECT, {"class": "no"}) == ["no", "No"]


def test_boxes_summary_counts_by_class_in_the_order_of_the_question() -> None:
    assert BOXES.summary_of(CELLS, THREE) == "3 boxes (1 RBC, 2 WBC)"
    assert BOXES.summary_of(CELLS, {"boxes": THREE["boxes"][:1]}) == "1 box (1 WBC)"
    assert BOXES.summary_of(CELLS, {"boxes": []}) == "No boxes"
    assert BOXES.summary_of(CELLS, {"boxes": [box("gone", 0, 0, 9, 9), *THREE["boxes"]]}) == (
        "4 boxes (1 RBC, 2 WBC, 1 gone)"
    )
    assert BOXES.classes_in(THREE) == ["wbc", "rbc"]


def test_boxes_csv_row_fills_its_columns() -> None:
    row = dict(zip(BOXES.csv_columns(CELLS), BOXES.csv_row(CELLS, THREE), strict=True))
    assert json.loads(str(row.pop("boxes_json"))) == THREE["boxes"]
    assert row == {"boxes": 3, "boxes_rbc": 1, "boxes_wbc": 2}


def test_coco_lists_images_then_annotations() -> None:
    images = [
        ({"image": "s1", "width": 60, "height": 50, "name": "a.jpg"}, THREE, 0.75),
        ({"image": "s2", "width": 60, "height": 50, "name": ""}, {"boxes": []}, None),
        (
            {"image": "s3", "width": 9, "height": 9, "name": "ü.jpg"},
            {"boxes": [box("rbc", 0.1, 0.2, 5.3, 8.4, confidence=0.5, votes=2), box("gone", 0, 0, 9, 9)]},
            1.0,
        ),
    ]
    parsed = json.loads("".join(BOXES.coco(CELLS, iter(images))))
    assert parsed["categories"] == [
        {"id": 1, "name": "RBC", "key": "rbc", "supercategory": ""},
        {"id": 2, "name": "WBC", "key": "wbc", "supercategory": ""},
    ]
    assert parsed["images"] == [
        {"id": 1, "file_name": "a.jpg", "width": 60, "height": 50, "sha256": "s1", "confidence": 0.75},
        {"id": 2, "file_name": "s2", "width": 60, "height": 50, "sha256": "s2"},
        {"id": 3, "file_name": "ü.jpg", "width": 9, "height": 9, "sha256": "s3", "confidence": 1.0},
    ]
    assert [(row["id"], row["image_id"], row["category_id"]) for row in parsed["annotations"]] == [
        (1, 1, 2), (2, 1, 1), (3, 1, 2), (4, 3, 1),
    ]  # fmt: skip
    assert parsed["annotations"][3] == {
        "id": 4, "image_id": 3, "category_id": 1, "bbox": [0.1, 0.2, 5.2, 8.2], "area": 42.64, "iscrowd": 0,
        "score": 0.5,
    }  # fmt: skip


def test_coco_of_nothing_is_a_complete_file() -> None:
    parsed = json.loads("".join(BOXES.coco(CELLS, [])))
    assert (parsed["images"], parsed["annotations"]) == ([], [])


def test_coco_is_refused_by_kinds_without_boxes() -> None:
    assert "coco" not in IMAGE.export_formats
    with pytest.raises(InvalidInput):
        IMAGE.coco(DEFECT, [])


def test_class_agreement_is_equality() -> None:
    assert IMAGE.agreement(DEFECT, {"class": "yes"}, {"class": "yes"}) == 1.0
    assert IMAGE.agreement(DEFECT, {"class": "yes"}, {"class": "no"}) == 0.0


def test_demo_of_each_kind_is_valid_by_its_own_rules() -> None:
    for tool in tools.all_tools():
        demo = tool.demo
        assert tool.clean_question(demo.question) == demo.question
        assert tool.clean_item(demo.item) == demo.item
        if demo.draft is not None:
            assert tool.clean_answer(demo.question, demo.item, demo.draft) == demo.draft


def test_boxes_agreement_is_f1_of_matches_within_a_class() -> None:
    empty: dict[str, Any] = {"boxes": []}
    assert BOXES.agreement(CELLS, empty, empty) == 1.0
    assert BOXES.agreement(CELLS, THREE, empty) == 0.0
    assert BOXES.agreement(CELLS, THREE, THREE) == 1.0
    two_of_three = {"boxes": THREE["boxes"][:2]}
    assert BOXES.agreement(CELLS, THREE, two_of_three) == pytest.approx(0.8)
    other_class = {"boxes": [b | {"class": "rbc"} for b in THREE["boxes"]]}
    assert BOXES.agreement(CELLS, THREE, other_class) == pytest.approx(1 / 3)
    just_under_half = {"boxes": [box("wbc", 0, 0, 10, 4.9)]}
    at_half = {"boxes": [box("wbc", 0, 0, 10, 5.0)]}
    whole = {"boxes": [box("wbc", 0, 0, 10, 10)]}
    assert BOXES.agreement(CELLS, whole, just_under_half) == 0.0
    assert BOXES.agreement(CELLS, whole, at_half) == 1.0


SIDE = st.integers(0, 6)
DRAWN = st.lists(
    st.tuples(st.sampled_from(["rbc", "wbc"]), SIDE, SIDE, SIDE, SIDE).map(
        lambda c: box(c[0], min(c[1], c[3]), min(c[2], c[4]), max(c[1], c[3]) + 1, max(c[2], c[4]) + 1)
    ),
    max_size=6,
).map(lambda boxes: {"boxes": boxes})


@settings(max_examples=200, deadline=None)
@given(a=DRAWN, b=DRAWN)
def test_boxes_agreement_is_symmetric_and_one_for_itself(a: dict[str, Any], b: dict[str, Any]) -> None:
    forth = BOXES.agreement(CELLS, a, b)
    assert 0.0 <= forth <= 1.0
    assert forth == BOXES.agreement(CELLS, b, a)
    assert BOXES.agreement(CELLS, a, {"boxes": a["boxes"][::-1]}) == 1.0
