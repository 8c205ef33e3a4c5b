"""Known answers ("gold"): tasks whose truth is given, which a fit must respect and may learn workers from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints, whole_numbers
from aggregation.classes.answers import Answers


@dataclass(frozen=True)
class Gold:
    """`task` int64[G]: rows of the tasks whose truth is known, ascending; `truth` float64[G, K]: rows sum to 1.

    Methods hold the posterior of these tasks at `truth` throughout EM and in the result: the workers' counts on them
    are then observed, not guessed.
    """

    task: Ints
    truth: Floats

    @classmethod
    def of(cls, gold: ArrayLike | None, answers: Answers) -> Gold:
        """Read the `gold` of `fit`: None; int[T], the true class of each task of `answers`, −1 where it is unknown; or
        float[T, K] ≥ 0, what is known of each task, rows of zeros unknown, the others scaled to sum 1 (soft truth).

        ValueError names the task where it is wrong.
        """
        if gold is None:
            return cls(np.zeros(0, dtype=np.int64), np.zeros((0, answers.n_classes)))
        raw = np.asarray(gold)
        return cls._of_shares(raw, answers) if raw.ndim == 2 else cls._of_classes(raw, answers)

    @classmethod
    def _of_classes(cls, raw: ArrayLike, answers: Answers) -> Gold:
        known = whole_numbers(raw, "gold", minimum=-1)
        if known.size != answers.n_tasks:
            message = f"gold must name one class for each of the {answers.n_tasks} tasks, not {known.size}"
            raise ValueError(message)
        if known.size and known.max() >= answers.n_classes:
            row = int(np.flatnonzero(known >= answers.n_classes)[0])
            message = f"gold[{row}] = {known[row]} is not one of the {answers.n_classes} classes"
            raise ValueError(message)
        task = np.flatnonzero(known >= 0)
        return cls(task, np.eye(answers.n_classes)[known[task]])

    @classmethod
    def _of_shares(cls, raw: ArrayLike, answers: Answers) -> Gold:
        shares = np.asarray(raw, dtype=np.float64)
        if shares.shape != (answers.n_tasks, answers.n_classes):
            message = f"gold must have the shape ({answers.n_tasks}, {answers.n_classes}), not {shares.shape}"
            raise ValueError(message)
        bad = ~(np.isfinite(shares) & (shares >= 0)).all(axis=1)
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            message = f"gold[{row}] = {shares[row].tolist()} holds what is no share of a class"
            raise ValueError(message)
        total = shares.sum(axis=1)
        task = np.flatnonzero(total > 0)
        return cls(task, shares[task] / total[task, None])

    def __len__(self) -> int:
        """Count the known tasks."""
        return int(self.task.size)

    def pin(self, posterior: Floats) -> None:
        """Overwrite the known tasks' rows of `posterior` float64[T, K] with their truth."""
        posterior[self.task] = self.truth

    def pin_columns(self, posterior: Floats) -> None:
        """Overwrite the known tasks' columns of `posterior` float64[K, T] with their truth."""
        posterior[:, self.task] = self.truth.T

    def log_likelihood(self, log_joint: Floats) -> Floats:
        """What the known tasks add to the objective, float64[G], from their log p(class, answers) float64[G, K]:
        Σ_k q_k (log_joint_k − ln q_k), the bound that EM raises with q held (for one-hot truth: log p(truth, answers)).
        """
        log_truth = np.log(np.where(self.truth > 0, self.truth, 1.0))
        gain: Floats = np.where(self.truth > 0, self.truth * (log_joint - log_truth), 0.0).sum(axis=1)
        return gain
