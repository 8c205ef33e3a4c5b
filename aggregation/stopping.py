"""When to stop asking about a task."""

from __future__ import annotations

from enum import StrEnum


class Decision(StrEnum):
    """What to do with a task after another answer."""

    SETTLE = "settle"
    ONE_MORE = "one_more"
    CONTESTED = "contested"


def decide(confidence: float, answers: int, minimum: int, maximum: int, threshold: float) -> Decision:
    """Settle once `answers` ≥ `minimum` and `confidence` ≥ `threshold`; contested when `maximum` is reached unsure.

    ValueError when a number makes no sense: 1 ≤ minimum ≤ maximum, 0 ≤ confidence, threshold ≤ 1 (NaN included).
    """
    if not 1 <= minimum <= maximum:
        message = f"overlap must satisfy 1 <= minimum <= maximum, not {minimum}..{maximum}"
        raise ValueError(message)
    for name, value in (("confidence", confidence), ("threshold", threshold)):
        if not 0.0 <= value <= 1.0:
            message = f"{name} = {value} is not between 0 and 1"
            raise ValueError(message)
    if answers < 0:
        message = f"answers = {answers} is below 0"
        raise ValueError(message)
    if answers < minimum:
        return Decision.ONE_MORE
    if confidence >= threshold:
        return Decision.SETTLE
    return Decision.ONE_MORE if answers < maximum else Decision.CONTESTED
