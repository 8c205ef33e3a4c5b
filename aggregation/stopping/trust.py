"""Whom to go on asking: a worker whose answers surely tell next to nothing costs as much as one whose answers tell all."""

from __future__ import annotations

import numpy as np

from aggregation.arrays import Bools, Floats

# Share of the way from guessing to never erring that a worker must possibly have come.
LEAST_SKILL = 0.35
# Whoever has surely not come so far guesses: a task is in no hands with them. A crowd of mediocre people may settle, a guess may not.
GUESSING = 0.15
# Standard errors of doubt in the worker's favour, and answers that the belief before the first one weighs in them.
DOUBT, BELIEF = 1.0, 4.0
# Variance of one answer is never taken for less: a matrix learnt from few answers looks surer than it is.
LEAST_VARIANCE = 0.02
# Answers to tasks that others answered too, or of known truth, from which on a worker is no stranger.
KNOWN_FROM = 8.0
# What the answer of a stranger counts for in `hands`, where that of a known worker counts 1 and of one who guesses 0.
STRANGER = 0.5


def worth_asking(confusion: Floats, answers: Floats) -> Bools:
    """Whether more answers of each worker are worth having, bool[W]: from matrices float64[W, K, K] and how many answers
    each has given, float64[W]. Nobody is refused without evidence.
    """
    worth: Bools = skill_at_most(confusion, answers) >= LEAST_SKILL
    return worth


def skill_at_most(confusion: Floats, answers: Floats) -> Floats:
    """The best that each worker's skill may be, float64[W]: DOUBT standard errors above what the matrix says.

    Skill is (accuracy − 1/K) / (1 − 1/K), classes alike: 0 for who guesses, 1 for who never errs.
    """
    k = confusion.shape[1]
    if k < 2:
        return np.ones(confusion.shape[0])
    accuracy = np.einsum("wkk->w", confusion) / k
    spread = np.sqrt(np.maximum(accuracy * (1 - accuracy), LEAST_VARIANCE) / (answers + BELIEF))
    best: Floats = (accuracy + DOUBT * spread - 1 / k) / (1 - 1 / k)
    return best


def hands(confusion: Floats, support: Floats) -> Floats:
    """In how good hands a task is with each worker, float64[W]: 0 who surely guesses, STRANGER of whom too little is
    known, else 1; from matrices float64[W, K, K] and the answers that these rest on, float64[W].
    """
    known = np.where(support >= KNOWN_FROM, 1.0, STRANGER)
    found: Floats = known * (skill_at_most(confusion, support) >= GUESSING)
    return found
