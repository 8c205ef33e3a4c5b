"""Which boxes of several workers are the same thing: average-linkage clusters with at most one box a worker."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from aggregation.arrays import Bools, Floats, Ints
from aggregation.boxes.answers import BoxAnswers
from aggregation.boxes.geometry import iou_pairs

# Overlaps below this cannot lift an average over any threshold in use: they are not stored.
NOISE = 0.02
# Neighbours a box keeps beyond one for each person who looked. Bounds the work when somebody scribbles.
NEAREST = 16
# Pairs compared at once: bounds memory for images with thousands of boxes.
BLOCK = 1_000_000


def cluster(answers: BoxAnswers, *, iou: float) -> Ints:
    """Cluster of each box, int64[m], numbered by image and then by first box.

    Clusters join while the mean IoU of their boxes is above `iou`, the closest first, and never hold two boxes of one
    worker: two things that one person tells apart stay apart.
    """
    a, b, overlap = _pairs(answers)
    size = answers.answer.size
    state = _Linkage(iou, [1 << worker for worker in answers.worker[answers.answer].tolist()])
    for i, j, share in zip(a.tolist(), b.tolist(), overlap.tolist(), strict=True):
        state.near[i][j] = state.near[j][i] = share
    state.run(list(zip((-overlap).tolist(), a.tolist(), b.tolist(), strict=True)))
    roots = np.array([state.root(box) for box in range(size)], dtype=np.int64)
    _, start, code = np.unique(roots, return_index=True, return_inverse=True)
    rank = np.empty(start.size, dtype=np.int64)
    rank[np.argsort(start)] = np.arange(start.size)
    return rank[code]


@dataclass
class _Linkage:
    """Clusters while they grow. A merged cluster gets a new number; heap entries of the old ones then mean nothing."""

    iou: float
    workers: list[int]  # bit mask of the workers inside

    def __post_init__(self) -> None:
        self.near: list[dict[int, float]] = [{} for _ in self.workers]  # cluster → other cluster → sum of IoUs
        self.size = [1] * len(self.workers)
        self.parent = list(range(len(self.workers)))

    def run(self, heap: list[tuple[float, int, int]]) -> None:
        """Merge from `heap` of (−mean IoU, a, b) until nothing close enough is left."""
        heap = [entry for entry in heap if -entry[0] > self.iou]
        heapq.heapify(heap)
        while heap:
            _, a, b = heapq.heappop(heap)
            if self.parent[a] == a and self.parent[b] == b:
                for other, mean in self.merge(a, b):
                    heapq.heappush(heap, (-mean, other, len(self.parent) - 1))

    def merge(self, a: int, b: int) -> list[tuple[int, float]]:
        """Join two clusters; returns the neighbours of the new one that are close enough to join next."""
        new, size = len(self.parent), self.size[a] + self.size[b]
        self.parent[a] = self.parent[b] = new
        self.parent.append(new)
        self.size.append(size)
        self.workers.append(self.workers[a] | self.workers[b])
        merged: dict[int, float] = {}
        close = []
        for other in sorted({*self.near[a], *self.near[b]}):
            if self.parent[other] != other or self.workers[other] & self.workers[new]:
                continue
            total = self.near[a].get(other, 0.0) + self.near[b].get(other, 0.0)
            merged[other] = self.near[other][new] = total
            mean = total / (size * self.size[other])
            if mean > self.iou:
                close.append((other, mean))
        self.near.append(merged)
        return close

    def root(self, box: int) -> int:
        """Cluster that `box` ended in."""
        while self.parent[box] != box:
            self.parent[box] = box = self.parent[self.parent[box]]
        return box


def _pairs(answers: BoxAnswers) -> tuple[Ints, Ints, Floats]:
    """Pairs of boxes of two workers on one image that overlap: rows a < b, and their IoU."""
    task, box = answers.task[answers.answer], answers.box
    none = np.zeros(0, dtype=np.int64)
    found: list[tuple[Ints, Ints, Floats]] = [(none, none, np.zeros(0))]
    # A sweep along x: by left edge, a box can only touch those that begin before its right edge. Images lie side by side.
    left = box[:, 0].min(initial=0.0)
    offset = task * (box[:, 2].max(initial=0.0) - left + 1.0) - left
    order = np.lexsort((box[:, 0], task))
    later = np.searchsorted((offset + box[:, 0])[order], (offset + box[:, 2])[order]) - np.arange(task.size) - 1
    later = np.maximum(later, 0)
    neighbours = NEAREST + int(np.bincount(answers.task).max(initial=0))
    stop = np.cumsum(later)
    begin = 0
    while begin < task.size:
        until = max(begin + 1, int(np.searchsorted(stop, (stop[begin - 1] if begin else 0) + BLOCK)))
        rows = np.arange(begin, until)
        first = np.repeat(rows, later[begin:until])
        second = (
            first + 1 + np.arange(first.size) - np.repeat(stop[begin:until] - later[begin:until], later[begin:until])
        )
        second += stop[begin - 1] if begin else 0
        a, b = order[first], order[second]
        other = answers.answer[a] != answers.answer[b]
        a, b = a[other], b[other]
        overlap = iou_pairs(box[a], box[b])
        touch = overlap > NOISE
        a, b, overlap = a[touch], b[touch], overlap[touch]
        near = _among_nearest(a, overlap, neighbours)
        found.append((np.minimum(a, b)[near], np.maximum(a, b)[near], overlap[near]))
        begin = until
    a, b, overlap = (np.concatenate(parts) for parts in zip(*found, strict=True))
    rank = np.lexsort((b, a))
    return a[rank], b[rank], overlap[rank]


def _among_nearest(box: Ints, overlap: Floats, neighbours: int) -> Bools:
    """Whether each pair is among the closest `neighbours` of its `box`; pairs of one box stand together."""
    start = np.flatnonzero(np.diff(box, prepend=-1))
    size = np.diff(start, append=box.size)
    if size.max(initial=0) <= neighbours:
        return np.ones(box.size, dtype=bool)
    group = np.repeat(np.arange(start.size), size)
    order = np.lexsort((-overlap, group))
    rank = np.empty(box.size, dtype=np.int64)
    rank[order] = np.arange(box.size) - np.repeat(start, size)
    near: Bools = rank < neighbours
    return near
