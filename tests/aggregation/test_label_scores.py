import math

import numpy as np
import pytest

from aggregation.scores import score_classes


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
