"""The loop of EM, once for all methods that iterate on posteriors: convergence, acceleration, chance of each class."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from aggregation.arrays import Floats, Ints
from aggregation.classes.layout import Reals
from aggregation.progress import tell_step

# Posterior of classes 1..K−1, [K − 1, A]: what is left to 1 is class 0, so two classes take one number a task.
Rest = Reals
# M-step and E-step in one: new posterior, and the objective of the models found between the two.
Step = Callable[[Rest], tuple[Rest, float]]
# Longest step of the acceleration, as a multiple of EM's own; it grows where it succeeds.
FIRST_REACH, REACH_GROWTH = 4.0, 4.0
# What exp bears of float64 and float32, with room to sum over classes.
LARGEST_EXPONENT = {"d": 700.0, "f": 80.0}
# Of more numbers than MANY, PRODUCT are multiplied before a logarithm is taken.
MANY, PRODUCT = 4096, 8


@dataclass(frozen=True)
class Course:
    """How a fit went: `rest` the last posterior, `trace` the objective after each accepted step, `n_iter` steps in all."""

    rest: Rest
    trace: Floats
    n_iter: int
    converged: bool


def check_stopping(max_iter: int, tol: float) -> None:
    """Raise ValueError unless `max_iter` ≥ 1 and `tol` > 0."""
    if max_iter < 1 or not tol > 0:
        message = f"max_iter must be at least 1 and tol above 0, not {max_iter} and {tol}"
        raise ValueError(message)


def iterate(step: Step, rest: Rest, *, max_iter: int, gain: float, accelerate: bool = False) -> Course:
    """Step until the objective gains less than `gain`, or `max_iter` steps. An accelerated cycle is three steps."""
    if accelerate:
        return _squarem(step, rest, max_iter=max_iter, gain=gain)
    trace: list[float] = []
    while len(trace) < max_iter:
        rest, objective = step(rest)
        trace.append(objective)
        tell_step(len(trace))
        if len(trace) > 1 and trace[-1] - trace[-2] < gain:
            return Course(rest, np.array(trace), len(trace), converged=True)
    return Course(rest, np.array(trace), len(trace), converged=False)


def _squarem(step: Step, rest: Rest, *, max_iter: int, gain: float) -> Course:
    """SQUAREM (Varadhan & Roland 2008, scheme S3) on the posterior, with the objective as its judge.

    From two plain steps it extrapolates, and steps once from there; if that lowers the objective, the plain steps stand.
    The last step is a plain one, so what the caller saw last belongs to the result.
    """
    rest, objective = step(rest)
    trace, n_iter, reach = [objective], 1, FIRST_REACH
    converged = False
    while n_iter + 4 <= max_iter and not converged:
        once, _ = step(rest)
        twice, best = step(once)
        far, length = _extrapolate(rest, once, twice, reach)
        n_iter += 2
        if length > 1:
            found, objective = step(far)
            n_iter += 1
            if objective >= best:
                twice, best = found, objective
                reach *= REACH_GROWTH if length == reach else 1.0
            else:
                reach = max(reach / REACH_GROWTH, 1.0)
        rest = twice
        tell_step(n_iter)
        converged = best - trace[-1] < gain
        trace.append(best)
    if n_iter < max_iter:
        end = iterate(step, rest, max_iter=1 if converged else max_iter - n_iter, gain=gain)
        rest, trace, n_iter = end.rest, [*trace, *end.trace.tolist()], n_iter + end.n_iter
        converged = converged or end.converged
    return Course(rest, np.array(trace), n_iter, converged=converged)


def _extrapolate(start: Rest, once: Rest, twice: Rest, reach: float) -> tuple[Rest, float]:
    """The point that two steps aim at, kept a posterior, and the length of the leap in steps (1: none)."""
    first = once - start
    bend = twice - once - first
    curved = float(np.linalg.norm(bend))
    length = float(np.linalg.norm(first)) / curved if curved else 1.0
    length = min(max(length, 1.0), reach)
    far = start + 2 * length * first + length**2 * bend
    np.clip(far, 0, 1, out=far)
    far /= np.maximum(far.sum(axis=0), 1)
    return far, length


def softmax(scores: Reals, rest: Rest) -> float:
    """Turn log-odds against class 0 [K − 1, n] into posteriors in `rest` [K − 1, n] (may be `scores`); returns Σ ln Σ exp."""
    largest = LARGEST_EXPONENT[scores.dtype.char]
    most = float(np.maximum.reduce(scores, axis=None, initial=0))
    shift = 0.0
    total: Reals
    if most > largest:  # exp would overflow
        top = np.maximum(scores.max(axis=0), 0)
        np.exp(np.subtract(scores, top, rest), rest)
        total = rest.sum(axis=0)
        total += np.exp(-top)
        shift = float(top.sum(dtype=np.float64))
    else:
        np.exp(scores, rest)
        total = rest[0] + 1 if len(rest) == 1 else np.add.reduce(rest) + 1
    np.divide(rest, total, rest)
    if total.size > MANY and PRODUCT * (most + math.log(len(rest) + 1)) < largest:
        total = _products(total)
    return shift + float(np.add.reduce(np.log(total), dtype=np.float64))


def _products(factors: Reals) -> Reals:
    """As few numbers with the same product: PRODUCT of `factors` [n] make one. A logarithm costs more than that."""
    whole = factors.size // PRODUCT * PRODUCT
    few: Reals = np.multiply.reduce(factors[:whole].reshape(PRODUCT, -1), axis=0)
    return np.append(few, factors[whole:])


def rest_of(posterior: Floats, rows: Ints, dtype: type) -> Rest:
    """Classes 1..K−1 of `posterior` float64[T, K] for the tasks `rows`: [K − 1, A]."""
    return np.ascontiguousarray(posterior[rows, 1:].T, dtype=dtype)


def whole(rest: Rest) -> Floats:
    """All classes of `rest` [K − 1, A], a row a task: float64[A, K]."""
    out = np.empty((rest.shape[1], rest.shape[0] + 1))
    out[:, 1:] = rest.T
    out[:, 0] = np.maximum(1 - (rest[0] if len(rest) == 1 else rest.sum(axis=0, dtype=np.float64)), 0)
    return out
