"""`BoxCrowd`: what a fusion learnt about the workers who draw."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from aggregation.arrays import Floats, Ints, rows_of
from aggregation.boxes.answers import BoxAnswers
from aggregation.classes.crowd import ClassCrowd
from aggregation.storage import pack, unpack

FORMAT = "quorate box crowd 1"


@dataclass(frozen=True)
class BoxCrowd:
    """Fitted drawing models. `worker_ids` int64[W] sorted; for each worker float64[W]: `recall` (probability of drawing
    a real thing), `junk` (boxes of nothing per image), `precision` (share of their boxes that are real),
    `blur` (mean distance of their edges from the fused ones, as a share of the box's side).

    `fresh` float64[4]: the same four of a worker never seen. `real`: mean number of real things per image, `echo`: see
    `existence`. `classes`: the class model of the workers' labels on matched boxes, None with one class.
    `task_ids`, `task_answers` int64[T]: how many answers of each image the models have learnt from.
    """

    worker_ids: Ints
    recall: Floats
    junk: Floats
    precision: Floats
    blur: Floats
    fresh: Floats
    real: Floats
    echo: Floats
    classes: ClassCrowd | None
    task_ids: Ints
    task_answers: Ints

    def of_workers(self, worker_ids: Ints) -> tuple[Floats, Floats, Floats, Floats]:
        """Recall, junk, precision and blur, each float64, of `worker_ids`; those of `fresh` for one never seen."""
        rows = rows_of(worker_ids, self.worker_ids)
        columns = (self.recall, self.junk, self.precision, self.blur)
        recall, junk, precision, blur = (np.append(c, f)[rows] for c, f in zip(columns, self.fresh, strict=True))
        return recall, junk, precision, blur

    def share_inside(self, answers: BoxAnswers) -> Floats:
        """Share of each image's answers that the models have learnt from: float64[T]."""
        now = np.bincount(answers.task, minlength=answers.n_tasks)
        then = np.append(self.task_answers, 0)[rows_of(answers.task_ids, self.task_ids)]
        share: Floats = np.minimum(then / np.maximum(now, 1), 1.0)
        return share

    def to_bytes(self) -> bytes:
        """Serialise (NumPy savez, no pickle, versioned)."""
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        classes = b"" if self.classes is None else self.classes.to_bytes()
        return pack(FORMAT, {**arrays, "classes": np.frombuffer(classes, dtype=np.uint8)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read `to_bytes`; ValueError when it is something else."""
        arrays = unpack(FORMAT, data, [*_ARRAYS, "classes"])
        classes = arrays.pop("classes").tobytes()
        return cls(**arrays, classes=ClassCrowd.from_bytes(classes) if classes else None)


_ARRAYS = tuple(field.name for field in fields(BoxCrowd) if field.name != "classes")
