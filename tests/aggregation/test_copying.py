"""Copiers are found, honest crowds are not accused."""

import numpy as np
import pytest

from aggregation.classes import Answers, HierarchicalDawidSkene
from aggregation.simulate import WorkerKind, class_world
from aggregation.workers import Copying, copying
from tests.aggregation.real_answers import RealSets

CROWD = {
    WorkerKind.HAMMER: 8,
    WorkerKind.SLOPPY: 8,
    WorkerKind.SPAMMER: 3,
    WorkerKind.CONSTANT: 2,
    WorkerKind.BIASED: 2,
    WorkerKind.ADVERSARY: 1,
}
SLOPPY, SPAMMER = 8, 16  # the first of each


def looked(answers: Answers) -> Copying:
    model = HierarchicalDawidSkene().fit(answers)
    return copying(answers, model.confusion_, model.prior_)


def crowd(seed: int, *, n_classes: int = 3, per_task: int = 10) -> Answers:
    made = class_world(seed=seed, n_tasks=400, n_classes=n_classes, workers=CROWD, answers_per_task=per_task)
    return made.answers


def copied(answers: Answers, source: int, *copiers: int, share: float = 1.0) -> Answers:
    """The copiers say what the source said, where it answered the same item, in a share of cases."""
    label = answers.label.copy()
    mine = answers.worker == source
    said = dict(zip(answers.task[mine].tolist(), answers.label[mine].tolist(), strict=True))
    draw = np.random.default_rng(0)
    for row in np.flatnonzero(np.isin(answers.worker, copiers)):
        if draw.random() < share:
            label[row] = said.get(int(answers.task[row]), label[row])
    return Answers.encode(answers.task, answers.worker, label, n_classes=answers.n_classes)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_twenty_honest_crowds_hold_no_suspicious_pair(n_classes: int) -> None:
    for seed in range(20):
        per_task = (3, 5, 10)[seed % 3]
        assert looked(crowd(seed, n_classes=n_classes, per_task=per_task)).first.tolist() == []


@pytest.mark.parametrize("source", [SLOPPY, SPAMMER])
def test_copiers_are_found_and_nobody_else(source: int) -> None:
    for seed in range(6):
        found = looked(copied(crowd(seed), source, source + 1))
        assert list(zip(found.first.tolist(), found.second.tolist(), strict=True)) == [(source, source + 1)]
        assert found.alike.tolist() == found.common.tolist()
        assert found.expected[0] < 0.85 * found.common[0]
        assert found.odd_alike[0] > 5
        assert found.p_value[0] <= 0.01


def test_a_ring_is_found_pair_by_pair_though_it_copies_not_always() -> None:
    ring = (SLOPPY, SLOPPY + 1, SLOPPY + 2)
    found = looked(copied(crowd(1, per_task=16), *ring, share=0.9))
    pairs = set(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert {(ring[0], ring[1]), (ring[0], ring[2])} <= pairs <= {(a, b) for a in ring for b in ring if a < b}


def test_the_order_of_answers_and_names_changes_nothing() -> None:
    answers = copied(crowd(3), SLOPPY, SLOPPY + 1)
    order = np.random.default_rng(1).permutation(len(answers))
    mixed = Answers.encode(answers.task[order], answers.worker[order], answers.label[order], n_classes=3)
    assert looked(mixed).p_value == pytest.approx(looked(answers).p_value, rel=1e-6)


def test_too_few_answers_say_nothing() -> None:
    few = Answers.encode([0, 0, 1], [0, 1, 0], [0, 0, 1], n_classes=2)
    alone = Answers.encode([0, 1], [0, 0], [0, 1], n_classes=2)
    for answers in (few, alone):
        assert looked(answers).first.tolist() == []


@pytest.mark.parametrize("name", ["bluebirds", "dog", "face", "labelme"])
def test_real_crowds_hold_no_suspicious_pair(real: RealSets, name: str) -> None:
    assert looked(real(name).answers).first.tolist() == []
