"""`ShapeCrowd`: what a fusion learnt about the workers who draw."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from aggregation.arrays import Floats, Ints, rows_of
from aggregation.classes.crowd import ClassCrowd
from aggregation.shapes.answers import ShapeAnswers
from aggregation.shapes.geometry import Hands
from aggregation.storage import pack, unpack

FORMAT = "quorate shape crowd 1"


@dataclass(frozen=True)
class ShapeCrowd:
    """Fitted drawing models. `worker_ids` int64[W] sorted; for each worker float64[W]: `recall` (probability of drawing
    a real thing), `junk` (shapes of nothing per image), `precision` (share of their shapes that are real), `blur` and
    float64[W, d] `bias`: see `Hands`, as for `skew` float64[d].

    `fresh` float64[4]: recall, junk, precision and blur of a worker never seen, whose bias is 0. `threshold`: existence
    from which a thing is part of the answer. `real`: mean number of real things per image, `echo`: see `existence`.
    `classes`: the class model of the workers' labels on matched shapes, None with one class. `task_ids`, `task_answers`
    int64[T]: how many answers of each image the models have learnt from.
    """

    worker_ids: Ints
    recall: Floats
    junk: Floats
    precision: Floats
    blur: Floats
    bias: Floats
    skew: Floats
    fresh: Floats
    threshold: Floats
    real: Floats
    echo: Floats
    classes: ClassCrowd | None
    task_ids: Ints
    task_answers: Ints

    def of_workers(self, worker_ids: Ints) -> tuple[Floats, Floats]:
        """Recall and junk, each float64, of `worker_ids`; those of `fresh` for one never seen."""
        rows = rows_of(worker_ids, self.worker_ids)
        return np.append(self.recall, self.fresh[0])[rows], np.append(self.junk, self.fresh[1])[rows]

    def hands(self, worker_ids: Ints) -> Hands:
        """How `worker_ids` place what they draw; a worker never seen as an average one without bias."""
        rows = rows_of(worker_ids, self.worker_ids)
        bias = np.concatenate([self.bias, np.zeros((1, self.bias.shape[1]))])
        return Hands(np.append(self.blur, self.fresh[3])[rows], bias[rows], self.skew)

    def share_inside(self, answers: ShapeAnswers) -> Floats:
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


_ARRAYS = tuple(field.name for field in fields(ShapeCrowd) if field.name != "classes")
