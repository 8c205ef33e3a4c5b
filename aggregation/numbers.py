"""Numbers that several people measured, counted or estimated, fused into one with an interval.

A worker's answer is truth + their bias + noise of their own spread. Biases and spreads are shrunk to the crowd's, so that a
worker with three answers is neither a genius nor a fool; heavy tails (Student's t) keep one wild answer from moving anything.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Bools, Floats, Ints, rows_of, sums, whole_numbers
from aggregation.storage import pack, unpack

FORMAT = "quorate number crowd 1"
# Degrees of freedom of the noise: an answer five spreads away weighs a sixth of one on the spot.
TAIL = 4.0
# Answers that the belief "as good as the crowd" weighs, and answers of an average worker that "no bias" weighs.
SPREAD_ANSWERS, BIAS_ANSWERS = 4.0, 2.0
# Spread of the crowd below which it is rounding: this share of the largest answer.
FINEST = 1e-9
# No spread of a worker lies below this share of the crowd's: two who agree to the last bit would have none.
LEAST_SPREAD = 0.1
# Exponent of the least unit: its inverse is a number still.
SMALLEST = -1000


@dataclass(frozen=True)
class NumberAnswers:
    """n answers, sorted: `task`, `worker` int64[n] codes into `task_ids` [T] and `worker_ids` [W]; `value` float64[n]."""

    task: Ints
    worker: Ints
    value: Floats
    task_ids: Ints
    worker_ids: Ints

    @classmethod
    def encode(cls, tasks: ArrayLike, workers: ArrayLike, values: ArrayLike) -> Self:
        """From three columns. ValueError names the column and position of what is wrong."""
        task_column, worker_column = whole_numbers(tasks, "tasks"), whole_numbers(workers, "workers")
        value = np.asarray(values, dtype=np.float64)
        if not task_column.shape == worker_column.shape == value.shape:
            sizes = f"{task_column.size}, {worker_column.size} and {value.size}"
            message = f"tasks, workers and values must be of one length, not {sizes}"
            raise ValueError(message)
        bad = np.flatnonzero(~np.isfinite(value))
        if bad.size:
            message = f"values[{bad[0]}] = {value[bad[0]]} is not a finite number"
            raise ValueError(message)
        task_ids, task = np.unique(task_column, return_inverse=True)
        worker_ids, worker = np.unique(worker_column, return_inverse=True)
        order = np.lexsort((value, worker, task))
        return cls(task[order], worker[order], value[order], task_ids, worker_ids)


@dataclass(frozen=True)
class NumberCrowd:
    """Of each worker, float64[W]: `bias` (how far above the truth they answer), `spread` (typical distance beyond it, in
    the unit of the answers). `common`: the crowd's spread, which is that of a worker never seen.
    """

    worker_ids: Ints
    bias: Floats
    spread: Floats
    common: Floats

    def of_workers(self, worker_ids: Ints) -> tuple[Floats, Floats]:
        """Bias and spread of `worker_ids`."""
        rows = rows_of(worker_ids, self.worker_ids)
        return np.append(self.bias, 0.0)[rows], np.append(self.spread, self.common)[rows]

    def scaled(self, factor: float) -> Self:
        """The same crowd where the answers are `factor` times as large."""
        return replace(self, bias=self.bias * factor, spread=self.spread * factor, common=self.common * factor)

    def to_bytes(self) -> bytes:
        """Serialise (NumPy savez, no pickle, versioned)."""
        return pack(FORMAT, {name: getattr(self, name) for name in _ARRAYS})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read `to_bytes`; ValueError when it is something else."""
        return cls(**unpack(FORMAT, data, _ARRAYS))


_ARRAYS = tuple(field.name for field in fields(NumberCrowd))


@dataclass(frozen=True)
class NumberFusion:
    """Of each task, float64[T]: `value`, `error` (standard error), `low` and `high` (the interval asked for); `weight`
    float64[n]: how much each answer counted, 1 at most. `objective`: log-posterior after each iteration, never falling.
    """

    value: Floats
    error: Floats
    low: Floats
    high: Floats
    weight: Floats
    objective: list[float]
    crowd: NumberCrowd


