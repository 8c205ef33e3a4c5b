"""Pairs of workers whose answers are too much alike to have been thought of twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aggregation.arrays import Bools, Floats, Ints
from aggregation.classes.answers import Answers

# How often a copier copies, in the hypotheses that are weighed, in equal parts, against "each for themselves".
OFTEN = (0.5, 0.9)
# Of how many equal answers a worker's own matrix speaks as loudly as what the others say of this very item.
BELIEF = 2.0
FEWEST_COMMON = 10
LEAST = 1e-3
# Spreads of all pairs above their middle that a pair must stand out by.
STAND_OUT = 3.0
SPREAD = 1.4826  # of a normal distribution, in median absolute deviations


@dataclass(frozen=True)
class Copying:
    """Pairs under suspicion, the surest first. Codes of the two workers int64[P], `first` < `second`.

    `common`: items both answered; `alike`: on how many they said the same; `expected`: on how many two people of their
    skill would have; `odd_alike`: on how many they said the same where the result is another. `p_value`: at most so likely
    that any pair at all of an honest crowd looks like this, float64[P].
    """

    first: Ints
    second: Ints
    common: Ints
    alike: Ints
    expected: Floats
    odd_alike: Ints
    p_value: Floats


def copying(answers: Answers, confusion: Floats, prior: Floats, *, level: float = 0.01) -> Copying:
    """Find pairs that copy from each other or from a third.

    `confusion` float64[W, K, K] and `prior` float64[K] of a fit. For each item that both answered: what would the
    second say, knowing what all others said, the first among them? The ratio of "copies every second answer, or nine of ten" to
    "answers for themselves" is multiplied over the items. Its mean over honest crowds is 1, so by Markov's inequality it exceeds m / level in
    one of `level` crowds at most, m the number of pairs looked at (Bonferroni). What is said seldom weighs most: two who are both
    right, or both fall for what many fall for, are hardly suspicious. As items differ in more than their class, a pair
    must besides stand out from all pairs of its crowd, by three robust spreads per root of common items.
    """
    empty = np.zeros(0, dtype=np.int64)
    left, right = _pairs(answers)
    if not left.size:
        return Copying(empty, empty, empty, empty, np.zeros(0), empty, np.zeros(0))
    # A cell that looks impossible has only not been seen.
    spoken = np.log(np.maximum(confusion[answers.worker, :, answers.label], LEAST))
    evidence = np.log(np.maximum(prior, LEAST)) + np.zeros((answers.n_tasks, answers.n_classes))
    np.add.at(evidence, answers.task, spoken)
    said = _foreseen(answers, confusion, evidence[answers.task] - spoken, left, right)
    alike = answers.label[left] == answers.label[right]
    key = answers.worker[left] * answers.n_workers + answers.worker[right]
    pairs, group = np.unique(key, return_inverse=True)
    common = np.bincount(group)
    ratios = [np.where(alike, np.log(often / said + 1 - often), np.log(1 - often)) for often in OFTEN]
    total = np.logaddexp.reduce([np.bincount(group, weights=one) for one in ratios]) - np.log(len(OFTEN))
    best = evidence.argmax(axis=1)[answers.task[left]]
    looked = common >= FEWEST_COMMON
    sure = total - np.log(max(int(looked.sum()), 1))
    found = np.flatnonzero(looked & (sure > -np.log(level)) & _stands_out(total, common, looked))
    found = found[np.argsort(-sure[found], kind="stable")]
    return Copying(
        first=pairs[found] // answers.n_workers,
        second=pairs[found] % answers.n_workers,
        common=common[found],
        alike=np.bincount(group, weights=alike)[found].astype(np.int64),
        expected=np.bincount(group, weights=said)[found].astype(np.float64),
        odd_alike=np.bincount(group, weights=alike & (answers.label[left] != best))[found].astype(np.int64),
        p_value=np.exp(np.minimum(-sure[found], 0.0)),
    )


def _pairs(answers: Answers) -> tuple[Ints, Ints]:
    """Indices of answers to the same item, each pair once, the lower worker on the left."""
    order = np.lexsort((answers.worker, answers.task))
    task = answers.task[order]
    left, right = [], []
    for step in range(1, int(np.bincount(task).max(initial=1))):
        same = np.flatnonzero(task[:-step] == task[step:])
        left.append(order[same])
        right.append(order[same + step])
    empty: Ints = np.zeros(0, dtype=np.int64)
    return np.concatenate([empty, *left]), np.concatenate([empty, *right])


def _foreseen(answers: Answers, confusion: Floats, without: Floats, left: Ints, right: Ints) -> Floats:
    """How likely each would have said what the other said, for pairs of answers to one item; the largest of what may
    be thought: by either of them, by the model alone or with what the rest of the crowd says of this item.

    `without` float64[n, K]: what each answer's item is by all other answers, as logarithms up to a constant.
    """
    truth = np.exp(without - without.max(axis=1, keepdims=True))
    truth /= truth.sum(axis=1, keepdims=True)
    votes = np.zeros((answers.n_tasks, answers.n_classes))
    np.add.at(votes, (answers.task, answers.label), 1.0)
    number = votes.sum(axis=1)

    def one(who: Ints, other: Ints) -> Floats:
        label, task = answers.label[other], answers.task[who]
        model = (truth[who] * confusion[answers.worker[who], :, label]).sum(axis=1)
        # What the rest of the crowd says of this item: neither of the two.
        rest = votes[task, label] - 1 - (answers.label[who] == label)
        mixed: Floats = (rest + BELIEF * model) / (number[task] - 2 + BELIEF)
        likely: Floats = np.maximum(model, mixed)
        return likely

    return np.clip(np.maximum(one(left, right), one(right, left)), 1e-6, 1.0)


def _stands_out(total: Floats, common: Ints, looked: Bools) -> Bools:
    """Whether each pair's evidence is far from what is usual among the pairs of this crowd."""
    mean = total / np.maximum(common, 1)
    usual = mean[looked]
    if usual.size < FEWEST_COMMON:
        return np.ones(total.size, dtype=np.bool_)
    middle = np.median(usual)
    # A single answer's spread, so that pairs with few and with many items in common can be compared.
    score = (mean - middle) * np.sqrt(common)
    spread = SPREAD * np.median(np.abs(score[looked]))
    far: Bools = score > STAND_OUT * max(float(spread), 1e-9)
    return far
