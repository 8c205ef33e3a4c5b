"""One task after another answer: settled, asked once more, or contested; and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aggregation.stopping.outlook import HOPELESS, Outlook, chance_to_settle
from aggregation.stopping.policy import Mode, Policy

# Hands a task must be in before it settles by what the model says: one known worker, or two strangers. See `trust.hands`.
GOOD_HANDS, HAND_OF_ONE = 1.0, 0.5
# Who asks for no more confidence than this takes a stranger's word, which is worth about so much.
WORD_OF_ONE = 0.65


class Decision(StrEnum):
    """What to do with a task after another answer."""

    SETTLE = "settle"
    ONE_MORE = "one_more"
    CONTESTED = "contested"


class Reason(StrEnum):
    """What decided."""

    MINIMUM = "minimum"  # fewer answers than every task gets
    UNSURE = "unsure"  # what was asked for is not reached yet
    HANDS = "hands"  # it is reached, but by people not worth asking or by one stranger alone
    CONFIDENCE = "confidence"  # as sure as was asked
    NUMBER = "number"  # the fixed number of answers is there
    AGREEMENT = "agreement"  # enough equal answers
    MARGIN = "margin"  # far enough ahead of any other value
    VALUE = "value"  # one more answer is worth less than its price
    SPREAD = "spread"  # this crowd will hardly agree within the maximum
    MAXIMUM = "maximum"  # the maximum is reached, unsure


@dataclass(frozen=True)
class Evidence:
    """What is known of a task: how sure the model is of its result, how many answers count, and how many of them each of
    the two most frequent values has. `outlook`: what more answers would bring, `trust`: the sum of `trust.hands` of all
    who answered; None where the kind cannot say.
    """

    confidence: float
    answers: int
    most: float = 0.0
    second: float = 0.0
    outlook: Outlook | None = None
    trust: float | None = None

    def __post_init__(self) -> None:
        """ValueError names the number that makes no sense (NaN included)."""
        if not 0.0 <= self.confidence <= 1.0:
            message = f"confidence = {self.confidence} is not between 0 and 1"
            raise ValueError(message)
        if self.answers < 0:
            message = f"answers = {self.answers} is below 0"
            raise ValueError(message)


@dataclass(frozen=True)
class Verdict:
    """The decision and what it rests on."""

    decision: Decision
    reason: Reason


def decide(policy: Policy, seen: Evidence) -> Verdict:
    """Ask until `policy` is content, at least its minimum and at most its maximum of answers.

    With modes that ask for something of the result, a task is contested at the maximum, and earlier where more answers
    would hardly bring it there: then the rest of the maximum would be paid for nothing.
    """
    if seen.answers < policy.minimum:
        return Verdict(Decision.ONE_MORE, Reason.MINIMUM)
    content = _content(policy, seen)
    trusted = in_good_hands(policy, seen)
    if content is not None and trusted:
        return Verdict(Decision.SETTLE, content)
    left = policy.maximum - seen.answers
    if left <= 0:
        fixed = policy.mode is Mode.FIXED
        return Verdict(Decision.SETTLE, Reason.NUMBER) if fixed else Verdict(Decision.CONTESTED, Reason.MAXIMUM)
    if content is not None:
        return Verdict(Decision.ONE_MORE, Reason.HANDS)
    if hopeless(policy, seen, left):
        return Verdict(Decision.CONTESTED, Reason.SPREAD)
    return Verdict(Decision.ONE_MORE, Reason.UNSURE)


def in_good_hands(policy: Policy, seen: Evidence) -> bool:
    """Whether somebody answered who may be believed: what suspects alone said settles nothing, nor does one stranger's word,
    unless no more than one is asked for or hardly any confidence. Counting rules count everybody alike.
    """
    if seen.trust is None or policy.mode not in {Mode.CONFIDENCE, Mode.VALUE}:
        return True
    modest = policy.maximum == 1 or (policy.mode is Mode.CONFIDENCE and policy.confidence <= WORD_OF_ONE)
    return seen.trust >= (HAND_OF_ONE if modest else GOOD_HANDS)


def _content(policy: Policy, seen: Evidence) -> Reason | None:
    """Why what was asked for is there; None while it is not."""
    if policy.mode is Mode.CONFIDENCE and seen.confidence >= policy.confidence:
        return Reason.CONFIDENCE
    if policy.mode is Mode.AGREEMENT and seen.most >= policy.votes:
        return Reason.AGREEMENT
    if policy.mode is Mode.MARGIN and seen.most - seen.second >= policy.votes:
        return Reason.MARGIN
    if policy.mode is Mode.VALUE and _gain(seen) < policy.worth:
        return Reason.VALUE
    return None


def hopeless(policy: Policy, seen: Evidence, left: int) -> bool:
    """Whether `left` more answers will hardly do: by arithmetic for counted votes, by the outlook for confidence.

    The outlook is asked from half of the maximum on: before that the crowd itself is hardly known, and one that looks blind
    may just not have been told apart yet.
    """
    if policy.mode is Mode.AGREEMENT:
        return seen.most + left < policy.votes
    if policy.mode is Mode.MARGIN:
        return seen.most + left - seen.second < policy.votes
    if policy.mode is not Mode.CONFIDENCE or seen.outlook is None or 2 * seen.answers < policy.maximum:
        return False
    return float(chance_to_settle(seen.outlook, left, policy.confidence)) < HOPELESS


def _gain(seen: Evidence) -> float:
    """Expected gain of an answer. Where the kind cannot say: half of the doubt, shared among as many answers as there are."""
    if seen.outlook is not None:
        return seen.outlook.gain
    return (1 - seen.confidence) / (2 * max(seen.answers, 1))
