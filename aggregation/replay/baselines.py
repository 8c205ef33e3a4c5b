"""Rules to compare with: a fixed number of answers, a margin of votes, and skills times skills as Toloka does it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from aggregation.arrays import Floats, Ints, rows_of
from aggregation.classes import AnyMethod
from aggregation.replay.stage import Stage
from aggregation.stopping import Decision, Evidence, Mode, Policy, decide

# Skills of nobody known: right this often, counted as so many answers.
FIRST_SKILL, BELIEF = 0.75, 2.0
HIGHEST_SKILL = 0.99


class CountedRule:
    """What rules share that look at nothing but votes: `policy` decides by them, tasks with fewer answers come first."""

    def __init__(self, policy: Policy) -> None:
        """See `aggregation.stopping.decide`."""
        self.policy = policy

    def start(self, stage: Stage) -> None:
        """See `Rule`."""
        self.asks = np.ones(stage.n_tasks, dtype=bool)
        self.settled = np.zeros(stage.n_tasks, dtype=bool)
        self.first = np.zeros(stage.n_tasks)

    def hear(self, stage: Stage, tasks: Ints, worker: int) -> None:
        """See `Rule`."""
        for task in tasks.tolist():
            self._decide(stage, task, 0.0)

    def finish(self, stage: Stage) -> Floats:
        """See `Rule`: shares of votes."""
        total = stage.votes.sum(axis=1, keepdims=True)
        shares: Floats = np.where(total > 0, stage.votes / np.maximum(total, 1), 1 / stage.n_classes)
        return shares

    def _decide(self, stage: Stage, task: int, confidence: float) -> None:
        votes = np.sort(stage.votes[task])
        seen = Evidence(min(confidence, 1.0), int(stage.given[task]), float(votes[-1]), float(votes[-2]))
        decision = decide(self.policy, seen).decision
        self.settled[task] = decision is Decision.SETTLE
        self.asks[task] = decision is Decision.ONE_MORE
        self.first[task] = -stage.given[task]


class FixedOverlap(CountedRule):
    """Every task gets `answers`; then majority, or a `method` fitted once at the end."""

    def __init__(self, answers: int, method: Callable[[], AnyMethod] | None = None) -> None:
        """`method` None: majority."""
        super().__init__(Policy(Mode.FIXED, answers, answers))
        self.method = method

    def finish(self, stage: Stage) -> Floats:
        """See `Rule`."""
        if self.method is None:
            return super().finish(stage)
        answers = stage.answers()
        model = self.method().fit(answers, gold=stage.gold(answers))
        place = rows_of(np.arange(stage.n_tasks), answers.task_ids)
        found: Floats = np.where((place >= 0)[:, None], model.posterior_[place], 1 / stage.n_classes)
        return found


class VoteMargin(CountedRule):
    """Until one class is `votes` ahead."""

    def __init__(self, votes: int, *, maximum: int = 10) -> None:
        """At least one answer, at most `maximum`."""
        super().__init__(Policy(Mode.MARGIN, 1, maximum, votes=votes))


class SkillRule(CountedRule):
    """Toloka's rule: L(x) = Π over answers of q if answer = x, else (1 − q) / (K − 1); q the worker's skill; uniform prior.

    Skills: the exam's share of right answers where there was one, else agreement with the majority of each task so far.
    With `refuse_below`, workers whose exam came out below that share get nothing more.
    """

    def __init__(self, confidence: float, *, maximum: int = 10, refuse_below: float | None = None) -> None:
        """Settle at `confidence`."""
        super().__init__(Policy(Mode.CONFIDENCE, 1, maximum, confidence=confidence))
        self.refuse_below = refuse_below

    def start(self, stage: Stage) -> None:
        """See `Rule`."""
        super().start(stage)
        self.heard: list[list[tuple[int, int]]] = [[] for _ in range(stage.n_workers)]
        self.said: list[list[tuple[int, int]]] = [[] for _ in range(stage.n_tasks)]
        self.skill = self._skill(stage, stage.exam_right, stage.exam_given)
        if self.refuse_below is not None:
            stage.refused[:] = stage.exam_right < self.refuse_below * stage.exam_given

    def hear(self, stage: Stage, tasks: Ints, worker: int) -> None:
        """See `Rule`."""
        rows = stage.rows_of_worker[worker]
        labels = dict(zip(stage.source.task[rows].tolist(), stage.source.label[rows].tolist(), strict=True))
        for task in tasks.tolist():
            self.said[task].append((worker, labels[task]))
            self.heard[worker].append((task, labels[task]))
        if not stage.known:
            self._learn(stage, sorted({who for task in tasks.tolist() for who, _ in self.said[task]}))
        for task in tasks.tolist():
            self._decide(stage, task, float(self._posterior(stage, task).max()))

    def finish(self, stage: Stage) -> Floats:
        """See `Rule`."""
        return np.stack([self._posterior(stage, task) for task in range(stage.n_tasks)])

    def _learn(self, stage: Stage, workers: list[int]) -> None:
        """Agreement of these workers with the majority; where classes are level, their share of it."""
        hits, met = np.zeros(len(workers)), np.zeros(len(workers))
        for place, worker in enumerate(workers):
            task, label = np.array(self.heard[worker]).T
            shared = stage.given[task] > 1
            votes = stage.votes[task[shared]]
            top = votes == votes.max(axis=1, keepdims=True)
            hits[place] = (top[np.arange(top.shape[0]), label[shared]] / top.sum(axis=1)).sum()
            met[place] = np.count_nonzero(shared)
        self.skill[workers] = self._skill(stage, hits, met)

    def _skill(self, stage: Stage, right: Floats, given: Floats) -> Floats:
        share = (right + FIRST_SKILL * BELIEF) / (given + BELIEF)
        return np.clip(share, 1 / stage.n_classes + 1e-3, HIGHEST_SKILL)

    def _posterior(self, stage: Stage, task: int) -> Floats:
        said = self.said[task]
        if not said:
            return np.full(stage.n_classes, 1 / stage.n_classes)
        worker, label = np.array(said).T
        q = self.skill[worker]
        odds = np.bincount(label, np.log(q) - np.log((1 - q) / (stage.n_classes - 1)), minlength=stage.n_classes)
        likely = np.exp(odds - odds.max())
        found: Floats = likely / likely.sum()
        return found
