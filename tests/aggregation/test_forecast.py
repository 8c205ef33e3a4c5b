"""A forecast of cost and quality: more confidence costs more and is right more often, and a good crowd is cheap."""

import numpy as np
import pytest

from aggregation.simulate import WorkerKind, confusion_matrix
from aggregation.stopping import KnownCrowd, Policy, forecast

ASKED = (0.6, 0.8, 0.9, 0.99)


def crowd_of(*kinds: WorkerKind, classes: int = 3) -> KnownCrowd:
    generator = np.random.default_rng(3)
    matrices = np.stack([confusion_matrix(kind, classes, generator) for kind in kinds for _ in range(10)])
    return KnownCrowd(matrices, np.ones(len(matrices)), np.full(classes, 1 / classes))


def test_more_confidence_costs_more_and_is_right_more_often() -> None:
    found = forecast(crowd_of(WorkerKind.SLOPPY), Policy(minimum=1, maximum=12), ASKED)
    assert [one.confidence for one in found] == list(ASKED)
    answers, right = [one.answers for one in found], [one.right for one in found]
    assert answers == sorted(answers)
    assert right == sorted(right)
    for one in found:
        assert one.least <= one.answers <= one.most
        assert one.settled < 0.9 or one.right > one.confidence - 0.05


def test_a_good_crowd_is_cheap_and_a_blind_one_never_settles() -> None:
    policy = Policy(minimum=2, maximum=6)
    good, blind = (forecast(crowd_of(kind), policy, (0.95,))[0] for kind in (WorkerKind.HAMMER, WorkerKind.SPAMMER))
    assert good.answers < 2.5
    assert good.right > 0.97
    assert blind.answers == pytest.approx(6, abs=0.3)
    assert blind.settled < 0.1


def test_the_bounds_hold_and_a_seed_is_a_forecast() -> None:
    policy = Policy(minimum=3, maximum=5)
    crowd = crowd_of(WorkerKind.HAMMER, WorkerKind.SPAMMER)
    first, second = (forecast(crowd, policy, ASKED, seed=4) for _ in range(2))
    assert first == second
    assert all(3 <= one.least <= one.most <= 5 for one in first)
