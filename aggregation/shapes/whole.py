"""Shapes that are judged whole: without coordinates that somebody draws too far out, only with a likeness to others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from aggregation.arrays import Floats, Ints
from aggregation.shapes.edges import BLUR, shrunk_blur
from aggregation.shapes.geometry import Geometry, Hands, Shapes


class WholeGeometry(Geometry):
    """Workers differ in blur alone: 1 − likeness to the fused shape."""

    dimensions = 0

    def learn(self, shapes: Shapes, worker: Ints, thing: Ints, n_things: int, n_workers: int) -> Hands:
        """See `Geometry`."""
        none = np.zeros((n_workers, 0))
        placed = self.place(shapes, worker, thing, n_things, Hands(np.full(n_workers, BLUR), none, np.zeros(0)))
        shared = np.bincount(thing, minlength=n_things)[thing] > 1
        away = 1 - self.similarity(shapes[shared], placed[thing[shared]])
        return Hands(shrunk_blur(away, worker[shared], n_workers), none, np.zeros(0))


class RaggedGeometry(WholeGeometry):
    """Shapes of differing length, as object[m] of arrays."""

    def order(self, shapes: Shapes, label: Ints, answer: Ints) -> Ints:
        """See `Geometry`."""
        rows = sorted(range(label.size), key=lambda row: (answer[row], label[row], shapes[row].tolist()))
        return np.array(rows, dtype=np.int64)


def fused_each(
    fuse: Callable[[list[Any], Floats], Any], shapes: Shapes, weight: Floats, thing: Ints, n_things: int
) -> Shapes:
    """`fuse(shapes of a thing, their weights)` for each thing, object[n_things]."""
    order = np.argsort(thing, kind="stable")
    fused, stop = np.empty(n_things, dtype=object), np.cumsum(np.bincount(thing, minlength=n_things))
    for number, rows in enumerate(np.split(order, stop)[:n_things]):
        fused[number] = fuse([shapes[row] for row in rows], weight[rows])
    return fused
