from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.arrays import Ints
from aggregation.classes import Answers, Auto, AutoCrowd, HierarchicalDawidSkene, majority_vote
from aggregation.simulate import WorkerKind, class_world
from tests.aggregation.small_answers import CROWD, rows_once


@settings(max_examples=25, deadline=None)
@given(rows_once(), st.integers(0, 99))
def test_auto_of_any_row_order_is_the_same_bits_and_survives_bytes(drawn: tuple[Ints, int], seed: int) -> None:
    rows, k = drawn
    shuffled = np.random.default_rng(seed).permutation(rows)
    a, b = (Auto().fit(Answers.encode(*r.T, n_classes=k)) for r in (rows, shuffled))
    data = a.crowd_.to_bytes()

    assert a.posterior_.tobytes() == b.posterior_.tobytes()
    assert data == b.crowd_.to_bytes()
    back = AutoCrowd.from_bytes(data)
    assert back.to_bytes() == data
    assert back.posterior(Answers.encode(*rows.T, n_classes=k)).tobytes() == a.posterior_.tobytes()


@settings(max_examples=25, deadline=None)
@given(rows_once(), st.integers(0, 99))
def test_auto_does_not_depend_on_what_tasks_and_workers_and_classes_are_called(
    drawn: tuple[Ints, int], seed: int
) -> None:
    rows, k = drawn
    generator = np.random.default_rng(seed)
    tasks, workers, classes = generator.permutation(10), generator.permutation(6), generator.permutation(k)
    a = Answers.encode(*rows.T, n_classes=k)
    b = Answers.encode(tasks[rows[:, 0]], workers[rows[:, 1]], classes[rows[:, 2]], n_classes=k)
    one, two = Auto(tol=1e-9).fit(a), Auto(tol=1e-9).fit(b)

    where = np.searchsorted(b.task_ids, tasks[a.task_ids])
    assert two.posterior_[where][:, classes] == pytest.approx(one.posterior_, abs=1e-4)


def test_auto_is_a_class_method_in_all_it_leaves_behind() -> None:
    world = class_world(seed=1, n_tasks=80, n_classes=3, workers=CROWD, answers_per_task=5)
    model = Auto().fit(world.answers)

    assert model.posterior_.sum(axis=1) == pytest.approx(np.ones(80))
    assert model.confusion_.sum(axis=2) == pytest.approx(np.ones((16, 3)))
    assert model.confusion_.tolist() == model.crowd_.confusion(world.answers.worker_ids).tolist()
    assert model.prior_.sum() == pytest.approx(1.0)
    assert model.log_likelihood_ == HierarchicalDawidSkene().fit(world.answers).log_likelihood_
    assert model.converged_
    assert model.n_iter_ > 2


def test_auto_finds_the_truth_where_the_votes_do_not() -> None:
    right, vote = [], []
    for seed in range(5):
        world = class_world(seed=seed, n_tasks=100, n_classes=2,
                            workers={WorkerKind.HAMMER: 4, WorkerKind.SPAMMER: 16}, answers_per_task=20)  # fmt: skip
        right.append((Auto().fit(world.answers).labels() == world.truth).mean())
        vote.append((majority_vote(world.answers) == world.truth).mean())
    assert np.mean(right) > 0.97
    assert np.mean(right) > np.mean(vote) + 0.05


def test_auto_of_one_answer_a_task_says_what_was_answered() -> None:
    labels = np.r_[np.zeros(450, dtype=int), np.ones(50, dtype=int)]
    model = Auto().fit(Answers.encode(range(500), np.arange(500) % 10, labels, n_classes=2))

    assert model.labels().tolist() == labels.tolist()
    assert model.posterior_.max() < 0.95
    assert 0.05 < model.prior_[1] < 0.5  # a rare class neither dies out nor takes over


def test_auto_starts_from_an_earlier_crowd_and_ends_at_the_same_place() -> None:
    world = class_world(seed=5, n_tasks=300, n_classes=3, workers=CROWD, answers_per_task=5)
    cold = Auto(tol=1e-10, max_iter=3000).fit(world.answers)
    warm = Auto(tol=1e-10, max_iter=3000).fit(world.answers, start=Auto().fit(world.answers).crowd_)

    assert warm.posterior_ == pytest.approx(cold.posterior_, abs=2e-3)
    assert warm.n_iter_ < cold.n_iter_


