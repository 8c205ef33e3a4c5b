"""The classic: Dawid & Skene (1979), a confusion matrix a worker, fitted by EM; and its MAP variant."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints, best_class
from aggregation.classes.answers import Answers
from aggregation.classes.em import check_stopping, iterate, whole
from aggregation.classes.gold import Gold
from aggregation.classes.layout import Reals
from aggregation.classes.matrices import MatrixCrowd, MatrixEM, Models, Smoothing


class DawidSkene:
    """Maximum-likelihood Dawid-Skene from the vote shares on, computed in log space.

    After `fit`: `posterior_` float64[T, K], rows sum to 1 (a task without answers gets the prior); `prior_` float64[K];
    `log_likelihood_` of the answers; `objective_` (with the pseudo-answers, where there are any) after each step, never
    falls; `n_iter_`, `converged_`; `crowd_`, the models whose E-step `posterior_` is; `confusion_` float64[W, K, K].
    """

    posterior_: Floats
    prior_: Floats
    log_likelihood_: float
    objective_: Floats
    n_iter_: int
    converged_: bool
    crowd_: MatrixCrowd
    _task_ids: Ints
    _confusion: Floats | None
    # The smoothing where none is asked for.
    plain = Smoothing()

    def __init__(
        self,
        *,
        max_iter: int = 100,
        tol: float = 1e-6,
        smoothing: Smoothing | None = None,
        dtype: type = np.float64,
        accelerate: bool = False,
    ) -> None:
        """Stop when the objective gains less than `tol` per answer, or after `max_iter` steps (an E- and an M-step).

        `smoothing`: pseudo-answers, by default `plain`. `dtype`: float32 halves memory. `accelerate`: SQUAREM, which needs
        fewer steps to the same place where convergence is slow.
        """
        check_stopping(max_iter, tol)
        if np.dtype(dtype) not in (np.float32, np.float64):
            message = f"dtype must be float32 or float64, not {np.dtype(dtype)}"
            raise ValueError(message)
        self.max_iter, self.tol, self.accelerate = max_iter, tol, accelerate
        self.smoothing = smoothing or self.plain
        self.dtype = dtype

    @property
    def confusion_(self) -> Floats:
        """Made when first asked for: W·K² numbers."""
        if self._confusion is None:
            self._confusion = self.crowd_.confusion()
        return self._confusion

    def fit(self, answers: Answers, *, gold: ArrayLike | None = None, start: MatrixCrowd | None = None) -> Self:
        """Fit all `answers`; `gold` and `start` as in `ClassMethod.fit`."""
        known = Gold.of(gold, answers)
        if start is not None:
            start.check(answers)
        em = MatrixEM.of(answers, known, self.smoothing, self.dtype)
        rest = em.first(None if start is None else start.posterior(answers))
        last: list[tuple[Models, float]] = []

        def step(rest: Reals) -> tuple[Reals, float]:
            models = em.m_step(rest)
            new, likelihood = em.e_step(models)
            last[:] = [(models, likelihood)]
            return new, likelihood + models.penalty

        enough = self.tol * max(answers.total_weight, 1.0)
        course = iterate(step, rest, max_iter=self.max_iter, gain=enough, accelerate=self.accelerate)
        self.objective_, self.n_iter_, self.converged_ = course.trace, course.n_iter, course.converged
        models, self.log_likelihood_ = last[0]
        return self._keep(answers, em, known, models, course.rest)

    def labels(self, *, seed: int = 0) -> Ints:
        """Most probable class of each task, int64[T]; ties drawn as in `majority_vote`."""
        return best_class(self.posterior_, self._task_ids, seed)

    def _keep(self, answers: Answers, em: MatrixEM, gold: Gold, models: Models, rest: Reals) -> Self:
        empty = not em.layout.n_rows
        self.prior_ = np.full(answers.n_classes, 1 / answers.n_classes) if empty else models.prior / models.prior.sum()
        numbers = np.array([self.smoothing.cell, self.smoothing.diagonal])
        self.crowd_ = MatrixCrowd(
            answers.worker_ids, em.pair_worker, em.pair_label, models.counts, self.prior_, numbers
        )
        self._confusion, self._task_ids = None, answers.task_ids
        self.posterior_ = em.layout.by_task(whole(rest), answers.n_tasks, self.prior_)
        gold.pin(self.posterior_)
        return self


class MapDawidSkene(DawidSkene):
    """Dawid-Skene with .1 pseudo-answers in each cell of a worker's matrix and 1 more on its diagonal (defaults)."""

    plain = Smoothing(0.1, 1.0)
