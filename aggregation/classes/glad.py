"""GLAD (Whitehill, Wu, Bergsma, Movellan & Ruvolo 2009): how often a worker is right depends on the task's ease as well."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints, best_class, rows_of
from aggregation.classes.answers import Answers
from aggregation.classes.coins import Agreement, one_coin_matrices
from aggregation.classes.em import check_stopping
from aggregation.classes.gold import Gold
from aggregation.progress import tell_step
from aggregation.storage import pack, unpack

FORMAT = "quorate glad crowd 1"
# Mean of the normal priors (variance 1) of ability and of the logarithm of ease, as in crowd-kit.
TYPICAL = 1.0
# Longest step of a parameter, and how often a step that lowers the objective is halved.
LONGEST, HALVINGS = 1.0, 30


@dataclass(frozen=True)
class GladCrowd:
    """`worker_ids` int64[W] sorted, `ability` float64[W] (0: guesses, below: an adversary); `task_ids` int64[T] sorted,
    `log_ease` float64[T]. Workers and tasks never seen are typical. `n_labels` int64[]: K.
    """

    worker_ids: Ints
    ability: Floats
    task_ids: Ints
    log_ease: Floats
    n_labels: Ints

    @property
    def n_classes(self) -> int:
        """K."""
        return int(self.n_labels)

    def confusion(self, worker_ids: Ints | None = None) -> Floats:
        """Matrices float64[W, K, K] on a task of typical ease; wrong answers fall on all other classes alike."""
        ability = self.ability if worker_ids is None else self.ability_of(worker_ids)
        return one_coin_matrices(_sigmoid(ability * np.exp(TYPICAL)), self.n_classes)

    def ability_of(self, worker_ids: Ints) -> Floats:
        """Ability float64[n]."""
        return np.append(self.ability, TYPICAL)[rows_of(worker_ids, self.worker_ids)]

    def log_ease_of(self, task_ids: Ints) -> Floats:
        """Logarithm of the ease, float64[n]."""
        return np.append(self.log_ease, TYPICAL)[rows_of(task_ids, self.task_ids)]

    def posterior(self, answers: Answers) -> Floats:
        """One E-step: float64[T, K] of the tasks of `answers`, which are all answers they have."""
        self.check(answers)
        em = _GladEM(answers, Gold.of(None, answers))
        return em.e_step(self.ability_of(answers.worker_ids), self.log_ease_of(answers.task_ids))[0]

    def check(self, answers: Answers) -> None:
        """Raise ValueError unless `answers` are about as many classes."""
        if answers.n_classes != self.n_classes:
            message = f"the crowd was fitted on {self.n_classes} classes, the answers have {answers.n_classes}"
            raise ValueError(message)

    def to_bytes(self) -> bytes:
        """Serialise (NumPy archive, no pickle, versioned). The same models give the same bytes."""
        return pack(FORMAT, {f.name: getattr(self, f.name) for f in fields(self)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read `to_bytes`. ValueError when it is something else or of another version."""
        return cls(**unpack(FORMAT, data, [f.name for f in fields(cls)]))


class _GladEM:
    """E-step and Newton steps. An answer is right with probability σ(x), x = ability · ease, else evenly wrong."""

    def __init__(self, answers: Answers, gold: Gold) -> None:
        self.agreement, self.answers = Agreement(answers, gold), answers
        self.k = answers.n_classes
        self.spread = np.log(max(self.k - 1, 1))
        self.uniform = np.full(self.k, 1 / self.k)

    def _x(self, ability: Floats, log_ease: Floats) -> tuple[Floats, Floats]:
        """X and the ease, of each answer float64[n]."""
        ease = np.exp(log_ease).take(self.answers.task, mode="wrap")
        return ability.take(self.answers.worker, mode="wrap") * ease, ease

    def e_step(self, ability: Floats, log_ease: Floats) -> tuple[Floats, float]:
        """Posterior float64[T, K] under a uniform prior, and the log-likelihood of the answers."""
        x, _ = self._x(ability, log_ease)
        a = self.answers
        cells = a.weighed(self.agreement.cell, a.n_tasks * self.k, x + self.spread if self.k > 1 else np.zeros(len(a)))
        posterior, likelihood = self.agreement.believe(cells.reshape(-1, self.k), self.uniform)
        if self.k == 1:
            return posterior, likelihood
        lost = np.logaddexp(0, x) + self.spread
        return posterior, likelihood - float(lost.sum() if a.weight is None else lost @ a.weight)

    def newton(self, posterior: Floats, ability: Floats, log_ease: Floats) -> tuple[Floats, Floats]:
        """One step of the abilities, then one of the log-eases: diagonal Newton on the expected log-posterior."""
        a = self.answers
        right = posterior.ravel().take(self.agreement.cell, mode="wrap")
        x, ease = self._x(ability, log_ease)
        sure = _sigmoid(x)
        slope = a.weighed(a.worker, a.n_workers, (right - sure) * ease) - (ability - TYPICAL)
        bend = a.weighed(a.worker, a.n_workers, sure * (1 - sure) * ease * ease) + 1
        ability = ability + np.clip(slope / bend, -LONGEST, LONGEST)
        x, _ = self._x(ability, log_ease)
        sure = _sigmoid(x)
        slope = a.weighed(a.task, a.n_tasks, (right - sure) * x) - (log_ease - TYPICAL)
        bend = a.weighed(a.task, a.n_tasks, sure * (1 - sure) * x * x) + 1
        return ability, log_ease + np.clip(slope / bend, -LONGEST, LONGEST)


