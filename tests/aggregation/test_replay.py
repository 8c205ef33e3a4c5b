"""Replays: what is paid and found depends on the rule and the crowd alone, and the bounds of a policy hold."""

import numpy as np
import pytest

from aggregation.classes import Auto
from aggregation.online import RefitPolicy
from aggregation.replay import (
    FixedOverlap,
    ModelRule,
    Point,
    Recorded,
    SkillRule,
    VoteMargin,
    accuracy_at,
    replay,
    saved,
)
from aggregation.replay.model_rule import at_confidence, at_worth
from aggregation.replay.stage import Rule, Stage
from aggregation.simulate import WorkerKind, class_world
from tests.aggregation.real_answers import RealSets


@pytest.fixture(scope="module")
def crowd() -> Recorded:
    world = class_world(
        seed=5, n_tasks=60, n_classes=2, workers={WorkerKind.HAMMER: 8, WorkerKind.SPAMMER: 8}, answers_per_task=12
    )
    return Recorded(world.answers, world.truth)


@pytest.mark.parametrize(
    "make",
    [
        lambda: FixedOverlap(3),
        lambda: VoteMargin(2),
        lambda: SkillRule(0.9),
        lambda: ModelRule(at_confidence(0.9)),
        lambda: ModelRule(at_worth(0.02, minimum=2), refuses=True),
    ],
)
def test_the_same_seed_is_the_same_replay_and_no_task_gets_more_than_its_maximum(crowd: Recorded, make: object) -> None:
    first, second = (replay(crowd, make(), seed=3) for _ in range(2))  # type: ignore[operator]
    assert first.cost == second.cost <= 10
    assert first.label.tolist() == second.label.tolist()
    assert first.cost >= 1
    assert first.share.sum() == pytest.approx(1)


def test_fixed_overlap_costs_what_it_says(crowd: Recorded) -> None:
    assert replay(crowd, FixedOverlap(4), seed=0).cost == 4
    assert replay(crowd, FixedOverlap(4, Auto), seed=0).cost == 4


def test_an_exam_is_not_paid_and_its_answers_do_not_come_again(crowd: Recorded) -> None:
    stage = Stage(crowd, seed=0, exam=5)
    assert (stage.exam_given == 5).all()
    assert stage.cost == 0
    assert np.count_nonzero(~stage.waiting) == 5 * stage.n_workers
    assert stage.gold(stage.answers()) is not None


def test_the_model_turns_spammers_away_and_beats_the_majority(crowd: Recorded) -> None:
    refusing = replay(crowd, ModelRule(at_confidence(0.9, minimum=2), refuses=True), seed=0, exam=5)
    asking = replay(crowd, ModelRule(at_confidence(0.9, minimum=2)), seed=0, exam=5)
    assert refusing.share[8:].sum() < asking.share[8:].sum() / 1.5
    plain = replay(crowd, FixedOverlap(6), seed=0)
    assert refusing.cost < 6
    assert refusing.accuracy > plain.accuracy


def test_a_budget_ends_the_asking(crowd: Recorded) -> None:
    assert replay(crowd, FixedOverlap(10), seed=0, budget=2).cost == pytest.approx(2, abs=0.2)


def test_a_rule_may_be_anybodys(crowd: Recorded) -> None:
    rule: Rule = VoteMargin(1)
    assert replay(crowd, rule, seed=0).cost == 1


def test_savings_are_read_between_the_points() -> None:
    base = [Point(3, 0.7), Point(5, 0.8)]
    assert accuracy_at(base, 4) == pytest.approx(0.75)
    assert saved([Point(1, 0.65), Point(2, 0.75)], base, 4) == pytest.approx(0.5)
    assert saved([Point(1, 0.9)], base, 4) == pytest.approx(0.75)
    assert saved([Point(1, 0.5)], base, 4) == -1.0


def test_a_crowd_taken_for_guessers_at_first_is_not_asked_to_the_maximum(real: RealSets) -> None:
    found = real("temp")
    out = replay(
        Recorded(found.answers, found.truth), ModelRule(at_confidence(0.8), refits=RefitPolicy(share=0.2)), seed=1
    )
    assert out.cost < 5
    assert out.accuracy > 0.9
