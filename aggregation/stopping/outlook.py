"""What more answers would bring to a task: the duel of its two most probable classes, before a typical worker of the crowd.

An answer for either of the two is right with probability a (the crowd's confusion of just these classes), an answer for
neither says nothing about the duel. So n answers are a walk of ±1 steps, and everything asked of the future is a sum over
how many of them go against the leader. Hard pairs (a near ½) gain little: more of the same answers cannot tell them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np

from aggregation.arrays import Floats

# Answers looked ahead for the gain: where one cannot turn the result, several may.
AHEAD = 8
# Below this chance of becoming as sure as asked within the maximum, the rest of the maximum is not spent.
HOPELESS = 0.05
# A crowd is never taken for blind, nor for certain: it may hold better workers than have come so far.
LEAST_SHARP, SHARPEST = 0.55, 0.99
# Whoever comes next may be this sharp: hope is given up only where workers half the way there would not do either.
HOPED_FOR = 0.95


@dataclass(frozen=True)
class Outlook:
    """`leader`, `rival`: probabilities of the two most probable classes; `sharp`: how often an answer that names one of
    them names the true one; `telling`: how many answers name one of them; `gain`: by how much each of the next answers
    is expected to raise the probability of a right result, at best over the next AHEAD.
    """

    leader: float
    rival: float
    sharp: float
    telling: float
    gain: float


def outlooks(posterior: Floats, typical: Floats) -> list[Outlook]:
    """Outlook of each task, from `posterior` float64[T, K] and `typical` float64[K, K], the confusion (row = true class)
    that the next worker is expected to have.
    """
    duels = _duels(posterior, typical)
    gain = _gains(*duels)
    return [Outlook(*map(float, row)) for row in zip(*duels, gain, strict=True)]


def expected_gains(posterior: Floats, typical: Floats) -> Floats:
    """`gain` of each task's outlook, float64[T]: what orders the hand-out, most useful first."""
    return _gains(*_duels(posterior, typical))


def chance_to_settle(outlook: Outlook, left: int, confidence: float) -> float:
    """Probability that `left` more answers, or fewer, take the leader or the rival to `confidence`; by workers somewhat
    better than the typical one, since those to come are not known yet.

    Stopping on the way is not modelled: the chance of being there at the end of one of the lengths, the best of them.
    """
    both = outlook.leader + outlook.rival
    if both <= 0:
        return 0.0
    p, a = outlook.leader / both, max(outlook.sharp, (outlook.sharp + HOPED_FOR) / 2)
    # The other classes keep their mass in this model, which more telling answers would shrink: ask it of the duel alone.
    best = 0.0
    for n in range(1, left + 1):
        reached = 0.0
        for against in range(n + 1):
            ways = comb(n, against)
            stays = ways * p * a ** (n - against) * (1 - a) ** against
            turns = ways * (1 - p) * a**against * (1 - a) ** (n - against)
            total = stays + turns
            if max(stays, turns) >= confidence * total:
                reached += total
        best = max(best, reached)
    return best


def _duels(posterior: Floats, typical: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Leader, rival, sharp and telling of each task, float64[T] each."""
    n_tasks, n_classes = posterior.shape
    if n_classes < 2:
        ones = np.ones(n_tasks)
        return ones, 0 * ones, SHARPEST * ones, ones
    rows = np.arange(n_tasks)
    order = np.argpartition(-posterior, 1, axis=1)[:, :2] if n_classes > 2 else np.argsort(-posterior, axis=1)
    first, second = order[:, 0], order[:, 1]
    swap = posterior[rows, first] < posterior[rows, second]
    first, second = np.where(swap, second, first), np.where(swap, first, second)
    right = (typical[first, first] + typical[second, second]) / 2
    wrong = (typical[first, second] + typical[second, first]) / 2
    telling = right + wrong
    sharp = np.clip(right / np.maximum(telling, 1e-12), LEAST_SHARP, SHARPEST)
    return posterior[rows, first], posterior[rows, second], sharp, telling


def _gains(leader: Floats, rival: Floats, sharp: Floats, telling: Floats) -> Floats:
    """Best over n ≤ AHEAD of what n telling answers gain, each: (E max after − max before) / n, float64[T].

    E max = Σ over answers against the leader of the larger of the two joint probabilities.
    """
    both = leader + rival
    p = leader / np.maximum(both, 1e-12)
    best = np.zeros(p.shape)
    right, wrong = ([base**power for power in range(AHEAD + 1)] for base in (sharp, 1 - sharp))
    for n in range(1, AHEAD + 1):
        reached = np.zeros(p.shape)
        for against in range(n + 1):
            stays = p * right[n - against] * wrong[against]
            turns = (1 - p) * right[against] * wrong[n - against]
            reached += comb(n, against) * np.maximum(stays, turns)
        best = np.maximum(best, (reached - p) / n)
    gains: Floats = both * telling * best
    return gains
