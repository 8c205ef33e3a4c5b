"""Brush masks: run lengths as pycocotools packs them, what is refused, compared, fused and exported."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tasks_app import tools
from tasks_app.errors import InvalidInput
from tasks_app.tools import AnswerBatch, rle
from tasks_app.tools.mask import MOST_PIXELS, edges_of, mask_of, size_of, step_of

MASK = tools.get("mask")
QUESTION = MASK.clean_question(
    {"prompt": "Paint.", "classes": [{"key": "cat", "name": "Cat"}, {"key": "dog", "name": "Dog"}]}
)
PHOTO = {"image": "a" * 64, "width": 10, "height": 9, "name": "roof.jpg"}
# Written by pycocotools 2.0.11 for these runs of a picture 9 high and 10 wide.
RUNS, PACKED = [6, 1, 40, 4, 5, 4, 5, 4, 21], "61X13mN000`0"


def mask(key: str = "cat", **more: Any) -> dict[str, Any]:
    return {"class": key, "size": [9, 10], "counts": PACKED} | more


def clean(*masks: Any, item: dict[str, Any] = PHOTO) -> dict[str, Any]:
    return MASK.clean_answer(QUESTION, item, {"masks": list(masks)})


def square(key: str, x: int, y: int, side: int, size: tuple[int, int] = (60, 80)) -> dict[str, Any]:
    found = np.zeros(size, dtype=np.bool_)
    found[y : y + side, x : x + side] = True
    return {"class": key, **mask_of(rle.edges_in(found), size)}


def test_runs_are_packed_as_pycocotools_packs_them() -> None:
    assert rle.pack(np.array(RUNS)) == PACKED
    assert rle.unpack(PACKED).tolist() == RUNS


@given(arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12))), st.integers(1, 4), st.data())
def test_a_mask_survives_being_written_and_enlarged(mask: Any, step: int, data: Any) -> None:
    edges = rle.edges_in(mask)
    runs = rle.runs_of(edges, mask.size)
    assert int(runs.sum()) == mask.size
    assert rle.edges_of(rle.unpack(rle.pack(runs))).tolist() == edges.tolist()
    assert (rle.bitmap(edges, *mask.shape) == mask).all()
    large = np.repeat(np.repeat(mask, step, axis=0), step, axis=1)
    less = data.draw(st.tuples(st.integers(0, step - 1), st.integers(0, step - 1)))
    large = large[: large.shape[0] - less[0], : large.shape[1] - less[1]]
    assert rle.grown(edges, mask.shape, step, large.shape).tolist() == rle.edges_in(large).tolist()


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_any_runs_are_read_as_they_were_packed(runs: list[int]) -> None:
    assert rle.unpack(rle.pack(np.array(runs))).tolist() == runs


def test_an_answer_is_put_in_order_and_empty_masks_are_left_out() -> None:
    dog, nothing = mask("dog", counts=RUNS), mask("cat", counts=[90])
    assert clean(dog) == {"masks": [mask("dog")]}
    assert clean(mask("dog"), mask("cat"))["masks"] == [mask("cat"), mask("dog")]
    assert clean(dog, nothing) == {"masks": [mask("dog")]}
    # Runs without length are none: the same mask is written in one way only.
    assert clean(mask(counts=[6, 1, 40, 2, 0, 2, 5, 4, 5, 4, 21, 0])) == clean(mask())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"counts": PACKED[:-1]}, "counts"),
        ({"counts": "é"}, "counts"),
        ({"counts": "\ud800"}, "counts"),
        ({"counts": "o" * 40}, "counts"),
        ({"counts": "61" * 200_000}, "counts"),
        ({"counts": [6, 1, 40]}, "counts"),
        ({"counts": [-6, 96]}, "counts"),
        ({"counts": [6.5, 83.5]}, "counts"),
        ({"counts": ["90"]}, "counts"),
        ({"counts": None}, "counts"),
        ({"counts": ""}, "counts"),
        ({"size": [10, 9]}, "size"),
        ({"size": [9]}, "size"),
        ({"size": "9x10"}, "size"),
        ({"class": "fish"}, "class"),
        ({"occluded": True}, "occluded"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_no_mask_is_refused_with_the_name_of_its_field(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        clean(mask("dog"), mask(**wrong))
    assert list(caught.value.fields) == [f"masks.1.{field}"]


def test_all_masks_together_are_of_bounded_length() -> None:
    item = {**PHOTO, "width": 2048, "height": 2048}
    counts = rle.pack(np.array([1] * 200_000 + [2048 * 2048 - 200_000]))
    assert len(counts) < 300_000
    half = [{"class": key, "size": [2048, 2048], "counts": counts} for key in ("cat", "dog")]
    assert clean(half[0], item=item)
    with pytest.raises(InvalidInput) as caught:
        clean(*half, item=item)
    assert list(caught.value.fields) == ["masks"]


def test_a_class_has_one_mask() -> None:
    with pytest.raises(InvalidInput) as caught:
        clean(mask(), mask())
    assert list(caught.value.fields) == ["masks.1.class"]


@pytest.mark.parametrize(
    ("width", "height", "step"),
    [(640, 480, 1), (2048, 2048, 1), (2049, 2048, 2), (8000, 5000, 4), (100_000, 100_000, 49), (100_000, 1, 1)],
)
def test_masks_of_large_pictures_are_coarser(width: int, height: int, step: int) -> None:
    assert step_of(width, height) == step
    high, wide = size_of({"width": width, "height": height})
    assert high * wide <= MOST_PIXELS
    assert (high, wide) == (-(-height // step), -(-width // step))


def test_agreement_is_the_mean_overlap_of_the_classes() -> None:
    one = {"masks": [square("cat", 0, 0, 10), square("dog", 40, 0, 10)]}
    half = {"masks": [square("cat", 5, 0, 10), square("dog", 40, 0, 10)]}
    assert MASK.agreement(QUESTION, one, half) == pytest.approx((50 / 150 + 1) / 2)
    assert MASK.agreement(QUESTION, one, {"masks": [square("cat", 0, 0, 10)]}) == 0.5
    assert MASK.agreement(QUESTION, one, {"masks": []}) == 0.0
    assert MASK.agreement(QUESTION, {"masks": []}, {"masks": []}) == 1.0


def batch(*rows: tuple[int, int, dict[str, Any]]) -> AnswerBatch:
    tasks, workers, values = zip(*rows, strict=True)
    return AnswerBatch(np.array(tasks), np.array(workers), list(values))


def test_the_result_is_what_most_painted_and_less_sure_the_less_they_agree() -> None:
    item = {**PHOTO, "width": 80, "height": 60}
    rows = [
        (task, worker, MASK.clean_answer(QUESTION, item, {"masks": [square("cat", 10 + by * worker, 10, 20)]}))
        for task, by in ((1, 0), (2, 1), (3, 3))
        for worker in range(3)
    ]
    results = MASK.fit(QUESTION, batch(*rows)).results
    found = {task: result.value["masks"] for task, result in results.items()}
    assert [mask["size"] for masks in found.values() for mask in masks] == [[60, 80]] * 3
    for task, x in ((1, 10), (2, 11), (3, 13)):
        assert found[task][0]["counts"] == square("cat", x, 10, 20)["counts"]
    assert 1 >= results[1].confidence > results[2].confidence > results[3].confidence > 0.3
    assert MASK.clean_answer(QUESTION, item, results[2].value) == {"masks": [square("cat", 11, 10, 20)]}


def test_summary_and_row_tell_the_pixels() -> None:
    value = {"masks": [square("cat", 0, 0, 24), square("dog", 40, 0, 12)]}
    assert MASK.summary_of(QUESTION, value) == "Cat 12.0%, Dog 3.0%"
    assert MASK.summary_of(QUESTION, {"masks": []}) == "Nothing painted"
    assert MASK.csv_columns(QUESTION) == ["pixels_cat", "pixels_dog", "masks_json"]
    row = MASK.csv_row(QUESTION, value)
    assert row[:2] == [576, 144]
    assert json.loads(str(row[2])) == value["masks"]


def test_coco_holds_the_runs_over_the_pictures_own_pixels() -> None:
    item = {**PHOTO, "width": 4100, "height": 2050}
    size = size_of(item)
    assert size == (1025, 2050)
    value = MASK.clean_answer(QUESTION, item, {"masks": [square("dog", 2030, 1020, 30, size)]})
    (row,) = json.loads("".join(MASK.coco(QUESTION, [(item, value, 0.75)])))["annotations"]
    assert row["bbox"] == [4060.0, 2040.0, 40.0, 10.0]
    assert row["area"] == 400
    assert row["category_id"] == 2
    assert row["segmentation"]["size"] == [2050, 4100]
    pixels = rle.bitmap(edges_of(row["segmentation"]), 2050, 4100)
    assert pixels[2040:, 4060:].all()
    assert pixels.sum() == 400


def test_a_mask_full_of_runs_is_read_without_a_picture_in_memory() -> None:
    """A hundred thousand runs on the largest masks: what a hostile answer can ask for takes its characters, not its pixels."""
    item = {**PHOTO, "width": 2048, "height": 2048}
    runs = [1] * 100_000
    runs.append(2048 * 2048 - 100_000)
    (found,) = clean({"class": "cat", "size": [2048, 2048], "counts": rle.pack(np.array(runs))}, item=item)["masks"]
    assert rle.area(edges_of(found)) == 50_000
