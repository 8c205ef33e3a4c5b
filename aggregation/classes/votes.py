"""Vote counts and majority vote."""

from __future__ import annotations

import numpy as np

from aggregation.arrays import Floats, Ints, best_class
from aggregation.classes.answers import Answers


def vote_counts(answers: Answers) -> Ints:
    """Votes of each class for each task, whatever they weigh: int64[T, K]."""
    cells = np.bincount(answers.task * answers.n_classes + answers.label, minlength=answers.n_tasks * answers.n_classes)
    return cells.reshape(answers.n_tasks, answers.n_classes)


def vote_weights(answers: Answers) -> Floats:
    """Summed weight of the votes of each class for each task: float64[T, K]; the counts where all weigh 1."""
    cells = answers.weighed(answers.task * answers.n_classes + answers.label, answers.n_tasks * answers.n_classes)
    return cells.reshape(answers.n_tasks, answers.n_classes)


def vote_shares(answers: Answers) -> Floats:
    """Share of each class among the (weighed) votes of each task: float64[T, K]; uniform where nobody answered."""
    counts = vote_weights(answers)
    total = counts.sum(axis=1, keepdims=True)
    shares: Floats = np.where(total > 0, counts / np.where(total > 0, total, 1.0), 1.0 / answers.n_classes)
    return shares


def majority_vote(answers: Answers, *, seed: int = 0) -> Ints:
    """Most voted class of each task: int64[T].

    Ties (and tasks nobody answered) are drawn by a generator keyed on (seed, task id, class): the draw of a task does
    not change with the other tasks of the batch, and favours no class.
    """
    return best_class(vote_shares(answers), answers.task_ids, seed)
