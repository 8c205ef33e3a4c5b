"""Maximum-likelihood and MAP Dawid-Skene."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.arrays import Ints
from aggregation.classes import Answers, DawidSkene, MapDawidSkene, MatrixCrowd, Smoothing
from aggregation.simulate import WorkerKind, class_world
from tests.aggregation.classic_reference import DawidSkeneReference
from tests.aggregation.real_answers import RealSets
from tests.aggregation.small_answers import CROWD, encode, rows_repeated


def steps(n: int, **others: Any) -> DawidSkene:
    """A model that makes exactly `n` steps."""
    return DawidSkene(max_iter=n, tol=1e-300, **others)


@settings(max_examples=60, deadline=None)
@given(rows_repeated(), st.sampled_from([(0.0, 0.0), (0.1, 1.0)]), st.integers(0, 3))
def test_steps_are_those_of_the_reference(drawn: tuple[Ints, int], smoothing: tuple[float, float], known: int) -> None:
    rows, k = drawn
    a = encode(rows, k)
    truth = np.full(a.n_tasks, -1)
    truth[:known] = 0
    gold = {int(a.task_ids[t]): 0 for t in np.flatnonzero(truth == 0)}
    model = DawidSkene(max_iter=5, tol=1e-300, smoothing=Smoothing(*smoothing)).fit(a, gold=truth)
    slow = DawidSkeneReference([tuple(r) for r in rows.tolist()], k, model.n_iter_, *smoothing, gold=gold)

    assert model.posterior_ == pytest.approx(np.array(list(slow.posterior.values())), abs=1e-7)
    assert model.log_likelihood_ == pytest.approx(slow.likelihood[-1], abs=1e-6)
    theta = [slow.theta[int(w), c, int(d)] for w, d in zip(*worker_labels(a), strict=True) for c in range(k)]
    who, said = worker_labels(a)
    rows_of_workers = np.searchsorted(a.worker_ids, who)
    if smoothing[0]:
        assert model.confusion_[rows_of_workers, :, said].ravel() == pytest.approx(np.array(theta), abs=1e-6)


def worker_labels(a: Answers) -> tuple[Ints, Ints]:
    pairs = np.unique(np.stack([a.worker_ids[a.worker], a.label]), axis=1)
    return pairs[0], pairs[1]


@pytest.mark.parametrize("per_task", [1, 3, 40])
@pytest.mark.parametrize("n_classes", [2, 5])
def test_steps_are_those_of_the_reference_with_slices_and_tails(per_task: int, n_classes: int) -> None:
    """700 tasks: their first answers lie in slices, what only some of them have lies in the tail."""
    generator = np.random.default_rng(per_task)
    count = np.where(np.arange(700) < 30, per_task, generator.integers(1, 3, 700))
    task = np.repeat(np.arange(700), count)
    rows = np.stack([task, generator.integers(0, 9, task.size), generator.integers(0, n_classes, task.size)], axis=1)
    model = steps(3).fit(encode(rows, n_classes))
    slow = DawidSkeneReference([tuple(r) for r in rows.tolist()], n_classes, 3)

    assert model.posterior_ == pytest.approx(np.array(list(slow.posterior.values())), abs=1e-9)
    assert model.objective_ == pytest.approx(np.array(slow.likelihood))


@settings(max_examples=40, deadline=None)
@given(rows_repeated(), st.sampled_from([DawidSkene, MapDawidSkene]), st.booleans())
def test_objective_never_falls(drawn: tuple[Ints, int], method: type[DawidSkene], accelerate: bool) -> None:
    model = method(accelerate=accelerate).fit(encode(*drawn))

    assert np.diff(model.objective_).min(initial=0.0) >= -1e-7
    assert model.posterior_.sum(axis=1) == pytest.approx(np.ones(len(model.posterior_)))
    assert model.confusion_.sum(axis=2) == pytest.approx(np.ones(model.confusion_.shape[:2]))


@settings(max_examples=40, deadline=None)
@given(rows_repeated(), st.integers(0, 99))
def test_fit_of_any_row_order_is_the_same_bits(drawn: tuple[Ints, int], seed: int) -> None:
    rows, k = drawn
    one = DawidSkene().fit(encode(rows, k))
    two = DawidSkene().fit(encode(np.random.default_rng(seed).permutation(rows), k))

    assert one.posterior_.tobytes() == two.posterior_.tobytes()
    assert one.crowd_.to_bytes() == two.crowd_.to_bytes()


@settings(max_examples=40, deadline=None)
@given(rows_repeated(), st.integers(0, 99))
def test_fit_does_not_depend_on_names(drawn: tuple[Ints, int], seed: int) -> None:
    rows, k = drawn
    generator = np.random.default_rng(seed)
    tasks, workers, classes = generator.permutation(10), generator.permutation(6), generator.permutation(k)
    a = encode(rows, k)
    b = encode(np.stack([tasks[rows[:, 0]], workers[rows[:, 1]], classes[rows[:, 2]]], axis=1), k)
    one, two = MapDawidSkene(max_iter=8, tol=1e-300).fit(a), MapDawidSkene(max_iter=8, tol=1e-300).fit(b)

    assert two.log_likelihood_ == pytest.approx(one.log_likelihood_)
    where = np.searchsorted(b.task_ids, tasks[a.task_ids])
    assert two.posterior_[where][:, classes] == pytest.approx(one.posterior_, abs=1e-7)


@settings(max_examples=40, deadline=None)
@given(rows_repeated())
def test_answers_given_twice_are_answers_that_weigh_two(drawn: tuple[Ints, int]) -> None:
    rows, k = drawn
    twice = steps(4).fit(encode(np.concatenate([rows, rows]), k))
    heavy = steps(4).fit(encode(rows, k, weight=np.full(len(rows), 2.0)))

    assert heavy.posterior_ == pytest.approx(twice.posterior_, abs=1e-9)
    assert heavy.log_likelihood_ == pytest.approx(twice.log_likelihood_)


def test_weights_count_in_slices_and_tails() -> None:
    generator = np.random.default_rng(0)
    count = np.where(np.arange(700) < 40, 20, 2)
    rows = np.stack([np.repeat(np.arange(700), count), generator.integers(0, 9, count.sum())], axis=1)
    rows = np.column_stack([rows, generator.integers(0, 3, len(rows))])
    weight = generator.integers(1, 4, len(rows))
    many = steps(4).fit(encode(np.repeat(rows, weight, axis=0), 3))
    heavy = steps(4).fit(encode(rows, 3, weight=weight))

    assert heavy.posterior_ == pytest.approx(many.posterior_, abs=1e-9)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_single_precision_is_double_within_its_digits(n_classes: int) -> None:
    world = class_world(seed=3, n_tasks=800, n_classes=n_classes, workers=CROWD, answers_per_task=5)
    double = steps(10).fit(world.answers)
    single = steps(10, dtype=np.float32).fit(world.answers)

    assert single.posterior_ == pytest.approx(double.posterior_, abs=2e-4)
    assert single.log_likelihood_ == pytest.approx(double.log_likelihood_, rel=1e-5)


def test_acceleration_ends_at_the_same_place_in_fewer_steps() -> None:
    crowd = {WorkerKind.SLOPPY: 40, WorkerKind.SPAMMER: 20}
    world = class_world(seed=1, n_tasks=300, n_classes=3, workers=crowd, answers_per_task=2)
    plain = MapDawidSkene(tol=1e-10, max_iter=5000).fit(world.answers)
    fast = MapDawidSkene(tol=1e-10, max_iter=5000, accelerate=True).fit(world.answers)

    assert plain.converged_
    assert fast.converged_
    assert fast.objective_[-1] == pytest.approx(plain.objective_[-1], abs=1e-4)
    assert fast.posterior_ == pytest.approx(plain.posterior_, abs=5e-3)
    assert fast.n_iter_ < plain.n_iter_ / 2
    assert fast.crowd_.posterior(world.answers) == pytest.approx(fast.posterior_, abs=1e-9)


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5, 6, 9])
def test_acceleration_keeps_to_the_most_steps(most: int) -> None:
    world = class_world(seed=7, n_tasks=100, n_classes=3, workers=CROWD, answers_per_task=4)
    model = DawidSkene(tol=1e-300, max_iter=most, accelerate=True).fit(world.answers)

    assert model.n_iter_ == most
    assert model.crowd_.posterior(world.answers) == pytest.approx(model.posterior_, abs=1e-9)


def test_posterior_is_the_e_step_of_the_crowd() -> None:
    world = class_world(seed=6, n_tasks=600, n_classes=3, workers=CROWD, answers_per_task=4)
    model = MapDawidSkene().fit(world.answers)
    back = MatrixCrowd.from_bytes(model.crowd_.to_bytes())

    assert model.crowd_.posterior(world.answers) == pytest.approx(model.posterior_, abs=1e-12)
    assert back.to_bytes() == model.crowd_.to_bytes()


def test_start_from_the_fitted_crowd_ends_there_at_once() -> None:
    world = class_world(seed=5, n_tasks=400, n_classes=3, workers=CROWD, answers_per_task=5)
    cold = MapDawidSkene(tol=1e-9, max_iter=2000).fit(world.answers)
    warm = MapDawidSkene(tol=1e-9, max_iter=2000).fit(world.answers, start=cold.crowd_)

    assert warm.n_iter_ < cold.n_iter_
    assert warm.posterior_ == pytest.approx(cold.posterior_, abs=1e-3)


def test_start_may_lack_workers_and_tasks() -> None:
    world = class_world(seed=5, n_tasks=400, n_classes=3, workers=CROWD, answers_per_task=5)
    a = world.answers
    part = a.worker < 9
    start = MapDawidSkene().fit(Answers.encode(a.task[part], a.worker[part], a.label[part], n_classes=3)).crowd_
    warm = MapDawidSkene(tol=1e-10, max_iter=3000).fit(a, start=start)
    cold = MapDawidSkene(tol=1e-10, max_iter=3000).fit(a)

    assert warm.log_likelihood_ == pytest.approx(cold.log_likelihood_, abs=0.01)


def test_start_of_other_classes_is_refused() -> None:
    start = DawidSkene().fit(Answers.encode([1, 1], [1, 2], [0, 1], n_classes=2)).crowd_
    with pytest.raises(ValueError, match="fitted on 2 classes, the answers have 3"):
        DawidSkene().fit(Answers.encode([1], [1], [0], n_classes=3), start=start)


def test_known_truth_anchors_the_workers() -> None:
    """Two adversaries against one hammer: votes are wrong, and 20 known tasks say so."""
    truth = np.arange(200) % 2
    labels = np.stack([truth, 1 - truth, 1 - truth], axis=1)
    a = Answers.encode(np.repeat(np.arange(200), 3), np.tile([0, 1, 2], 200), labels.ravel(), n_classes=2)
    gold = np.where(np.arange(200) < 20, truth, -1)

    assert (DawidSkene().fit(a).labels() == truth).mean() < 0.01
    assert (DawidSkene().fit(a, gold=gold).labels()[:20] == truth[:20]).all()


def test_workers_never_seen_are_judged_as_the_crowd() -> None:
    world = class_world(seed=6, n_tasks=300, n_classes=2, workers={WorkerKind.HAMMER: 6}, answers_per_task=4)
    crowd = MapDawidSkene().fit(world.answers).crowd_

    assert crowd.posterior(Answers.encode([1], [77], [1], n_classes=2))[0, 1] > 0.8
    assert crowd.confusion(np.array([77]))[0].diagonal().min() > 0.8


def test_many_answers_a_task_do_not_underflow() -> None:
    world = class_world(seed=1, n_tasks=30, n_classes=3, workers={WorkerKind.SLOPPY: 1500}, answers_per_task=1500)
    for dtype in (np.float64, np.float32):
        model = DawidSkene(dtype=dtype).fit(world.answers)

        assert model.labels().tolist() == world.truth.tolist()
        assert np.isfinite(model.posterior_).all()
        assert np.isfinite(model.log_likelihood_)


def test_fit_of_nothing_is_empty() -> None:
    model = DawidSkene().fit(Answers.encode([], [], [], n_classes=3))

    assert model.posterior_.shape == (0, 3)
    assert model.confusion_.shape == (0, 3, 3)
    assert model.prior_.tolist() == pytest.approx([1 / 3] * 3)
    assert model.log_likelihood_ == 0.0


def test_tasks_and_workers_without_answers_get_the_prior_and_the_crowd() -> None:
    answers = Answers.encode([1, 1], [1, 2], [0, 0], n_classes=2, task_ids=[0, 1, 9], worker_ids=[1, 2, 3])
    model = MapDawidSkene().fit(answers)

    assert model.posterior_[[0, 2]].tolist() == [model.prior_.tolist()] * 2
    assert model.confusion_.shape == (3, 2, 2)


def test_one_class_leaves_nothing_to_learn() -> None:
    model = DawidSkene().fit(Answers.encode([1, 2], [1, 1], [0, 0], n_classes=1))

    assert model.posterior_.tolist() == [[1.0], [1.0]]
    assert model.confusion_.tolist() == [[[1.0]]]
    assert model.log_likelihood_ == 0.0


def test_a_hundred_classes_and_workers_of_one_answer() -> None:
    truth = np.arange(600) % 100
    a = Answers.encode(np.repeat(range(600), 3), range(1800), np.repeat(truth, 3), n_classes=100)
    model = MapDawidSkene().fit(a)

    assert model.labels().tolist() == truth.tolist()
    assert model.crowd_.counts.shape == (100, 1800)


@pytest.mark.parametrize("wrong", [{"max_iter": 0}, {"tol": 0.0}, {"tol": float("nan")}])
def test_stopping_without_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="max_iter must be at least 1 and tol above 0"):
        DawidSkene(**wrong)


def test_types_other_than_two_floats_are_refused() -> None:
    with pytest.raises(ValueError, match="dtype must be float32 or float64, not int64"):
        DawidSkene(dtype=np.int64)


@pytest.mark.parametrize(("name", "tasks_by_class"), [("bluebirds", [47.080315996, 60.919684010])])
def test_posteriors_are_those_of_crowd_kit(real: RealSets, name: str, tasks_by_class: list[float]) -> None:
    """Stored: crowd-kit 1.4.2, DawidSkene(n_iter=20, tol=-1e9), the posteriors summed over the tasks."""
    found = steps(20).fit(real(name).answers).posterior_.sum(axis=0)
    assert sorted(found) == pytest.approx(sorted(tasks_by_class), abs=1e-6)
