"""The layout of EM: distinct (worker, label) pairs. Only labels a worker gave take memory, so 100 classes fit as well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aggregation.arrays import Floats, Ints, sums
from aggregation.classes.answers import Answers


@dataclass(frozen=True)
class Pairs:
    """P distinct pairs: `worker`, `label` int64[P], sorted; `of_answer` int64[n]: the pair of each answer; `weight`
    float64[n] of the answers, None where all weigh 1.
    """

    worker: Ints
    label: Ints
    of_answer: Ints
    task: Ints
    n_tasks: int
    n_workers: int
    n_classes: int
    weight: Floats | None = None

    @classmethod
    def of(cls, answers: Answers) -> Pairs:
        """Pairs that occur in `answers`."""
        rows = answers.rows
        known = rows.pairs.known
        return cls(
            rows.worker_of(known),
            rows.label_of(known),
            rows.pairs.places(rows.said(rows.key)),
            answers.task,
            answers.n_tasks,
            answers.n_workers,
            answers.n_classes,
            answers.weight,
        )

    def counts(self, posterior: Floats) -> Floats:
        """Expected number of times each pair occurred on tasks of each true class: float64[K, P] from [K, T]."""
        out = np.empty((self.n_classes, self.worker.size))
        for k in range(self.n_classes):
            weight = posterior[k].take(self.task, mode="wrap")  # the cheapest check of bounds
            out[k] = sums(self.of_answer, self.weighed(weight), self.worker.size)
        return out

    def weighed(self, values: Floats) -> Floats:
        """Values float64[n] of the answers, times their weight."""
        return values if self.weight is None else values * self.weight

    def totals(self, counts: Floats) -> Floats:
        """Sum pairs [K, P] over the labels of a worker: float64[K, W]."""
        out = np.empty((self.n_classes, self.n_workers))
        for k in range(self.n_classes):
            out[k] = sums(self.worker, counts[k], self.n_workers)
        return out

    def evidence(self, log_theta: Floats) -> Floats:
        """Sum the pairs' log-probabilities [K, P] over the answers of each task: float64[K, T]."""
        out = np.empty((self.n_classes, self.n_tasks))
        for k in range(self.n_classes):
            weight = log_theta[k].take(self.of_answer, mode="wrap")
            out[k] = sums(self.task, self.weighed(weight), self.n_tasks)
        return out


def normalise(log_scores: Floats) -> tuple[Floats, Floats]:
    """Turn log-scores [K, T] into probabilities [K, T] over classes, and the log of each column's sum [T]."""
    scores = np.ascontiguousarray(log_scores)  # the few classes of a task are compared faster from rows far apart
    top = scores.max(axis=0)
    scores = np.exp(scores - top)
    total = scores.sum(axis=0)
    scores /= total
    return scores, top + np.log(total)
