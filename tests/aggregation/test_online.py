"""Answers one by one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.classes import Answers, AnyMethod, DawidSkene, HierarchicalDawidSkene, MapDawidSkene, MatrixCrowd
from aggregation.online import OnlineEngine, RefitPolicy
from aggregation.simulate import ClassWorld, class_world
from tests.aggregation.real_answers import RealSets
from tests.aggregation.small_answers import CROWD

Rows = list[tuple[int, int, int]]


@pytest.fixture(scope="module")
def world() -> ClassWorld:
    return class_world(seed=4, n_tasks=80, n_classes=3, workers=CROWD, answers_per_task=5)


def columns(answers: Answers, seed: int = 0) -> tuple[list[int], list[int], list[int]]:
    """The answers in random order, as ids."""
    order = np.random.default_rng(seed).permutation(len(answers))
    task, worker = answers.task_ids[answers.task], answers.worker_ids[answers.worker]
    return task[order].tolist(), worker[order].tolist(), answers.label[order].tolist()


@st.composite
def streams(draw: st.DrawFn) -> tuple[Rows, int]:
    k = draw(st.integers(2, 4))
    row = st.tuples(st.integers(-3, 6), st.integers(0, 5), st.integers(0, k - 1))
    return draw(st.lists(row, min_size=1, max_size=50)), k


@settings(max_examples=30, deadline=None)
@given(streams(), st.sampled_from([HierarchicalDawidSkene, MapDawidSkene]), st.data())
def test_settled_engine_is_the_batch_fit_bit_by_bit(
    drawn: tuple[Rows, int], method: type[AnyMethod], data: st.DataObject
) -> None:
    rows, k = drawn
    engine = OnlineEngine(k, method=method)
    for task, worker, label in rows:
        engine.add(task, worker, label)
    task, worker, _ = data.draw(st.sampled_from(rows))
    engine.retract(task, worker)
    engine.settle()
    left = [row for row in rows if row[:2] != (task, worker)]
    everything = np.array(rows)
    batch = Answers.encode(
        *np.array(left, dtype=np.int64).reshape(-1, 3).T, n_classes=k,
        task_ids=everything[:, 0], worker_ids=everything[:, 1],
    )  # fmt: skip
    model = method().fit(batch)

    where = np.searchsorted(batch.task_ids, engine.task_ids)
    assert engine.posterior_.tobytes() == model.posterior_[where].tobytes()
    assert engine.labels().tolist() == model.labels()[where].tolist()


def test_counts_are_what_all_tasks_say_after_any_number_of_answers(world: ClassWorld) -> None:
    """Every answer swaps its task's part; nothing may be lost or counted twice, also where a worker answers twice."""
    engine = OnlineEngine(3, refits=False)
    engine.add(*columns(world.answers))
    engine.add(*columns(world.answers, seed=1))
    engine.retract(3, int(world.answers.worker[world.answers.task == 3][0]))
    a = engine.answers()
    counts = np.zeros((a.n_workers, 3, 3))
    of_task = engine.posterior_[np.argsort(engine.task_ids)]
    np.add.at(counts, (a.worker, a.label), (1.0 if a.weight is None else a.weight[:, None]) * of_task[a.task])
    found = engine._counts.values.reshape(-1, 3, 3)[np.argsort(engine._worker_id.values)]
    believed = found - counts

    assert believed.sum(axis=1) == pytest.approx(np.full((a.n_workers, 3), 2.0))
    assert believed.min() > 0
    assert engine._total.values == pytest.approx(engine._counts.values.reshape(-1, 3, 3).sum(axis=1))


def test_between_fits_labels_are_nearly_those_of_the_fit(world: ClassWorld) -> None:
    engine = OnlineEngine(3, refits=False)
    engine.add(*columns(world.answers))
    swift = engine.labels()
    engine.settle()

    assert (swift == engine.labels()).mean() > 0.9


def test_bluebirds_one_by_one_are_as_good_as_the_batch(real: RealSets) -> None:
    found = real("bluebirds")
    engine = OnlineEngine(2)
    engine.add(*columns(found.answers))
    right = found.truth[np.searchsorted(found.answers.task_ids, engine.task_ids)]

    assert (engine.labels() == right).mean() >= 0.86


def test_fits_come_as_news_accumulates(world: ClassWorld) -> None:
    engine = OnlineEngine(3, policy=RefitPolicy(at_least=10, share=0.5))
    fits = []
    for answer in zip(*columns(world.answers), strict=True):
        engine.add(*answer)
        fits.append(engine.n_fits)

    assert [n + 1 for n in np.flatnonzero(np.diff([0, *fits]))] == [10, 20, 30, 45, 68, 102, 153, 230, 345]
    assert engine.news == 400 - 345
    assert not engine.due


def test_without_refits_the_caller_sees_when_one_is_due(world: ClassWorld) -> None:
    engine = OnlineEngine(3, refits=False)
    engine.add(*columns(world.answers))

    assert engine.n_fits == 0
    assert engine.due
    engine.refit()
    assert (engine.n_fits, engine.news, engine.due) == (1, 0, False)


