"""`BoxAnswers`: who drew which boxes on which image; an answer without boxes is an answer too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints, finite_numbers, whole_numbers


@dataclass(frozen=True)
class BoxAnswers:
    """n answers (one worker, one image) holding m boxes, in an order that does not depend on the rows' order.

    `task`, `worker`: int64[n] codes of the answers; `answer` int64[m]: the answer a box belongs to; `box`
    float64[m, 4]: x1, y1, x2, y2; `label` int64[m]: class codes. `task_ids` int64[T], `worker_ids` int64[W]: sorted.
    """

    task: Ints
    worker: Ints
    answer: Ints
    box: Floats
    label: Ints
    task_ids: Ints
    worker_ids: Ints
    n_classes: int

    @property
    def n_tasks(self) -> int:
        """T: images that somebody answered."""
        return int(self.task_ids.size)

    @property
    def n_workers(self) -> int:
        """W."""
        return int(self.worker_ids.size)

    @classmethod
    def encode(
        cls,
        tasks: ArrayLike,
        workers: ArrayLike,
        boxes: Sequence[ArrayLike],
        labels: Sequence[ArrayLike],
        *,
        n_classes: int,
    ) -> BoxAnswers:
        """One entry an answer: task id, worker id, its boxes (b, 4) and their class codes (b,); b may be 0.

        ValueError names the answer and box of what is wrong (not finite, x1 ≥ x2, unknown class, same worker twice).
        """
        task_column, worker_column = whole_numbers(tasks, "tasks"), whole_numbers(workers, "workers")
        if not task_column.size == worker_column.size == len(boxes) == len(labels):
            sizes = f"{task_column.size}, {worker_column.size}, {len(boxes)} and {len(labels)}"
            message = f"tasks, workers, boxes and labels must be of one length, not {sizes}"
            raise ValueError(message)
        task_ids, task = np.unique(task_column, return_inverse=True)
        worker_ids, worker = np.unique(worker_column, return_inverse=True)
        _reject_twice(task, worker, task_column, worker_column)
        drawn = [_drawn(row, boxes[row], labels[row], n_classes) for row in range(len(boxes))]
        order = np.lexsort((worker, task))
        size = np.array([drawn[row][1].size for row in order], dtype=np.int64)
        box = np.concatenate([drawn[row][0] for row in order]) if drawn else np.zeros((0, 4))
        label = np.concatenate([drawn[row][1] for row in order]) if drawn else np.zeros(0, dtype=np.int64)
        answer = np.repeat(np.arange(order.size), size)
        inner = np.lexsort((box[:, 3], box[:, 2], box[:, 1], box[:, 0], label, answer))
        return cls(task[order], worker[order], answer, box[inner], label[inner], task_ids, worker_ids, n_classes)


def _drawn(row: int, boxes: ArrayLike, labels: ArrayLike, n_classes: int) -> tuple[Floats, Ints]:
    box = finite_numbers(boxes, f"boxes[{row}]", columns=4)
    label = whole_numbers(labels, f"labels[{row}]", minimum=0)
    if box.shape[0] != label.size:
        message = f"boxes[{row}] holds {box.shape[0]} boxes, labels[{row}] {label.size} classes"
        raise ValueError(message)
    flat = (box[:, 0] >= box[:, 2]) | (box[:, 1] >= box[:, 3])
    if flat.any():
        place = int(np.flatnonzero(flat)[0])
        message = f"boxes[{row}][{place}] = {box[place].tolist()} must have x1 < x2 and y1 < y2"
        raise ValueError(message)
    if label.size and label.max() >= n_classes:
        place = int(label.argmax())
        message = f"labels[{row}][{place}] = {label[place]} is not one of the {n_classes} classes"
        raise ValueError(message)
    return box, label


def _reject_twice(task: Ints, worker: Ints, task_ids: Ints, worker_ids: Ints) -> None:
    order = np.lexsort((worker, task))
    again = (np.diff(task[order]) == 0) & (np.diff(worker[order]) == 0)
    if again.any():
        row = int(order[np.flatnonzero(again)[0] + 1])
        message = f"worker {worker_ids[row]} answers task {task_ids[row]} twice (row {row})"
        raise ValueError(message)
