"""What a kind of shape must know of itself, so that one fusion serves boxes, points, spans and polygons."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aggregation.arrays import Floats, Ints

# m shapes: float64[m, d] where a shape is d numbers, object[m] of outlines float64[v, 2] where it is a polygon.
Shapes = NDArray[Any]


@dataclass(frozen=True)
class Hands:
    """How workers place what they draw. `blur` float64[W]: mean distance of their shapes from the fused ones, as a share
    of its size. `bias` float64[W, d]: how far outward (for points: to the right and down) they draw each coordinate, as
    a share of its yardstick. `skew` float64[d]: the quantile of outwardness at which most draw, .5 if they scatter evenly.
    """

    blur: Floats
    bias: Floats
    skew: Floats


class Geometry(ABC):
    """A kind of shape. `name` is written into stored models; `dimensions` d is the number of coordinates with a bias."""

    name: str
    dimensions: int

    @abstractmethod
    def checked(self, shapes: ArrayLike, name: str) -> Shapes:
        """The shapes of one answer as an array; ValueError names `name` and the first shape that is none."""

    @abstractmethod
    def order(self, shapes: Shapes, label: Ints, answer: Ints) -> Ints:
        """Rows by answer and then by content, int64[m]: the same whatever order they came in."""

    @abstractmethod
    def extent(self, shapes: Shapes) -> Floats:
        """Boxes x1, y1, x2, y2 float64[m, 4] that overlap if two shapes can be alike at all."""

    @abstractmethod
    def similarity(self, first: Shapes, second: Shapes) -> Floats:
        """Likeness 0 to 1 of pairs of shapes, float64[p]; symmetric, 1 for equal shapes."""

    @abstractmethod
    def place(self, shapes: Shapes, worker: Ints, thing: Ints, n_things: int, hands: Hands) -> Shapes:
        """The fused shape of each thing from the shapes [m] of `worker` [m] that show `thing` [m]."""

    @abstractmethod
    def learn(self, shapes: Shapes, worker: Ints, thing: Ints, n_things: int, n_workers: int) -> Hands:
        """How the workers place, from all shapes of things that two or more drew."""


def joined(parts: list[Shapes], geometry: Geometry) -> Shapes:
    """Shapes of several answers in one array."""
    return np.concatenate(parts) if parts else geometry.checked([], "shapes")
