"""Quantiles of the Beta distribution, for credible intervals, without SciPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats

# Lanczos (1964) approximation of ln Γ, g = 7: fifteen digits for x > 0.
LANCZOS = (0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
           12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7)  # fmt: skip
# Halvings of the interval 0..1: the quantile to 2⁻⁵⁰.
HALVINGS = 50
FRACTION_STEPS, TINY = 300, 1e-300


def log_gamma(x: ArrayLike) -> Floats:
    """Return ln Γ(x) for x > 0."""
    z = np.asarray(x, dtype=np.float64) - 1
    series = LANCZOS[0] + sum(c / (z + i) for i, c in enumerate(LANCZOS[1:], start=1))
    t = z + 7.5
    value: Floats = 0.5 * np.log(2 * np.pi) + (z + 0.5) * np.log(t) - t + np.log(series)
    return value


def beta_cdf(x: ArrayLike, a: ArrayLike, b: ArrayLike) -> Floats:
    """P(X ≤ x) of Beta(a, b), a, b > 0: the regularised incomplete beta function by its continued fraction (Lentz),
    on the side where it converges fast (DLMF 8.17.22).
    """
    place, first, second = _alike(x, a, b)
    place = np.clip(place, 0.0, 1.0)
    swap = place > (first + 1) / (first + second + 2)
    p, q, y = np.where(swap, second, first), np.where(swap, first, second), np.where(swap, 1 - place, place)
    inside = np.clip(y, TINY, 1.0)
    front = np.exp(p * np.log(inside) + q * np.log1p(-y + TINY) - log_gamma(p) - log_gamma(q) + log_gamma(p + q)) / p
    lower = np.where(y > 0, front / _fraction(y, p, q), 0.0)
    value: Floats = np.clip(np.where(swap, 1 - lower, lower), 0.0, 1.0)
    return value


def _fraction(y: Floats, p: Floats, q: Floats) -> Floats:
    """1 + d₁/(1 + d₂/(1 + …)), d₂ₘ = m (q − m) y / ((p + 2m − 1)(p + 2m)),
    d₂ₘ₊₁ = −(p + m)(p + q + m) y / ((p + 2m)(p + 2m + 1)), by the modified Lentz method.
    """
    value = np.ones_like(y)
    c, d = np.ones_like(y), np.zeros_like(y)
    for step in range(1, FRACTION_STEPS):
        m, odd = divmod(step, 2)
        if odd:
            term = -(p + m) * (p + q + m) * y / ((p + 2 * m) * (p + 2 * m + 1))
        else:
            term = m * (q - m) * y / ((p + 2 * m - 1) * (p + 2 * m))
        d = 1 / _nonzero(1 + term * d)
        c = _nonzero(1 + term / c)
        value = value * (c * d)
        if np.abs(c * d - 1).max(initial=0.0) < 1e-14:
            break
    return value


def _alike(*values: ArrayLike) -> tuple[Floats, ...]:
    return np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in values))


def _nonzero(x: Floats) -> Floats:
    return np.where(np.abs(x) < TINY, TINY, x)


def beta_quantile(share: ArrayLike, a: ArrayLike, b: ArrayLike) -> Floats:
    """X with P(X ≤ x) = `share` of Beta(a, b), by halving: always converges, to 1e-15."""
    wanted, first, second = _alike(share, a, b)
    low, high = np.zeros(wanted.shape), np.ones(wanted.shape)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = beta_cdf(middle, first, second) < wanted
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2
