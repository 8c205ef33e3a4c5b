import numpy as np
import pytest

from aggregation.classes import Answers, HierarchicalDawidSkene
from aggregation.simulate import WorkerKind, class_world
from aggregation.tasks import difficulty, expected_errors, label_entropy, vote_entropy


def test_entropy_of_votes_and_of_labels() -> None:
    answers = Answers.encode([1, 1, 2, 2], [1, 2, 1, 2], [0, 1, 1, 1], n_classes=2, task_ids=[1, 2, 3])

    assert vote_entropy(answers) == pytest.approx([np.log(2), 0, np.log(2)])
    assert label_entropy(np.array([[1.0, 0.0], [0.5, 0.5]])) == pytest.approx([0, np.log(2)])


def test_difficulty_compares_with_what_the_same_workers_usually_do() -> None:
    answers = Answers.encode([1, 1, 2, 2, 3, 3], [8, 9] * 3, [0, 1, 0, 0, 1, 1], n_classes=2, task_ids=[1, 2, 3, 4])
    posterior = np.tile([1.0, 0.0], (4, 1))
    confusion = np.array([[[0.9, 0.1], [0.5, 0.5]], [[0.7, 0.3], [0.5, 0.5]]])

    assert expected_errors(answers, posterior).tolist() == [1, 0, 2, 0]
    # Each task was to have .1 + .3 wrong answers of the two workers.
    assert difficulty(answers, posterior, confusion) == pytest.approx([2 / 1.4, 1 / 1.4, 3 / 1.4, 1])


def test_difficulty_is_about_one_for_tasks_that_are_alike() -> None:
    world = class_world(seed=1, n_tasks=300, n_classes=3, workers={WorkerKind.SLOPPY: 10}, answers_per_task=6)
    model = HierarchicalDawidSkene().fit(world.answers)

    assert difficulty(world.answers, model.posterior_, model.confusion_).mean() == pytest.approx(1, abs=0.1)


def test_difficulty_finds_the_hard_tasks() -> None:
    world = class_world(seed=2, n_tasks=300, n_classes=2, workers={WorkerKind.HAMMER: 8}, answers_per_task=8)
    a = world.answers
    hard = a.task < 30
    coin = np.random.default_rng(0).integers(2, size=len(a))
    answers = Answers.encode(a.task, a.worker, np.where(hard, coin, a.label), n_classes=2)
    model = HierarchicalDawidSkene().fit(answers)
    order = np.argsort(-difficulty(answers, model.posterior_, model.confusion_))

    assert (order[:25] < 30).mean() > 0.8
