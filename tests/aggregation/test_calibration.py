"""A shown confidence is as often right as it says, once enough known answers have told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.arrays import Floats, Ints
from aggregation.classes import Answers, Auto, Gold
from aggregation.stopping import Calibration, HonestCrowd


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


# --- Learnt from a fit ------------------------------------------------------------------------------------------------
def oversure_crowd(seed: int, tasks: int = 300, known: int = 60) -> tuple[Answers, Ints, Ints]:
    """Everybody sees the same thing and is right .9, but on three items of ten something there misleads: then they agree on
    what is wrong. Returns the answers (five an item, ten to the known ones), the truth and the known truth (-1 unknown).
    """
    generator = np.random.default_rng(seed)
    truth = generator.integers(2, size=tasks)
    seems = np.where(generator.random(tasks) < 0.3, 1 - truth, truth)
    gold = np.where(np.arange(tasks) < known, truth, -1)
    rows = [
        (task, worker, seems[task] if generator.random() < 0.9 else 1 - seems[task])
        for task in range(tasks)
        for worker in generator.choice(20, size=10 if task < known else 5, replace=False)
    ]
    task, worker, label = np.array(rows).T
    return Answers.encode(task, worker, label, n_classes=2), truth, gold


def fitted(answers: Answers, gold: Ints | None) -> tuple[Auto, HonestCrowd]:
    model = Auto().fit(answers, gold=gold)
    return model, HonestCrowd.of(model, answers, Gold.of(gold, answers))


def error(posterior: Floats, truth: Ints) -> float:
    """How much surer than right these are."""
    return float(posterior.max(axis=1).mean() - (posterior.argmax(axis=1) == truth).mean())


def test_known_answers_take_down_a_crowd_that_agrees_on_what_is_wrong() -> None:
    answers, truth, gold = oversure_crowd(1)
    model, honest = fitted(answers, gold)
    rest = gold < 0
    said, shown = model.posterior_[rest], honest.shown(model.posterior_)[rest]
    assert error(said, truth[rest]) > 0.08
    assert error(shown, truth[rest]) < 0.6 * error(said, truth[rest])
    assert honest.calibration.tasks == pytest.approx(60)
    assert honest.calibration.temperature < 0.5
    assert honest.bins[:, 3].sum() == pytest.approx(60)
    assert (honest.shown(model.posterior_, Gold.of(gold, answers))[~rest].max(axis=1) == 1).all()


def test_a_crowd_whose_answers_are_independent_is_left_as_sure_as_it_is() -> None:
    generator = np.random.default_rng(2)
    truth = generator.integers(2, size=300)
    task = np.repeat(np.arange(300), 5)
    worker = np.concatenate([generator.choice(20, size=5, replace=False) for _ in range(300)])
    label = np.where(generator.random(task.size) < 0.8, truth[task], 1 - truth[task])
    answers = Answers.encode(task, worker, label, n_classes=2)
    _, honest = fitted(answers, np.where(np.arange(300) < 60, truth, -1))
    assert 0.8 < honest.calibration.temperature < 1.7


def test_without_known_answers_or_tasks_of_many_nothing_is_calibrated() -> None:
    answers, _, _ = oversure_crowd(3, known=0)
    model, honest = fitted(answers, None)
    assert honest.calibration == Calibration()
    assert honest.bins.shape == (0, 4)
    assert (honest.shown(model.posterior_) == model.posterior_).all()


def test_tasks_that_many_answered_teach_where_most_are_such() -> None:
    answers, _, _ = oversure_crowd(4, tasks=40, known=40)
    _, honest = fitted(answers, None)
    assert honest.calibration.tasks == pytest.approx(20)  # each counts half of a known one


def test_the_same_answers_in_any_order_give_the_same_bytes_and_come_back() -> None:
    answers, _, gold = oversure_crowd(5, tasks=60, known=30)
    order = np.random.default_rng(0).permutation(len(answers))
    again = Answers.encode(answers.task[order], answers.worker[order], answers.label[order], n_classes=2)
    one, other = fitted(answers, gold)[1], fitted(again, gold)[1]
    assert one.to_bytes() == other.to_bytes()
    read = HonestCrowd.from_bytes(one.to_bytes())
    assert (read.calibration, read.to_bytes()) == (one.calibration, one.to_bytes())
    with pytest.raises(ValueError, match="archive"):
        HonestCrowd.from_bytes(b"x")


def test_shares_stay_in_order_and_sum_to_one() -> None:
    said = np.array([[0.5, 0.3, 0.2], [1.0, 0.0, 0.0]])
    for temperature in (0.4, 1.0, 1.7):
        shown = Calibration(temperature, 9).shares(said)
        assert shown.sum(axis=1) == pytest.approx([1, 1])
        assert (np.argsort(-shown[0]) == [0, 1, 2]).all()
        assert shown[1].tolist() == [1, 0, 0]
