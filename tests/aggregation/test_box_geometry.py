import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.boxes import iou_matrix, match_boxes
from aggregation.boxes.geometry import weighted_median


def test_iou_of_halves_disjoint_and_touching_boxes() -> None:
    whole = np.array([[0.0, 0.0, 10.0, 10.0]])
    others = np.array([[0.0, 0.0, 10.0, 5.0], [20.0, 0.0, 30.0, 10.0], [10.0, 0.0, 20.0, 10.0], [0.0, 0.0, 10.0, 10.0]])

    assert iou_matrix(whole, others).tolist() == [[0.5, 0.0, 0.0, 1.0]]


def test_iou_of_no_boxes_is_an_empty_matrix() -> None:
    assert iou_matrix(np.zeros((0, 4)), np.ones((3, 4))).shape == (0, 3)


def test_match_takes_the_best_overlap_first_and_each_box_once() -> None:
    first = np.array([[0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 10.0, 9.0]])
    second = np.array([[0.0, 0.0, 10.0, 9.0], [50.0, 50.0, 60.0, 60.0]])

    rows, columns = match_boxes(first, second)
    assert rows.tolist() == [1]
    assert columns.tolist() == [0]


def test_match_stops_at_the_overlap_asked_for() -> None:
    first, second = np.array([[0.0, 0.0, 10.0, 10.0]]), np.array([[0.0, 0.0, 10.0, 5.0]])

    assert match_boxes(first, second, iou=0.5)[0].tolist() == [0]
    assert match_boxes(first, second, iou=0.51)[0].tolist() == []


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9))
def test_weighted_median_of_equal_weights_is_the_median(values: list[float]) -> None:
    column = np.array(values)[:, None]
    group = np.zeros(len(values), dtype=np.int64)

    found = weighted_median(column, np.full(len(values), 3.0), group, 1)
    assert found[0, 0] == pytest.approx(np.median(column), abs=1e-6)


def test_weighted_median_follows_the_weight_and_keeps_groups_apart() -> None:
    values = np.array([[1.0, 10.0], [2.0, 20.0], [9.0, 90.0], [5.0, 50.0]])
    weights = np.array([1.0, 1.0, 8.0, 1.0])
    found = weighted_median(values, weights, np.array([0, 0, 0, 1]), 2)

    assert found[0, 0] > 5
    assert found[:, 1] == pytest.approx(found[:, 0] * 10)
    assert found[1].tolist() == [5.0, 50.0]
