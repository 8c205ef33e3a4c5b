"""Dawid & Skene (1979) with the workers' matrices shrunk in levels, safe from the first answer on.

Levels: the crowd's accuracy ← each worker's accuracy (one_coin) ← the matrix expected of such a worker (shrinkage) ←
the worker's own matrix (here). Strengths: estimated from the workers' spread above, OWN_ANSWERS here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Bools, Floats, Ints, best_class, sums
from aggregation.classes.answers import Answers
from aggregation.classes.crowd import OWN_ANSWERS, ClassCrowd, evidence_weight
from aggregation.classes.em import check_stopping
from aggregation.classes.gold import Gold
from aggregation.classes.one_coin import OneCoin, fit_one_coin, teaching
from aggregation.classes.overlap import TYPICAL, with_overlap
from aggregation.classes.pairs import Pairs, normalise
from aggregation.classes.shrinkage import Expectation
from aggregation.progress import tell_step

METHOD = "dawid-skene 1"
# Rounds of "expect from the pooled matrix, then EM": they end when the pooled matrix moves less than STILL.
ROUNDS, STILL = 20, 1e-4
# Uniform part of the class prior's own prior, as a share of the tasks.
UNIFORM = 0.02


@dataclass(frozen=True)
class _Round:
    """What is held fixed while EM runs: weight of each task's evidence [T], expected matrices [K, P], mass of labels never
    given [K, W], prior's prior [K], tasks with an answer or a known truth [T], those that teach [T], evidence of the expected matrices [K, T]: a lone
    answer says nothing about its worker (it would confirm whatever is believed of them), so it is read by the expected
    matrix.
    """

    weight: Floats
    expected: Floats
    unseen: Floats
    prior_counts: Floats
    answered: Bools
    taught: Bools
    lone: Floats
    gold: Gold


class HierarchicalDawidSkene:
    """Hierarchical Dawid-Skene, fitted by EM in log space.

    After `fit`: `posterior_` float64[T, K] (rows sum to 1; a task without answers gets the prior), `prior_` float64[K],
    `log_likelihood_` (of the answers), `n_iter_` (of EM, all rounds), `converged_`, `objective_` (log-likelihood + log
    priors after each iteration of the last round: never falls), `crowd_` (ClassCrowd: keep `crowd_.to_bytes()`; rows
    are `answers.worker_ids`), `confusion_` float64[W, K, K] (row = true class). `posterior_` is `e_step(answers)`:
    EM's last posterior, each answer judged by the worker's other answers and weighed for overlap.
    """

    posterior_: Floats
    prior_: Floats
    log_likelihood_: float
    n_iter_: int
    converged_: bool
    objective_: Floats
    crowd_: ClassCrowd
    _confusion: Floats | None

    def __init__(
        self, *, max_iter: int = 200, tol: float = 1e-6, overlap: float = 0.0, prior_weight: float = 1.0
    ) -> None:
        """Stop a round when the objective gains less than `tol` per answer, all after `max_iter` iterations.

        `overlap` ρ: during EM too n answers to one task weigh as n / (1 + (n − 1) ρ); 0 is the independence of Dawid and
        Skene. `prior_weight`: how many times all tasks the class shares found by levels 1 and 2 weigh in the prior.
        """
        check_stopping(max_iter, tol)
        if not 0 <= overlap <= 1 or not 0 <= prior_weight < np.inf:
            message = f"overlap must lie in 0..1 and prior_weight be at least 0, not {overlap} and {prior_weight}"
            raise ValueError(message)
        self.max_iter, self.tol, self.overlap, self.prior_weight = max_iter, tol, overlap, prior_weight

    @property
    def confusion_(self) -> Floats:
        """Made when first asked for: W·K² numbers."""
        if self._confusion is None:
            self._confusion = self.crowd_.confusion()
        return self._confusion

    def fit(self, answers: Answers, *, gold: ArrayLike | None = None, start: ClassCrowd | None = None) -> Self:
        """Fit all answers, see `ClassMethod.fit`: `gold` is known truth, `start` an earlier `crowd_`."""
        if start is not None:
            start.check(answers)
        known = Gold.of(gold, answers)
        if answers.n_classes == 1:
            return self._fit_nothing(answers)
        coin = fit_one_coin(answers, known, start=None if start is None else start.accuracy_of(answers.worker_ids))
        posterior = coin.posterior if start is None else start.plain_posterior(answers, known)
        pairs = Pairs.of(answers)
        taught = teaching(answers, known)
        self.n_iter_, self.converged_ = 0, False
        pooled = np.full((answers.n_classes, answers.n_classes), -1.0)
        counts, prior = pairs.counts(posterior * taught), np.full(answers.n_classes, 1 / answers.n_classes)
        for _ in range(ROUNDS):
            before = pooled
            expect = self._expectation(pairs, counts, coin)
            pooled = expect.pooled
            fixed = self._fix(answers, pairs, expect, coin, known)
            posterior, counts, prior = self._em(pairs, posterior, fixed)
            if self.n_iter_ >= self.max_iter:
                break
            if np.abs(pooled - before).max() < STILL:
                self.converged_ = True
                break
        crowd = ClassCrowd(
            answers.worker_ids, coin.accuracy, pairs.worker, pairs.label, counts, pooled, np.array(coin.crowd), prior,
            np.array(TYPICAL), answers.task_ids, answers.weight_per_task() * taught,
        )  # fmt: skip
        return self._keep(with_overlap(crowd, answers, known), answers, known)

    def e_step(self, answers: Answers) -> Floats:
        """Posterior float64[T', K] of other (or touched) tasks under the fitted workers; same as `crowd_.posterior`."""
        return self.crowd_.posterior(answers)

    def labels(self, *, seed: int = 0) -> Ints:
        """Most probable class of each task, int64[T]; ties drawn as in `majority_vote`."""
        return best_class(self.posterior_, self.crowd_.task_ids, seed)

    def _keep(self, crowd: ClassCrowd, answers: Answers, gold: Gold) -> Self:
        self._confusion = None
        self.crowd_, self.prior_ = crowd, crowd.prior
        self.posterior_ = crowd.posterior(answers, gold)
        return self

    def _fit_nothing(self, answers: Answers) -> Self:
        """One class: nothing to learn."""
        pairs = Pairs.of(answers)
        counts = pairs.counts(np.ones((1, answers.n_tasks)))
        self.n_iter_, self.converged_, self.log_likelihood_, self.objective_ = 0, True, 0.0, np.zeros(1)
        one = np.ones(1)
        crowd = ClassCrowd(
            answers.worker_ids, np.ones(answers.n_workers), pairs.worker, pairs.label, counts, np.ones((1, 1)), one[0],
            one, np.array(TYPICAL), answers.task_ids, answers.weight_per_task(),
        )  # fmt: skip
        return self._keep(crowd, answers, Gold.of(None, answers))

    @staticmethod
    def _expectation(pairs: Pairs, counts: Floats, coin: OneCoin) -> Expectation:
        by_label = np.stack([sums(pairs.label, row, pairs.n_classes) for row in counts])
        return Expectation.of_crowd(by_label, coin.crowd)

    def _fix(self, answers: Answers, pairs: Pairs, expect: Expectation, coin: OneCoin, gold: Gold) -> _Round:
        """The class prior is drawn to the shares that one coin found under a uniform prior, with the weight of all
        tasks: learnt freely it can run away to one class.
        """
        expected = expect.at(coin.accuracy, pairs.worker, pairs.label)
        unseen = np.maximum(1 - pairs.totals(expected), 0.0)
        answered = answers.answers_per_task() > 0
        answered[gold.task] = True
        shares = coin.posterior[:, answered].sum(axis=1)
        lone = pairs.evidence(np.log(expected))
        prior_counts = self.prior_weight * shares + UNIFORM * np.count_nonzero(answered) + 1.0
        weight = evidence_weight(answers.weight_per_task(), self.overlap)
        return _Round(weight, expected, unseen, prior_counts, answered, teaching(answers, gold), lone, gold)

    def _em(self, pairs: Pairs, posterior: Floats, fixed: _Round) -> tuple[Floats, Floats, Floats]:
        """Iterate to convergence from `posterior` [K, T]; returns posterior, counts [K, P], prior [K].

        Maximises Σ_t (1/w_t) ln Σ_k (prior_k Π θ)^w_t (known tasks: ln prior_k Π θ at their class) + OWN_ANSWERS Σ expected
        ln θ + Σ prior_counts ln prior, w_t = `evidence_weight`. That is Σ_t (E ln prior Π θ + entropy / w_t) at its best
        posterior (Ueda & Nakano 1998, deterministic annealing EM), and counts are additive in each term: every M-step is
        its exact maximum, and the objective cannot fall.
        """
        n_answers = max(pairs.task.size, 1)
        trace: list[float] = []
        while True:
            counts = pairs.counts(posterior * fixed.taught)
            own = pairs.totals(counts) + OWN_ANSWERS
            log_theta = np.log(counts + OWN_ANSWERS * fixed.expected) - np.log(own)[:, pairs.worker]
            prior = posterior[:, fixed.answered].sum(axis=1) + fixed.prior_counts
            prior /= prior.sum()
            log_prior = np.log(prior)
            evidence = np.where(fixed.taught, pairs.evidence(log_theta), fixed.lone)
            log_joint = log_prior[:, None] + evidence
            posterior, log_sum = normalise(fixed.weight * log_joint)
            log_sum /= fixed.weight
            log_sum[fixed.gold.task] = fixed.gold.log_likelihood(log_joint[:, fixed.gold.task].T)
            fixed.gold.pin_columns(posterior)
            bound = float(log_sum[fixed.answered].sum())
            penalty = (fixed.expected * log_theta).sum() - (fixed.unseen * np.log(own)).sum()
            trace.append(bound + OWN_ANSWERS * penalty + float(fixed.prior_counts @ log_prior))
            self.n_iter_ += 1
            tell_step(self.n_iter_)
            gained = len(trace) < 2 or trace[-1] - trace[-2] >= self.tol * n_answers
            if not gained or self.n_iter_ >= self.max_iter:
                self.objective_ = np.array(trace)
                self.log_likelihood_ = _log_likelihood(log_joint, fixed) if self.overlap else bound
                return posterior, counts, prior


def _log_likelihood(log_joint: Floats, fixed: _Round) -> float:
    """Of the answers (known tasks: with their truth), each at full weight."""
    log_sum = normalise(log_joint)[1]
    log_sum[fixed.gold.task] = fixed.gold.log_likelihood(log_joint[:, fixed.gold.task].T)
    return float(log_sum[fixed.answered].sum())
