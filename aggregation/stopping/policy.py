"""What a requester asked for: how many answers, and when they are enough."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """What ends the asking before the maximum does."""

    CONFIDENCE = "confidence"  # the model's probability that the result is right
    FIXED = "fixed"  # nothing: every task gets the maximum
    AGREEMENT = "agreement"  # the first so many equal answers
    MARGIN = "margin"  # so many answers more for one value than for any other
    VALUE = "value"  # one more answer is expected to be worth less than its price


@dataclass(frozen=True)
class Policy:
    """`minimum` ≤ answers ≤ `maximum`. Besides these, each mode reads one number of its own.

    CONFIDENCE: `confidence`, asked of the result. AGREEMENT and MARGIN: `votes`. VALUE: `worth`, the price of an answer
    as a share of what a right result is worth, so an answer is bought while it is expected to raise the probability of
    a right result by more than that.
    """

    mode: Mode = Mode.CONFIDENCE
    minimum: int = 3
    maximum: int = 7
    confidence: float = 0.9
    votes: int = 2
    worth: float = 0.01

    def __post_init__(self) -> None:
        """ValueError names the number that makes no sense."""
        if not 1 <= self.minimum <= self.maximum:
            message = f"overlap must satisfy 1 <= minimum <= maximum, not {self.minimum}..{self.maximum}"
            raise ValueError(message)
        if not 0 <= self.confidence <= 1:
            message = f"confidence = {self.confidence} is not between 0 and 1"
            raise ValueError(message)
        if self.votes < 1:
            message = f"votes = {self.votes} is below 1"
            raise ValueError(message)
        if not 0 < self.worth < 1:
            message = f"worth = {self.worth} is not between 0 and 1"
            raise ValueError(message)
