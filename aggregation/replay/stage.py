"""The stage of a replay: recorded answers that wait to be asked for, workers who come in sessions, a rule that asks."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from aggregation.arrays import Bools, Floats, Ints, best_class
from aggregation.classes import Answers

# Tasks a worker takes at a time, as a page.
SESSION = 10
# Workers who came and found nothing to do, in a row, before it is looked who still can do anything.
PATIENCE = 40


@dataclass(frozen=True)
class Recorded:
    """Answers that a crowd gave, and `truth` int64[T], the class of each task: −1 unknown, K = a class nobody named."""

    answers: Answers
    truth: Ints


class Stage:
    """What has been asked so far. Rows of tasks and workers are those of the recorded answers.

    `given` int64[T]: answers of each task so far; `votes` float64[T, K]: for each class; `refused` bool[W]: workers who
    get nothing more, which a rule may set. An exam's answers stand apart: they are about tasks of their own (row T + t),
    cost nothing, and their truth is known: `exam_right`, `exam_given` float64[W].
    """

    def __init__(self, recorded: Recorded, *, seed: int, exam: int = 0) -> None:
        """`exam`: how many known answers each worker gives first, at most half of those the worker has."""
        self.generator = np.random.default_rng(seed)
        self.recorded, self.source = recorded, recorded.answers
        self.n_tasks, self.n_workers = self.source.n_tasks, self.source.n_workers
        self.n_classes = self.source.n_classes
        self.given = np.zeros(self.n_tasks, dtype=np.int64)
        self.votes = np.zeros((self.n_tasks, self.n_classes))
        self.refused = np.zeros(self.n_workers, dtype=bool)
        self.cost = 0
        self.waiting = np.ones(len(self.source), dtype=bool)
        order = np.argsort(self.source.worker, kind="stable")
        self.rows_of_worker = np.split(order, np.cumsum(self.source.answers_per_worker())[:-1])
        self.size = np.array([rows.size for rows in self.rows_of_worker], dtype=np.float64)
        self._columns = (array("q"), array("q"), array("q"))
        self._of_task = [array("q") for _ in range(self.n_tasks)]
        self.exam_right, self.exam_given = np.zeros(self.n_workers), np.zeros(self.n_workers)
        if exam:
            self._examine(exam)
        self.known = len(self._columns[0])

    def _examine(self, size: int) -> None:
        truth = self.recorded.truth
        for worker, rows in enumerate(self.rows_of_worker):
            possible = rows[truth[self.source.task[rows]] >= 0]
            chosen = self.generator.permutation(possible)[: min(size, rows.size // 2)]
            self.waiting[chosen] = False
            tasks, labels = self.source.task[chosen], self.source.label[chosen]
            for task, label in zip(tasks.tolist(), labels.tolist(), strict=True):
                self._note(task + self.n_tasks, worker, label)
            self.exam_right[worker] = np.count_nonzero(labels == truth[tasks])
            self.exam_given[worker] = chosen.size

    def _note(self, task: int, worker: int, label: int) -> None:
        for column, value in zip(self._columns, (task, worker, label), strict=True):
            column.append(value)

    def ask(self, worker: int, rows: Ints) -> Ints:
        """The worker answers: `rows` of the recorded answers come in. Returns their tasks."""
        self.waiting[rows] = False
        tasks, labels = self.source.task[rows], self.source.label[rows]
        for task, label in zip(tasks.tolist(), labels.tolist(), strict=True):
            self._of_task[task].append(len(self._columns[0]))
            self._note(task, worker, label)
            self.given[task] += 1
            self.votes[task, label] += 1
        self.cost += rows.size
        return np.unique(tasks)

    def answers(self) -> Answers:
        """Everything so far, the exam's answers included."""
        task, worker, label = (np.frombuffer(column, dtype=np.int64) for column in self._columns)
        return Answers.encode(task, worker, label, n_classes=self.n_classes)

    def answers_to(self, tasks: Ints) -> Answers:
        """All answers so far to these tasks (sorted rows)."""
        rows = np.concatenate([np.frombuffer(self._of_task[task], dtype=np.int64) for task in tasks.tolist()])
        task, worker, label = (np.frombuffer(column, dtype=np.int64)[rows] for column in self._columns)
        return Answers.encode(task, worker, label, n_classes=self.n_classes, task_ids=tasks)

    def gold(self, answers: Answers) -> Ints | None:
        """The exam's truth for a fit of `answers()`; None without an exam."""
        if not self.known:
            return None
        exam = answers.task_ids >= self.n_tasks
        truth = np.full(answers.n_tasks, -1)
        known = self.recorded.truth[answers.task_ids[exam] - self.n_tasks]
        truth[exam] = np.where(known < self.n_classes, known, -1)
        return truth

    def answers_by_worker(self) -> Ints:
        """Answers so far of each worker, int64[W], the exam's left out."""
        return np.bincount(np.frombuffer(self._columns[1], dtype=np.int64)[self.known :], minlength=self.n_workers)


