"""Small array tools that every room uses: types, validation, tie breaking, log-space normalising."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Two posteriors closer than this are a tie: float sums of the same terms in another order differ in the last bits.
TIE = 1e-9
# Up to this many times as many cells as numbers, a table of all values between the least and the most is faster.
TABLE = 8


def whole_numbers(values: ArrayLike, name: str, *, minimum: int | None = None) -> Ints:
    """`values` as int64[n]. ValueError names `name` and the first bad position (NaN, fraction, below `minimum`)."""
    raw: NDArray[Any] = np.asarray(values)
    if raw.ndim != 1:
        message = f"{name} must be one-dimensional, not of shape {raw.shape}"
        raise ValueError(message)
    if raw.size == 0:
        return np.zeros(0, dtype=np.int64)
    if raw.dtype.kind not in "iuf":
        message = f"{name} must be whole numbers, not {raw.dtype}"
        raise ValueError(message)
    if raw.dtype.kind == "f":
        _reject(~np.isfinite(raw), raw, name, "is not a finite number")
        _reject(raw != np.floor(raw), raw, name, "is not a whole number")
    whole = raw.astype(np.int64, copy=False)
    if minimum is not None and whole.min() < minimum:
        _reject(whole < minimum, raw, name, f"is below {minimum}")
    return whole


def finite_numbers(values: ArrayLike, name: str, *, columns: int) -> Floats:
    """`values` as float64[n, columns]; ValueError names `name` and the first row that is not finite."""
    raw = np.asarray(values, dtype=np.float64)
    if raw.size == 0:
        return np.zeros((0, columns))
    if raw.ndim != 2 or raw.shape[1] != columns:
        message = f"{name} must have the shape (n, {columns}), not {raw.shape}"
        raise ValueError(message)
    bad = ~np.isfinite(raw).all(axis=1)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        message = f"{name}[{row}] = {raw[row].tolist()} holds a number that is not finite"
        raise ValueError(message)
    return np.ascontiguousarray(raw)


def _reject(bad: Bools, raw: NDArray[Any], name: str, why: str) -> None:
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        message = f"{name}[{row}] = {raw[row]} {why}"
        raise ValueError(message)


def sums(index: Ints, weights: Floats, size: int) -> Floats:
    """Sum of `weights` per value of `index` 0..size−1: float64[size]."""
    total = np.zeros(size)
    np.add.at(total, index, weights)  # since NumPy 1.25 in two thirds of the time of `bincount`
    return total


def distinct(column: Ints) -> tuple[Ints, Ints]:
    """Sorted distinct values of int64[n], and the place of each of `column` among them.

    Numbers that lie close together, as row ids of a database do, are counted into a table; sorting them costs 20 times
    that. int64 overflow: the span is computed by Python.
    """
    low, high = (int(column.min()), int(column.max())) if column.size else (0, -1)
    span = high - low + 1
    if span > TABLE * column.size:
        ids, codes = np.unique(column, return_inverse=True)
        return ids, codes.astype(np.int64, copy=False)
    offset = column - low if low else column
    present = np.zeros(span, dtype=bool)
    present[offset] = True
    ids = np.flatnonzero(present)
    if ids.size == span:
        return ids + low, offset
    return ids + low, (np.cumsum(present) - 1).take(offset, mode="wrap")


def rows_of(ids: Ints, known: Ints) -> Ints:
    """Position of each of `ids` in the sorted, unique `known`; −1 where it is not there."""
    if known.size == 0:
        return np.full(ids.shape, -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(known, ids), known.size - 1)
    return np.where(known[place] == ids, place, -1).astype(np.int64)


def lottery(keys: Ints, n_classes: int, seed: int = 0) -> NDArray[np.uint64]:
    """Random draw (n, K) of one number for each key and class: the same key gets the same draw in every batch.

    SplitMix64's finaliser (Steele, Lea & Flood 2014) over key, class and seed.
    """
    golden = np.uint64(0x9E3779B97F4A7C15)
    column = np.arange(1, n_classes + 1, dtype=np.uint64)
    mixed = keys.astype(np.uint64)[:, None] * np.uint64(0xD1342543DE82EF95) + column * golden
    mixed += np.uint64((seed & 0xFFFFFFFF) * 0xA0761D6478BD642F & 0xFFFFFFFFFFFFFFFF)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    drawn: NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(31))
    return drawn


def best_class(scores: Floats, keys: Ints, seed: int = 0) -> Ints:
    """Class of the highest score for each row of (n, K); ties are drawn by `lottery`, never by class order."""
    if scores.shape[0] == 0:
        return np.zeros(0, dtype=np.int64)
    best: Ints = scores.argmax(axis=1).astype(np.int64)
    tied = scores >= scores.max(axis=1, keepdims=True) - TIE
    rows = np.flatnonzero(tied.sum(axis=1) > 1)
    if rows.size:
        draw = np.where(tied[rows], lottery(keys[rows], scores.shape[1], seed) >> np.uint64(1), np.uint64(0))
        best[rows] = draw.argmax(axis=1)
    return best


def entropy(probability: Floats) -> Floats:
    """−Σ p ln p over the last axis, in nats; 0 ln 0 = 0."""
    logs = np.log(np.where(probability > 0, probability, 1.0))
    result: Floats = 0.0 - (probability * logs).sum(axis=-1)  # 0 of certainty, not −0
    return result
