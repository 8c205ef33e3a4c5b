"""Whether a run of scores changed on the way, and where."""

import math
from collections.abc import Sequence

# A change must be this many times as likely as none before it is told; and each side has this many scores.
SURE = 20.0
LEAST = 5


def change_in(scores: Sequence[float]) -> int | None:
    """The place from which on scores (0..1) come from another accuracy than before; None where that is not likely.

    Bayes factor of one change somewhere against none, with flat priors on the accuracies and on the place; O(n).
    """
    places = range(LEAST, len(scores) - LEAST + 1)
    if not places:
        return None
    sums = [0.0]
    for score in scores:
        sums.append(sums[-1] + score)
    number, total = len(scores), sums[-1]
    none = _evidence(total, number)
    likely = {
        place: _evidence(sums[place], place) + _evidence(total - sums[place], number - place) - none for place in places
    }
    best = max(likely, key=lambda place: likely[place])
    mean = math.fsum(math.exp(one - likely[best]) for one in likely.values()) / len(likely)
    return best if likely[best] + math.log(mean) >= math.log(SURE) else None


def _evidence(right: float, number: int) -> float:
    """Log of the probability of these scores in this order, the accuracy being anything: log B(1 + right, 1 + wrong)."""
    return math.lgamma(1 + right) + math.lgamma(1 + number - right) - math.lgamma(2 + number)
