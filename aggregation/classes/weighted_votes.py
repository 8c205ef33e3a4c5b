"""Votes that weigh as their workers: naive soft labels, Wawa, ZeroBasedSkill."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, best_class
from aggregation.classes.answers import Answers
from aggregation.classes.coins import Agreement, CoinFit, VoteCrowd, log_odds, rates, shares, total_rate
from aggregation.classes.gold import Gold
from aggregation.classes.votes import vote_shares


class _WeightedVotes(CoinFit):
    """Votes weigh `accuracy_` float64[W]: how often a worker agrees with the result.

    After `fit`: the fields of `ClassMethod`. `posterior_` is the share of the weight; `log_likelihood_` that of the
    one-coin model with these accuracies and a uniform prior.
    """

    crowd_: VoteCrowd

    def _votes(self, agreement: Agreement, skill: Floats) -> Floats:
        found = shares(agreement.scores(agreement.answers.worker, skill))
        agreement.gold.pin(found)
        return found

    def _agreement_rates(self, agreement: Agreement, posterior: Floats, seed: int) -> Floats:
        """How often each worker's label is the most probable class: float64[W]."""
        answers = agreement.answers
        best = best_class(posterior, answers.task_ids, seed)
        same = (answers.label == best.take(answers.task, mode="wrap")).astype(np.float64)
        hits = answers.weighed(answers.worker, answers.n_workers, same)
        return rates(hits, answers.weight_per_worker())

    def _keep(self, agreement: Agreement, skill: Floats, prior: Floats) -> Self:
        answers, given = agreement.answers, agreement.answers.weight_per_worker()
        self.accuracy_, self.prior_, self._task_ids = skill, prior, answers.task_ids
        self.posterior_ = self._votes(agreement, skill)
        odds, wrong = log_odds(skill, answers.n_classes)
        _, likelihood = agreement.believe(agreement.scores(answers.worker, odds), prior)
        self.log_likelihood_ = likelihood + float(given @ wrong)
        self.crowd_ = VoteCrowd(answers.worker_ids, skill, np.array(total_rate(skill * given, given)), prior)
        return self


class NaiveSoft(_WeightedVotes):
    """Soft labels: the share of the votes for each class is its probability; every worker weighs the same."""

    def fit(self, answers: Answers, *, gold: ArrayLike | None = None, start: VoteCrowd | None = None) -> Self:
        """Count the votes; `start` changes nothing. `accuracy_` is the expected share of right answers."""
        agreement = Agreement(answers, Gold.of(gold, answers))
        posterior = vote_shares(answers)
        agreement.gold.pin(posterior)
        self.n_iter_, self.converged_ = 1, True
        hits = agreement.hits(posterior, answers.worker, answers.n_workers)
        self._keep(
            agreement, rates(hits, answers.weight_per_worker()), np.full(answers.n_classes, 1 / answers.n_classes)
        )
        self.posterior_ = posterior
        self.crowd_ = VoteCrowd(answers.worker_ids, np.ones(answers.n_workers), np.array(1.0), self.prior_)
        return self


class Wawa(_WeightedVotes):
    """Worker agreement with aggregate: majority vote; how often each worker agrees with it; the vote so weighed."""

    def __init__(self, *, seed: int = 0) -> None:
        """`seed` of the draw among classes with as many votes."""
        self.seed = seed

    def fit(self, answers: Answers, *, gold: ArrayLike | None = None, start: VoteCrowd | None = None) -> Self:
        """Fit all `answers`; with `start` the first vote is weighed as it says."""
        agreement = Agreement(answers, Gold.of(gold, answers))
        skill = np.ones(answers.n_workers) if start is None else _skills_of(start, answers)
        skill = self._agreement_rates(agreement, self._votes(agreement, skill), self.seed)
        self.n_iter_, self.converged_ = 1, True
        return self._keep(agreement, skill, np.full(answers.n_classes, 1 / answers.n_classes))


class ZeroBasedSkill(_WeightedVotes):
    """Wawa again and again: skills move to the agreement with the vote they weigh, in steps that get shorter."""

    def __init__(
        self, *, max_iter: int = 100, rate: float = 1.0, halve_every: int = 20, tol: float = 1e-9, seed: int = 0
    ) -> None:
        """Skills move by `rate` of the way, half as far after each `halve_every` rounds; ends when no skill moves more
        than `tol`. Defaults are crowd-kit's. ValueError unless 0 < rate ≤ 1 and the counts are at least 1.
        """
        if max_iter < 1 or halve_every < 1 or not 0 < rate <= 1:
            message = f"max_iter and halve_every must be at least 1 and rate within 0..1, not {max_iter}, {halve_every}, {rate}"
            raise ValueError(message)
        self.max_iter, self.rate, self.halve_every, self.tol, self.seed = max_iter, rate, halve_every, tol, seed

    def fit(self, answers: Answers, *, gold: ArrayLike | None = None, start: VoteCrowd | None = None) -> Self:
        """Fit all `answers`; skills begin at chance, or at those of `start`."""
        agreement = Agreement(answers, Gold.of(gold, answers))
        k, rate = answers.n_classes, self.rate
        skill = np.full(answers.n_workers, 1 / k) if start is None else _skills_of(start, answers)
        self.converged_, self.n_iter_ = False, 0
        while self.n_iter_ < self.max_iter and not self.converged_:
            self.n_iter_ += 1
            if self.n_iter_ % self.halve_every == 0:
                rate /= 2
            agreed = self._agreement_rates(agreement, self._votes(agreement, skill), self.seed)
            move = rate * (agreed - skill)
            skill = skill + move
            self.converged_ = bool(np.abs(move).max(initial=0.0) <= self.tol)
        return self._keep(agreement, skill, np.full(k, 1 / k))


def _skills_of(start: VoteCrowd, answers: Answers) -> Floats:
    start.check(answers)
    return start.accuracy_of(answers.worker_ids)
