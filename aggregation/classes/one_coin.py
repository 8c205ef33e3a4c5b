"""The upper two levels: how often each worker is right, shrunk to how often this crowd is right.

The class prior stays uniform here: with about one answer a task a learnt prior collapses onto one class.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aggregation.arrays import Bools, Floats
from aggregation.classes.answers import Answers
from aggregation.classes.gold import Gold
from aggregation.classes.pairs import normalise
from aggregation.classes.votes import vote_weights

# What is believed of a crowd before its first answer, and how many answers (pairs of answers) that belief weighs.
EXPECTED_ACCURACY = 0.75
BELIEF_ANSWERS = 20.0
BELIEF_PAIRS = 10.0
# Strength of the workers' shrinkage to the crowd, in answers: what `spread_strength` may return.
WEAKEST, STRONGEST = 2.0, 30.0
# Accuracies stay inside these: a worker is never beyond doubt, and a crowd is better than chance by this margin.
EDGE = 1e-4
BEST_CROWD, MARGIN = 0.99, 0.05
SETTLED = 1e-5


@dataclass(frozen=True)
class OneCoin:
    """`accuracy` float64[W], `crowd` (accuracy of the crowd), `strength` (answers that `crowd` weighs), `posterior`
    float64[K, T] under a uniform prior, `n_iter`.
    """

    accuracy: Floats
    crowd: float
    strength: float
    posterior: Floats
    n_iter: int


def fit_one_coin(answers: Answers, gold: Gold, *, start: Floats | None = None, max_iter: int = 100) -> OneCoin:
    """EM of the one-coin model with K ≥ 2; `start` float64[W]: accuracies to begin from.

    Everything is learnt from tasks with two answers or more (a lone answer agrees with itself: it would confirm whatever
    was believed before) and from those whose truth is known, the crowd's accuracy anchored at what pairs of workers show
    by agreeing.
    """
    k, w = answers.n_classes, answers.n_workers
    votes_at = answers.task * k + answers.label
    teaches = teaching(answers, gold)[answers.task]
    known = answers.weighed(answers.worker, w, teaches.astype(float))
    learnt_from = known.sum()
    anchor = accuracy_from_agreement(answers)
    crowd, strength = anchor, STRONGEST
    accuracy = np.full(w, anchor) if start is None else np.clip(start, EDGE, 1 - EDGE)
    posterior = np.zeros((k, answers.n_tasks))
    n_iter = 0
    for n_iter in range(1, max_iter + 1):  # noqa: B007  read after the loop
        odds = np.log(accuracy) - np.log((1 - accuracy) / (k - 1))
        scores = answers.weighed(votes_at, answers.n_tasks * k, odds[answers.worker])
        before, (posterior, _) = posterior, normalise(scores.reshape(-1, k).T)
        gold.pin_columns(posterior)
        hits = answers.weighed(answers.worker, w, posterior.T.reshape(-1)[votes_at] * teaches)
        crowd = bounded((hits.sum() + BELIEF_ANSWERS * anchor) / (learnt_from + BELIEF_ANSWERS), k)
        strength = spread_strength(hits, known, crowd)
        accuracy = np.clip((hits + strength * crowd) / (known + strength), EDGE, 1 - EDGE)
        if np.abs(posterior - before).max(initial=0.0) < SETTLED:
            break
    return OneCoin(accuracy, crowd, strength, posterior, n_iter)


def teaching(answers: Answers, gold: Gold) -> Bools:
    """Tasks that say something about their workers, bool[T]: those with more than one answer, or a known truth."""
    teaches = answers.weight_per_task() > 1
    teaches[gold.task] = True
    return teaches


def bounded(accuracy: float, n_classes: int) -> float:
    """Keep a crowd's accuracy above chance (else EM may settle on the mirrored truth) and below certainty."""
    return float(min(max(accuracy, 1 / n_classes + MARGIN), BEST_CROWD))


def accuracy_from_agreement(answers: Answers) -> float:
    """Accuracy m that explains how often two answers to one task agree: m² + (1 − m)² / (K − 1), solved for m.

    A task weighs as its answers, not as its pairs; shrunk to EXPECTED_ACCURACY.
    """
    k = answers.n_classes
    alike = vote_weights(answers)
    size = alike.sum(axis=1)
    alike = np.maximum(alike * (alike - 1), 0.0).sum(axis=1)
    multi = size > 1
    same, pairs = (alike[multi] / size[multi]).sum(), (size[multi] - 1).sum()
    expected = EXPECTED_ACCURACY**2 + (1 - EXPECTED_ACCURACY) ** 2 / (k - 1)
    rate = (same + BELIEF_PAIRS * expected) / (pairs + BELIEF_PAIRS)
    return bounded((1 + np.sqrt((k - 1) * max(rate * k - 1, 0.0))) / k, k)


def spread_strength(hits: Floats, answers: Floats, mean: float) -> float:
    """Answers that the crowd's mean should weigh in a worker's accuracy: a + b of the Beta that explains the spread.

    Moments of the beta-binomial, workers weighed by their answers: E[(p − m)²] = m (1 − m) (1 + (n − 1) ρ) / n and
    a + b = 1/ρ − 1, held within WEAKEST..STRONGEST.
    """
    known = answers > 1
    if np.count_nonzero(known) < 2:
        return STRONGEST
    n = answers[known]
    single = mean * (1 - mean)
    excess = (n * (hits[known] / n - mean) ** 2).sum() - single * n.size
    rho = excess / (single * (n - 1).sum())
    return float(np.clip(1 / max(rho, EDGE) - 1, WEAKEST, STRONGEST))
