import numpy as np
import pytest

from aggregation.shapes import ShapeAnswers

A, B = [0.0, 0.0, 10.0, 10.0], [5.0, 5.0, 20.0, 20.0]


def test_box_answers_of_any_order_are_the_same_arrays() -> None:
    one = ShapeAnswers.encode([9, 9, 4], [1, 2, 2], [[A, B], [], [B]], [[0, 1], [], [1]], n_classes=2)
    two = ShapeAnswers.encode([4, 9, 9], [2, 2, 1], [[B], [], [B, A]], [[1], [], [1, 0]], n_classes=2)

    for name in ("task", "worker", "answer", "shape", "label", "task_ids", "worker_ids"):
        assert getattr(one, name).tolist() == getattr(two, name).tolist()
    assert one.task.tolist() == [0, 1, 1]
    assert one.answer.tolist() == [0, 1, 1]
    assert one.shape.tolist() == [B, A, B]
    assert (one.n_tasks, one.n_workers) == (2, 2)


def test_box_answers_may_hold_no_boxes_at_all() -> None:
    nothing = ShapeAnswers.encode([1, 2], [1, 1], [[], []], [[], []], n_classes=3)
    assert nothing.shape.shape == (0, 4)
    assert ShapeAnswers.encode([], [], [], [], n_classes=1).n_tasks == 0


@pytest.mark.parametrize(
    ("box", "label", "message"),
    [
        ([A, [0, 0, np.nan, 1]], [0, 0], r"shapes\[1\]\[1\] = .* holds a number that is not finite"),
        ([A, [3, 0, 3, 1]], [0, 0], r"shapes\[1\]\[1\] = .* must have x1 < x2 and y1 < y2"),
        ([A], [2], r"labels\[1\]\[0\] = 2 is not one of the 2 classes"),
        ([A], [-1], r"labels\[1\]\[0\] = -1 is below 0"),
        ([A], [0, 1], r"shapes\[1\] holds 1 shapes, labels\[1\] 2 classes"),
        ([[0, 0, 1]], [0], r"shapes\[1\] must have the shape \(n, 4\), not \(1, 3\)"),
    ],
)
def test_box_answers_name_what_is_wrong(box: list[list[float]], label: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ShapeAnswers.encode([1, 2], [1, 1], [[A], box], [[0], label], n_classes=2)


def test_box_answers_refuse_a_worker_who_answers_twice() -> None:
    with pytest.raises(ValueError, match=r"worker 5 answers task 3 twice \(row 2\)"):
        ShapeAnswers.encode([3, 4, 3], [5, 5, 5], [[], [], []], [[], [], []], n_classes=1)


def test_box_answers_refuse_columns_of_different_length() -> None:
    with pytest.raises(ValueError, match="of one length, not 1, 1, 2 and 1"):
        ShapeAnswers.encode([3], [5], [[], []], [[]], n_classes=1)
