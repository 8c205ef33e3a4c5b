"""`Answers`: who said what about which task, as sorted arrays of small codes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints, sums, whole_numbers
from aggregation.classes.rows import Numbered, Rows, sort_rows


@dataclass(frozen=True)
class Answers:
    """n answers, sorted by (task, worker, label): the same answers in any row order are the same object, bit for bit.

    `task`, `worker`, `label`: int64[n] codes, 0-based. `task_ids` int64[T] and `worker_ids` int64[W] (sorted, unique)
    say what the codes stand for; they key tie breaking and fitted worker models. A task without answers may exist.
    A worker may answer a task twice (both count). `weight` float64[n], all above 0: as how many answers each counts;
    None means one each. Make one with `encode`; `rows` is how it is kept.
    """

    rows: Rows
    task_ids: Ints
    worker_ids: Ints
    n_classes: int
    weight: Floats | None = None
    n_tasks: int = field(init=False)
    n_workers: int = field(init=False)

    def __post_init__(self) -> None:
        """Count the codes once."""
        object.__setattr__(self, "n_tasks", int(self.task_ids.size))
        object.__setattr__(self, "n_workers", int(self.worker_ids.size))

    def __len__(self) -> int:
        """Count the answers."""
        return int(self.rows.key.size)

    @property
    def task(self) -> Ints:
        """Codes int64[n]."""
        return self.rows.task

    @property
    def worker(self) -> Ints:
        """Codes int64[n]."""
        return self.rows.worker

    @property
    def label(self) -> Ints:
        """Classes int64[n]."""
        return self.rows.label

    @property
    def total_weight(self) -> float:
        """As how many answers all of them count."""
        return float(len(self)) if self.weight is None else float(self.weight.sum())

    @classmethod
    def encode(
        cls,
        tasks: ArrayLike,
        workers: ArrayLike,
        labels: ArrayLike,
        *,
        n_classes: int | None = None,
        task_ids: ArrayLike | None = None,
        worker_ids: ArrayLike | None = None,
        weight: ArrayLike | None = None,
    ) -> Answers:
        """Answers from three columns: task ids, worker ids (any int64, as in a database), labels 0..K−1.

        `n_classes` defaults to the highest label + 1. `task_ids` / `worker_ids` may name more tasks and workers than
        have answers. `weight` (finite, ≥ 0) says as how many answers each row counts: 2 = given twice; a row of weight 0
        is retracted, which is the same as never given. ValueError names the column and position of what is wrong.
        """
        task_column, worker_column = whole_numbers(tasks, "tasks"), whole_numbers(workers, "workers")
        label = whole_numbers(labels, "labels", minimum=0)
        if not task_column.size == worker_column.size == label.size:
            sizes = f"{task_column.size}, {worker_column.size} and {label.size}"
            message = f"tasks, workers and labels must be of one length, not {sizes}"
            raise ValueError(message)
        k = _class_count(label, n_classes)
        weights = None if weight is None else _weights(weight, label.size)
        if weights is not None:
            kept = weights > 0
            task_column, worker_column, label = task_column[kept], worker_column[kept], label[kept]
            weights = None if (weights[kept] == 1.0).all() else weights[kept]
        numbered = Numbered.of(task_column, task_ids, "tasks"), Numbered.of(worker_column, worker_ids, "workers")
        rows, known_tasks, known_workers, weights = sort_rows(*numbered, label, weights)
        return cls(rows, known_tasks, known_workers, k, weights)

    def answers_per_task(self) -> Ints:
        """Answers of each task, whatever they weigh: int64[T]."""
        return self.rows.per_task.copy()

    def answers_per_worker(self) -> Ints:
        """Answers of each worker, whatever they weigh: int64[W]."""
        return np.bincount(self.worker, minlength=self.n_workers)

    def weight_per_task(self) -> Floats:
        """As how many answers those of each task count: float64[T]."""
        return self.weighed(self.task, self.n_tasks)

    def weight_per_worker(self) -> Floats:
        """As how many answers those of each worker count: float64[W]."""
        return self.weighed(self.worker, self.n_workers)

    def weighed(self, index: Ints, size: int, values: Floats | None = None) -> Floats:
        """Sum of weight × `values` (1 each without them) of the answers, per value of `index` int64[n]: float64[size]."""
        if self.weight is None:
            return np.bincount(index, minlength=size).astype(float) if values is None else sums(index, values, size)
        return sums(index, self.weight if values is None else self.weight * values, size)

    def reweighed(self, weight: ArrayLike) -> Answers:
        """Return the same answers with other weights, float[n] in the order of these arrays; 0 takes an answer out.

        Tasks and workers stay, also those left without an answer.
        """
        return Answers.encode(
            self.task_ids[self.task], self.worker_ids[self.worker], self.label,
            n_classes=self.n_classes, task_ids=self.task_ids, worker_ids=self.worker_ids, weight=weight,
        )  # fmt: skip


def _class_count(label: Ints, n_classes: int | None) -> int:
    highest = int(label.max()) if label.size else -1
    if n_classes is None:
        return max(highest + 1, 1)
    if n_classes < 1:
        message = f"n_classes = {n_classes} is below 1"
        raise ValueError(message)
    if highest >= n_classes:
        row = int(np.flatnonzero(label >= n_classes)[0])
        message = f"labels[{row}] = {label[row]} is not one of the {n_classes} classes (0..{n_classes - 1})"
        raise ValueError(message)
    return n_classes


def _weights(weight: ArrayLike, n: int) -> Floats:
    weights = np.asarray(weight, dtype=np.float64)
    if weights.shape != (n,):
        message = f"weight must have the shape ({n},), not {weights.shape}"
        raise ValueError(message)
    bad = ~(np.isfinite(weights) & (weights >= 0))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        message = f"weight[{row}] = {weights[row]} is not a finite number of at least 0"
        raise ValueError(message)
    return weights
