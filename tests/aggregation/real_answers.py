"""Real crowd answers as tests use them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from aggregation.arrays import Floats, Ints
from aggregation.classes import Answers
from aggregation.shapes import ShapeAnswers


@dataclass(frozen=True)
class RealSet:
    answers: Answers
    truth: Ints

    def share(self, share: float, seed: int) -> RealSet:
        """A random share of the answers, about the tasks that still have one."""
        a = self.answers
        chosen = np.random.default_rng(seed).random(len(a)) < share
        task = a.task[chosen]
        part = Answers.encode(a.task_ids[task], a.worker_ids[a.worker[chosen]], a.label[chosen], n_classes=a.n_classes)
        return RealSet(part, self.truth[np.isin(a.task_ids, part.task_ids)])


@dataclass(frozen=True)
class RealBoxes:
    """Boxes by (task, worker), zero boxes included; truth by task, for the tasks an expert looked at."""

    drawn: dict[tuple[int, int], list[list[float]]]
    truth: dict[int, Floats]

    def of(self, per_task: int, seed: int) -> ShapeAnswers:
        """Answers of `per_task` random workers (or all) to each task."""
        generator = np.random.default_rng(seed)
        workers: dict[int, list[int]] = {}
        for task, worker in self.drawn:
            workers.setdefault(task, []).append(worker)
        pairs = [
            (task, worker)
            for task in sorted(workers)
            for worker in generator.choice(
                sorted(workers[task]), min(per_task, len(workers[task])), replace=False
            ).tolist()
        ]
        boxes = [np.array(self.drawn[pair]).reshape(-1, 4) for pair in pairs]
        labels = [np.zeros(len(box), dtype=np.int64) for box in boxes]
        return ShapeAnswers.encode([p[0] for p in pairs], [p[1] for p in pairs], boxes, labels, n_classes=1)


RealSets = Callable[[str], RealSet]
