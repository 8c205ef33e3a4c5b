"""MACE (Hovy, Berg-Kirkpatrick, Vaswani & Hovy 2013): a worker knows the answer, or guesses by a habit of their own."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints, best_class, rows_of
from aggregation.classes.answers import Answers
from aggregation.classes.coins import EDGE, Agreement
from aggregation.classes.em import check_stopping, iterate
from aggregation.classes.gold import Gold
from aggregation.classes.votes import vote_shares
from aggregation.storage import pack, unpack

FORMAT = "quorate mace crowd 1"
# Where every worker starts: knows with this probability, and guesses evenly.
FIRST_TRUST = 0.7


@dataclass(frozen=True)
class MaceCrowd:
    """`worker_ids` int64[W] sorted; `habit` float64[W + 1, K + 1]: the probability to know, then those of each label when
    guessing; the last row is that of a worker never seen.
    """

    worker_ids: Ints
    habit: Floats

    @property
    def n_classes(self) -> int:
        """K."""
        return int(self.habit.shape[1] - 1)

    @property
    def prior(self) -> Floats:
        """Uniform, float64[K]."""
        return np.full(self.n_classes, 1 / self.n_classes)

    def confusion(self, worker_ids: Ints | None = None) -> Floats:
        """Matrices float64[W, K, K]: the label of the true class with the probability to know, else by habit."""
        habit = self.habit[:-1] if worker_ids is None else self.habit[rows_of(worker_ids, self.worker_ids)]
        know = habit[:, :1, None]
        full: Floats = know * np.eye(self.n_classes) + (1 - know) * habit[:, None, 1:]
        return full

    def posterior(self, answers: Answers) -> Floats:
        """One E-step: float64[T, K] of the tasks of `answers`, which are all answers they have."""
        if answers.n_classes != self.n_classes:
            message = f"the crowd was fitted on {self.n_classes} classes, the answers have {answers.n_classes}"
            raise ValueError(message)
        em = _MaceEM(answers, Gold.of(None, answers), 0.0)
        return em.e_step(self.habit[rows_of(answers.worker_ids, self.worker_ids)])[0]

    def to_bytes(self) -> bytes:
        """Serialise (NumPy archive, no pickle, versioned). The same models give the same bytes."""
        return pack(FORMAT, {f.name: getattr(self, f.name) for f in fields(self)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read `to_bytes`. ValueError when it is something else or of another version."""
        return cls(**unpack(FORMAT, data, [f.name for f in fields(cls)]))


class _MaceEM:
    """The two halves, over habits float64[W, K + 1]; `smoothing` pseudo-answers for each thing a worker may do."""

    def __init__(self, answers: Answers, gold: Gold, smoothing: float) -> None:
        self.agreement = Agreement(answers, gold)
        self.workers, self.k, self.smoothing = answers.n_workers, answers.n_classes, smoothing
        self.code = answers.worker * self.k + answers.label
        self.said = answers.weighed(self.code, self.workers * self.k).reshape(-1, self.k)

    def e_step(self, habit: Floats) -> tuple[Floats, float]:
        """Posterior float64[T, K] under a uniform prior, and the log-likelihood."""
        guess = np.maximum((1 - habit[:, :1]) * habit[:, 1:], EDGE)
        odds = np.log(habit[:, :1] + guess) - np.log(guess)
        prior = np.full(self.k, 1 / self.k)
        posterior, likelihood = self.agreement.believe(self.agreement.scores(self.code, odds.ravel()), prior)
        return posterior, likelihood + float((self.said * np.log(guess)).sum())

    def m_step(self, posterior: Floats, habit: Floats) -> Floats:
        """Habits from the posterior, where each answer was known or guessed as `habit` says."""
        right = self.agreement.hits(posterior, self.code, self.said.size).reshape(-1, self.k)
        guess = np.maximum((1 - habit[:, :1]) * habit[:, 1:], EDGE)
        knew = right * habit[:, :1] / (habit[:, :1] + guess)
        guessed = np.maximum(self.said - knew, 0.0)
        s = self.smoothing
        found = np.empty_like(habit)
        given = self.said.sum(axis=1)
        blank = np.where(given + 2 * s > 0, given + 2 * s, 1.0)
        found[:, 0] = (knew.sum(axis=1) + s) / blank
        total = guessed.sum(axis=1, keepdims=True) + self.k * s
        found[:, 1:] = np.where(total > 0, (guessed + s) / np.where(total > 0, total, 1.0), 1 / self.k)
        return found

    def even(self, workers: int) -> Floats:
        """Habits of workers of whom nothing is known: float64[workers, K + 1]."""
        habit = np.full((workers, self.k + 1), 1 / self.k)
        habit[:, 0] = FIRST_TRUST
        return habit

    def penalty(self, habit: Floats) -> float:
        """What the pseudo-answers add to the objective."""
        safe = np.maximum(habit, EDGE)
        return self.smoothing * float((np.log(safe).sum(axis=1) + np.log(np.maximum(1 - habit[:, 0], EDGE))).sum())


