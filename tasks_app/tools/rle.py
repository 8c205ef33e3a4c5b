"""Masks as COCO writes them: run lengths down the columns, background first, packed into text.

A run is written as pycocotools does it: from the fourth on as the difference to the run two before, five bits a character
("0" and on), the lowest first, 32 added where more follow. Here `edges` are int64[2r]: begin and end (excluded) of r runs
of foreground, ascending.
"""

import numpy as np
from numpy.typing import NDArray

from aggregation.arrays import Ints

_FIRST, _MORE, _SIGN, _BITS = 48, 32, 16, 5
# No run is longer than a picture of MAX_SIDE² pixels: 34 bits and a sign.
_LONGEST = 7


def unpack(text: str) -> Ints:
    """Run lengths int64[n]. ValueError for what is no such text."""
    code = np.frombuffer(text.encode("utf-8"), dtype=np.uint8).astype(np.int64) - _FIRST
    if not code.size:
        return np.zeros(0, dtype=np.int64)
    ends = np.flatnonzero(code & _MORE == 0)
    if code.min() < 0 or code.max() >= 2 * _MORE or not ends.size or ends[-1] != code.size - 1:
        message = "not a packed list of runs"
        raise ValueError(message)
    begins = np.concatenate([[0], ends[:-1] + 1])
    length = ends - begins + 1
    if length.max() > _LONGEST:
        message = "a run is too long"
        raise ValueError(message)
    place = np.arange(code.size) - np.repeat(begins, length)
    runs: Ints = np.add.reduceat((code & (_MORE - 1)) << (_BITS * place), begins)
    runs -= np.where(code[ends] & _SIGN, np.int64(1) << (_BITS * length), 0)
    for first in (1, 2):
        runs[first::2] = np.cumsum(runs[first::2])
    return runs


def pack(runs: Ints) -> str:
    """The text of run lengths int64[n]."""
    rest = runs.astype(np.int64, copy=True)
    rest[3:] -= runs[1:-2]
    width = np.ones(rest.size, dtype=np.int64)
    for bits in range(1, _LONGEST):
        half = np.int64(1) << (_BITS * bits - 1)
        width[(rest < -half) | (rest >= half)] = bits + 1
    place = np.arange(width.sum()) - np.repeat(np.cumsum(width) - width, width)
    code = (np.repeat(rest, width) >> (_BITS * place)) & (_MORE - 1)
    code += np.where(place < np.repeat(width, width) - 1, _MORE, 0)
    packed: bytes = (code + _FIRST).astype(np.uint8).tobytes()
    return packed.decode("ascii")


def edges_of(runs: Ints) -> Ints:
    """Begin and end of each run of foreground; runs of no length are gone."""
    turns = np.cumsum(runs)
    edges = turns[: turns.size // 2 * 2]
    # Equal neighbours: a run without length, or two runs that touch.
    return _once(edges)


def _once(edges: Ints) -> Ints:
    value, count = np.unique(edges, return_counts=True)
    kept: Ints = value[count % 2 == 1]
    return kept


def runs_of(edges: Ints, pixels: int) -> Ints:
    """Run lengths that sum to `pixels`."""
    return np.diff(np.concatenate([[0], edges, [pixels]]))[: None if not edges.size or edges[-1] < pixels else -1]


def area(edges: Ints) -> int:
    """Pixels of the foreground."""
    return int((edges[1::2] - edges[::2]).sum())


def bitmap(edges: Ints, height: int, width: int) -> NDArray[np.bool_]:
    """The mask, bool[height, width]."""
    turn = np.zeros(height * width + 1, dtype=np.int8)
    turn[edges[::2]], turn[edges[1::2]] = 1, -1
    return np.cumsum(turn[:-1], dtype=np.int8).astype(np.bool_).reshape(width, height).T


def edges_in(mask: NDArray[np.bool_]) -> Ints:
    """Edges of a mask bool[height, width]."""
    flat = np.concatenate([[False], mask.T.reshape(-1), [False]])
    return np.flatnonzero(flat[1:] != flat[:-1]).astype(np.int64)


def grown(edges: Ints, size: tuple[int, int], step: int, onto: tuple[int, int]) -> Ints:
    """Edges of a mask of (height, width) `size` where each pixel becomes step × step, cut to the (height, width) `onto`."""
    if step == 1:
        return edges
    height = onto[0]
    begin, end = _by_column(edges, size[0])
    column, top, bottom = begin // size[0], begin % size[0] * step, ((end - 1) % size[0] + 1) * step
    top, bottom = np.minimum(top, height), np.minimum(bottom, height)
    # Every column stands `step` times, one beside the other: the runs of a column once more for each of them.
    wide = (column[:, None] * step + np.arange(step)).ravel()
    parts = np.stack([np.repeat(top, step) + wide * height, np.repeat(bottom, step) + wide * height], axis=1)
    parts = parts[(wide < onto[1]) & (parts[:, 1] > parts[:, 0])]
    return _once(parts.ravel())


def _by_column(edges: Ints, height: int) -> tuple[Ints, Ints]:
    """Begins and ends of the runs, cut where a column ends."""
    begin, end = edges[::2], edges[1::2]
    spans = (end - 1) // height - begin // height + 1
    first = np.repeat(np.cumsum(spans) - spans, spans)
    at = np.arange(spans.sum()) - first
    column = np.repeat(begin // height, spans) + at
    return np.maximum(np.repeat(begin, spans), column * height), np.minimum(
        np.repeat(end, spans), (column + 1) * height
    )
