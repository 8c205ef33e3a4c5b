"""The crowds that overlap is replayed on: real sets with eight answers a task or more, and simulated ones."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from aggregation.arrays import Bools
from aggregation.classes import Answers
from aggregation.replay import Recorded
from aggregation.simulate import WorkerKind, class_world
from benchmarks.real_sets import load

REAL = ("bluebirds", "face", "rte", "temp", "wsd", "dog", "cifar10h_500")
CROWDS = (*REAL, "hammer-spammer 2", "hammer-spammer 4", "heavy-tailed")
HAMMERS, SPAMMERS = 12, 48


@lru_cache(maxsize=32)
def recorded(crowd: str, seed: int) -> Recorded:
    """A real set is the same for every seed; a simulated crowd is a new one."""
    if crowd in REAL:
        real = load(crowd)
        return Recorded(real.answers, real.truth)
    if crowd == "heavy-tailed":
        return _heavy_tailed(seed)
    world = class_world(
        seed=1000 + seed,
        n_tasks=400,
        n_classes=int(crowd[-1]),
        workers={WorkerKind.HAMMER: HAMMERS, WorkerKind.SPAMMER: SPAMMERS},
        answers_per_task=20,
    )
    return Recorded(world.answers, world.truth)


def spammers(crowd: str, seed: int) -> Bools | None:
    """Who answers blindly, bool[W]; None where nobody knows."""
    if not crowd.startswith("hammer-spammer"):
        return None
    return np.arange(recorded(crowd, seed).answers.n_workers) >= HAMMERS


def _heavy_tailed(seed: int, tasks: int = 500, workers: int = 150, classes: int = 3, each: int = 12) -> Recorded:
    """Few workers give most answers (Pareto, 1.2); 30 % are right .95, 40 % .75, and 30 % guess."""
    generator = np.random.default_rng(2000 + seed)
    skill = generator.choice([0.95, 0.75, 1 / classes], size=workers, p=[0.3, 0.4, 0.3])
    zeal = generator.pareto(1.2, size=workers) + 0.05
    truth = generator.integers(classes, size=tasks)
    who = np.stack([generator.choice(workers, size=each, replace=False, p=zeal / zeal.sum()) for _ in range(tasks)])
    right = generator.random(who.shape) < skill[who]
    wrong = (truth[:, None] + generator.integers(1, classes, size=who.shape)) % classes
    label = np.where(right, truth[:, None], wrong)
    task = np.repeat(np.arange(tasks), each)
    answers = Answers.encode(task, who.ravel(), label.ravel(), n_classes=classes, task_ids=np.arange(tasks))
    return Recorded(answers, truth.astype(np.int64))
