import math

import numpy as np
import pytest

from aggregation.scores import calibration_error, score_classes


def test_scores_of_a_known_case() -> None:
    posterior = np.array([[0.97, 0.03], [0.96, 0.04], [0.4, 0.6], [0.5, 0.5]])
    score = score_classes(posterior, np.array([0, 0, 1, 0]), np.array([0, 1, 1, -1]))

    assert score.tasks == 3
    assert score.accuracy == pytest.approx(2 / 3)
    assert score.brier == pytest.approx((2 * 0.03**2 + 2 * 0.96**2 + 2 * 0.4**2) / 3)
    assert score.log_loss == pytest.approx(-(math.log(0.97) + math.log(0.04) + math.log(0.6)) / 3)
    assert (score.claimed, score.kept_promise) == pytest.approx((2 / 3, 0.5))


def test_scores_without_truth_are_unknown() -> None:
    score = score_classes(np.array([[1.0, 0.0]]), np.array([0]), np.array([-1]))

    assert score.tasks == 0
    assert math.isnan(score.accuracy)


def test_a_promise_nobody_made_is_neither_kept_nor_broken() -> None:
    score = score_classes(np.array([[0.6, 0.4]]), np.array([0]), np.array([0]))

    assert score.claimed == 0
    assert math.isnan(score.kept_promise)


def test_calibration_error_weighs_the_gap_of_each_bin() -> None:
    confidence = np.array([0.9, 0.9, 0.9, 0.9, 0.61, 0.61, 1.0])
    right = np.array([True, True, True, False, True, False, True])

    # Bins of a tenth: .9 claimed and .75 kept (4 tasks, with the certain one 5), .61 claimed and .5 kept (2 tasks).
    assert calibration_error(confidence, right, bins=10) == pytest.approx((abs(4 - 4.6) + abs(1 - 1.22)) / 7)


def test_calibration_error_of_honest_confidence_is_zero() -> None:
    assert calibration_error(np.array([0.75] * 4), np.array([True, True, True, False])) == 0.0
    assert math.isnan(calibration_error(np.zeros(0), np.zeros(0, dtype=bool)))
