"""Two sets of shapes, matched one to one."""

from __future__ import annotations

import numpy as np

from aggregation.arrays import Floats, Ints
from aggregation.shapes.boxes import iou_matrix
from aggregation.shapes.geometry import Geometry, Shapes


def match_boxes(first: Floats, second: Floats, *, iou: float = 0.5) -> tuple[Ints, Ints]:
    """Pairs (rows of first, rows of second) matched one to one, best overlap first, down to `iou`.

    Equal overlaps are matched in row order.
    """
    return _greedy(iou_matrix(first, second), iou)


def match_shapes(geometry: Geometry, first: Shapes, second: Shapes, *, similarity: float = 0.5) -> tuple[Ints, Ints]:
    """As `match_boxes`, for shapes of any geometry and its own likeness."""
    a, b = np.indices((first.shape[0], second.shape[0])).reshape(2, -1)
    likeness = geometry.similarity(first[a], second[b]) if a.size else np.zeros(0)
    return _greedy(likeness.reshape(first.shape[0], second.shape[0]), similarity)


def _greedy(likeness: Floats, least: float) -> tuple[Ints, Ints]:
    a, b = np.nonzero(likeness >= least)
    order = np.argsort(-likeness[a, b], kind="stable")
    free_a, free_b = np.ones(likeness.shape[0], dtype=bool), np.ones(likeness.shape[1], dtype=bool)
    pairs = []
    for i, j in zip(a[order].tolist(), b[order].tolist(), strict=True):
        if free_a[i] and free_b[j]:
            free_a[i] = free_b[j] = False
            pairs.append((i, j))
    found = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]
