from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.arrays import Ints
from aggregation.classes import Answers, ClassCrowd, HierarchicalDawidSkene, majority_vote
from aggregation.simulate import WorkerKind, class_world
from tests.aggregation.small_answers import CROWD, encode, rows_once


@settings(max_examples=40, deadline=None)
@given(rows_once(), st.integers(0, 99))
def test_fit_of_any_row_order_is_the_same_bits(drawn: tuple[Ints, int], seed: int) -> None:
    rows, k = drawn
    shuffled = np.random.default_rng(seed).permutation(rows)
    a, b = HierarchicalDawidSkene().fit(encode(rows, k)), HierarchicalDawidSkene().fit(encode(shuffled, k))

    assert a.posterior_.tobytes() == b.posterior_.tobytes()
    assert a.crowd_.to_bytes() == b.crowd_.to_bytes()
    assert a.labels().tolist() == b.labels().tolist()


@settings(max_examples=40, deadline=None)
@given(rows_once(), st.integers(0, 99))
def test_fit_does_not_depend_on_what_tasks_and_workers_and_classes_are_called(
    drawn: tuple[Ints, int], seed: int
) -> None:
    rows, k = drawn
    generator = np.random.default_rng(seed)
    tasks, workers, classes = generator.permutation(10), generator.permutation(6), generator.permutation(k)
    renamed = np.stack([tasks[rows[:, 0]], workers[rows[:, 1]], classes[rows[:, 2]]], axis=1)
    a, b = encode(rows, k), encode(renamed, k)
    one, two = HierarchicalDawidSkene(tol=1e-9).fit(a), HierarchicalDawidSkene(tol=1e-9).fit(b)

    where = np.searchsorted(b.task_ids, tasks[a.task_ids])
    assert two.posterior_[where][:, classes] == pytest.approx(one.posterior_, abs=1e-5)
    who = np.searchsorted(b.worker_ids, workers[a.worker_ids])
    assert two.confusion_[who][:, classes][:, :, classes] == pytest.approx(one.confusion_, abs=1e-4)


@settings(max_examples=40, deadline=None)
@given(rows_once())
def test_objective_never_falls_and_results_are_probabilities(drawn: tuple[Ints, int]) -> None:
    model = HierarchicalDawidSkene().fit(encode(*drawn))

    assert np.diff(model.objective_).min(initial=0.0) >= -1e-9 * max(1.0, np.abs(model.objective_).max())
    assert model.posterior_.sum(axis=1) == pytest.approx(np.ones(len(model.posterior_)))
    assert model.confusion_.sum(axis=2) == pytest.approx(np.ones(model.confusion_.shape[:2]))
    assert model.confusion_.min() > 0
    assert model.prior_.sum() == pytest.approx(1.0)


def test_objective_never_falls_over_many_iterations() -> None:
    world = class_world(seed=3, n_tasks=300, n_classes=4, workers=CROWD, answers_per_task=3)
    model = HierarchicalDawidSkene(tol=1e-12, max_iter=500).fit(world.answers)

    assert model.objective_.size > 5
    assert np.diff(model.objective_).min() >= -1e-7


def test_fit_finds_truth_and_workers_of_a_simulated_crowd() -> None:
    right, vote = [], []
    for seed in range(5):
        world = class_world(seed=seed, n_tasks=300, n_classes=3, workers=CROWD, answers_per_task=8)
        model = HierarchicalDawidSkene().fit(world.answers)
        right.append((model.labels() == world.truth).mean())
        vote.append((majority_vote(world.answers) == world.truth).mean())
        assert np.abs(model.confusion_ - world.confusion).mean() < 0.05
    assert np.mean(right) > 0.97
    assert np.mean(right) > np.mean(vote) + 0.02


def test_hammers_among_spammers_are_found() -> None:
    crowd = {WorkerKind.HAMMER: 4, WorkerKind.SPAMMER: 16}
    right = []
    for seed in range(5):
        world = class_world(seed=seed, n_tasks=100, n_classes=2, workers=crowd, answers_per_task=20)
        right.append((HierarchicalDawidSkene().fit(world.answers).labels() == world.truth).mean())
    assert np.mean(right) > 0.97


