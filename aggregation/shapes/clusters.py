"""Which shapes of several workers are the same thing: average-linkage clusters with at most one shape a worker."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from aggregation.arrays import Bools, Floats, Ints, sums
from aggregation.shapes.answers import ShapeAnswers

Masks = NDArray[np.uint64]
Edges = tuple[Ints, Ints, Floats]

# Likeness below this cannot lift an average over any threshold in use: it is not stored.
NOISE = 0.02
# Neighbours a shape keeps beyond one for each person who looked. Bounds the work when somebody scribbles.
NEAREST = 16
# Others that a shape is compared with at most, the next by left edge: four people who scribble 2,000 boxes over each
# other make 24 million pairs otherwise.
COMPARED = 1024
# Pairs compared at once: bounds memory for images with thousands of shapes.
BLOCK = 1_000_000


def cluster(answers: ShapeAnswers, *, similarity: float) -> Ints:
    """Cluster of each shape, int64[m], numbered by image and then by first shape.

    Clusters join while the mean likeness of their shapes is above `similarity`, the closest first, and never hold two
    shapes of one worker: two things that one person tells apart stay apart. All pairs of clusters that are each other's
    closest join at once: joining never brings a third one closer than it was, so this ends where joining one pair at a
    time does (reciprocal nearest neighbours, Murtagh 1983).
    """
    size, root = np.ones(answers.answer.size, dtype=np.int64), np.arange(answers.answer.size)
    edges, inside = _pairs(answers), _masks(answers)
    while True:
        a, b, total = edges
        mean = total / (size[a] * size[b])
        joined = _reciprocal(edges, mean, similarity, size.size)
        if not joined.size:
            break
        into = np.arange(size.size)
        into[b[joined]] = a[joined]
        size[a[joined]] += size[b[joined]]
        inside[a[joined]] |= inside[b[joined]]
        root = into[root]
        edges = _relinked(edges, into, inside)
    _, start, code = np.unique(root, return_index=True, return_inverse=True)
    rank = np.empty(start.size, dtype=np.int64)
    rank[np.argsort(start)] = np.arange(start.size)
    return rank[code]


def _reciprocal(edges: Edges, mean: Floats, similarity: float, n_clusters: int) -> Ints:
    """Rows of the edges whose two ends are each other's closest and close enough; equals go by number."""
    a, b, _ = edges
    rows = np.flatnonzero(mean > similarity)
    rows = rows[np.lexsort((b[rows], a[rows], -mean[rows]))[::-1]]
    best = np.full(n_clusters, -1, dtype=np.int64)
    # Of equal indices the last assignment stays: the closest comes last.
    best[np.stack([a[rows], b[rows]], axis=1).ravel()] = np.repeat(rows, 2)
    mutual: Ints = rows[(best[a[rows]] == rows) & (best[b[rows]] == rows)]
    return mutual


def _relinked(edges: Edges, into: Ints, inside: Masks) -> Edges:
    """The edges between clusters after they joined: sums of likeness, without those that one worker forbids."""
    a, b, total = into[edges[0]], into[edges[1]], edges[2]
    a, b = np.minimum(a, b), np.maximum(a, b)
    apart = ~(inside[a] & inside[b]).any(axis=1)
    key, code = np.unique(a[apart] * into.size + b[apart], return_inverse=True)
    first: Ints = key // max(into.size, 1)
    return first, key - first * into.size, sums(code, total[apart], key.size)


def _masks(answers: ShapeAnswers) -> Masks:
    """Bit set of the workers inside each shape's cluster: uint64[m, words], a bit for each answer to its image."""
    local = np.arange(answers.task.size) - np.searchsorted(answers.task, answers.task)
    own = local[answers.answer]
    masks = np.zeros((own.size, int(local.max(initial=0)) // 64 + 1), dtype=np.uint64)
    masks[np.arange(own.size), own // 64] = np.uint64(1) << (own % 64).astype(np.uint64)
    return masks


def _pairs(answers: ShapeAnswers) -> Edges:
    """Pairs of shapes of two workers on one image that are at all alike: rows a < b, and their likeness."""
    task, shape = answers.task[answers.answer], answers.shape
    box = answers.geometry.extent(shape)
    none = np.zeros(0, dtype=np.int64)
    found: list[Edges] = [(none, none, np.zeros(0))]
    neighbours = NEAREST + int(np.bincount(answers.task).max(initial=0))
    for first, second in _touching(task, box):
        other = np.flatnonzero(answers.answer[first] != answers.answer[second])
        likeness = answers.geometry.similarity(shape[first[other]], shape[second[other]])
        alike = likeness > NOISE
        a, b, likeness = first[other[alike]], second[other[alike]], likeness[alike]
        near = _among_nearest(a, likeness, neighbours)
        found.append((np.minimum(a, b)[near], np.maximum(a, b)[near], likeness[near]))
    a, b, likeness = (np.concatenate(parts) for parts in zip(*found, strict=True))
    rank = np.lexsort((b, a))
    return a[rank], b[rank], likeness[rank]


def _touching(task: Ints, box: Floats) -> Iterator[tuple[Ints, Ints]]:
    """Blocks of pairs of rows whose extents overlap on one image; the pairs of one first row stand in one block.

    A sweep along x: by left edge, a box can only touch those that begin before its right edge. Images lie side by side.
    """
    left = box[:, 0].min(initial=0.0)
    offset = task * (box[:, 2].max(initial=0.0) - left + 1.0) - left
    order = np.lexsort((box[:, 0], task))
    later = np.searchsorted((offset + box[:, 0])[order], (offset + box[:, 2])[order]) - np.arange(task.size) - 1
    later = np.clip(later, 0, COMPARED)
    top, bottom = box[order, 1], box[order, 3]
    stop = np.cumsum(later)
    begin = 0
    while begin < task.size:
        done = int(stop[begin - 1]) if begin else 0
        until = max(begin + 1, int(np.searchsorted(stop, done + BLOCK)))
        count = later[begin:until]
        first = np.repeat(np.arange(begin, until), count)
        second = first + 1 + np.arange(first.size) - np.repeat(stop[begin:until] - count - done, count)
        level = (top[second] < bottom[first]) & (top[first] < bottom[second])
        yield order[first[level]], order[second[level]]
        begin = until


def _among_nearest(shape: Ints, likeness: Floats, neighbours: int) -> Bools:
    """Whether each pair is among the closest `neighbours` of its `shape`; pairs of one shape stand together."""
    start = np.flatnonzero(np.diff(shape, prepend=-1))
    size = np.diff(start, append=shape.size)
    if size.max(initial=0) <= neighbours:
        return np.ones(shape.size, dtype=bool)
    group = np.repeat(np.arange(start.size), size)
    order = np.argsort(group - likeness, kind="stable")
    rank = np.empty(shape.size, dtype=np.int64)
    rank[order] = np.arange(shape.size) - np.repeat(start, size)
    near: Bools = rank < neighbours
    return near
