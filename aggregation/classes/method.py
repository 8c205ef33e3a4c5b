"""What every method for classes offers: one way to fit, to read and to start again."""

from __future__ import annotations

from typing import Any, Protocol, Self, TypeAlias, TypeVar

from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints
from aggregation.classes.answers import Answers


class Crowd(Protocol):
    """Fitted worker models, named by worker id: to judge later answers, to keep as bytes, to start a next fit from."""

    @property
    def worker_ids(self) -> Ints:
        """Ids int64[W] of the fitted workers, sorted."""

    @property
    def n_classes(self) -> int:
        """K."""

    def posterior(self, answers: Answers) -> Floats:
        """One E-step: float64[T, K] of the tasks of `answers`, which are all answers these tasks have.

        Workers never seen are judged as the crowd's. ValueError unless `answers` are about the same classes.
        """

    def confusion(self, worker_ids: Ints | None = None) -> Floats:
        """Matrices float64[W, K, K] (row = true class, rows sum to 1) of the fitted workers or of `worker_ids`."""

    def to_bytes(self) -> bytes:
        """Serialise: versioned, no pickle, the same models give the same bytes. Read by the class's `from_bytes`."""


C = TypeVar("C", bound=Crowd)


class ClassMethod(Protocol[C]):
    """A method that fits worker models. Parameters (`max_iter`, `tol`, …) go to `__init__`, data to `fit`.

    After `fit`, with the rows of `answers`: `posterior_` float64[T, K], rows sum to 1 (a task without answers gets the
    prior); `prior_` float64[K]; `log_likelihood_` of the answers in nats (known tasks: with their truth); `n_iter_`;
    `converged_`; `crowd_`, the worker models; `confusion_` float64[W, K, K]. A method whose workers have one number has
    `accuracy_` float64[W] as well. Answers count as often as their weight. The row order of what was encoded changes no
    bit of the result.
    """

    posterior_: Floats
    prior_: Floats
    log_likelihood_: float
    n_iter_: int
    converged_: bool
    crowd_: C

    @property
    def confusion_(self) -> Floats:
        """Matrices float64[W, K, K], row = true class."""

    def fit(self, answers: Answers, *, gold: ArrayLike | None = None, start: C | None = None) -> Self:
        """Fit all `answers`.

        `gold`: known truth, int[T] (−1 unknown) or float[T, K] (rows of zeros unknown), see `Gold.of`; the posterior of
        these tasks is held there. `start`: an earlier `crowd_` of the same method; workers and tasks may have changed
        since, and the fit ends where it would have ended without, in fewer iterations. ValueError for other classes.
        """

    def labels(self, *, seed: int = 0) -> Ints:
        """Most probable class of each task, int64[T]; ties drawn by task id, as in `majority_vote`."""


AnyMethod: TypeAlias = ClassMethod[Any]
