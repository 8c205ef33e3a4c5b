"""`ShapeAnswers`: who drew which shapes on which image; an answer without shapes is an answer too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Ints, whole_numbers
from aggregation.shapes.boxes import BOXES
from aggregation.shapes.geometry import Geometry, Shapes, joined


@dataclass(frozen=True)
class ShapeAnswers:
    """n answers (one worker, one image) holding m shapes, in an order that does not depend on the rows' order.

    `task`, `worker`: int64[n] codes of the answers; `answer` int64[m]: the answer a shape belongs to; `shape`: m shapes
    of `geometry` (boxes: float64[m, 4] as x1, y1, x2, y2); `label` int64[m]: class codes. `task_ids` int64[T],
    `worker_ids` int64[W]: sorted. What is said of images holds for whatever was drawn on: a text, a recording.
    """

    task: Ints
    worker: Ints
    answer: Ints
    shape: Shapes
    label: Ints
    task_ids: Ints
    worker_ids: Ints
    n_classes: int
    geometry: Geometry = BOXES
    source: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """int64[m]: the place of each shape among all as they were given, answer after answer."""

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
        shapes: Sequence[ArrayLike],
        labels: Sequence[ArrayLike],
        *,
        n_classes: int,
        geometry: Geometry = BOXES,
    ) -> ShapeAnswers:
        """One entry an answer: task id, worker id, its b shapes and their class codes (b,); b may be 0.

        ValueError names the answer and shape of what is wrong (not finite, no size, unknown class, same worker twice).
        """
        task_column, worker_column = whole_numbers(tasks, "tasks"), whole_numbers(workers, "workers")
        if not task_column.size == worker_column.size == len(shapes) == len(labels):
            sizes = f"{task_column.size}, {worker_column.size}, {len(shapes)} and {len(labels)}"
            message = f"tasks, workers, shapes and labels must be of one length, not {sizes}"
            raise ValueError(message)
        task_ids, task = np.unique(task_column, return_inverse=True)
        worker_ids, worker = np.unique(worker_column, return_inverse=True)
        _reject_twice(task, worker, task_column, worker_column)
        drawn = [_drawn(geometry, row, shapes[row], labels[row], n_classes) for row in range(len(shapes))]
        order = np.lexsort((worker, task))
        size = np.array([drawn[row][1].size for row in order], dtype=np.int64)
        shape = joined([drawn[row][0] for row in order], geometry)
        label = np.concatenate([drawn[row][1] for row in order]) if drawn else np.zeros(0, dtype=np.int64)
        answer = np.repeat(np.arange(order.size), size)
        inner = geometry.order(shape, label, answer)
        given = np.split(np.arange(label.size), np.cumsum([row[1].size for row in drawn]))
        source = np.concatenate([given[row] for row in order]) if drawn else inner
        return cls(
            task[order],
            worker[order],
            answer,
            shape[inner],
            label[inner],
            task_ids,
            worker_ids,
            n_classes,
            geometry,
            source[inner],
        )


def _drawn(geometry: Geometry, row: int, shapes: ArrayLike, labels: ArrayLike, n_classes: int) -> tuple[Shapes, Ints]:
    shape = geometry.checked(shapes, f"shapes[{row}]")
    label = whole_numbers(labels, f"labels[{row}]", minimum=0)
    if shape.shape[0] != label.size:
        message = f"shapes[{row}] holds {shape.shape[0]} shapes, labels[{row}] {label.size} classes"
        raise ValueError(message)
    if label.size and label.max() >= n_classes:
        place = int(label.argmax())
        message = f"labels[{row}][{place}] = {label[place]} is not one of the {n_classes} classes"
        raise ValueError(message)
    return shape, label


def _reject_twice(task: Ints, worker: Ints, task_ids: Ints, worker_ids: Ints) -> None:
    order = np.lexsort((worker, task))
    again = (np.diff(task[order]) == 0) & (np.diff(worker[order]) == 0)
    if again.any():
        row = int(order[np.flatnonzero(again)[0] + 1])
        message = f"worker {worker_ids[row]} answers task {task_ids[row]} twice (row {row})"
        raise ValueError(message)
