"""`auto`: a committee of two fits and the votes, each with an equal say, because no one of them is right everywhere.

The members disagree exactly where the assumptions they differ in decide: whether answers to one task are independent, and
whether an answer may speak for its own worker. Where they agree the confidence stays, where they do not it falls, and
that is what calibrates it (a linear opinion pool: Stone 1961; bagging of posteriors: Breiman 1996).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints, best_class
from aggregation.classes.answers import Answers
from aggregation.classes.crowd import ClassCrowd
from aggregation.classes.gold import Gold
from aggregation.classes.hierarchical import HierarchicalDawidSkene
from aggregation.classes.votes import vote_weights
from aggregation.storage import pack, unpack

METHOD = "auto 1"
FORMAT = "quorate auto crowd 1"
# The second fit: people err on the same items, and the classes' shares are those of the one-coin level.
OVERLAP, PRIOR_WEIGHT = 0.2, 20.0
# Answers that the class prior counts as among the votes of a task.
PRIOR_VOTES = 1.0


@dataclass(frozen=True)
class AutoCrowd:
    """The workers as both fits see them: `independent` (answers to a task independent), `overlapping` (not so)."""

    independent: ClassCrowd
    overlapping: ClassCrowd

    @property
    def worker_ids(self) -> Ints:
        """Ids int64[W] of the fitted workers, sorted."""
        return self.independent.worker_ids

    @property
    def task_ids(self) -> Ints:
        """Ids int64[T] of the fitted tasks, sorted."""
        return self.independent.task_ids

    @property
    def n_classes(self) -> int:
        """K."""
        return self.independent.n_classes

    @property
    def prior(self) -> Floats:
        """Class prior float64[K]."""
        both: Floats = (self.independent.prior + self.overlapping.prior) / 2
        return both

    @property
    def typical(self) -> Floats:
        """Confusion float64[K, K] (row = true class) of the answers as a whole: what to expect of the next one."""
        both: Floats = (self.independent.pooled + self.overlapping.pooled) / 2
        return both

    def confusion(self, worker_ids: Ints | None = None) -> Floats:
        """Mean of both fits' matrices float64[W, K, K], see `ClassCrowd.confusion`."""
        both: Floats = (self.independent.confusion(worker_ids) + self.overlapping.confusion(worker_ids)) / 2
        return both

    def posterior(self, answers: Answers, gold: Gold | None = None) -> Floats:
        """Mean of the five members, float64[T, K]: each fit's textbook posterior, each fit's posterior with every answer
        judged by its worker's others (`ClassCrowd.posterior`), and the vote shares with PRIOR_VOTES for the prior.

        `answers` are all answers these tasks have. ValueError unless they are about the same classes.
        """
        votes = vote_weights(answers) + PRIOR_VOTES * self.prior
        readings = [*self.independent.readings(answers, gold), *self.overlapping.readings(answers, gold)]
        votes /= votes.sum(axis=1, keepdims=True)
        posterior: Floats = sum(readings, start=votes) / (1 + len(readings))
        if gold is not None:
            gold.pin(posterior)
        return posterior

    def to_bytes(self) -> bytes:
        """Serialise: versioned, no pickle, the same models give the same bytes."""
        members = {"independent": self.independent, "overlapping": self.overlapping}
        return pack(FORMAT, {name: np.frombuffer(crowd.to_bytes(), np.uint8) for name, crowd in members.items()})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read `to_bytes`. ValueError when it is something else or of another version."""
        members = unpack(FORMAT, data, ("independent", "overlapping"))
        return cls(**{name: ClassCrowd.from_bytes(member.tobytes()) for name, member in members.items()})


class Auto:
    """The method to take where nothing else is known. See `ClassMethod` for what `fit` leaves behind.

    What depends on the data is learnt from the answers alone: each fit shrinks its workers as much as their spread says
    and weighs answers to one task for their overlap as answers held out of their tasks show. `log_likelihood_` is the
    independent fit's; `n_iter_` counts both.
    """

    posterior_: Floats
    prior_: Floats
    log_likelihood_: float
    n_iter_: int
    converged_: bool
    crowd_: AutoCrowd
    _confusion: Floats | None

    def __init__(self, *, max_iter: int = 200, tol: float = 1e-6) -> None:
        """As for `HierarchicalDawidSkene`, for each of the two fits. ValueError for numbers without sense."""
        self._independent = HierarchicalDawidSkene(max_iter=max_iter, tol=tol)
        self._overlapping = HierarchicalDawidSkene(
            max_iter=max_iter, tol=tol, overlap=OVERLAP, prior_weight=PRIOR_WEIGHT
        )

    @property
    def confusion_(self) -> Floats:
        """Made when first asked for: W·K² numbers."""
        if self._confusion is None:
            self._confusion = self.crowd_.confusion()
        return self._confusion

    def fit(self, answers: Answers, *, gold: ArrayLike | None = None, start: AutoCrowd | None = None) -> Self:
        """Fit all answers, see `ClassMethod.fit`: `gold` is known truth, `start` an earlier `crowd_`."""
        one = self._independent.fit(answers, gold=gold, start=None if start is None else start.independent)
        two = self._overlapping.fit(answers, gold=gold, start=None if start is None else start.overlapping)
        self.crowd_ = AutoCrowd(one.crowd_, two.crowd_)
        self.posterior_ = self.crowd_.posterior(answers, Gold.of(gold, answers))
        self.prior_, self._confusion = self.crowd_.prior, None
        self.log_likelihood_ = one.log_likelihood_
        self.n_iter_ = one.n_iter_ + two.n_iter_
        self.converged_ = one.converged_ and two.converged_
        return self

    def labels(self, *, seed: int = 0) -> Ints:
        """Most probable class of each task, int64[T]; ties drawn as in `majority_vote`."""
        return best_class(self.posterior_, self.crowd_.task_ids, seed)
