"""Dawid-Skene with workers in groups, for many classes: C matrices for everybody in place of one for each worker.

A worker's matrix has K² cells, and nobody answers 10,000 tasks to fill those of 100 classes. Here each worker belongs to
one of C groups, and only the groups have matrices (Moreno et al. 2015, Imamura, Sato & Sugiyama 2018; a matrix of rank C
over the workers). Tasks' classes and workers' groups are inferred together, by mean-field variational EM.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Bools, Floats, Ints, best_class, rows_of, sums
from aggregation.classes.answers import Answers
from aggregation.classes.em import check_stopping
from aggregation.classes.gold import Gold
from aggregation.classes.one_coin import OneCoin, fit_one_coin, teaching
from aggregation.classes.pairs import Pairs, normalise
from aggregation.progress import tell_step
from aggregation.storage import pack, unpack

FORMAT = "quorate cluster crowd 1"
# Pseudo-answers a true class, spread as the crowd's accuracy says, in each group's matrix; and in the groups' shares.
PSEUDO, PSEUDO_MEMBERS = 2.0, 1.0
# How sure the first assignment (by accuracy) is.
FIRST = 0.8


@dataclass(frozen=True)
class ClusterCrowd:
    """`worker_ids` int64[W] sorted; `member` float64[W, C]: probability of each group; `groups` float64[C, K, K], row =
    true class; `shares` float64[C]: the groups of one never seen; `prior` float64[K]; `task_ids` int64[T].
    """

    worker_ids: Ints
    member: Floats
    groups: Floats
    shares: Floats
    prior: Floats
    task_ids: Ints

    @property
    def n_classes(self) -> int:
        """K."""
        return int(self.prior.size)

    def member_of(self, worker_ids: Ints) -> Floats:
        """Probability of each group, float64[n, C]; the crowd's shares for one never seen."""
        return np.vstack([self.member, self.shares])[rows_of(worker_ids, self.worker_ids)]

    def confusion(self, worker_ids: Ints | None = None) -> Floats:
        """Matrices float64[W, K, K]: the groups' mixed as each worker belongs to them."""
        member = self.member if worker_ids is None else self.member_of(worker_ids)
        return np.tensordot(member, self.groups, axes=1)

    def posterior(self, answers: Answers, gold: Gold | None = None) -> Floats:
        """One E-step: float64[T, K] of the tasks of `answers`, which are all answers they have."""
        if answers.n_classes != self.n_classes:
            message = f"the crowd was fitted on {self.n_classes} classes, the answers have {answers.n_classes}"
            raise ValueError(message)
        pairs = Pairs.of(answers)
        log_theta = expected_logs(pairs, self.member_of(answers.worker_ids).T, np.log(self.groups))
        posterior = normalise(np.log(self.prior)[:, None] + pairs.evidence(log_theta))[0].T
        if gold is not None:
            gold.pin(posterior)
        return np.ascontiguousarray(posterior)

    def to_bytes(self) -> bytes:
        """Serialise: versioned, no pickle, the same models give the same bytes."""
        return pack(FORMAT, {f.name: getattr(self, f.name) for f in fields(self)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read `to_bytes`. ValueError when it is something else or of another version."""
        return cls(**unpack(FORMAT, data, [f.name for f in fields(cls)]))


@dataclass(frozen=True)
class _Data:
    """What does not change while a fit runs: `taught` bool[T], `expected` float64[K, K], `prior_counts` float64[K]."""

    pairs: Pairs
    gold: Gold
    taught: Bools
    expected: Floats
    prior_counts: Floats

    @classmethod
    def of(cls, answers: Answers, gold: Gold, coin: OneCoin) -> _Data:
        """Lone answers teach nothing, as in the hierarchical model; the class prior is drawn to one coin's shares."""
        k = answers.n_classes
        expected = np.full((k, k), (1 - coin.crowd) / max(k - 1, 1))
        np.fill_diagonal(expected, coin.crowd)
        shares = coin.posterior[:, answers.answers_per_task() > 0].sum(axis=1) + 1.0
        return cls(Pairs.of(answers), gold, teaching(answers, gold), expected, shares)


class ClusteredDawidSkene:
    """Dawid-Skene whose workers share the matrices of `n_groups` groups; see `ClassMethod` for what `fit` leaves behind.

    Besides: `member_` float64[W, C] and `groups_` float64[C, K, K]; `objective_`, the variational bound with the log
    priors after each iteration (never falls); `log_likelihood_` is that bound without the priors of the matrices.
    """

    posterior_: Floats
    prior_: Floats
    log_likelihood_: float
    n_iter_: int
    converged_: bool
    objective_: Floats
    crowd_: ClusterCrowd

    def __init__(self, *, n_groups: int = 5, max_iter: int = 200, tol: float = 1e-6) -> None:
        """Stop when the bound gains less than `tol` per answer, or after `max_iter` iterations."""
        check_stopping(max_iter, tol)
        if n_groups < 1:
            message = f"n_groups = {n_groups} is below 1"
            raise ValueError(message)
        self.n_groups, self.max_iter, self.tol = n_groups, max_iter, tol

    @property
    def confusion_(self) -> Floats:
        """Matrices float64[W, K, K], row = true class."""
        return self.crowd_.confusion()

    @property
    def member_(self) -> Floats:
        """Probability that each worker belongs to each group: float64[W, C]."""
        return self.crowd_.member

    @property
    def groups_(self) -> Floats:
        """The groups' matrices float64[C, K, K], row = true class."""
        return self.crowd_.groups

    def fit(self, answers: Answers, *, gold: ArrayLike | None = None, start: ClusterCrowd | None = None) -> Self:
        """Fit all answers, see `ClassMethod.fit`: `gold` is known truth, `start` an earlier `crowd_`."""
        known = Gold.of(gold, answers)
        coin = _one_coin(answers, known)
        data = _Data.of(answers, known, coin)
        if start is None:
            posterior, member = coin.posterior, groups_by_accuracy(coin.accuracy, self.n_groups)
        else:
            posterior, member = start.posterior(answers, known).T, start.member_of(answers.worker_ids).T
        groups, shares, prior = self._iterate(data, posterior, member)
        crowd = ClusterCrowd(answers.worker_ids, np.ascontiguousarray(self._member.T), groups, shares, prior,
                             answers.task_ids)  # fmt: skip
        self.crowd_, self.prior_ = crowd, prior
        self.posterior_ = crowd.posterior(answers, known)
        return self

    def labels(self, *, seed: int = 0) -> Ints:
        """Most probable class of each task, int64[T]; ties drawn as in `majority_vote`."""
        return best_class(self.posterior_, self.crowd_.task_ids, seed)

    def _iterate(self, data: _Data, posterior: Floats, member: Floats) -> tuple[Floats, Floats, Floats]:
        """Coordinate ascent on the bound: matrices, groups' shares and prior; workers' groups; tasks' classes."""
        pairs, trace = data.pairs, list[float]()
        self.converged_ = False
        while not self.converged_ and len(trace) < self.max_iter:
            counts = pairs.counts(posterior * data.taught)
            log_groups = np.log(_matrices(pairs, counts, member, data.expected))
            shares = member.sum(axis=1) + PSEUDO_MEMBERS
            shares /= shares.sum()
            prior = posterior[:, data.taught].sum(axis=1) + data.prior_counts
            prior /= prior.sum()
            member, _ = normalise(np.log(shares)[:, None] + _log_fit(pairs, counts, log_groups))
            log_joint = np.log(prior)[:, None] + pairs.evidence(expected_logs(pairs, member, log_groups))
            posterior, log_sum = normalise(log_joint)
            log_sum[data.gold.task] = data.gold.log_likelihood(log_joint[:, data.gold.task].T)
            data.gold.pin_columns(posterior)
            divergence = (member * (np.log(np.maximum(member, 1e-300)) - np.log(shares)[:, None])).sum()
            bound = float(log_sum[data.taught].sum() - divergence)
            penalty = PSEUDO * (data.expected * log_groups).sum() + PSEUDO_MEMBERS * np.log(shares).sum()
            trace.append(bound + float(penalty + data.prior_counts @ np.log(prior)))
            tell_step(len(trace))
            self.converged_ = len(trace) > 1 and trace[-1] - trace[-2] < self.tol * max(pairs.task.size, 1)
        self.objective_, self.n_iter_, self.log_likelihood_ = np.array(trace), len(trace), bound
        self._member = member
        return np.exp(log_groups), shares, prior


def groups_by_accuracy(accuracy: Floats, n_groups: int) -> Floats:
    """Where a cold fit begins, float64[C, W]: as many workers in each group, from the least to the most accurate."""
    member = np.full((n_groups, accuracy.size), (1 - FIRST) / n_groups)
    edges = np.quantile(accuracy, np.linspace(0, 1, n_groups + 1)[1:-1]) if accuracy.size else accuracy
    member[np.searchsorted(edges, accuracy, side="left"), np.arange(accuracy.size)] += FIRST
    return member


def expected_logs(pairs: Pairs, member: Floats, log_groups: Floats) -> Floats:
    """Expected log-probability of each pair, float64[K, P], over its worker's groups `member` float64[C, W]."""
    out = np.zeros((pairs.n_classes, pairs.worker.size))
    for group, log_matrix in zip(member, log_groups, strict=True):
        out += group[pairs.worker] * log_matrix[:, pairs.label]
    return out


def _matrices(pairs: Pairs, counts: Floats, member: Floats, expected: Floats) -> Floats:
    """The groups' matrices float64[C, K, K] from the pairs' counts float64[K, P]: the M-step."""
    k = pairs.n_classes
    said = (
        np.array([[sums(pairs.label, row * group[pairs.worker], k) for row in counts] for group in member])
        + PSEUDO * expected
    )
    matrices: Floats = said / said.sum(axis=2, keepdims=True)
    return matrices


def _log_fit(pairs: Pairs, counts: Floats, log_groups: Floats) -> Floats:
    """Expected log-likelihood of each worker's answers under each group: float64[C, W]."""
    return np.array(
        [sums(pairs.worker, (counts * log_matrix[:, pairs.label]).sum(axis=0), pairs.n_workers)
         for log_matrix in log_groups]
    )  # fmt: skip


def _one_coin(answers: Answers, gold: Gold) -> OneCoin:
    """The one-coin fit; with one class everybody is right."""
    if answers.n_classes > 1:
        return fit_one_coin(answers, gold)
    return OneCoin(np.ones(answers.n_workers), 1.0, 1.0, np.ones((1, answers.n_tasks)), 0)
