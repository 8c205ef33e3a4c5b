"""Workers with one number: how often they are right. The sums that such methods need, and what they leave behind."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar, Self

import numpy as np

from aggregation.arrays import Floats, Ints, best_class, rows_of
from aggregation.classes.answers import Answers
from aggregation.classes.gold import Gold
from aggregation.storage import pack, unpack

# Accuracies stay this far from 0 and 1, as in crowd-kit: a logarithm of 0 would make one answer a proof.
EDGE = 1e-10


class Agreement:
    """Sums over answers that only ask whether a label is the true class: n steps each, whatever the number of classes."""

    def __init__(self, answers: Answers, gold: Gold) -> None:
        """`cell` int64[n]: place of each answer's label in a posterior [T, K]."""
        self.answers, self.gold = answers, gold
        self.n_classes = answers.n_classes
        self.cell = answers.task * answers.n_classes + answers.label

    def scores(self, code: Ints, odds: Floats) -> Floats:
        """Σ of `odds` [C] at `code` int64[n] over the answers that chose each class: float64[T, K]."""
        values = odds.take(code, mode="wrap")
        cells = self.answers.weighed(self.cell, self.answers.n_tasks * self.n_classes, values)
        return cells.reshape(-1, self.n_classes)

    def hits(self, posterior: Floats, code: Ints, n_codes: int) -> Floats:
        """Expected number of right answers of each code: float64[n_codes]."""
        return self.answers.weighed(code, n_codes, posterior.ravel().take(self.cell, mode="wrap"))

    def believe(self, scores: Floats, prior: Floats) -> tuple[Floats, float]:
        """Posterior float64[T, K] of `scores` [T, K] + ln `prior` [K], known truth held, and its log-likelihood up to
        what `scores` left out.
        """
        joint = scores + np.log(np.maximum(prior, EDGE))
        top = joint.max(axis=1, keepdims=True)
        posterior = np.exp(joint - top)
        total = posterior.sum(axis=1, keepdims=True)
        posterior /= total
        evidence = (top + np.log(total))[:, 0]
        evidence[self.gold.task] = self.gold.log_likelihood(joint[self.gold.task])
        self.gold.pin(posterior)
        answered = self.answers.answers_per_task() > 0
        return posterior, float(evidence[answered].sum())


@dataclass(frozen=True)
class CoinCrowd:
    """Worker models of one number. `worker_ids` int64[W] sorted; `accuracy` float64[W]; `crowd` float64[]: the accuracy
    of one never seen; `prior` float64[K].
    """

    FORMAT: ClassVar[str] = "quorate coin crowd 1"

    worker_ids: Ints
    accuracy: Floats
    crowd: Floats
    prior: Floats

    @property
    def n_classes(self) -> int:
        """K."""
        return int(self.prior.size)

    def accuracy_of(self, worker_ids: Ints) -> Floats:
        """Accuracy float64[n] of `worker_ids`; the crowd's of one never seen."""
        return np.append(self.accuracy, self.crowd)[rows_of(worker_ids, self.worker_ids)]

    def confusion(self, worker_ids: Ints | None = None) -> Floats:
        """Matrices float64[W, K, K]: right with the accuracy, wrong answers fall on all other classes alike."""
        right = self.accuracy if worker_ids is None else self.accuracy_of(worker_ids)
        return one_coin_matrices(right, self.n_classes)

    def posterior(self, answers: Answers) -> Floats:
        """One E-step: float64[T, K] of the tasks of `answers`, which are all answers they have."""
        self.check(answers)
        agreement = Agreement(answers, Gold.of(None, answers))
        odds, _ = log_odds(self.accuracy_of(answers.worker_ids), self.n_classes)
        return agreement.believe(agreement.scores(answers.worker, odds), self.prior)[0]

    def check(self, answers: Answers) -> None:
        """Raise ValueError unless `answers` are about the classes this crowd was fitted on."""
        if answers.n_classes != self.n_classes:
            message = f"the crowd was fitted on {self.n_classes} classes, the answers have {answers.n_classes}"
            raise ValueError(message)

    def to_bytes(self) -> bytes:
        """Serialise (NumPy archive, no pickle, versioned). The same models give the same bytes."""
        return pack(self.FORMAT, {f.name: getattr(self, f.name) for f in fields(self)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read `to_bytes`. ValueError when it is something else or of another version."""
        return cls(**unpack(cls.FORMAT, data, [f.name for f in fields(cls)]))


@dataclass(frozen=True)
class VoteCrowd(CoinCrowd):
    """Workers whose accuracy is the weight of their vote."""

    FORMAT: ClassVar[str] = "quorate vote crowd 1"

    def posterior(self, answers: Answers) -> Floats:
        """Share of the weight that chose each class, float64[T, K]; uniform where nobody of any weight answered."""
        self.check(answers)
        agreement = Agreement(answers, Gold.of(None, answers))
        return shares(agreement.scores(answers.worker, self.accuracy_of(answers.worker_ids)))


class CoinFit:
    """What methods with a `CoinCrowd` share once they are fitted; see `ClassMethod` for the fields."""

    posterior_: Floats
    prior_: Floats
    accuracy_: Floats
    log_likelihood_: float
    n_iter_: int
    converged_: bool
    _task_ids: Ints

    @property
    def confusion_(self) -> Floats:
        """Matrices float64[W, K, K], row = true class."""
        return one_coin_matrices(self.accuracy_, self.prior_.size)

    def labels(self, *, seed: int = 0) -> Ints:
        """Most probable class of each task, int64[T]; ties drawn as in `majority_vote`."""
        return best_class(self.posterior_, self._task_ids, seed)


def log_odds(accuracy: Floats, n_classes: int) -> tuple[Floats, Floats]:
    """Log-odds float64[W] of the class a worker names against each other one, and the log-probability of a wrong label."""
    right = np.clip(accuracy, EDGE, 1 - EDGE)
    wrong = np.log((1 - right) / max(n_classes - 1, 1))
    return np.log(right) - wrong, wrong


def one_coin_matrices(accuracy: Floats, n_classes: int) -> Floats:
    """Matrices float64[W, K, K] of workers who are right with `accuracy` float64[W] and else guess evenly."""
    if n_classes == 1:
        return np.ones((accuracy.size, 1, 1))
    full = np.repeat((1 - accuracy) / (n_classes - 1), n_classes**2).reshape(-1, n_classes, n_classes)
    full[:, np.arange(n_classes), np.arange(n_classes)] = accuracy[:, None]
    return full


def shares(scores: Floats) -> Floats:
    """Rows of `scores` float64[T, K] ≥ 0 scaled to sum 1; uniform where all are 0."""
    total = scores.sum(axis=1, keepdims=True)
    found: Floats = np.where(total > 0, scores / np.where(total > 0, total, 1.0), 1.0 / scores.shape[1])
    return found


def total_rate(hits: Floats, given: Floats) -> float:
    """Share of right answers of all workers together; 1 without answers."""
    total = float(given.sum())
    return float(hits.sum()) / total if total > 0 else 1.0


def rates(hits: Floats, given: Floats) -> Floats:
    """Share of right answers float64[W] of each worker; of all together for one without answers."""
    share: Floats = np.where(given > 0, hits / np.where(given > 0, given, 1.0), total_rate(hits, given))
    return share