def test_a_warm_refit_ends_near_where_settling_ends(world: ClassWorld) -> None:
    engine = OnlineEngine(3)
    engine.add(*columns(world.answers))
    engine.refit()
    warm = engine.posterior_.copy()
    engine.settle()

    assert (warm.argmax(axis=1) == engine.posterior_.argmax(axis=1)).mean() > 0.97


def test_only_the_touched_task_and_its_workers_move(world: ClassWorld) -> None:
    engine = OnlineEngine(3, refits=False)
    engine.add(*columns(world.answers))
    before, counts = engine.posterior_.copy(), engine._counts.values.copy()
    row = int(np.flatnonzero(engine.task_ids == 7)[0])
    engine.add(7, 15, 2)
    moved = np.flatnonzero((engine.posterior_ != before).any(axis=1))
    people = {int(w) for t, w in zip(*columns(engine.answers())[:2], strict=True) if t == 7}
    touched = np.unique(np.flatnonzero((engine._counts.values != counts).any(axis=1)) // 3)

    assert moved.tolist() == [row]
    assert {int(engine._worker_id.values[w]) for w in touched} <= people


def test_weights_count_and_zero_is_never_given(world: ClassWorld) -> None:
    engine, fresh = OnlineEngine(2, refits=False), OnlineEngine(2, refits=False)
    for worker in range(4):
        engine.add(1, worker, 0)
        fresh.add(1, worker, 0)
    before = engine.posterior_of(1)
    engine.add(1, 9, 1, weight=2.0)
    against = engine.posterior_of(1)
    engine.retract(1, 9)

    assert against[0] < before[0]
    assert engine.posterior_of(1) == pytest.approx(before, abs=0.02)
    assert len(engine.answers()) == 4


def test_known_truth_is_held_until_it_is_forgotten() -> None:
    engine = OnlineEngine(2, refits=False)
    engine.add([1, 1, 1, 2], [1, 2, 3, 1], [0, 0, 0, 0])
    engine.know(1, 1)
    assert engine.posterior_of(1).tolist() == [0.0, 1.0]
    engine.add(1, 4, 0)
    assert engine.posterior_of(1).tolist() == [0.0, 1.0]
    engine.settle()
    assert engine.posterior_of(1).tolist() == [0.0, 1.0]
    engine.know(1, None)
    engine.settle()
    assert engine.posterior_of(1)[0] > 0.5


@pytest.mark.parametrize(("method", "reader"), [(HierarchicalDawidSkene, None), (DawidSkene, MatrixCrowd.from_bytes)])
def test_bytes_bring_it_back_and_it_goes_on_as_before(world: ClassWorld, method: type[AnyMethod], reader: Any) -> None:
    engine = OnlineEngine(3, method=method)
    task, worker, label = columns(world.answers)
    engine.add(task[:300], worker[:300], label[:300])
    engine.know(task[0], 1)
    data = engine.to_bytes()
    back = OnlineEngine.from_bytes(data, method=method, **({} if reader is None else {"crowd": reader}))

    assert back.to_bytes() == data
    for one in (engine, back):
        one.add(task[300:], worker[300:], label[300:])
    assert back.to_bytes() == engine.to_bytes()


def test_bytes_of_something_else_are_refused() -> None:
    with pytest.raises(ValueError, match="not an archive"):
        OnlineEngine.from_bytes(b"x")


def test_what_makes_no_sense_is_refused_and_changes_nothing() -> None:
    engine = OnlineEngine(2, refits=False)
    engine.add(1, 1, 0)
    data = engine.to_bytes()
    for wrong, message in [
        (lambda: engine.add(1, 2, 2), "is not one of the 2 classes"),
        (lambda: engine.add([1, 2], [1, 2], [0, -1]), "labels"),
        (lambda: engine.add([1, 2], [1], [0]), "of one length"),
        (lambda: engine.add(1.5, 1, 0), "is not a whole number"),
        (lambda: engine.add(1, 2, 0, weight=float("nan")), "is not a finite number of at least 0"),
        (lambda: engine.reweigh(1, 1, -1.0), "is not a finite number of at least 0"),
        (lambda: engine.know(1, 5), "is not one of the 2 classes"),
    ]:
        with pytest.raises(ValueError, match=message):
            wrong()
    with pytest.raises(KeyError):
        engine.retract(1, 9)
    with pytest.raises(KeyError):
        engine.posterior_of(9)
    with pytest.raises(ValueError, match="below 1"):
        OnlineEngine(0)
    assert engine.to_bytes() == data


def test_one_class_and_nothing_at_all_settle() -> None:
    nothing, one = OnlineEngine(3), OnlineEngine(1)
    nothing.settle()
    one.add([1, 2], [1, 1], [0, 0])
    one.settle()

    assert nothing.posterior_.shape == (0, 3)
    assert one.posterior_.tolist() == [[1.0], [1.0]]


def test_policy_asks_for_a_fit_at_a_share_of_what_was_fitted_and_after_a_rest() -> None:
    policy = RefitPolicy()

    assert [policy.due(news, 1000) for news in (19, 99, 100)] == [False, False, True]
    assert [policy.due(news, 0) for news in (19, 20)] == [False, True]
    assert [policy.quiet(seconds) for seconds in (0.01, 1.0)] == [1.5, 20.0]
