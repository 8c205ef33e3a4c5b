"""The platform's own way in a replay: a model of all workers, fitted as news comes, and `aggregation.stopping` on top."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from aggregation.arrays import Floats, Ints
from aggregation.classes import Answers, AnyMethod, Auto, Crowd, DawidSkene, Gold
from aggregation.online import RefitPolicy
from aggregation.replay.stage import Stage
from aggregation.stopping import (
    Decision,
    Evidence,
    HonestCrowd,
    Mode,
    Outlook,
    Policy,
    decide,
    outlooks,
    worth_asking,
)

# Fits while answers flow stop earlier than the last one.
LOOSE = 1e-4


def loose_auto() -> Auto:
    """The default method, as the platform fits it while answers still flow."""
    return Auto(max_iter=30, tol=LOOSE)


class ModelRule:
    """Decides by `policy` (by confidence or value) as the platform does: touched tasks under the last fit's workers, all of them after a fit.

    `refuses`: workers whose answers are surely not worth having get nothing more (`worth_asking`).
    """

    def __init__(
        self,
        policy: Policy,
        *,
        method: Callable[[], AnyMethod] = loose_auto,
        last: Callable[[], AnyMethod] = Auto,
        refits: RefitPolicy | None = None,
        refuses: bool = False,
    ) -> None:
        """`method` fits while answers flow, `last` once more when nothing more comes; `refits` says when."""
        self.policy, self.method, self.last, self.refuses = policy, method, last, refuses
        self.refits = refits or RefitPolicy()

    def start(self, stage: Stage) -> None:
        """See `Rule`."""
        n, k = stage.n_tasks, stage.n_classes
        self.asks, self.settled = np.ones(n, dtype=bool), np.zeros(n, dtype=bool)
        self.first = np.full(n, np.inf)
        self.posterior = np.full((n, k), 1 / k)
        self.crowd: Crowd | None = None
        self.honest: HonestCrowd | None = None
        self.trust = np.ones(n)
        self.typical = np.eye(k)
        self.news = self.fitted = 0
        if stage.known:
            self._fit(stage, self.method())

    def hear(self, stage: Stage, tasks: Ints, worker: int) -> None:
        """See `Rule`."""
        self.news += tasks.size
        if self.crowd is None or self.refits.due(self.news, self.fitted):
            self._fit(stage, self.method())
            self._decide(stage, np.flatnonzero(stage.given > 0))
        else:
            answers = stage.answers_to(tasks)
            self._judge(tasks, self.crowd.posterior(answers), answers)
            self._decide(stage, tasks)

    def finish(self, stage: Stage) -> Floats:
        """See `Rule`."""
        self._fit(stage, self.last())
        self._decide(stage, np.flatnonzero(stage.given > 0))
        return self.posterior

    def _fit(self, stage: Stage, model: AnyMethod) -> None:
        """Cold, as the platform does: a warm start keeps to what was believed of people when hardly anything was known. A crowd
        then taken for guessers stays that, and is asked to the maximum.
        """
        answers = stage.answers()
        truth = stage.gold(answers)
        model.fit(answers, gold=truth)
        self.crowd, self.fitted, self.news = model.crowd_, len(answers), 0
        if isinstance(model, Auto):
            self.honest = HonestCrowd.of(model, answers, Gold.of(truth, answers))
        own = np.flatnonzero(answers.task_ids < stage.n_tasks)
        self._judge(answers.task_ids[own], model.posterior_[own], answers, own)
        given = answers.answers_per_worker().astype(np.float64)
        if self.refuses:
            stage.refused[:] = False
            stage.refused[answers.worker_ids] = ~worth_asking(model.confusion_, given)
        weight = given * ~stage.refused[answers.worker_ids]
        if weight.any():
            self.typical = np.einsum("w,wkl->kl", weight / weight.sum(), model.confusion_)

    def _judge(self, tasks: Ints, posterior: Floats, answers: Answers, rows: Ints | None = None) -> None:
        """Take over what the crowd says of `tasks`, the `rows` of `answers`: as honest as it is known to be."""
        honest = self.honest
        self.posterior[tasks] = posterior if honest is None else honest.shown(posterior)
        if honest is not None:
            trust = honest.trust(answers)
            self.trust[tasks] = trust if rows is None else trust[rows]

    def _decide(self, stage: Stage, tasks: Ints) -> None:
        posterior = self.posterior[tasks]
        given = stage.given[tasks]
        early = given < self.policy.minimum
        views = outlooks(posterior, self.typical)
        gain = np.array([view.gain for view in views])
        # Below the minimum every task is asked anyway: those with the fewest answers first, so that workers meet.
        self.first[tasks] = np.where(early, 1.0 + self.policy.minimum - given, gain)
        for task, view in zip(tasks.tolist(), views, strict=True):
            self._one(stage, task, view)

    def _one(self, stage: Stage, task: int, outlook: Outlook) -> None:
        trust = None if self.honest is None else float(self.trust[task])
        seen = Evidence(min(outlook.leader, 1.0), int(stage.given[task]), outlook=outlook, trust=trust)
        decision = decide(self.policy, seen).decision
        self.settled[task] = decision is Decision.SETTLE
        self.asks[task] = decision is Decision.ONE_MORE


def plain_dawid_skene(policy: Policy) -> ModelRule:
    """The same with the textbook's posterior, which is far too sure with few answers: a baseline."""
    return ModelRule(policy, method=DawidSkene, last=DawidSkene)


def at_confidence(confidence: float, *, minimum: int = 1, maximum: int = 10) -> Policy:
    """Settle at this confidence."""
    return Policy(Mode.CONFIDENCE, minimum, maximum, confidence=confidence)


def at_worth(worth: float, *, minimum: int = 1, maximum: int = 10) -> Policy:
    """Settle when an answer is worth less than this."""
    return Policy(Mode.VALUE, minimum, maximum, worth=worth)
