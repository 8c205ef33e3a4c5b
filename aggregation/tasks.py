"""Measures of tasks: which are hard, which are doubtful. Each is an array over `answers.task_ids`."""

from __future__ import annotations

import numpy as np

from aggregation.arrays import Floats, entropy, sums
from aggregation.classes.answers import Answers
from aggregation.classes.votes import vote_shares

# Wrong answers, expected and found, that every task starts with: one slip of one worker makes no task hard.
BELIEF = 1.0


def vote_entropy(answers: Answers) -> Floats:
    """−Σ p ln p of the vote shares, float64[T], nats: 0 all agree, ln K all classes alike (or nobody answered)."""
    return entropy(vote_shares(answers))


def label_entropy(posterior: Floats) -> Floats:
    """−Σ p ln p of the class probabilities float64[T, K], nats: what is still unknown after weighing who answered."""
    return entropy(posterior)


def expected_errors(answers: Answers, posterior: Floats) -> Floats:
    """Wrong answers each task got, as far as is known: Σ over its answers of 1 − P(class answered), float64[T]."""
    return sums(answers.task, 1 - posterior[answers.task, answers.label], answers.n_tasks)


def difficulty(answers: Answers, posterior: Floats, confusion: Floats) -> Floats:
    """How many times as many wrong answers a task got as those who answered it usually give, float64[T].

    (1 + wrong) / (1 + expected): wrong = `expected_errors`; expected = Σ over its answers of the worker's chance to be wrong on
    a task of its class, Σ_k P(k) (1 − π_kk), with `posterior` float64[T, K] and `confusion` float64[W, K, K]. 1 is a task
    like others (and one without answers), 2 a hard one. Bad workers do not make a task hard.
    """
    right = np.einsum("wkk->wk", confusion)
    usual = (posterior[answers.task] * (1 - right[answers.worker])).sum(axis=1)
    found: Floats = (BELIEF + expected_errors(answers, posterior)) / (
        BELIEF + sums(answers.task, usual, answers.n_tasks)
    )
    return found