class Rule(Protocol):
    """Asks, and in the end says what it believes.

    After `start`: `asks` bool[T], the tasks it wants another answer to; `first` float[T], the most useful highest. After
    `finish`: `settled` bool[T], the tasks it claims to know as surely as it was asked to.
    """

    asks: Bools
    first: Floats
    settled: Bools

    def start(self, stage: Stage) -> None:
        """Nothing is asked yet, except an exam."""

    def hear(self, stage: Stage, tasks: Ints, worker: int) -> None:
        """`worker` has just answered `tasks`."""

    def finish(self, stage: Stage) -> Floats:
        """Nothing more comes: the posterior float64[T, K]."""


@dataclass(frozen=True)
class Outcome:
    """`cost` answers a task; `label` int64[T], `confidence` float64[T] of it, `settled` bool[T]; `right` bool[T], False
    where the truth is unknown, `known` bool[T]; `share` float64[W]: of all answers paid, by each worker; `refused`
    bool[W]: who got nothing more in the end.
    """

    cost: float
    label: Ints
    confidence: Floats
    settled: Bools
    right: Bools
    known: Bools
    share: Floats
    refused: Bools

    @property
    def accuracy(self) -> float:
        """Share of right results among tasks of known truth."""
        return float(self.right[self.known].mean())


def replay(recorded: Recorded, rule: Rule, *, seed: int, exam: int = 0, budget: float = np.inf) -> Outcome:
    """Let the workers come, each as often as the record has answers of them, until `rule` asks nothing that anybody left
    could answer, or `budget` answers a task are spent. The same seed brings the same workers.
    """
    stage = Stage(recorded, seed=seed, exam=exam)
    rule.start(stage)
    chance, idle = stage.size / stage.size.sum(), 0
    while stage.cost < budget * stage.n_tasks:
        worker = int(stage.generator.choice(stage.n_workers, p=chance))
        rows = _page(stage, rule, worker)
        if rows.size:
            idle = 0
            rule.hear(stage, stage.ask(worker, rows), worker)
            continue
        idle += 1
        if idle == PATIENCE:
            idle = 0
            able = stage.waiting & rule.asks[stage.source.task] & ~stage.refused[stage.source.worker]
            if not able.any():
                break
            chance = stage.size * (np.bincount(stage.source.worker[able], minlength=stage.n_workers) > 0)
            chance /= chance.sum()
    return _outcome(stage, rule)


def _page(stage: Stage, rule: Rule, worker: int) -> Ints:
    """What the worker takes: the most useful tasks asked for that this worker has an answer to; ties at random."""
    rows = stage.rows_of_worker[worker]
    if stage.refused[worker]:
        return rows[:0]
    able = rows[stage.waiting[rows] & rule.asks[stage.source.task[rows]]]
    order = np.lexsort((stage.generator.random(able.size), -rule.first[stage.source.task[able]]))
    return able[order[:SESSION]]


def _outcome(stage: Stage, rule: Rule) -> Outcome:
    posterior = rule.finish(stage)
    label = best_class(posterior, np.arange(stage.n_tasks))
    truth = stage.recorded.truth
    asked = stage.answers_by_worker()
    share = asked / max(stage.cost, 1)
    return Outcome(
        cost=stage.cost / stage.n_tasks,
        label=label,
        confidence=posterior[np.arange(stage.n_tasks), label],
        settled=rule.settled,
        right=label == truth,
        known=truth >= 0,
        share=share,
        refused=stage.refused.copy(),
    )
