import itertools

import numpy as np
import pytest
from numpy.typing import ArrayLike

from aggregation.classes import Answers


def test_answers_of_any_row_order_are_the_same_arrays() -> None:
    rows = np.array([[30, 7, 1], [10, 9, 0], [30, 5, 1], [10, 7, 2]])
    a = Answers.encode(*rows.T, n_classes=3)
    b = Answers.encode(*rows[::-1].T, n_classes=3)

    for name in ("task", "worker", "label", "task_ids", "worker_ids"):
        assert getattr(a, name).tolist() == getattr(b, name).tolist()
    assert a.task.tolist() == [0, 0, 1, 1]
    assert a.worker.tolist() == [1, 2, 0, 1]
    assert a.label.tolist() == [2, 0, 1, 1]
    assert a.task_ids.tolist() == [10, 30]
    assert (a.n_tasks, a.n_workers, a.n_classes, len(a)) == (2, 3, 3, 4)


def test_answers_may_name_tasks_and_workers_without_answers() -> None:
    a = Answers.encode([4], [2], [0], n_classes=2, task_ids=[3, 4], worker_ids=[2, 8])

    assert a.task.tolist() == [1]
    assert a.answers_per_task().tolist() == [0, 1]
    assert a.answers_per_worker().tolist() == [1, 0]


def test_answers_count_a_worker_who_answers_a_task_twice() -> None:
    assert len(Answers.encode([1, 1], [1, 1], [0, 0])) == 2


def test_answers_sort_ids_too_large_for_one_key() -> None:
    workers = 2**62 + np.arange(3)[::-1]
    assert Answers.encode([0, 0, 0], workers, [0, 1, 2]).label.tolist() == [2, 1, 0]


def test_answers_of_many_tasks_and_workers_fall_back_to_a_slower_sort() -> None:
    many = Answers.encode([1, 0], [5, 6], [0, 1], task_ids=range(3), worker_ids=range(9), n_classes=2**60)
    assert many.task.tolist() == [0, 1]
    assert many.worker.tolist() == [6, 5]


@pytest.mark.parametrize(
    ("tasks", "workers", "labels", "message"),
    [
        ([1, 2], [1, 2], [0.0, np.nan], r"labels\[1\] = nan is not a finite number"),
        ([1, 2], [1, 2], [0, -1], r"labels\[1\] = -1 is below 0"),
        ([1, 2], [1, 2], [0.5, 1], r"labels\[0\] = 0\.5 is not a whole number"),
        ([1, 2], [1, 2], [0, 3], r"labels\[1\] = 3 is not one of the 3 classes \(0\.\.2\)"),
        ([1, np.inf], [1, 2], [0, 1], r"tasks\[1\] = inf is not a finite number"),
        ([1, 2], [1], [0, 1], "of one length, not 2, 1 and 2"),
        ([[1], [2]], [1, 2], [0, 1], r"tasks must be one-dimensional, not of shape \(2, 1\)"),
        (["a", "b"], [1, 2], [0, 1], "tasks must be whole numbers, not <U1"),
    ],
)
def test_answers_name_what_is_wrong(tasks: ArrayLike, workers: ArrayLike, labels: ArrayLike, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Answers.encode(tasks, workers, labels, n_classes=3)


def test_answers_reject_an_id_that_is_not_given() -> None:
    with pytest.raises(ValueError, match=r"workers\[1\] = 9 is not among the given ids"):
        Answers.encode([1, 1], [2, 9], [0, 0], worker_ids=[2, 3])


def test_answers_reject_a_project_without_classes() -> None:
    with pytest.raises(ValueError, match="n_classes = 0 is below 1"):
        Answers.encode([], [], [], n_classes=0)


def test_weight_of_nought_is_an_answer_never_given() -> None:
    retracted = Answers.encode([1, 1, 2], [4, 5, 6], [0, 1, 1], n_classes=2, weight=[1, 1, 0])
    never = Answers.encode([1, 1], [4, 5], [0, 1], n_classes=2)

    for name in ("task", "worker", "label", "task_ids", "worker_ids"):
        assert getattr(retracted, name).tolist() == getattr(never, name).tolist()
    assert retracted.weight is None


def test_weights_follow_their_answers_into_any_order() -> None:
    rows = np.array([[30, 7, 1, 2.0], [10, 9, 0, 0.5], [30, 5, 1, 1.0], [30, 5, 1, 0.25]])
    made = [Answers.encode(*r[:, :3].T, weight=r[:, 3], n_classes=2) for r in (rows, rows[::-1])]

    assert [a.weight.tolist() for a in made if a.weight is not None] == [[0.5, 0.25, 1.0, 2.0]] * 2
    assert made[0].weight_per_task().tolist() == [0.5, 3.25]
    assert made[0].weight_per_worker().tolist() == [1.25, 2.0, 0.5]
    assert made[0].answers_per_task().tolist() == [1, 3]


def test_reweighed_answers_keep_their_tasks_and_workers() -> None:
    a = Answers.encode([1, 1, 2], [4, 5, 6], [0, 1, 1], n_classes=2).reweighed([1, 3, 0])

    assert a.task_ids.tolist() == [1, 2]
    assert a.weight_per_task().tolist() == [4, 0]
    assert a.weight_per_worker().tolist() == [1, 3, 0]


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        ([1, np.nan], r"weight\[1\] = nan is not a finite number of at least 0"),
        ([-1, 1], r"weight\[0\] = -1\.0 is not"),
        ([1], r"weight must have the shape \(2,\), not \(1,\)"),
    ],
)
def test_weights_without_sense_are_named(weight: ArrayLike, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Answers.encode([1, 2], [1, 2], [0, 1], weight=weight)


def test_answers_that_no_number_can_tell_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="are more than 63 bits tell apart"):
        Answers.encode([1, 1], [0, 2**40], [0, 2**62], n_classes=2**63)


