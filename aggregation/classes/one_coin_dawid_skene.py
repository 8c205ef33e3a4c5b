"""One-coin (homogeneous) Dawid-Skene: each worker is right with one probability, whatever the class."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats
from aggregation.classes.answers import Answers
from aggregation.classes.coins import Agreement, CoinCrowd, CoinFit, log_odds, rates, total_rate
from aggregation.classes.em import check_stopping, iterate
from aggregation.classes.gold import Gold
from aggregation.classes.votes import vote_shares


class OneCoinDawidSkene(CoinFit):
    """EM from the vote shares on. After `fit`: the fields of `ClassMethod`, `accuracy_` float64[W], `objective_` (the
    log-likelihood after each step, never falls).
    """

    objective_: Floats
    crowd_: CoinCrowd

    def __init__(self, *, max_iter: int = 100, tol: float = 1e-6, learn_prior: bool = False) -> None:
        """Stop when the log-likelihood gains less than `tol` per answer, or after `max_iter` steps.

        `learn_prior`: as crowd-kit does. With few answers a task a learnt prior runs away to one class, so it is uniform
        by default.
        """
        check_stopping(max_iter, tol)
        self.max_iter, self.tol, self.learn_prior = max_iter, tol, learn_prior

    def fit(self, answers: Answers, *, gold: ArrayLike | None = None, start: CoinCrowd | None = None) -> Self:
        """Fit all `answers`; `gold` and `start` as in `ClassMethod.fit`."""
        known = Gold.of(gold, answers)
        agreement = Agreement(answers, known)
        begin = vote_shares(answers) if start is None else start.posterior(answers)
        known.pin(begin)
        k, given = answers.n_classes, answers.weight_per_worker()
        answered = answers.answers_per_task() > 0
        self.accuracy_, self.prior_ = np.ones(answers.n_workers), np.full(k, 1 / k)

        def step(posterior: Floats) -> tuple[Floats, float]:
            hits = agreement.hits(posterior, answers.worker, answers.n_workers)
            self.accuracy_ = rates(hits, given)
            if self.learn_prior and answered.any():
                self.prior_ = posterior[answered].mean(axis=0)
            odds, wrong = log_odds(self.accuracy_, k)
            found, likelihood = agreement.believe(agreement.scores(answers.worker, odds), self.prior_)
            return found, likelihood + float(given @ wrong)

        enough = self.tol * max(answers.total_weight, 1.0)
        course = iterate(step, begin, max_iter=self.max_iter, gain=enough)
        self.posterior_, self.objective_ = course.rest, course.trace
        self.n_iter_, self.converged_ = course.n_iter, course.converged
        self.log_likelihood_ = float(course.trace[-1])
        self._task_ids = answers.task_ids
        self.crowd_ = CoinCrowd(
            answers.worker_ids, self.accuracy_, np.array(total_rate(self.accuracy_ * given, given)), self.prior_
        )
        return self