def test_adversaries_are_used_against_themselves() -> None:
    crowd = {WorkerKind.HAMMER: 3, WorkerKind.ADVERSARY: 2}
    world = class_world(seed=1, n_tasks=200, n_classes=3, workers=crowd, answers_per_task=5)
    model = HierarchicalDawidSkene().fit(world.answers)

    assert (model.labels() == world.truth).mean() > 0.98
    assert model.confusion_[3:, np.arange(3), np.arange(3)].max() < 0.2


def test_start_from_the_fitted_crowd_ends_where_the_cold_fit_ends() -> None:
    world = class_world(seed=5, n_tasks=400, n_classes=3, workers=CROWD, answers_per_task=5)
    model = HierarchicalDawidSkene(tol=1e-10, max_iter=3000)
    cold = model.fit(world.answers).posterior_
    cold_steps = model.n_iter_
    half = world.answers.task < 300
    a = world.answers
    part = Answers.encode(a.task[half], a.worker[half], a.label[half], n_classes=3)
    start = HierarchicalDawidSkene().fit(part).crowd_
    warm = HierarchicalDawidSkene(tol=1e-10, max_iter=3000).fit(a, start=start)
    again = HierarchicalDawidSkene().fit(a, start=HierarchicalDawidSkene().fit(a).crowd_)

    assert warm.converged_
    assert warm.posterior_ == pytest.approx(cold, abs=2e-3)
    assert again.n_iter_ < cold_steps


def test_start_of_other_classes_is_refused() -> None:
    start = HierarchicalDawidSkene().fit(Answers.encode([1, 1], [1, 2], [0, 1], n_classes=2)).crowd_
    with pytest.raises(ValueError, match="fitted on 2 classes, the answers have 3"):
        HierarchicalDawidSkene().fit(Answers.encode([1], [1], [0], n_classes=3), start=start)


def test_e_step_of_the_fitted_answers_is_the_posterior() -> None:
    world = class_world(seed=6, n_tasks=50, n_classes=3, workers=CROWD, answers_per_task=4)
    model = HierarchicalDawidSkene().fit(world.answers)

    assert model.e_step(world.answers).tobytes() == model.posterior_.tobytes()


def test_e_step_of_some_tasks_is_their_part_of_the_posterior() -> None:
    world = class_world(seed=6, n_tasks=50, n_classes=3, workers=CROWD, answers_per_task=4)
    a = world.answers
    model = HierarchicalDawidSkene().fit(a)
    some = np.isin(a.task, [3, 17, 20])
    part = Answers.encode(a.task[some], a.worker[some], a.label[some], n_classes=3)

    assert model.e_step(part) == pytest.approx(model.posterior_[[3, 17, 20]], abs=1e-12)


def test_e_step_judges_workers_never_seen_as_fresh_ones() -> None:
    world = class_world(seed=6, n_tasks=100, n_classes=2, workers=CROWD, answers_per_task=6)
    crowd = HierarchicalDawidSkene().fit(world.answers).crowd_
    fresh = crowd.posterior(Answers.encode([900, 900], [70, 71], [1, 1], n_classes=2))
    lone = crowd.posterior(Answers.encode([900], [70], [1], n_classes=2))

    assert 0.5 < lone[0, 1] < fresh[0, 1] < 0.99
    assert crowd.confusion(np.array([70]))[0].diagonal().min() > 0.5


def test_an_answer_weighs_as_its_worker() -> None:
    world = class_world(seed=2, n_tasks=200, n_classes=2, workers=CROWD, answers_per_task=6)
    crowd = HierarchicalDawidSkene().fit(world.answers).crowd_
    split = crowd.posterior(Answers.encode([900, 900], [0, 15], [1, 0], n_classes=2))

    assert world.kinds[0] is WorkerKind.HAMMER
    assert world.kinds[15] is WorkerKind.SPAMMER
    assert split[0, 1] > 0.8


@pytest.mark.parametrize(("agreeing", "low", "high"), [(1, 0.7, 0.9), (2, 0.9, 0.98), (3, 0.95, 0.995)])
def test_fresh_workers_who_agree_are_believed_within_reason(agreeing: int, low: float, high: float) -> None:
    answers = Answers.encode([1] * agreeing, range(agreeing), [1] * agreeing, n_classes=2)
    assert low < HierarchicalDawidSkene().fit(answers).posterior_[0, 1] < high