def test_auto_keeps_known_truth_and_forgets_retracted_answers() -> None:
    world = class_world(seed=5, n_tasks=60, n_classes=3, workers=CROWD, answers_per_task=4)
    a = world.answers
    kept = a.worker != 15
    gold = np.where(np.arange(60) < 5, world.truth, -1)
    retracted = Auto().fit(a.reweighed(kept * 1.0), gold=gold)
    never = Auto().fit(
        Answers.encode(a.task[kept], a.worker[kept], a.label[kept], n_classes=3, task_ids=range(60),
                       worker_ids=range(16)), gold=gold,
    )  # fmt: skip

    assert retracted.posterior_[:5].tolist() == np.eye(3)[world.truth[:5]].tolist()
    assert retracted.posterior_.tobytes() == never.posterior_.tobytes()


def test_auto_judges_part_of_the_tasks_as_all_of_them() -> None:
    world = class_world(seed=6, n_tasks=50, n_classes=3, workers=CROWD, answers_per_task=4)
    a = world.answers
    model = Auto().fit(a)
    some = np.isin(a.task, [3, 17, 20])
    part = Answers.encode(a.task[some], a.worker[some], a.label[some], n_classes=3)

    assert model.crowd_.posterior(part) == pytest.approx(model.posterior_[[3, 17, 20]], abs=1e-12)


def test_auto_judges_workers_and_tasks_never_seen() -> None:
    world = class_world(seed=6, n_tasks=100, n_classes=2, workers=CROWD, answers_per_task=6)
    crowd = Auto().fit(world.answers).crowd_
    fresh = crowd.posterior(Answers.encode([900, 900], [70, 71], [1, 1], n_classes=2))

    assert 0.7 < fresh[0, 1] < 0.99
    assert crowd.confusion(np.array([70]))[0].diagonal().min() > 0.5


@pytest.mark.parametrize("n_classes", [1, 3])
def test_auto_of_nothing_is_empty(n_classes: int) -> None:
    model = Auto().fit(Answers.encode([], [], [], n_classes=n_classes))

    assert model.posterior_.shape == (0, n_classes)
    assert model.confusion_.shape == (0, n_classes, n_classes)
    assert model.labels().tolist() == []
    assert model.prior_ == pytest.approx(np.full(n_classes, 1 / n_classes))


def test_auto_of_one_class_is_sure() -> None:
    model = Auto().fit(Answers.encode([1, 2], [1, 1], [0, 0], n_classes=1))

    assert model.posterior_.tolist() == [[1.0], [1.0]]
    assert model.labels().tolist() == [0, 0]
    assert AutoCrowd.from_bytes(model.crowd_.to_bytes()).n_classes == 1


def test_auto_of_a_task_without_answers_is_the_prior() -> None:
    answers = Answers.encode([1, 1, 2, 2], [1, 2, 1, 2], [0, 0, 0, 0], n_classes=2, task_ids=[1, 2, 3])
    model = Auto().fit(answers)

    assert model.posterior_[2] == pytest.approx(model.prior_)


def test_auto_bears_a_hundred_classes_and_workers_of_one_answer() -> None:
    truth = np.arange(200) % 100
    answers = Answers.encode(np.repeat(range(200), 3), range(600), np.repeat(truth, 3), n_classes=100)

    assert Auto().fit(answers).labels().tolist() == truth.tolist()


def test_auto_bears_many_answers_a_task() -> None:
    world = class_world(seed=1, n_tasks=30, n_classes=3, workers={WorkerKind.SLOPPY: 1500}, answers_per_task=1500)
    model = Auto().fit(world.answers)

    assert model.labels().tolist() == world.truth.tolist()
    assert np.isfinite(model.posterior_).all()


def test_start_of_other_classes_and_foreign_bytes_are_refused() -> None:
    crowd = Auto().fit(Answers.encode([1, 1], [1, 2], [0, 1], n_classes=2)).crowd_
    with pytest.raises(ValueError, match="fitted on 2 classes, the answers have 3"):
        Auto().fit(Answers.encode([1], [1], [0], n_classes=3), start=crowd)
    with pytest.raises(ValueError, match="the archive holds"):
        AutoCrowd.from_bytes(crowd.independent.to_bytes())


@pytest.mark.parametrize(
    "wrong", [{"overlap": -0.1}, {"overlap": 1.5}, {"prior_weight": -1.0}, {"prior_weight": float("nan")}]
)
def test_overlap_and_prior_weight_without_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"overlap must lie in 0\.\.1 and prior_weight be at least 0"):
        HierarchicalDawidSkene(**wrong)
