"""What holds for every method there is: names do not matter, nor does how answers came, nor how strange they are."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from aggregation.classes import (
    Answers,
    AnyMethod,
    Auto,
    AutoCrowd,
    DawidSkene,
    HierarchicalDawidSkene,
    Wawa,
    ZeroBasedSkill,
)
from aggregation.methods import METHODS, Labeller
from aggregation.online import OnlineEngine
from aggregation.simulate import WorkerKind, class_world
from tests.aggregation.small_answers import CROWD

Make = Callable[[], Labeller]
methods = pytest.mark.parametrize("make", [pytest.param(method.make, id=name) for name, method in METHODS.items()])
# Majority vote has no worker models that an engine could keep.
fitted = pytest.mark.parametrize(
    "make", [pytest.param(method.make, id=name) for name, method in METHODS.items() if name != "mv"]
)


def ids(answers: Answers) -> tuple[Any, Any, Any]:
    return answers.task_ids[answers.task], answers.worker_ids[answers.worker], answers.label


@methods
@pytest.mark.parametrize(("k", "per_task"), [(2, 5), (3, 4), (4, 5)])
def test_names_of_tasks_workers_and_classes_do_not_matter(make: Make, k: int, per_task: int) -> None:
    if make in {Wawa, ZeroBasedSkill} and k > 2:
        return  # their truth are the votes, and where these are equal the task's id decides
    a = class_world(seed=k, n_tasks=60, n_classes=k, workers=CROWD, answers_per_task=per_task).answers
    generator = np.random.default_rng(k)
    task, worker, label = ids(a)
    tasks, workers, classes = generator.permutation(60) * 3 - 50, generator.permutation(16), generator.permutation(k)
    order = generator.permutation(len(a))
    b = Answers.encode(tasks[task][order], workers[worker][order], classes[label][order], n_classes=k)
    one, two = make().fit(a).posterior_, make().fit(b).posterior_

    assert two[np.searchsorted(b.task_ids, tasks)][:, classes] == pytest.approx(one, abs=1e-4)


@methods
def test_rows_in_any_order_give_the_same_bits(make: Make) -> None:
    a = class_world(seed=3, n_tasks=50, n_classes=3, workers=CROWD, answers_per_task=4).answers
    order = np.random.default_rng(0).permutation(len(a))
    b = Answers.encode(*(column[order] for column in ids(a)), n_classes=3)

    assert make().fit(b).posterior_.tobytes() == make().fit(a).posterior_.tobytes()


@methods
def test_answers_given_twice_are_answers_that_weigh_two(make: Make) -> None:
    a = class_world(seed=5, n_tasks=60, n_classes=3, workers=CROWD, answers_per_task=4).answers
    twice = Answers.encode(*(np.tile(column, 2) for column in ids(a)), n_classes=3)
    heavy = Answers.encode(*ids(a), n_classes=3, weight=np.full(len(a), 2.0))
    one, two = make().fit(heavy), make().fit(twice)

    if isinstance(one, Auto | HierarchicalDawidSkene) and isinstance(two, Auto | HierarchicalDawidSkene):
        # The models are the same. But judged by its worker's other answers, the second one speaks for the first.
        assert one.log_likelihood_ == pytest.approx(two.log_likelihood_)
        assert one.confusion_ == pytest.approx(two.confusion_, abs=1e-3)
    else:
        assert one.posterior_ == pytest.approx(two.posterior_, abs=1e-5)


@fitted
def test_a_settled_engine_is_the_batch_fit(make: Callable[[], AnyMethod]) -> None:
    a = class_world(seed=6, n_tasks=40, n_classes=3, workers=CROWD, answers_per_task=4).answers
    engine = OnlineEngine(3, method=make)
    order = np.random.default_rng(1).permutation(len(a))
    task, worker, label = (column[order].tolist() for column in ids(a))
    for row in zip(task, worker, label, strict=True):
        engine.add(*row)
    engine.retract(task[0], worker[0])
    engine.settle()
    gone = (a.task == task[0]) & (a.worker == worker[0])
    batch = a.reweighed(np.where(gone, 0.0, 1.0))

    assert engine.n_fits > 2
    where = np.searchsorted(batch.task_ids, engine.task_ids)
    assert engine.posterior_.tobytes() == make().fit(batch).posterior_[where].tobytes()


def test_an_engine_of_the_committee_goes_on_from_its_bytes() -> None:
    a = class_world(seed=6, n_tasks=40, n_classes=3, workers=CROWD, answers_per_task=4).answers
    engine = OnlineEngine(3, method=Auto)
    engine.add(*ids(a))
    back = OnlineEngine.from_bytes(engine.to_bytes(), method=Auto, crowd=AutoCrowd.from_bytes)

    assert back.settle().posterior_.tobytes() == Auto().fit(a).posterior_.tobytes()


# --- Answers that break methods ---------------------------------------------------------------------------------------


@methods
def test_many_answers_to_few_tasks_do_not_underflow(make: Make) -> None:
    world = class_world(seed=1, n_tasks=30, n_classes=3, workers={WorkerKind.SLOPPY: 1500}, answers_per_task=1500)
    model = make().fit(world.answers)

    assert model.labels().tolist() == world.truth.tolist()
    assert model.posterior_.sum(axis=1) == pytest.approx(np.ones(30))


@methods
def test_a_hundred_classes_and_workers_of_one_answer(make: Make) -> None:
    truth = np.arange(200) % 100
    a = Answers.encode(np.repeat(range(200), 3), range(600), np.repeat(truth, 3), n_classes=100)
    model = make().fit(a)
    said = model.posterior_[np.arange(200), truth]

    assert np.isfinite(model.posterior_).all()
    assert said == pytest.approx(model.posterior_.max(axis=1))
    # Without pseudo-answers nothing is known of what somebody says of classes they never met: all are as likely.
    assert make is DawidSkene or model.labels().tolist() == truth.tolist()


@methods
def test_a_worker_of_one_answer_among_others_changes_little(make: Make) -> None:
    world = class_world(seed=2, n_tasks=40, n_classes=2, workers={WorkerKind.HAMMER: 6}, answers_per_task=5)
    task, worker, label = ids(world.answers)
    more = Answers.encode(np.append(task, 0), np.append(worker, 99), np.append(label, world.truth[0]), n_classes=2)

    assert make().fit(more).labels().tolist() == make().fit(world.answers).labels().tolist()


@methods
def test_one_class_leaves_no_doubt(make: Make) -> None:
    assert make().fit(Answers.encode([1, 1, 2], [1, 2, 1], [0, 0, 0])).posterior_.tolist() == [[1.0], [1.0]]


@methods
@pytest.mark.parametrize("said", [0, 2])
def test_one_class_of_three_is_found_where_nobody_says_another(make: Make, said: int) -> None:
    a = Answers.encode(np.repeat(range(20), 3), np.tile([1, 2, 3], 20), np.full(60, said), n_classes=3)
    assert make().fit(a).labels().tolist() == [said] * 20


@methods
def test_nothing_at_all_has_no_labels(make: Make) -> None:
    model = make().fit(Answers.encode([], [], [], n_classes=3))

    assert model.posterior_.shape == (0, 3)
    assert model.labels().tolist() == []


@methods
def test_a_task_nobody_answered_gets_probabilities(make: Make) -> None:
    a = Answers.encode([1, 1, 2, 2], [1, 2, 1, 2], [0, 0, 1, 1], n_classes=2, task_ids=[0, 1, 2, 9])
    posterior = make().fit(a).posterior_

    assert posterior.shape == (4, 2)
    assert np.isfinite(posterior).all()
    assert posterior[[1, 2]].argmax(axis=1).tolist() == [0, 1]
