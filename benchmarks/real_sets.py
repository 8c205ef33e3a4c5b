"""The real answers that benchmarks read: QUORATE_SHARED_DATA, else ../shared/data beside the repository."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aggregation.arrays import Ints
from aggregation.classes import Answers
from aggregation.tables import read_answers, read_truth

SETS = ("bluebirds", "cf", "cifar10h_500", "dog", "face", "fact_eval", "labelme", "product", "rte", "sp", "temp", "wsd",
        "zc_in")  # fmt: skip


@dataclass(frozen=True)
class RealSet:
    """`truth` int64[T]: −1 unknown, K = a class nobody said."""

    name: str
    answers: Answers
    truth: Ints

    def share(self, share: float, seed: int) -> RealSet:
        """A random share of the answers, about the tasks that still have one."""
        if share == 1.0:
            return self
        a = self.answers
        chosen = np.random.default_rng(seed).random(len(a)) < share
        task, worker = a.task_ids[a.task[chosen]], a.worker_ids[a.worker[chosen]]
        part = Answers.encode(task, worker, a.label[chosen], n_classes=a.n_classes)
        return RealSet(self.name, part, self.truth[np.isin(a.task_ids, part.task_ids)])


def folder() -> Path:
    """Where the sets are; exits with one line where they are not."""
    root = os.environ.get("QUORATE_SHARED_DATA")
    place = (Path(root) if root else Path(__file__).resolve().parents[2] / "shared" / "data") / "answers"
    if not place.is_dir():
        sys.exit(f"no real answers at {place}: set QUORATE_SHARED_DATA")
    return place


def load(name: str) -> RealSet:
    """Answers and truth of one set."""
    table = read_answers(folder() / name / "answers.csv")
    return RealSet(name, table.answers, read_truth(folder() / name / "gt.csv", table))
