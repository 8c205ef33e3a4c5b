"""The rule that ends asking: each mode, both bounds, and what more answers would bring."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.stopping import (
    Decision,
    Evidence,
    Mode,
    Outlook,
    Policy,
    Reason,
    Verdict,
    chance_to_settle,
    decide,
    expected_gains,
    hands,
    outlooks,
    worth_asking,
)

TWO_TO_FIVE = Policy(minimum=2, maximum=5, confidence=0.95)
OPEN_DUEL = Outlook(leader=0.6, rival=0.4, sharp=0.8, telling=1.0, gain=0.1)


@pytest.mark.parametrize(
    ("confidence", "answers", "verdict"),
    [
        (0.99, 1, Verdict(Decision.ONE_MORE, Reason.MINIMUM)),
        (0.99, 2, Verdict(Decision.SETTLE, Reason.CONFIDENCE)),
        (0.95, 2, Verdict(Decision.SETTLE, Reason.CONFIDENCE)),
        (0.94, 2, Verdict(Decision.ONE_MORE, Reason.UNSURE)),
        (0.94, 5, Verdict(Decision.CONTESTED, Reason.MAXIMUM)),
        (0.94, 6, Verdict(Decision.CONTESTED, Reason.MAXIMUM)),
        (0.95, 5, Verdict(Decision.SETTLE, Reason.CONFIDENCE)),
        (0.0, 0, Verdict(Decision.ONE_MORE, Reason.MINIMUM)),
    ],
)
def test_by_confidence_a_task_settles_when_sure_and_is_contested_at_the_maximum(
    confidence: float, answers: int, verdict: Verdict
) -> None:
    assert decide(TWO_TO_FIVE, Evidence(confidence, answers)) == verdict


@pytest.mark.parametrize(
    ("policy", "seen", "verdict"),
    [
        (Policy(Mode.FIXED, 1, 3), Evidence(1.0, 2), Verdict(Decision.ONE_MORE, Reason.UNSURE)),
        (Policy(Mode.FIXED, 1, 3), Evidence(0.1, 3), Verdict(Decision.SETTLE, Reason.NUMBER)),
        (Policy(Mode.AGREEMENT, 2, 5, votes=2), Evidence(0.1, 2, 2, 0), Verdict(Decision.SETTLE, Reason.AGREEMENT)),
        (Policy(Mode.AGREEMENT, 2, 5, votes=2), Evidence(0.9, 2, 1, 1), Verdict(Decision.ONE_MORE, Reason.UNSURE)),
        (Policy(Mode.AGREEMENT, 2, 5, votes=3), Evidence(0.9, 4, 1, 1), Verdict(Decision.CONTESTED, Reason.SPREAD)),
        (Policy(Mode.AGREEMENT, 2, 5, votes=3), Evidence(0.9, 5, 2, 2), Verdict(Decision.CONTESTED, Reason.MAXIMUM)),
        (Policy(Mode.MARGIN, 1, 5, votes=2), Evidence(0.1, 2, 2, 0), Verdict(Decision.SETTLE, Reason.MARGIN)),
        (Policy(Mode.MARGIN, 1, 5, votes=2), Evidence(0.1, 4, 2, 2), Verdict(Decision.CONTESTED, Reason.SPREAD)),
        (Policy(Mode.MARGIN, 1, 5, votes=2), Evidence(0.1, 3, 2, 1), Verdict(Decision.ONE_MORE, Reason.UNSURE)),
        (Policy(Mode.VALUE, 1, 5, worth=0.05), Evidence(0.6, 1, outlook=OPEN_DUEL), Verdict(Decision.ONE_MORE, Reason.UNSURE)),
        (Policy(Mode.VALUE, 1, 5, worth=0.2), Evidence(0.6, 1, outlook=OPEN_DUEL), Verdict(Decision.SETTLE, Reason.VALUE)),
        (Policy(Mode.VALUE, 1, 5, worth=0.05), Evidence(0.95, 1), Verdict(Decision.SETTLE, Reason.VALUE)),
        (Policy(Mode.VALUE, 1, 5, worth=0.05), Evidence(0.6, 5, outlook=OPEN_DUEL), Verdict(Decision.CONTESTED, Reason.MAXIMUM)),
    ],
)  # fmt: skip
def test_each_mode_reads_its_own_number(policy: Policy, seen: Evidence, verdict: Verdict) -> None:
    assert decide(policy, seen) == verdict


def test_a_task_that_cannot_become_sure_is_contested_before_the_maximum() -> None:
    policy = Policy(minimum=2, maximum=6, confidence=0.99)
    confusable = Outlook(leader=0.5, rival=0.5, sharp=0.55, telling=1.0, gain=0.0)
    early, half = Evidence(0.5, 2, outlook=confusable), Evidence(0.5, 3, outlook=confusable)
    assert decide(policy, early) == Verdict(Decision.ONE_MORE, Reason.UNSURE)
    assert decide(policy, half) == Verdict(Decision.CONTESTED, Reason.SPREAD)
    clear = Outlook(leader=0.5, rival=0.5, sharp=0.9, telling=1.0, gain=0.1)
    assert decide(policy, Evidence(0.5, 3, outlook=clear)) == Verdict(Decision.ONE_MORE, Reason.UNSURE)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Evidence(math.nan, 1), "confidence = nan"),
        (lambda: Evidence(0.5, -1), "answers = -1 is below 0"),
        (lambda: Policy(confidence=1.1), "confidence = 1.1"),
        (lambda: Policy(minimum=3, maximum=2), "1 <= minimum <= maximum, not 3..2"),
        (lambda: Policy(minimum=0, maximum=2), "not 0..2"),
        (lambda: Policy(votes=0), "votes = 0"),
        (lambda: Policy(worth=0.0), "worth = 0.0"),
    ],
)
def test_a_number_that_makes_no_sense_is_named(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("policy", "trust", "decision"),
    [
        (Policy(minimum=1, maximum=5), 0.0, Decision.ONE_MORE),  # suspects alone
        (Policy(minimum=1, maximum=5), 0.5, Decision.ONE_MORE),  # one stranger
        (Policy(minimum=1, maximum=5), 1.0, Decision.SETTLE),  # two strangers, or one who is known
        (Policy(minimum=1, maximum=5), None, Decision.SETTLE),  # the kind does not know
        (Policy(minimum=1, maximum=5, confidence=0.6), 0.5, Decision.SETTLE),  # hardly any confidence is asked for
        (Policy(minimum=1, maximum=5, confidence=0.6), 0.0, Decision.ONE_MORE),
        (Policy(minimum=1, maximum=1), 0.5, Decision.SETTLE),  # no more than one is asked for
        (Policy(minimum=1, maximum=1), 0.0, Decision.CONTESTED),
        (Policy(Mode.VALUE, 1, 5, worth=0.2), 0.0, Decision.ONE_MORE),
        (Policy(Mode.MARGIN, 1, 5, votes=1), 0.0, Decision.SETTLE),  # counting counts everybody
    ],
)
def test_nothing_settles_in_the_hands_of_suspects_or_of_one_stranger(
    policy: Policy, trust: float | None, decision: Decision
) -> None:
    seen = Evidence(0.99, 1, 1, 0, trust=trust)
    found = decide(policy, seen)
    assert found.decision is decision
    assert (found.reason is Reason.HANDS) == (decision is Decision.ONE_MORE)


def test_suspects_alone_leave_a_task_contested_at_the_maximum() -> None:
    seen = Evidence(0.99, 5, 5, 0, trust=0.0)
    assert decide(TWO_TO_FIVE, seen) == Verdict(Decision.CONTESTED, Reason.MAXIMUM)


policies = st.builds(
    lambda mode, minimum, more, confidence, votes, worth: Policy(mode, minimum, minimum + more, confidence, votes, worth),
    st.sampled_from(Mode), st.integers(1, 6), st.integers(0, 6), st.floats(0.5, 0.999), st.integers(1, 6),
    st.floats(0.001, 0.5),
)  # fmt: skip
duels = st.builds(
    lambda p, sharp, gain: Outlook(max(p, 1 - p), min(p, 1 - p), sharp, 1.0, gain),
    st.floats(0.0, 1.0), st.floats(0.5, 0.99), st.floats(0.0, 0.5),
)  # fmt: skip


@given(policies, duels, st.integers(0, 15), st.integers(0, 15), st.one_of(st.none(), st.floats(0.0, 8.0)))
def test_asking_goes_on_below_the_minimum_and_never_beyond_the_maximum(
    policy: Policy, outlook: Outlook, most: int, second: int, trust: float | None
) -> None:
    answers = most + min(second, most)
    seen = Evidence(outlook.leader, answers, most, min(second, most), outlook, trust)
    decision = decide(policy, seen).decision
    assert (decision is Decision.ONE_MORE) or answers >= policy.minimum
    assert (decision is not Decision.ONE_MORE) or answers < policy.maximum


def test_gain_is_highest_in_doubt_and_nothing_where_classes_cannot_be_told_apart() -> None:
    typical = np.array([[0.8, 0.2, 0.0], [0.2, 0.8, 0.0], [0.0, 0.0, 1.0]])
    posterior = np.array([[0.5, 0.5, 0.0], [0.9, 0.1, 0.0], [0.999, 0.001, 0.0]])
    gains = expected_gains(posterior, typical)
    assert gains[0] > gains[1] > gains[2] >= 0
    blurred = np.array([[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])
    assert expected_gains(posterior[:1], blurred)[0] < gains[0] / 4


def test_gain_and_chance_are_those_of_all_answers_written_out() -> None:
    p, a = 0.7, 0.8
    outlook = outlooks(np.array([[p, 1 - p]]), np.array([[a, 1 - a], [1 - a, a]]))[0]
    best, reached = 0.0, 0.0
    for n in range(1, 9):
        after = sure = 0.0
        for against in product((False, True), repeat=n):
            stays = p * math.prod(1 - a if one else a for one in against)
            turns = (1 - p) * math.prod(a if one else 1 - a for one in against)
            after += max(stays, turns)
            hoped = (a + 0.95) / 2
            stays = p * math.prod(1 - hoped if one else hoped for one in against)
            turns = (1 - p) * math.prod(hoped if one else 1 - hoped for one in against)
            sure += (stays + turns) * (max(stays, turns) >= 0.95 * (stays + turns))
        best = max(best, (after - p) / n)
        reached = max(reached, sure) if n <= 3 else reached
    assert outlook.gain == pytest.approx(best)
    assert chance_to_settle(outlook, 3, 0.95) == pytest.approx(reached)


def test_one_class_leaves_nothing_to_gain() -> None:
    assert expected_gains(np.ones((2, 1)), np.ones((1, 1))).tolist() == [0.0, 0.0]


def test_a_worker_who_guesses_is_not_worth_asking_once_that_is_known() -> None:
    guess, good = np.full((2, 2), 0.5), np.array([[0.9, 0.1], [0.1, 0.9]])
    matrices = np.stack([guess, guess, good, good])
    assert worth_asking(matrices, np.array([2.0, 100.0, 2.0, 100.0])).tolist() == [True, False, True, True]
    assert worth_asking(np.ones((1, 1, 1)), np.ones(1)).tolist() == [True]


def test_a_task_is_in_no_hands_with_a_guesser_and_in_half_a_hand_with_a_stranger() -> None:
    guess, good = np.full((2, 2), 0.5), np.array([[0.9, 0.1], [0.1, 0.9]])
    matrices = np.stack([guess, good, good])
    assert hands(matrices, np.array([100.0, 100.0, 3.0])).tolist() == [0.0, 1.0, 0.5]
