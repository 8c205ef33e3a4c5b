"""Numbers of several people: where the truth is, who is off, how sure one can be."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aggregation.arrays import Floats
from aggregation.numbers import NumberAnswers, NumberCrowd, fuse_numbers, medians, weighted_mean


def crowd_of(
    seed: int, tasks: int = 150, per_task: int = 5, workers: int = 20
) -> tuple[NumberAnswers, Floats, Floats, Floats]:
    """Workers of many biases and spreads, a wild answer in fifty; truth, biases, spreads."""
    generator = np.random.default_rng(seed)
    truth = generator.normal(100, 30, tasks)
    bias, spread = generator.normal(0, 3, workers), generator.uniform(0.5, 8, workers)
    bias -= bias.mean()
    worker = np.concatenate([generator.choice(workers, per_task, replace=False) for _ in range(tasks)])
    task = np.repeat(np.arange(tasks), per_task)
    value = truth[task] + bias[worker] + generator.normal(0, 1, task.size) * spread[worker]
    wild = generator.random(task.size) < 0.02
    value[wild] += generator.normal(0, 300, int(wild.sum()))
    return NumberAnswers.encode(task, worker, value), truth, bias, spread


def rms(values: Floats) -> float:
    return float(np.sqrt((values**2).mean()))


def test_fused_numbers_are_nearer_than_means_and_medians() -> None:
    found = []
    for seed in range(4):
        answers, truth, _, _ = crowd_of(seed)
        ours = rms(fuse_numbers(answers).value - truth)
        found.append([ours / rms(medians(answers) - truth), ours / rms(weighted_mean(answers, np.ones(750)) - truth)])
    assert np.mean(found, axis=0)[0] < 0.8
    assert np.mean(found, axis=0)[1] < 0.3


def test_workers_are_known_by_bias_and_spread() -> None:
    answers, _, bias, spread = crowd_of(1, tasks=400)
    crowd = fuse_numbers(answers).crowd
    assert np.corrcoef(crowd.bias, bias)[0, 1] > 0.9
    assert np.corrcoef(crowd.spread, spread)[0, 1] > 0.9


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = []
    for seed in range(6):
        answers, truth, _, _ = crowd_of(seed)
        fusion = fuse_numbers(answers, confidence=0.9)
        held.append(((fusion.low <= truth) & (truth <= fusion.high)).mean())
    assert 0.8 < np.mean(held) < 0.97


def test_the_objective_never_falls() -> None:
    objective = fuse_numbers(crowd_of(2)[0]).objective
    assert len(objective) > 3
    assert np.diff(objective).min() >= -1e-9 * abs(objective[-1])


def test_a_wild_answer_moves_nothing() -> None:
    answers = NumberAnswers.encode([1] * 4, [1, 2, 3, 4], [10.0, 10.2, 9.9, 5000.0])
    fusion = fuse_numbers(answers)
    assert fusion.value[0] == pytest.approx(10.0, abs=0.3)
    assert fusion.weight[3] < 0.01
    assert fusion.weight[:3].min() > 0.5


def test_fixed_workers_place_touched_tasks_as_the_whole_fit_did() -> None:
    answers, _, _, _ = crowd_of(3)
    whole = fuse_numbers(answers)
    rows = np.isin(answers.task, [4, 9])
    part = NumberAnswers.encode(answers.task[rows], answers.worker[rows], answers.value[rows])
    again = fuse_numbers(part, fixed=NumberCrowd.from_bytes(whole.crowd.to_bytes()))
    assert again.value == pytest.approx(whole.value[[4, 9]], abs=1e-4)
    assert again.error == pytest.approx(whole.error[[4, 9]], abs=1e-9)


def test_a_warm_start_ends_where_the_cold_one_does() -> None:
    answers, _, _, _ = crowd_of(3)
    cold = fuse_numbers(answers)
    warm = fuse_numbers(answers, start=cold.crowd)
    assert warm.value == pytest.approx(cold.value, abs=1e-3)
    assert len(warm.objective) < len(cold.objective)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.floats(-1e300, 1e300)), min_size=1, max_size=20),
    st.integers(0, 99),
)
@example([(0, 0, 3e-291)], 0)  # the square of a spread this small is 0
@example([(0, 0, 1e300), (0, 1, -1e300)], 0)
def test_numbers_of_any_size_and_order_have_a_value_within_its_interval(
    found: list[tuple[int, int, float]], seed: int
) -> None:
    shuffled = [found[i] for i in np.random.default_rng(seed).permutation(len(found))]
    one, two = (fuse_numbers(NumberAnswers.encode(*zip(*rows, strict=True))) for rows in (found, shuffled))
    assert one.value.tobytes() == two.value.tobytes()
    assert np.isfinite(one.value).all()
    assert (one.low <= one.value).all()
    assert (one.value <= one.high).all()


def test_shifted_and_scaled_answers_give_shifted_and_scaled_values() -> None:
    answers, _, _, _ = crowd_of(5, tasks=30)
    other = NumberAnswers.encode(answers.task, answers.worker, answers.value * 10 + 7)
    one, two = fuse_numbers(answers), fuse_numbers(other)
    assert two.value == pytest.approx(one.value * 10 + 7, rel=1e-5)
    assert two.crowd.spread == pytest.approx(one.crowd.spread * 10, rel=1e-4)
    assert two.error == pytest.approx(one.error * 10, rel=1e-4)


def test_one_worker_equal_answers_and_nothing() -> None:
    alone = fuse_numbers(NumberAnswers.encode([1, 2], [1, 1], [3.0, -4.0]))
    assert alone.value.tolist() == [3.0, -4.0]
    same = fuse_numbers(NumberAnswers.encode([1, 1, 1], [1, 2, 3], [5.0, 5.0, 5.0]))
    assert same.value.tolist() == [5.0]
    assert fuse_numbers(NumberAnswers.encode([], [], [])).value.size == 0


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([1], [1], [np.nan]), r"values\[0\] = nan is not a finite number"),
        (([1], [1], [1.0, 2.0]), "of one length, not 1, 1 and 2"),
        (([0.5], [1], [1.0]), r"tasks\[0\] = 0.5 is not a whole number"),
    ],
)
def test_numbers_name_what_is_wrong(columns: tuple[list[float], ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        NumberAnswers.encode(*columns)


def test_confidence_is_a_probability() -> None:
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
        fuse_numbers(NumberAnswers.encode([1], [1], [1.0]), confidence=1.0)
