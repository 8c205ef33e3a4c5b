"""Spammer or adversary: who answers blindly, and who answers against the truth."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from aggregation.arrays import Floats
from aggregation.workers.intervals import accuracy_interval
from aggregation.workers.skill import expected_accuracy, informedness

# κ below which a worker is as good as blind.
BLIND = 0.2
FEWEST_ANSWERS = 5.0


class Verdict(StrEnum):
    """What the answers show. An adversary is worth as much as an expert once known, a spammer nothing."""

    USEFUL = "useful"
    SPAMMER = "spammer"
    ADVERSARY = "adversary"
    UNKNOWN = "unknown"


def verdicts(confusion: Floats, support: Floats, prior: Floats, *, level: float = 0.95) -> list[Verdict]:
    """Verdict on each worker, from matrices (W, K, K), `support` float64[W, K] and class prior float64[K].

    By `informedness` κ and its interval (that of the accuracy, on κ's scale). Adversary: κ is surely below 0. Spammer: κ is
    surely below 0.2, and adversary it is not. Useful: κ is above 0.2 so far as is known. Unknown: fewer than five
    answers, one class only, or κ below 0.2 but perhaps above.
    """
    kappa = informedness(confusion, prior)
    accuracy = expected_accuracy(confusion, prior)
    interval = accuracy_interval(confusion, support, prior, level=level)
    slope = np.divide(1 - kappa, 1 - accuracy, out=np.ones_like(kappa), where=accuracy < 1)
    highest = kappa + slope * (interval.high - accuracy)
    found = np.full(kappa.shape, Verdict.UNKNOWN, dtype=object)
    found[kappa >= BLIND] = Verdict.USEFUL
    found[highest < BLIND] = Verdict.SPAMMER
    found[highest < 0] = Verdict.ADVERSARY
    found[(support.sum(axis=1) < FEWEST_ANSWERS) | np.isnan(kappa)] = Verdict.UNKNOWN
    return [Verdict(verdict) for verdict in found]
