import numpy as np
import pytest

from aggregation.shapes import ShapeAnswers, fuse, score_shapes

A, B, C = [0.0, 0.0, 10.0, 10.0], [50.0, 50.0, 70.0, 90.0], [200.0, 0.0, 210.0, 20.0]


def test_scores_of_a_perfect_answer_are_one() -> None:
    answers = ShapeAnswers.encode(
        [1, 1, 1, 2, 2, 2], [1, 2, 3] * 2, [[A, B]] * 3 + [[]] * 3, [[0, 0]] * 3 + [[]] * 3, n_classes=1
    )
    score = score_shapes(answers, fuse(answers), {1: np.array([A, B]), 2: np.zeros((0, 4))}, level=0.5)

    assert (score.images, score.f1, score.precision, score.recall) == (2, 1.0, 1.0, 1.0)
    assert (score.likeness, score.average_precision, score.claimed, score.kept_promise) == (1.0, 1.0, 1.0, 1.0)


def test_scores_count_what_is_missed_what_is_false_and_what_is_a_candidate() -> None:
    answers = ShapeAnswers.encode([1] * 3, [1, 2, 3], [[A, B], [A], [A, C]], [[0, 0], [0], [0, 0]], n_classes=1)
    fusion = fuse(answers)
    score = score_shapes(answers, fusion, {1: np.array([A, C]), 9: np.array([A])})
    order = fusion.shape[:, 0].tolist()

    assert fusion.kept.tolist() == [True, False, False]
    assert (score.precision, score.recall, score.f1) == (1.0, 0.5, pytest.approx(2 / 3))
    # C is the second or third candidate: half the recall at precision 1, half at 1 or 2/3.
    assert score.average_precision == pytest.approx(0.5 + 0.5 * 2 / (order.index(C[0]) + 1))


def test_a_second_shape_of_one_thing_is_false() -> None:
    twins = [A, [0.0, 0.0, 10.0, 9.0]]
    answers = ShapeAnswers.encode([1] * 3, [1, 2, 3], [twins] * 3, [[0, 0]] * 3, n_classes=1)
    assert score_shapes(answers, fuse(answers), {1: np.array([A])}).precision == 0.5


def test_scores_without_truth_are_no_numbers() -> None:
    answers = ShapeAnswers.encode([1], [1], [[A]], [[0]], n_classes=1)
    score = score_shapes(answers, fuse(answers), {})
    assert score.images == 0
    assert np.isnan([score.f1, score.likeness, score.average_precision, score.kept_promise]).all()