class GLAD:
    """Generalised EM with normal priors on abilities and log-eases, from typical workers and tasks on. Workers whom the
    answers do not tell apart stay alike, even where believing one of them alone would be likelier.

    After `fit`: the fields of `ClassMethod`; `ability_` float64[W]; `ease_` float64[T] (above 0, the higher the easier);
    `objective_`: log-likelihood + log-priors after each step, never falls.
    """

    posterior_: Floats
    prior_: Floats
    ability_: Floats
    ease_: Floats
    log_likelihood_: float
    objective_: Floats
    n_iter_: int
    converged_: bool
    crowd_: GladCrowd

    def __init__(self, *, max_iter: int = 200, tol: float = 1e-5) -> None:
        """Stop when the objective gains less than `tol` per answer, or after `max_iter` steps."""
        check_stopping(max_iter, tol)
        self.max_iter, self.tol = max_iter, tol

    @property
    def confusion_(self) -> Floats:
        """Matrices float64[W, K, K] on a task of typical ease."""
        return self.crowd_.confusion()

    def fit(self, answers: Answers, *, gold: ArrayLike | None = None, start: GladCrowd | None = None) -> Self:
        """Fit all `answers`; `gold` and `start` as in `ClassMethod.fit`."""
        em = _GladEM(answers, Gold.of(gold, answers))
        ability, log_ease = np.full(answers.n_workers, TYPICAL), np.full(answers.n_tasks, TYPICAL)
        if start is not None:
            start.check(answers)
            ability, log_ease = start.ability_of(answers.worker_ids), start.log_ease_of(answers.task_ids)
        posterior, likelihood = em.e_step(ability, log_ease)
        trace = [likelihood - _penalty(ability, log_ease)]
        self.converged_, self.n_iter_ = False, 0
        while self.n_iter_ < self.max_iter and not self.converged_:
            self.n_iter_ += 1
            tell_step(self.n_iter_)
            to = em.newton(posterior, ability, log_ease) if em.k > 1 else (ability, log_ease)
            for _ in range(HALVINGS):
                posterior_to, likelihood_to = em.e_step(*to)
                objective = likelihood_to - _penalty(*to)
                if objective >= trace[-1]:
                    ability, log_ease = to
                    posterior, likelihood = posterior_to, likelihood_to
                    break
                to = (ability + to[0]) / 2, (log_ease + to[1]) / 2
            trace.append(max(objective, trace[-1]))
            self.converged_ = trace[-1] - trace[-2] < self.tol * max(answers.total_weight, 1.0)
        self.posterior_, self.log_likelihood_, self.objective_ = posterior, likelihood, np.array(trace[1:])
        self.prior_, self.ability_, self.ease_ = em.uniform, ability, np.exp(log_ease)
        self.crowd_ = GladCrowd(answers.worker_ids, ability, answers.task_ids, log_ease, np.array(em.k))
        return self

    def labels(self, *, seed: int = 0) -> Ints:
        """Most probable class of each task, int64[T]; ties drawn as in `majority_vote`."""
        return best_class(self.posterior_, self.crowd_.task_ids, seed)


def _sigmoid(x: Floats) -> Floats:
    """1 / (1 + exp(−x)) without overflow."""
    chance: Floats = 1 / (1 + np.exp(-np.maximum(x, -700.0)))
    return chance


def _penalty(ability: Floats, log_ease: Floats) -> float:
    """Minus the logarithm of the priors, up to a constant."""
    return 0.5 * float(((ability - TYPICAL) ** 2).sum() + ((log_ease - TYPICAL) ** 2).sum())
