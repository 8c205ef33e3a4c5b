"""`Growing`: an array that takes rows at its end without being copied for each."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Growing:
    """Rows of `dtype`, each a number or, with `width`, as many numbers. Room doubles: a row costs O(1) on the mean.

    `values` [size] or [size, width] is a view of the rows; it goes stale when the array grows.
    """

    def __init__(self, dtype: type, width: int | None = None) -> None:
        """No rows."""
        self._room: NDArray[Any] = np.empty((16,) if width is None else (16, width), dtype=dtype)
        self.values: NDArray[Any] = self._room[:0]

    @property
    def size(self) -> int:
        """Rows."""
        return len(self.values)

    def append(self, row: ArrayLike) -> int:
        """Add a row; returns its number."""
        at = len(self.values)
        if at == len(self._room):
            self._grow(at + 1)
        self._room[at] = row
        self.values = self._room[: at + 1]
        return at

    def extend(self, rows: NDArray[Any]) -> None:
        """Add several rows."""
        at = len(self.values)
        if at + len(rows) > len(self._room):
            self._grow(at + len(rows))
        self._room[at : at + len(rows)] = rows
        self.values = self._room[: at + len(rows)]

    def _grow(self, least: int) -> None:
        room = np.empty((max(2 * len(self._room), least), *self._room.shape[1:]), dtype=self._room.dtype)
        room[: len(self.values)] = self.values
        self._room = room
