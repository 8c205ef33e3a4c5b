"""Geometry of boxes x1, y1, x2, y2: overlap, matching, the middle of several boxes."""

from __future__ import annotations

import numpy as np

from aggregation.arrays import Floats, Ints, sums


def iou_pairs(first: Floats, second: Floats) -> Floats:
    """Intersection over union of boxes that broadcast: (…, 4), (…, 4) → float64[…]; 0 where they do not touch."""
    width = np.minimum(first[..., 2], second[..., 2]) - np.maximum(first[..., 0], second[..., 0])
    height = np.minimum(first[..., 3], second[..., 3]) - np.maximum(first[..., 1], second[..., 1])
    shared = np.maximum(width, 0.0) * np.maximum(height, 0.0)
    union = area(first) + area(second) - shared
    share: Floats = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return share


def iou_matrix(first: Floats, second: Floats) -> Floats:
    """Intersection over union of each pair: (a, 4), (b, 4) → float64[a, b]."""
    return iou_pairs(first[:, None, :], second[None, :, :])


def area(box: Floats) -> Floats:
    """Area of (…, 4)."""
    result: Floats = (box[..., 2] - box[..., 0]) * (box[..., 3] - box[..., 1])
    return result


def match_boxes(first: Floats, second: Floats, *, iou: float = 0.5) -> tuple[Ints, Ints]:
    """Pairs (rows of first, rows of second) matched one to one, best overlap first, down to `iou`.

    Equal overlaps are matched in row order.
    """
    overlap = iou_matrix(first, second)
    a, b = np.nonzero(overlap >= iou)
    order = np.argsort(-overlap[a, b], kind="stable")
    free_a, free_b = np.ones(first.shape[0], dtype=bool), np.ones(second.shape[0], dtype=bool)
    pairs = []
    for i, j in zip(a[order].tolist(), b[order].tolist(), strict=True):
        if free_a[i] and free_b[j]:
            free_a[i] = free_b[j] = False
            pairs.append((i, j))
    found = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def weighted_median(values: Floats, weights: Floats, group: Ints, n_groups: int) -> Floats:
    """Weighted median of each column of float64[m, d] within each group: float64[n_groups, d].

    Interpolated between the two values around half the weight (each value sits at the middle of its weight), so two
    equal weights give their mean and equal weights the usual median. Every group must have a member.
    """
    total = sums(group, weights, n_groups)
    last = np.cumsum(np.bincount(group, minlength=n_groups)) - 1
    first = np.append(0, last[:-1] + 1) if n_groups else last
    out = np.empty((n_groups, values.shape[1]))
    for column in range(values.shape[1]):
        order = np.lexsort((values[:, column], group))
        value, weight, of = values[order, column], weights[order], group[order]
        passed = np.cumsum(weight)
        within = passed - (passed[first] - weight[first])[of]
        place = (within - weight / 2) / total[of]
        low = np.clip(first + np.bincount(of[place <= 0.5], minlength=n_groups) - 1, first, last)
        high = np.minimum(low + 1, last)
        gap = place[high] - place[low]
        step = np.divide(0.5 - place[low], gap, out=np.zeros(n_groups), where=gap > 0)
        out[:, column] = value[low] + np.clip(step, 0.0, 1.0) * (value[high] - value[low])
    return out
