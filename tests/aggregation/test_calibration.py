"""A shown confidence is as often right as it says, once enough known answers have told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.stopping import Calibration


def test_an_overconfident_model_is_taken_down_to_the_truth() -> None:
    generator = np.random.default_rng(1)
    honest = generator.uniform(0.5, 0.95, 4000)
    right = generator.random(4000) < honest
    odds = np.log(honest / (1 - honest))
    said = 1 / (1 + np.exp(-2 * odds))
    learnt = Calibration.learn(said, right.astype(float))
    assert learnt.temperature == pytest.approx(0.5, abs=0.06)
    assert np.abs(learnt.shown(said) - honest).max() < 0.03


def test_few_known_answers_move_little_and_none_nothing() -> None:
    assert Calibration.learn([], []) == Calibration()
    said = np.array([0.3, 0.6, 0.9])
    assert Calibration().shown(said).tolist() == said.tolist()
    few = Calibration.learn(np.full(3, 0.99), np.array([1.0, 0.0, 1.0]))
    many = Calibration.learn(np.full(300, 0.99), np.tile([1.0, 0.0, 1.0], 100))
    assert many.temperature < few.temperature < 1


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40), st.floats(0, 1), st.floats(0, 1))
def test_the_map_is_monotone_and_stays_a_probability(known: list[tuple[float, bool]], a: float, b: float) -> None:
    learnt = Calibration.learn([said for said, _ in known], [float(right) for _, right in known])
    low, high = learnt.shown(np.array(sorted((a, b))))
    assert 0 <= low <= high <= 1


@pytest.mark.parametrize(("said", "right"), [([0.5], [0.5, 1.0]), ([1.5], [1.0]), ([float("nan")], [1.0])])
def test_what_is_no_probability_is_refused(said: list[float], right: list[float]) -> None:
    with pytest.raises(ValueError, match="said and right"):
        Calibration.learn(said, right)