class MACE:
    """EM with a uniform class prior, from workers who mostly know on, and from random ones; the best is kept.

    After `fit`: the fields of `ClassMethod`; `trust_` float64[W]: how often each worker knows (the rest is guessing);
    `objective_`: log-likelihood + pseudo-answers · ln habits before each step, never falls.
    """

    posterior_: Floats
    prior_: Floats
    trust_: Floats
    log_likelihood_: float
    objective_: Floats
    n_iter_: int
    converged_: bool
    crowd_: MaceCrowd
    _task_ids: Ints

    def __init__(
        self, *, max_iter: int = 100, tol: float = 1e-6, smoothing: float = 0.1, restarts: int = 1, seed: int = 0
    ) -> None:
        """Stop when the objective gains less than `tol` per answer, or after `max_iter` steps. The first of `restarts`
        starts from habits that are the same for all, the others from random ones drawn by `seed`.
        """
        check_stopping(max_iter, tol)
        if restarts < 1 or not smoothing > 0:
            message = f"restarts must be at least 1 and smoothing above 0, not {restarts} and {smoothing}"
            raise ValueError(message)
        self.max_iter, self.tol, self.smoothing = max_iter, tol, smoothing
        self.restarts, self.seed = restarts, seed

    @property
    def confusion_(self) -> Floats:
        """Matrices float64[W, K, K], row = true class."""
        return self.crowd_.confusion()

    def fit(self, answers: Answers, *, gold: ArrayLike | None = None, start: MaceCrowd | None = None) -> Self:
        """Fit all `answers`; `gold` and `start` as in `ClassMethod.fit`."""
        em = _MaceEM(answers, Gold.of(gold, answers), self.smoothing)
        if start is not None and start.n_classes != answers.n_classes:
            message = f"the crowd was fitted on {start.n_classes} classes, the answers have {answers.n_classes}"
            raise ValueError(message)

        def step(habit: Floats) -> tuple[Floats, float]:
            posterior, likelihood = em.e_step(habit)
            return em.m_step(posterior, habit), likelihood + em.penalty(habit)

        enough = self.tol * max(answers.total_weight, 1.0)
        begins = (
            self._begins(em, answers) if start is None else [start.habit[rows_of(answers.worker_ids, start.worker_ids)]]
        )
        courses = [iterate(step, begin, max_iter=self.max_iter, gain=enough) for begin in begins]
        best = max(courses, key=lambda course: float(course.trace[-1]))
        self.objective_, self.n_iter_, self.converged_ = best.trace, best.n_iter, best.converged
        self.posterior_, self.log_likelihood_ = em.e_step(best.rest)
        self.prior_ = np.full(em.k, 1 / em.k)
        self.trust_, self._task_ids = best.rest[:, 0], answers.task_ids
        given = em.said.sum(axis=1) + EDGE
        typical = (best.rest * given[:, None]).sum(axis=0) / given.sum() if given.size else em.even(1)[0]
        self.crowd_ = MaceCrowd(answers.worker_ids, np.vstack([best.rest, typical]))
        return self

    def labels(self, *, seed: int = 0) -> Ints:
        """Most probable class of each task, int64[T]; ties drawn as in `majority_vote`."""
        return best_class(self.posterior_, self._task_ids, seed)

    def _begins(self, em: _MaceEM, answers: Answers) -> list[Floats]:
        votes = vote_shares(answers)
        em.agreement.gold.pin(votes)
        generator = np.random.default_rng(self.seed)
        drawn = generator.dirichlet(np.ones(em.k), size=(self.restarts - 1, em.workers))
        trust = generator.uniform(0.2, 0.9, size=(self.restarts - 1, em.workers, 1))
        return [em.m_step(votes, em.even(em.workers)), *np.concatenate([trust, drawn], axis=2)]
