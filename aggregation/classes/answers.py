"""`Answers`: who said what about which task, as sorted arrays of small codes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Ints, rows_of, whole_numbers


@dataclass(frozen=True)
class Answers:
    """n answers, sorted by (task, worker, label): the same answers in any row order are the same object, bit for bit.

    `task`, `worker`, `label`: int64[n] codes, 0-based. `task_ids` int64[T] and `worker_ids` int64[W] (sorted, unique)
    say what the codes stand for; they key tie breaking and fitted worker models. A task without answers may exist.
    A worker may answer a task twice (both count). Make one with `encode`.
    """

    task: Ints
    worker: Ints
    label: Ints
    task_ids: Ints
    worker_ids: Ints
    n_classes: int
    n_tasks: int = field(init=False)
    n_workers: int = field(init=False)

    def __post_init__(self) -> None:
        """Count the codes once."""
        object.__setattr__(self, "n_tasks", int(self.task_ids.size))
        object.__setattr__(self, "n_workers", int(self.worker_ids.size))

    def __len__(self) -> int:
        """Count the answers."""
        return int(self.task.size)

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
    ) -> Answers:
        """Answers from three columns: task ids, worker ids (any int64, as in a database), labels 0..K−1.

        `n_classes` defaults to the highest label + 1. `task_ids` / `worker_ids` may name more tasks and workers than
        have answers. ValueError names the column and position of what is wrong.
        """
        task_column, worker_column = whole_numbers(tasks, "tasks"), whole_numbers(workers, "workers")
        label = whole_numbers(labels, "labels", minimum=0)
        if not task_column.size == worker_column.size == label.size:
            sizes = f"{task_column.size}, {worker_column.size} and {label.size}"
            message = f"tasks, workers and labels must be of one length, not {sizes}"
            raise ValueError(message)
        k = _class_count(label, n_classes)
        known_tasks, task = _codes(task_column, task_ids, "tasks")
        known_workers, worker = _codes(worker_column, worker_ids, "workers")
        task, worker, label = _sorted(task, worker, label, known_tasks.size, known_workers.size, k)
        return cls(task, worker, label, known_tasks, known_workers, k)

    def answers_per_task(self) -> Ints:
        """Answers of each task: int64[T]."""
        return np.bincount(self.task, minlength=self.n_tasks)

    def answers_per_worker(self) -> Ints:
        """Answers of each worker: int64[W]."""
        return np.bincount(self.worker, minlength=self.n_workers)


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


def _codes(column: Ints, known: ArrayLike | None, name: str) -> tuple[Ints, Ints]:
    if known is None:
        ids, codes = np.unique(column, return_inverse=True)
        return ids, codes.astype(np.int64)
    ids = np.unique(whole_numbers(known, f"ids of {name}"))
    place = rows_of(column, ids)
    if (place < 0).any():
        row = int(np.flatnonzero(place < 0)[0])
        message = f"{name}[{row}] = {column[row]} is not among the given ids"
        raise ValueError(message)
    return ids, place


def _sorted(task: Ints, worker: Ints, label: Ints, t: int, w: int, k: int) -> tuple[Ints, Ints, Ints]:
    """The three columns by (task, worker, label). One combined key sorts several times faster than lexsort."""
    if t * w * k < 2**62:  # Python integers: no overflow in the test itself
        key = (task * w + worker) * k + label
        key.sort()
        rest, label = np.divmod(key, k)
        task, worker = np.divmod(rest, max(w, 1))
        return task, worker, label
    order = np.lexsort((label, worker, task))
    return task[order], worker[order], label[order]
