"""Known truth, weights and retraction in the hierarchical model."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.arrays import Ints
from aggregation.classes import Answers, HierarchicalDawidSkene
from aggregation.simulate import WorkerKind, class_world

CROWD = {WorkerKind.HAMMER: 2, WorkerKind.SLOPPY: 4, WorkerKind.SPAMMER: 3}


@st.composite
def weighed_answers(draw: st.DrawFn) -> tuple[Answers, Ints]:
    """Answers of a small project with whole and broken weights, and a truth known for some tasks."""
    k = draw(st.integers(2, 4))
    cells = draw(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 5)), min_size=1, max_size=40))
    labels = draw(st.lists(st.integers(0, k - 1), min_size=len(cells), max_size=len(cells)))
    weight = draw(st.lists(st.sampled_from([0.25, 0.5, 1.0, 2.0]), min_size=len(cells), max_size=len(cells)))
    tasks, workers = zip(*sorted(cells), strict=True)
    answers = Answers.encode(tasks, workers, labels, n_classes=k, weight=weight)
    return answers, np.array(draw(st.lists(st.integers(-1, k - 1), min_size=answers.n_tasks, max_size=answers.n_tasks)))


@settings(max_examples=40, deadline=None)
@given(weighed_answers())
def test_known_truth_stands_and_the_objective_never_falls(drawn: tuple[Answers, Ints]) -> None:
    answers, gold = drawn
    model = HierarchicalDawidSkene().fit(answers, gold=gold)
    known = gold >= 0

    assert model.posterior_[known].tolist() == np.eye(answers.n_classes)[gold[known]].tolist()
    assert np.diff(model.objective_).min(initial=0.0) >= -1e-9 * max(1.0, np.abs(model.objective_).max())
    assert model.posterior_.sum(axis=1) == pytest.approx(np.ones(answers.n_tasks))


@settings(max_examples=25, deadline=None)
@given(weighed_answers(), st.integers(0, 99))
def test_a_retracted_answer_was_never_given(drawn: tuple[Answers, Ints], seed: int) -> None:
    a, gold = drawn
    kept = np.random.default_rng(seed).random(len(a)) < 0.6
    retracted = a.reweighed(np.where(kept, 1.0, 0.0))
    never = Answers.encode(
        a.task_ids[a.task[kept]], a.worker_ids[a.worker[kept]], a.label[kept],
        n_classes=a.n_classes, task_ids=a.task_ids, worker_ids=a.worker_ids,
    )  # fmt: skip
    one = HierarchicalDawidSkene().fit(retracted, gold=gold)
    two = HierarchicalDawidSkene().fit(never, gold=gold)

    assert one.posterior_.tobytes() == two.posterior_.tobytes()
    assert one.crowd_.to_bytes() == two.crowd_.to_bytes()


def test_known_tasks_tell_who_can_be_believed() -> None:
    world = class_world(seed=4, n_tasks=60, n_classes=2, workers={WorkerKind.HAMMER: 1, WorkerKind.ADVERSARY: 2},
                        answers_per_task=3)  # fmt: skip
    gold = np.where(np.arange(60) < 20, world.truth, -1)
    unknown = gold < 0
    blind = HierarchicalDawidSkene().fit(world.answers)
    told = HierarchicalDawidSkene().fit(world.answers, gold=gold)

    assert (blind.labels() == world.truth)[unknown].mean() < 0.2
    assert (told.labels() == world.truth)[unknown].mean() > 0.9
    assert told.confusion_[0].diagonal().min() > 0.7
    assert told.confusion_[1:, [0, 1], [0, 1]].max() < 0.3


def test_a_known_task_teaches_from_one_answer() -> None:
    tasks, labels = np.arange(40), np.arange(40) % 2
    workers = np.repeat([1, 2], 20)
    answers = Answers.encode(tasks, workers, labels, n_classes=2)
    wrong_of_second = np.where(workers == 1, labels, 1 - labels)
    model = HierarchicalDawidSkene().fit(answers, gold=wrong_of_second)

    assert model.confusion_[0].diagonal().min() > 0.85
    assert model.confusion_[1].diagonal().max() < 0.2


def test_a_task_known_and_never_answered_keeps_its_truth() -> None:
    answers = Answers.encode([1, 1], [1, 2], [0, 0], n_classes=3, task_ids=[1, 2])
    model = HierarchicalDawidSkene().fit(answers, gold=[-1, 2])

    assert model.posterior_[1].tolist() == [0, 0, 1]
    assert model.prior_[2] > model.prior_[1]


def test_soft_truth_is_held_as_given() -> None:
    world = class_world(seed=2, n_tasks=30, n_classes=3, workers=CROWD, answers_per_task=4)
    gold = np.zeros((30, 3))
    gold[5] = [0.2, 0.5, 0.3]
    model = HierarchicalDawidSkene().fit(world.answers, gold=gold)

    assert model.posterior_[5] == pytest.approx([0.2, 0.5, 0.3])
    assert np.diff(model.objective_).min() >= -1e-9


def test_an_answer_that_weighs_more_is_believed_more() -> None:
    world = class_world(seed=3, n_tasks=80, n_classes=2, workers=CROWD, answers_per_task=5)
    a = world.answers
    heavy = HierarchicalDawidSkene().fit(a.reweighed(np.where((a.task == 7) & (a.label == 0), 6.0, 1.0)))
    plain = HierarchicalDawidSkene().fit(a)

    assert heavy.posterior_[7, 0] > plain.posterior_[7, 0]


def test_equal_answers_given_twice_point_the_same_way() -> None:
    world = class_world(seed=9, n_tasks=120, n_classes=3, workers=CROWD, answers_per_task=5)
    a = world.answers
    twice = HierarchicalDawidSkene().fit(a.reweighed(np.full(len(a), 2.0)))
    once = HierarchicalDawidSkene().fit(a)

    assert (twice.labels() == once.labels()).mean() > 0.97
    assert np.abs(twice.confusion_ - once.confusion_).max() < 0.2