def test_confidence_of_one_answer_a_task_is_that_of_a_fresh_worker_and_not_certainty() -> None:
    labels = np.arange(500) % 2
    model = HierarchicalDawidSkene().fit(Answers.encode(range(500), np.arange(500) % 10, labels, n_classes=2))

    assert model.labels().tolist() == labels.tolist()
    assert 0.6 < model.posterior_.max(axis=1).min() <= model.posterior_.max() < 0.9


def test_a_rare_class_survives_one_answer_a_task() -> None:
    labels = np.r_[np.zeros(95, dtype=int), np.ones(5, dtype=int)]
    model = HierarchicalDawidSkene().fit(Answers.encode(range(100), np.arange(100) % 20, labels, n_classes=2))

    assert model.prior_[1] > 0.03


def test_fit_of_nothing_is_empty() -> None:
    model = HierarchicalDawidSkene().fit(Answers.encode([], [], [], n_classes=3))

    assert model.posterior_.shape == (0, 3)
    assert model.confusion_.shape == (0, 3, 3)
    assert model.prior_.tolist() == pytest.approx([1 / 3] * 3)
    assert model.log_likelihood_ == 0.0


def test_a_task_without_answers_gets_the_prior() -> None:
    answers = Answers.encode([1, 1, 2, 2], [1, 2, 1, 2], [0, 0, 0, 0], n_classes=2, task_ids=[1, 2, 3])
    model = HierarchicalDawidSkene().fit(answers)

    assert model.posterior_[2] == pytest.approx(model.prior_)


def test_one_class_leaves_nothing_to_learn() -> None:
    model = HierarchicalDawidSkene().fit(Answers.encode([1, 2], [1, 1], [0, 0], n_classes=1))

    assert model.posterior_.tolist() == [[1.0], [1.0]]
    assert model.confusion_.tolist() == [[[1.0]]]
    assert ClassCrowd.from_bytes(model.crowd_.to_bytes()).n_classes == 1


def test_classes_nobody_said_stay_possible() -> None:
    answers = Answers.encode(np.repeat(range(5), 3), np.tile(range(3), 5), np.zeros(15, dtype=int), n_classes=4)
    model = HierarchicalDawidSkene().fit(answers)

    assert model.labels().tolist() == [0] * 5
    assert model.posterior_[:, 1:].min() > 0


def test_a_hundred_classes_and_workers_of_one_answer() -> None:
    truth = np.arange(200) % 100
    answers = Answers.encode(np.repeat(range(200), 3), range(600), np.repeat(truth, 3), n_classes=100)
    model = HierarchicalDawidSkene().fit(answers)

    assert model.labels().tolist() == truth.tolist()
    assert model.posterior_.max(axis=1).min() > 0.9


def test_many_answers_a_task_do_not_underflow() -> None:
    crowd = {WorkerKind.SLOPPY: 1500}
    world = class_world(seed=1, n_tasks=30, n_classes=3, workers=crowd, answers_per_task=1500)
    model = HierarchicalDawidSkene().fit(world.answers)

    assert model.labels().tolist() == world.truth.tolist()
    assert np.isfinite(model.posterior_).all()


def test_max_iter_bounds_the_iterations() -> None:
    world = class_world(seed=1, n_tasks=200, n_classes=3, workers=CROWD, answers_per_task=3)
    model = HierarchicalDawidSkene(max_iter=4, tol=1e-12).fit(world.answers)

    assert model.n_iter_ == 4
    assert not model.converged_


@pytest.mark.parametrize("wrong", [{"max_iter": 0}, {"tol": 0.0}, {"tol": float("nan")}])
def test_parameters_without_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="max_iter must be at least 1 and tol above 0"):
        HierarchicalDawidSkene(**wrong)


def test_crowd_survives_the_way_through_bytes() -> None:
    world = class_world(seed=8, n_tasks=60, n_classes=3, workers=CROWD, answers_per_task=4)
    model = HierarchicalDawidSkene().fit(world.answers)
    data = model.crowd_.to_bytes()
    back = ClassCrowd.from_bytes(data)

    assert back.to_bytes() == data
    assert back.posterior(world.answers).tobytes() == model.posterior_.tobytes()
    assert back.confusion().tobytes() == model.confusion_.tobytes()
