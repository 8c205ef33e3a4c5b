"""Weighted votes, one-coin Dawid-Skene, MACE, GLAD; what they share with Dawid-Skene."""

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aggregation.arrays import Floats, Ints
from aggregation.classes import (
    GLAD,
    MACE,
    Answers,
    ClassMethod,
    DawidSkene,
    MaceCrowd,
    MapDawidSkene,
    NaiveSoft,
    OneCoinDawidSkene,
    VoteCrowd,
    Wawa,
    ZeroBasedSkill,
    vote_shares,
)
from aggregation.simulate import WorkerKind, class_world
from tests.aggregation.classic_reference import MaceReference, OneCoinReference, glad_objective
from tests.aggregation.real_answers import RealSets
from tests.aggregation.small_answers import CROWD, encode, rows_repeated

METHODS = [GLAD, NaiveSoft, Wawa, ZeroBasedSkill, OneCoinDawidSkene, MACE, DawidSkene, MapDawidSkene]
methods = pytest.mark.parametrize("method", METHODS)


@settings(max_examples=40, deadline=None)
@given(rows_repeated())
def test_one_coin_is_the_reference(drawn: tuple[Ints, int]) -> None:
    rows, k = drawn
    model = OneCoinDawidSkene(max_iter=5, tol=1e-300).fit(encode(rows, k))
    slow = OneCoinReference([tuple(r) for r in rows.tolist()], k, model.n_iter_)

    assert model.posterior_ == pytest.approx(np.array(list(slow.posterior.values())), abs=1e-7)
    assert model.accuracy_ == pytest.approx(np.array([slow.accuracy[w] for w in sorted(slow.accuracy)]), abs=1e-7)
    assert model.log_likelihood_ == pytest.approx(slow.likelihood, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(rows_repeated())
def test_mace_is_the_reference(drawn: tuple[Ints, int]) -> None:
    rows, k = drawn
    a = encode(rows, k)
    start = MaceCrowd(
        a.worker_ids, np.column_stack([np.full(a.n_workers + 1, 0.6), np.full((a.n_workers + 1, k), 1 / k)])
    )
    model = MACE(max_iter=4, tol=1e-300).fit(a, start=start)
    people = a.worker_ids.tolist()
    slow = MaceReference(
        [tuple(r) for r in rows.tolist()],
        k,
        model.n_iter_,
        0.1,
        dict.fromkeys(people, 0.6),
        {w: [1 / k] * k for w in people},
    )

    assert model.posterior_ == pytest.approx(np.array(list(slow.posterior.values())), abs=1e-7)
    assert model.trust_ == pytest.approx(np.array([slow.know[w] for w in people]), abs=1e-9)
    assert model.log_likelihood_ == pytest.approx(slow.likelihood, abs=1e-7)


# Two workers in mirrored places: see the test below.
MIRRORED = np.array([[1, 1, 0], [1, 1, 0], [1, 0, 2], [1, 0, 2], [4, 0, 1], [2, 1, 2]]), 3


@settings(max_examples=25, deadline=None)
@given(rows_repeated(), st.integers(0, 99))
@example(MIRRORED, 0)
def test_glad_stops_where_the_slow_objective_is_level(drawn: tuple[Ints, int], seed: int) -> None:
    """Level, not highest: EM leaves no saddle whose sides are alike."""
    rows, k = drawn
    a = encode(rows, k)
    model = GLAD(tol=1e-13, max_iter=3000).fit(a)
    ability, log_ease = model.ability_, np.log(model.ease_)

    def objective(ability: Floats, log_ease: Floats) -> float:
        skills = dict(zip(a.worker_ids.tolist(), ability.tolist(), strict=True))
        eases = dict(zip(a.task_ids.tolist(), log_ease.tolist(), strict=True))
        return glad_objective([tuple(r) for r in rows.tolist()], k, skills, eases)

    assert model.objective_[-1] == pytest.approx(objective(ability, log_ease), abs=1e-7)
    generator, step = np.random.default_rng(seed), 1e-5
    for _ in range(8):
        some, other = generator.normal(0, step, ability.size), generator.normal(0, step, log_ease.size)
        rise = objective(ability + some, log_ease + other) - objective(ability - some, log_ease - other)
        assert rise / (2 * step) == pytest.approx(0, abs=1e-3)


def test_glad_takes_no_side_between_workers_who_could_change_places() -> None:
    """Believing either of them alone would be likelier, but which one would be chance."""
    model = GLAD(tol=1e-13, max_iter=3000).fit(encode(*MIRRORED))

    assert model.ability_[0] == pytest.approx(model.ability_[1], abs=1e-6)
    assert model.posterior_[0, 0] == pytest.approx(model.posterior_[0, 2], abs=1e-6)


def test_glad_on_bluebirds_is_as_published(real: RealSets) -> None:
    """.72 in the seed's table; crowd-kit 1.4.2 and peerannot find .7222."""
    found = real("bluebirds")
    assert (GLAD().fit(found.answers).labels() == found.truth).mean() == pytest.approx(0.7222, abs=0.0001)


@settings(max_examples=30, deadline=None)
@given(rows_repeated(), st.sampled_from([OneCoinDawidSkene, MACE, GLAD]))
def test_objective_never_falls(drawn: tuple[Ints, int], method: type[MACE]) -> None:
    model = method(max_iter=50).fit(encode(*drawn))
    assert np.diff(model.objective_).min(initial=0.0) >= -1e-7


@settings(max_examples=30, deadline=None)
@given(rows_repeated(), st.sampled_from(METHODS), st.integers(0, 99))
def test_fit_of_any_row_order_is_the_same_bits(drawn: tuple[Ints, int], method: type[MACE], seed: int) -> None:
    rows, k = drawn
    one = method().fit(encode(rows, k))
    two = method().fit(encode(np.random.default_rng(seed).permutation(rows), k))

    assert one.posterior_.tobytes() == two.posterior_.tobytes()
    assert one.crowd_.to_bytes() == two.crowd_.to_bytes()
    assert one.labels().tolist() == two.labels().tolist()


@settings(max_examples=30, deadline=None)
@given(rows_repeated(), st.sampled_from(METHODS))
def test_answers_given_twice_are_answers_that_weigh_two(drawn: tuple[Ints, int], method: type[MACE]) -> None:
    rows, k = drawn
    twice = method().fit(encode(np.concatenate([rows, rows]), k))
    heavy = method().fit(encode(rows, k, weight=np.full(len(rows), 2.0)))

    assert heavy.posterior_ == pytest.approx(twice.posterior_, abs=1e-6)


@methods
def test_posterior_is_the_e_step_of_the_crowd_and_bytes_bring_it_back(method: type[MACE]) -> None:
    world = class_world(seed=6, n_tasks=60, n_classes=3, workers=CROWD, answers_per_task=4)
    model = method().fit(world.answers)
    back = type(model.crowd_).from_bytes(model.crowd_.to_bytes())

    assert back.to_bytes() == model.crowd_.to_bytes()
    assert back.posterior(world.answers) == pytest.approx(model.posterior_, abs=1e-9)
    assert model.confusion_.shape == (16, 3, 3)
    assert model.confusion_.sum(axis=2) == pytest.approx(np.ones((16, 3)))
    assert model.posterior_.sum(axis=1) == pytest.approx(np.ones(60))
    assert back.confusion(np.array([0, 999]))[0] == pytest.approx(model.crowd_.confusion()[0])


@methods
def test_workers_never_seen_are_judged_as_the_crowd(method: type[MACE]) -> None:
    world = class_world(seed=6, n_tasks=200, n_classes=2, workers={WorkerKind.HAMMER: 6}, answers_per_task=4)
    crowd = method().fit(world.answers).crowd_

    assert crowd.posterior(Answers.encode([1], [77], [1], n_classes=2))[0, 1] > 0.7


@methods
def test_known_truth_is_held_and_teaches_the_workers(method: type[MACE]) -> None:
    """One of three always says the other class; the votes alone cannot know that it is not the two who err."""
    truth = np.arange(60) % 2
    labels = np.stack([truth, 1 - truth, 1 - truth], axis=1)
    a = Answers.encode(np.repeat(np.arange(60), 3), np.tile([0, 1, 2], 60), labels.ravel(), n_classes=2)
    gold = np.where(np.arange(60) < 50, truth, -1)
    model = method().fit(a, gold=gold)

    assert model.labels()[:50].tolist() == truth[:50].tolist()
    assert (model.confusion_[0].diagonal() > model.confusion_[1].diagonal()).all()


@methods
def test_nothing_one_class_and_empty_tasks_are_right(method: type[MACE]) -> None:
    nothing = method().fit(Answers.encode([], [], [], n_classes=3))
    one = method().fit(Answers.encode([1, 2], [1, 1], [0, 0], n_classes=1))
    gaps = method().fit(Answers.encode([1, 1], [1, 2], [0, 0], n_classes=2, task_ids=[0, 1, 9], worker_ids=[1, 2, 3]))

    assert nothing.posterior_.shape == (0, 3)
    assert nothing.log_likelihood_ == 0.0
    assert one.posterior_.tolist() == [[1.0], [1.0]]
    assert one.log_likelihood_ == pytest.approx(0.0, abs=1e-8)
    assert gaps.posterior_[0] == pytest.approx(gaps.prior_)
    assert gaps.labels()[1] == 0
    assert gaps.confusion_.shape == (3, 2, 2)


@methods
def test_start_of_other_classes_is_refused(method: type[MACE]) -> None:
    if method is NaiveSoft:
        return
    start = method().fit(Answers.encode([1, 1], [1, 2], [0, 1], n_classes=2)).crowd_
    with pytest.raises(ValueError, match="fitted on 2 classes, the answers have 3"):
        method().fit(Answers.encode([1], [1], [0], n_classes=3), start=start)


@pytest.mark.parametrize("method", [Wawa, ZeroBasedSkill, OneCoinDawidSkene, MACE, GLAD])
def test_start_from_the_fitted_crowd_ends_where_it_did(method: type[MACE]) -> None:
    world = class_world(seed=5, n_tasks=300, n_classes=3, workers=CROWD, answers_per_task=5)
    cold = method().fit(world.answers)
    warm = method().fit(world.answers, start=cold.crowd_)

    assert warm.n_iter_ <= cold.n_iter_
    assert (warm.labels() == cold.labels()).mean() > 0.98


def test_naive_soft_is_the_share_of_the_votes() -> None:
    world = class_world(seed=5, n_tasks=30, n_classes=3, workers=CROWD, answers_per_task=5)
    assert NaiveSoft().fit(world.answers).posterior_.tolist() == vote_shares(world.answers).tolist()


@pytest.mark.parametrize(
    ("method", "skills"),
    [
        (Wawa(), [0.87037, 0.666667, 0.490741, 0.407407, 0.601852]),
        (ZeroBasedSkill(), [0.87037, 0.666667, 0.490741, 0.407407, 0.601852]),
    ],
)
def test_skills_are_those_of_crowd_kit(real: RealSets, method: ClassMethod[VoteCrowd], skills: list[float]) -> None:
    """Stored: crowd-kit 1.4.2 on bluebirds; its first five workers by id, ours in the order of appearance."""
    model = method.fit(real("bluebirds").answers)
    found = model.crowd_.accuracy

    assert np.mean(found) == pytest.approx(0.6968186134852802)
    assert [np.abs(found - skill).min() for skill in skills] == pytest.approx([0] * 5, abs=1e-6)


def test_one_coin_with_a_learnt_prior_is_that_of_crowd_kit(real: RealSets) -> None:
    """Stored: crowd-kit 1.4.2, OneCoinDawidSkene(n_iter=20, tol=-1e9) on bluebirds. The prior runs away; ours does not."""
    model = OneCoinDawidSkene(max_iter=20, tol=1e-300, learn_prior=True).fit(real("bluebirds").answers)

    assert sorted(model.posterior_.sum(axis=0)) == pytest.approx([3.074227385, 104.925772623], abs=1e-6)
    assert OneCoinDawidSkene().fit(real("bluebirds").answers).posterior_.sum(axis=0).min() > 15


def test_restarts_of_mace_keep_the_best_objective() -> None:
    world = class_world(seed=2, n_tasks=60, n_classes=3, workers={WorkerKind.SPAMMER: 9}, answers_per_task=5)
    one, many = MACE(max_iter=300).fit(world.answers), MACE(max_iter=300, restarts=6, seed=1).fit(world.answers)
    again = MACE(max_iter=300, restarts=6, seed=1).fit(world.answers)

    assert many.objective_[-1] >= one.objective_[-1]
    assert again.posterior_.tobytes() == many.posterior_.tobytes()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: OneCoinDawidSkene(max_iter=0), "max_iter must be at least 1"),
        (lambda: MACE(restarts=0), "restarts must be at least 1"),
        (lambda: GLAD(tol=0.0), "tol above 0"),
        (lambda: MACE(smoothing=0.0), "smoothing above 0"),
        (lambda: ZeroBasedSkill(rate=0.0), "rate within 0..1"),
    ],
)
def test_parameters_without_sense_are_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
