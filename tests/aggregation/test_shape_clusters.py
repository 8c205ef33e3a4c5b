"""Clusters against a slow, readable reference: join the closest pair, again and again."""

import numpy as np
import pytest

from aggregation.shapes import SPANS, PointGeometry, ShapeAnswers
from aggregation.shapes.boxes import BOXES
from aggregation.shapes.clusters import cluster
from aggregation.shapes.geometry import Geometry


def joined_one_by_one(answers: ShapeAnswers, similarity: float) -> list[list[int]]:
    """Average linkage over all pairs, at most one shape of a worker in a cluster."""
    rows = range(answers.answer.size)
    image = answers.task[answers.answer]
    likeness = {
        (i, j): float(answers.geometry.similarity(answers.shape[[i]], answers.shape[[j]])[0])
        for i in rows
        for j in rows
        if image[i] == image[j]
    }
    groups = [[row] for row in rows]
    while True:
        best: tuple[float, int, int] = (similarity, -1, -1)
        for a, first in enumerate(groups):
            for b in range(a):
                second = groups[b]
                workers = [int(answers.worker[answers.answer[row]]) for row in [*first, *second]]
                if image[first[0]] != image[second[0]] or len(set(workers)) < len(workers):
                    continue
                mean = sum(likeness[i, j] for i in first for j in second) / (len(first) * len(second))
                if mean > best[0]:
                    best = (mean, a, b)
        if best[1] < 0:
            return sorted(sorted(group) for group in groups)
        groups[best[2]] += groups.pop(best[1])


def crowded(geometry: Geometry, seed: int) -> ShapeAnswers:
    """Two images, five workers, a few things close to each other and some junk."""
    generator = np.random.default_rng(seed)
    half = 1 if geometry is SPANS else 2
    low = generator.uniform(0, 40, (2, 5, half))
    drawn, tasks, workers = [], [], []
    for task in range(2):
        for worker in range(5):
            start = low[task] + generator.normal(0, 3, (5, half))
            start = np.concatenate([start[generator.random(5) < 0.8], generator.uniform(0, 50, (1, half))])
            if isinstance(geometry, PointGeometry):
                drawn.append(start)
            else:
                drawn.append(np.concatenate([start, start + generator.uniform(8, 25, start.shape)], axis=1))
            tasks.append(task)
            workers.append(worker)
    labels = [np.zeros(len(shapes), dtype=np.int64) for shapes in drawn]
    return ShapeAnswers.encode(tasks, workers, drawn, labels, n_classes=1, geometry=geometry)


@pytest.mark.parametrize("geometry", [BOXES, SPANS, PointGeometry(6.0)], ids=["boxes", "spans", "points"])
@pytest.mark.parametrize("seed", range(4))
def test_clusters_are_those_of_joining_one_pair_at_a_time(geometry: Geometry, seed: int) -> None:
    answers = crowded(geometry, seed)
    member = cluster(answers, similarity=0.3)
    found = sorted(np.flatnonzero(member == number).tolist() for number in range(member.max() + 1))

    assert found == joined_one_by_one(answers, 0.3)


def test_clusters_hold_one_shape_of_each_of_a_hundred_workers() -> None:
    box = [[0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 10.0, 10.5]]
    answers = ShapeAnswers.encode([1] * 100, range(100), [box] * 100, [[0, 0]] * 100, n_classes=1)
    member = cluster(answers, similarity=0.3)

    assert np.bincount(member).tolist() == [100, 100]
    for number in (0, 1):
        assert np.unique(answers.worker[answers.answer[member == number]]).size == 100


def test_scribbles_over_each_other_end_in_clusters_of_one_shape_a_worker() -> None:
    generator = np.random.default_rng(0)
    scribbles = [np.concatenate([np.zeros((1500, 2)), 100 + generator.random((1500, 2))], axis=1) for _ in range(3)]
    answers = ShapeAnswers.encode([1] * 3, range(3), scribbles, [[0] * 1500] * 3, n_classes=1)
    member = cluster(answers, similarity=0.3)
    pair = member * 3 + answers.worker[answers.answer]

    assert np.unique(pair).size == pair.size
    assert np.bincount(member).max() > 1