@pytest.mark.parametrize("weighed", [False, True])
@pytest.mark.parametrize("apart", [1, 3, 10**12])
def test_columns_come_back_as_they_were_given(apart: int, weighed: bool) -> None:
    """Ids close together, with gaps, and far apart are numbered in three ways."""
    generator = np.random.default_rng(apart)
    rows = generator.integers(0, [40, 9, 3], size=(200, 3)) * [apart, apart, 1] - [5, 0, 0]
    weight = generator.integers(1, 5, 200).astype(float) if weighed else None
    a = Answers.encode(*rows.T, n_classes=3, weight=weight)
    found = np.column_stack([a.task_ids[a.task], a.worker_ids[a.worker], a.label])

    assert found.tolist() == rows[np.lexsort(rows.T[::-1])].tolist()
    assert a.answers_per_task().tolist() == np.bincount(a.task).tolist()
    assert a.answers_per_task().sum() == 200


def test_rows_whose_three_numbers_need_more_than_one_are_sorted_as_the_others() -> None:
    high = 2**59
    a = Answers.encode([2, 0, 1, 0], [2, 1, 0, 0], [high, 5, 7, 3], n_classes=2 * high)

    assert (a.task.tolist(), a.worker.tolist(), a.label.tolist()) == ([0, 0, 1, 2], [0, 1, 0, 2], [3, 5, 7, high])
    assert a.answers_per_task().tolist() == [2, 1, 1]


@pytest.mark.parametrize("ids", [None, [0, 1, 2]])
def test_any_share_of_answers_among_tasks_and_workers_is_counted(ids: list[int] | None) -> None:
    """Every way in which six answers may fall on three tasks (as many for each among them), and on three workers."""
    for column in itertools.product(range(3), repeat=6):
        other = column[::-1]
        answers = Answers.encode(column, other, [0, 1] * 3, task_ids=ids, worker_ids=ids)
        tasks, workers = ([0, 1, 2],) * 2 if ids else (sorted(set(column)), sorted(set(other)))

        assert answers.task_ids.tolist() == tasks
        assert answers.worker_ids.tolist() == workers
        assert answers.answers_per_task().tolist() == [column.count(task) for task in tasks]
        said = zip(answers.task_ids[answers.task], answers.worker_ids[answers.worker], answers.label, strict=True)
        assert list(said) == sorted(zip(column, other, [0, 1] * 3, strict=True))
