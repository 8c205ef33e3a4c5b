"""`Answers`: who said what about which task, as sorted arrays of small codes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints, distinct, rows_of, sums, whole_numbers


@dataclass(frozen=True)
class Answers:
    """n answers, sorted by (task, worker, label): the same answers in any row order are the same object, bit for bit.

    `task`, `worker`, `label`: int64[n] codes, 0-based. `task_ids` int64[T] and `worker_ids` int64[W] (sorted, unique)
    say what the codes stand for; they key tie breaking and fitted worker models. A task without answers may exist.
    A worker may answer a task twice (both count). `weight` float64[n], all above 0: as how many answers each counts;
    None means one each. Make one with `encode`.
    """

    task: Ints
    worker: Ints
    label: Ints
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
        return int(self.task.size)

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
        known_tasks, task = _codes(task_column, task_ids, "tasks")
        known_workers, worker = _codes(worker_column, worker_ids, "workers")
        if weights is not None:
            order = np.lexsort((weights, label, worker, task))
            return cls(task[order], worker[order], label[order], known_tasks, known_workers, k, weights[order])
        task, worker, label = _sorted(task, worker, label, known_tasks.size, known_workers.size, k)
        return cls(task, worker, label, known_tasks, known_workers, k)

    def answers_per_task(self) -> Ints:
        """Answers of each task, whatever they weigh: int64[T]."""
        return np.bincount(self.task, minlength=self.n_tasks)

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


def _codes(column: Ints, known: ArrayLike | None, name: str) -> tuple[Ints, Ints]:
    """Sorted distinct ids, and the place of each of `column` among them."""
    if known is None:
        return distinct(column)
    ids = np.unique(whole_numbers(known, f"ids of {name}"))
    place = rows_of(column, ids)
    if (place < 0).any():
        row = int(np.flatnonzero(place < 0)[0])
        message = f"{name}[{row}] = {column[row]} is not among the given ids"
        raise ValueError(message)
    return ids, place


def _sorted(task: Ints, worker: Ints, label: Ints, t: int, w: int, k: int) -> tuple[Ints, Ints, Ints]:
    """The three columns by (task, worker, label): packed into one number, sorted, unpacked by shifts.

    Several times faster than lexsort; half of that again where the number fits into 32 bits.
    """
    w_bits, k_bits = max(w - 1, 0).bit_length(), (k - 1).bit_length()
    bits = max(t - 1, 0).bit_length() + w_bits + k_bits
    if bits > 63:
        order = np.lexsort((label, worker, task))
        return task[order], worker[order], label[order]
    # In place wherever it can be: fresh arrays of this size cost more in pages than in arithmetic.
    key, spare = task << (w_bits + k_bits), worker << k_bits
    key |= spare
    key |= label
    if (key[1:] < key[:-1]).any():
        if bits <= 32:
            short = key.astype(np.uint32)
            short.sort()
            key[:] = short
        else:
            key.sort()
    label = key & ((1 << k_bits) - 1)
    key >>= k_bits
    worker = np.bitwise_and(key, (1 << w_bits) - 1, out=spare)
    key >>= w_bits
    return key, worker, label
