import numpy as np
import pytest

from aggregation.simulate import WorkerKind, box_world, class_world, confusion_matrix


def test_class_world_is_the_same_for_a_seed_and_another_for_another() -> None:
    made = [
        class_world(seed=seed, n_tasks=40, n_classes=3, workers={WorkerKind.SLOPPY: 6}, answers_per_task=3)
        for seed in (1, 1, 2)
    ]

    assert made[0].answers.label.tolist() == made[1].answers.label.tolist()
    assert made[0].answers.label.tolist() != made[2].answers.label.tolist()


def test_class_world_gives_each_task_different_workers() -> None:
    world = class_world(seed=1, n_tasks=30, n_classes=2, workers={WorkerKind.HAMMER: 4}, answers_per_task=3)
    pairs = set(zip(world.answers.task.tolist(), world.answers.worker.tolist(), strict=True))

    assert len(pairs) == 90
    assert world.answers.answers_per_task().tolist() == [3] * 30


def test_class_world_asks_everybody_when_the_crowd_is_small() -> None:
    world = class_world(seed=1, n_tasks=5, n_classes=2, workers={WorkerKind.HAMMER: 2}, answers_per_task=9)
    assert world.answers.answers_per_task().tolist() == [2] * 5


def test_answers_follow_the_workers_matrices() -> None:
    crowd = {WorkerKind.SLOPPY: 2, WorkerKind.BIASED: 1}
    world = class_world(seed=1, n_tasks=6000, n_classes=3, workers=crowd, answers_per_task=3)
    a = world.answers
    cells = np.zeros((3, 3, 3))
    np.add.at(cells, (a.worker, world.truth[a.task], a.label), 1)

    assert cells / cells.sum(axis=2, keepdims=True) == pytest.approx(world.confusion, abs=0.04)


def test_truth_follows_the_prior() -> None:
    world = class_world(
        seed=1,
        n_tasks=5000,
        n_classes=2,
        workers={WorkerKind.HAMMER: 1},
        answers_per_task=1,
        prior=np.array([0.9, 0.1]),
    )
    assert world.truth.mean() == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("kind", list(WorkerKind))
@pytest.mark.parametrize("n_classes", [1, 2, 5])
def test_confusion_matrices_are_rows_of_probabilities(kind: WorkerKind, n_classes: int) -> None:
    matrix = confusion_matrix(kind, n_classes, np.random.default_rng(0))

    assert matrix.shape == (n_classes, n_classes)
    assert matrix.min() >= 0
    assert matrix.sum(axis=1) == pytest.approx(np.ones(n_classes))


def test_adversary_says_the_next_class() -> None:
    matrix = confusion_matrix(WorkerKind.ADVERSARY, 3, np.random.default_rng(0))
    assert matrix.argmax(axis=1).tolist() == [1, 2, 0]


def test_box_world_draws_its_things_with_the_habits_of_each_kind() -> None:
    crowd = {WorkerKind.HAMMER: 1, WorkerKind.SLOPPY: 1, WorkerKind.CONSTANT: 1}
    world = box_world(seed=1, n_tasks=200, n_classes=2, workers=crowd, answers_per_task=3)
    drawn = np.bincount(world.answers.worker[world.answers.answer], minlength=3) / world.truth_task.size

    assert drawn == pytest.approx([0.95, 0.7, 0.0], abs=0.04)
    assert world.truth_box.min() >= 0
    assert world.truth_box.max() <= 1000


def test_box_world_of_every_kind_is_a_valid_crowd() -> None:
    world = box_world(seed=1, n_tasks=8, n_classes=2, workers=dict.fromkeys(WorkerKind, 1), answers_per_task=6)

    assert world.answers.task.size == 48
    assert world.kinds == tuple(WorkerKind)


def test_a_crowd_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one worker"):
        class_world(seed=1, n_tasks=1, n_classes=2, workers={}, answers_per_task=1)
