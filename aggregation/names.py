"""Names to codes and ids: tasks and workers are called by any text, the methods count from 0."""

from __future__ import annotations

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from aggregation.arrays import Ints


class Names:
    """Numbers what a column holds in the order it comes; names are what is left of it without blanks around."""

    def __init__(self) -> None:
        self._code: defaultdict[str, int] = defaultdict(itertools.count().__next__)

    def __contains__(self, cell: str) -> bool:
        """Say whether this very cell came."""
        return cell in self._code

    def codes(self, column: Iterable[str], count: int) -> Ints:
        """Code of each of the `count` cells of `column`: int64[count]. A row costs one look into a dictionary."""
        return np.fromiter(map(self._code.__getitem__, column), dtype=np.int64, count=count)

    def sorted(self) -> tuple[tuple[str, ...], Ints]:
        """Names in the order of the alphabet, and for each code its place there: int64[codes]."""
        cells = [cell.strip() for cell in self._code]
        names = sorted(set(cells))
        place = {name: number for number, name in enumerate(names)}
        return tuple(names), np.array([place[cell] for cell in cells], dtype=np.int64)

    def hashed(self) -> tuple[tuple[str, ...], Ints]:
        """Names in the order of their ids, and for each code its id: int64[codes], the same for a name in every file.

        ValueError when two names share an id (63 bits of a hash: not by chance).
        """
        names, place = self.sorted()
        ids = np.fromiter(map(name_id, names), dtype=np.int64, count=len(names))
        order = np.argsort(ids)
        if (np.diff(ids[order]) == 0).any():
            raise ValueError("two names share a 63-bit hash: rename one")
        return tuple(names[row] for row in order.tolist()), ids[place]


def name_id(name: str) -> int:
    """Id of a name: the first 63 bits of its BLAKE2b hash."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest()) >> 1