def medians(answers: NumberAnswers) -> Floats:
    """Plain median of each task's answers: float64[T]."""
    order = np.lexsort((answers.value, answers.task))
    count = np.bincount(answers.task, minlength=answers.task_ids.size)
    first = np.cumsum(count) - count
    value = answers.value[order]
    middle: Floats = (value[first + (count - 1) // 2] + value[first + count // 2]) / 2 if count.size else np.zeros(0)
    return middle


def fuse_numbers(
    answers: NumberAnswers,
    *,
    start: NumberCrowd | None = None,
    fixed: NumberCrowd | None = None,
    confidence: float = 0.95,
    tol: float = 1e-8,
    max_iter: int = 500,
) -> NumberFusion:
    """Fuse by EM: the t-noise is normal noise of unknown precision (Lange, Little & Taylor 1989), so that the weight of an
    answer is (ν + 1) / (ν + (distance / spread)²).

    `start` warm-starts the worker models, `fixed` keeps them (touched tasks only). The interval holds the truth with
    probability `confidence` if the noise is what the model says; of tasks with one answer it is that worker's spread.
    """
    if not 0 < confidence < 1:
        message = f"confidence must lie between 0 and 1, not {confidence}"
        raise ValueError(message)
    # In the unit of the largest answer no square overflows, and none of a spread vanishes.
    unit = _unit(answers)
    answers = replace(answers, value=answers.value / unit)
    value = medians(answers)
    known = fixed or start
    crowd = known.scaled(1 / unit) if known else _first_crowd(answers, value)
    common = max(float(crowd.common), FINEST)
    floor = LEAST_SPREAD * common
    bias, spread = crowd.of_workers(answers.worker_ids)
    spread = np.maximum(spread, floor)
    objective: list[float] = []
    for _ in range(max_iter):
        before = value
        weight, value = _place(answers, value, bias, spread)
        if fixed is None:
            bias, spread = _learn(answers, value, weight, bias, spread, common, floor)
        objective.append(_objective(answers, value, bias, spread, common))
        if np.abs(value - before).max(initial=0.0) <= tol * common:
            break
    precision = sums(answers.task, _information(answers, spread), answers.task_ids.size)
    error = unit / np.sqrt(precision)
    value = value * unit
    reach = _normal_quantile(0.5 + confidence / 2) * error
    fitted = fixed or NumberCrowd(answers.worker_ids, bias, spread, np.array(common)).scaled(unit)
    return NumberFusion(value, error, value - reach, value + reach, weight, objective, fitted)


def _unit(answers: NumberAnswers) -> float:
    """A power of two about the size of the largest answer, by which division is exact; 1 without any but 0."""
    size = float(np.abs(answers.value).max(initial=0.0))
    return math.ldexp(1.0, max(math.frexp(size)[1] - 1, SMALLEST)) if size else 1.0


def _first_crowd(answers: NumberAnswers, value: Floats) -> NumberCrowd:
    """No biases, one spread: the median distance from the tasks' medians, where two or more answered."""
    shared = np.bincount(answers.task, minlength=value.size)[answers.task] > 1
    away = np.abs(answers.value - value[answers.task])[shared]
    # 1.4826: median distance → standard deviation of normal noise. The mean where most agree exactly.
    typical = (1.4826 * float(np.median(away)) or float(away.mean())) if away.size else 0.0
    common = max(typical, FINEST)
    workers = answers.worker_ids.size
    return NumberCrowd(answers.worker_ids, np.zeros(workers), np.full(workers, common), np.array(common))


def _place(answers: NumberAnswers, value: Floats, bias: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """E-step and the tasks' part of the M-step: weight of each answer [n], value of each task [T]."""
    own = spread[answers.worker]
    fair = answers.value - bias[answers.worker]
    weight = (TAIL + 1) / (TAIL + ((fair - value[answers.task]) / own) ** 2)
    precision = weight / own**2
    total = sums(answers.task, precision, value.size)
    return weight / ((TAIL + 1) / TAIL), sums(answers.task, precision * fair, value.size) / total


def _learn(
    answers: NumberAnswers, value: Floats, weight: Floats, bias: Floats, spread: Floats, common: float, floor: float
) -> tuple[Floats, Floats]:
    """Bias and spread of each worker [W] from where they stand to the tasks' values, shrunk to the crowd's."""
    size = bias.size
    full = weight * (TAIL + 1) / TAIL
    away = answers.value - value[answers.task]
    own = spread[answers.worker]
    precision = full / own**2
    held = BIAS_ANSWERS / common**2
    bias = sums(answers.worker, precision * away, size) / (sums(answers.worker, precision, size) + held)
    squares = sums(answers.worker, full * (away - bias[answers.worker]) ** 2, size)
    count = np.bincount(answers.worker, minlength=size)
    spread = np.sqrt((squares + SPREAD_ANSWERS * common**2) / (count + SPREAD_ANSWERS))
    return bias, np.maximum(spread, floor)


def _information(answers: NumberAnswers, spread: Floats) -> Floats:
    """Expected information of each answer about its task's value, float64[n]: (ν + 1) / (ν + 3) / spread²."""
    information: Floats = (TAIL + 1) / (TAIL + 3) / spread[answers.worker] ** 2
    return information


def _objective(answers: NumberAnswers, value: Floats, bias: Floats, spread: Floats, common: float) -> float:
    """Log-posterior, constants left out."""
    own = spread[answers.worker]
    away = (answers.value - bias[answers.worker] - value[answers.task]) / own
    noise = -np.log(own) - (TAIL + 1) / 2 * np.log1p(away**2 / TAIL)
    believed = -BIAS_ANSWERS * bias**2 / (2 * common**2)
    believed -= SPREAD_ANSWERS * (np.log(spread) + common**2 / (2 * spread**2))
    return float(noise.sum() + believed.sum())


def _normal_quantile(probability: float) -> float:
    """Quantile of the standard normal law, by bisection of its distribution function."""
    low, high = -40.0, 40.0
    for _ in range(80):
        middle = (low + high) / 2
        below = 0.5 * math.erfc(-middle / math.sqrt(2)) < probability
        low, high = (middle, high) if below else (low, middle)
    return (low + high) / 2


def weighted_mean(answers: NumberAnswers, weight: Floats) -> Floats:
    """Mean of each task's answers, each counting `weight` [n] ≥ 0: float64[T]; NaN where all weigh 0."""
    size = answers.task_ids.size
    total = sums(answers.task, weight, size)
    heavy: Bools = total > 0
    mean: Floats = np.divide(
        sums(answers.task, weight * answers.value, size), total, out=np.full(size, np.nan), where=heavy
    )
    return mean
