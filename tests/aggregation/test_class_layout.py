"""Sums over tasks and over pairs, however the answers lie in memory, against sums of one answer after the other."""

import numpy as np
import pytest

from aggregation.arrays import Ints
from aggregation.classes import Answers, DawidSkene
from aggregation.classes.em import softmax
from aggregation.classes.layout import Layout
from tests.aggregation.classic_reference import DawidSkeneReference

GENERATOR = np.random.default_rng(0)
# Answers of each task: all alike (few tasks, a slice's worth, more than are worked on all at once, more than a block), and not.
SHAPES = {
    "alike, a tail": np.full(60, 4),
    "alike, few": np.full(700, 3),
    "alike, many": np.full(5_000, 2),
    "alike, blocks": np.full(70_000, 2),
    "one each": np.full(600, 1),
    "slices and a tail": np.where(np.arange(900) < 40, 30, GENERATOR.integers(0, 4, 900)),
    "blocks and a tail": np.where(np.arange(70_000) < 9, 20, GENERATOR.integers(1, 3, 70_000)),
}


def answers_of(count: Ints, *, weighed: bool) -> Answers:
    n = int(count.sum())
    columns = np.repeat(np.arange(count.size), count), GENERATOR.integers(0, 30, n), GENERATOR.integers(0, 4, n)
    weight = GENERATOR.integers(1, 4, n) if weighed else None
    return Answers.encode(*columns, n_classes=4, task_ids=np.arange(count.size), weight=weight)


@pytest.mark.parametrize("weighed", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_sums_are_those_of_single_answers(shape: str, weighed: bool) -> None:
    answers = answers_of(SHAPES[shape], weighed=weighed)
    layout, worker, label = Layout.of(answers)
    code = np.searchsorted(worker * 4 + label, answers.worker * 4 + answers.label)
    weight = np.ones(len(answers)) if answers.weight is None else answers.weight
    # Seven numbers: four, two and one are fetched at once; whole ones, so that any order gives the same sum.
    table = GENERATOR.integers(-99, 99, (7, worker.size)).astype(float)
    of_task, of_code = np.zeros((7, answers.n_tasks)), np.zeros((7, worker.size))
    rows = GENERATOR.integers(-99, 99, (7, answers.n_tasks)).astype(float)
    for m in range(7):
        np.add.at(of_task[m], answers.task, weight * table[m, code])
        np.add.at(of_code[m], code, weight * rows[m, answers.task])

    for m in (1, 2, 3, 7):
        assert np.array_equal(layout.task_sums(table[:m]), of_task[:m, layout.order])
        assert np.array_equal(layout.code_sums(rows[:m, layout.order]), of_code[:m])
    assert np.array_equal(layout.totals, np.bincount(code, weight, worker.size))
    assert np.array_equal(layout.weight_of_rows, answers.weight_per_task()[layout.order])


@pytest.mark.parametrize("n_classes", [2, 3, 8])
@pytest.mark.parametrize("tasks", [600, 4_099])
def test_as_many_answers_to_every_task_are_those_of_the_reference(tasks: int, n_classes: int) -> None:
    rows = np.stack([np.repeat(np.arange(tasks), 3), GENERATOR.integers(0, 9, tasks * 3)], axis=1)
    rows = np.column_stack([rows, GENERATOR.integers(0, n_classes, len(rows))])
    model = DawidSkene(max_iter=2, tol=1e-300).fit(Answers.encode(*rows.T, n_classes=n_classes))
    slow = DawidSkeneReference([tuple(row) for row in rows.tolist()], n_classes, 2)

    assert model.posterior_ == pytest.approx(np.array(list(slow.posterior.values())), abs=1e-9)
    assert model.objective_ == pytest.approx(np.array(slow.likelihood))


@pytest.mark.parametrize("highest", [3.0, 60.0, 86.0, 88.0, 600.0, 5000.0])
@pytest.mark.parametrize("n", [4_096, 4_097, 4_111])
def test_likelihood_by_products_is_that_of_single_logarithms(n: int, highest: float) -> None:
    """Products of eight stay finite where odds are low; where they are high each has its own logarithm."""
    scores = GENERATOR.uniform(-highest, highest, (2, n))
    scores[0, 0] = highest
    rest = np.empty_like(scores)
    likelihood = softmax(scores, rest)
    top = np.maximum(scores.max(axis=0), 0)
    wanted = np.log(np.exp(scores - top).sum(axis=0) + np.exp(-top)) + top

    assert likelihood == pytest.approx(wanted.sum(), rel=1e-12)
    assert rest == pytest.approx(np.exp(scores - wanted), rel=1e-9)
