"""Where answers lie in memory for EM: sums over tasks and over (worker, label) pairs at the speed of a gather.

Tasks are ordered by their number of answers, most first, and the j-th answers of all tasks are stored together. Then a
sum over each task's answers is a few additions of whole slices, and spreading a task's posterior over its answers copies
nothing: the posterior of the first tasks is the weight of a slice. Slices that few tasks reach cost more in calls than
in work; those answers (the tail) are stored task by task instead, and summed by `reduceat`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aggregation.arrays import Floats, Ints
from aggregation.classes.answers import Answers

# Arrays of float32 or float64, as the method computes.
Reals = NDArray[Any]
# Tasks that must reach a slice for it to be one; also bounds the rows of the tail.
SLICE = 512
# Rows (or answers of the tail) worked on at once: what is read and written about them stays in a processor's cache.
BLOCK = 65_536
# Rows that are worked on all at once.
WHOLE = 4_096
# How many numbers of a code are fetched at once: NumPy copies 8, 16 and 32 bytes fastest.
WIDTHS = (4, 2, 1)


# Codes of a slice's answers, and their weights where they have any.
Part = tuple[Ints, Floats | None]


@dataclass(frozen=True)
class Block:
    """Rows begin..end−1, and of each slice that reaches them the part about them."""

    begin: int
    end: int
    parts: list[Part]


@dataclass(frozen=True)
class Layout:
    """n answers as their `code` int64[n] (0..`n_codes`−1: the pair of worker and label), in the order told above.

    `order` int64[A]: the answered tasks, most answers first: the *rows* that everything here is indexed by. `sizes`:
    rows that each slice covers. `tail` int64[R]: answers of each of the first R rows beyond the slices. `weight`: of
    each answer, in the order of `code`; None: 1 each.
    """

    order: Ints
    sizes: tuple[int, ...]
    tail: Ints
    code: Ints
    weight: Floats | None
    n_codes: int

    @classmethod
    def of(cls, answers: Answers) -> tuple[Layout, Ints, Ints]:
        """Lay `answers` out; besides, of each code its worker and label, int64[n_codes]: the pairs that occur, sorted."""
        order, sizes, tail, arrange = _plan(answers)
        rows = answers.rows
        known, code = rows.pairs.known, rows.pairs.places(rows.said(arrange(rows.key)))
        weight = None if answers.weight is None else arrange(answers.weight)
        made = cls(order, sizes, tail, code, weight, known.size)
        if weight is None:
            made.__dict__["totals"] = rows.pairs.count.astype(np.float64)  # known by the way, and dear
        return made, rows.worker_of(known), rows.label_of(known)

    @property
    def n_rows(self) -> int:
        """A: tasks that have an answer."""
        return int(self.order.size)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Where each slice, and at last the tail, begins."""
        return (0, *(int(end) for end in np.cumsum(self.sizes, dtype=np.int64)))

    @cached_property
    def totals(self) -> Floats:
        """Weight of the answers of each code: float64[n_codes]."""
        return np.bincount(self.code, self.weight, minlength=self.n_codes).astype(np.float64)

    @cached_property
    def weight_of_rows(self) -> Floats:
        """As how many answers those of each row count: float64[A]."""
        if self.weight is not None:
            weights: Floats = self.task_sums(np.ones((1, self.n_codes)))[0]
            return weights
        count = np.zeros(self.n_rows)
        for size in self.sizes:
            count[:size] += 1
        count[: self.tail.size] += self.tail
        return count

    @cached_property
    def in_order(self) -> bool:
        """Whether the rows are in the order of the tasks: all have as many answers."""
        return not self.tail.size and len(set(self.sizes)) < 2

    @cached_property
    def whole(self) -> bool:
        """Whether all rows are few enough for one block, have as many answers, and these weigh 1."""
        return self.weight is None and self.in_order and bool(self.sizes) and self.n_rows <= WHOLE

    @cached_property
    def blocks(self) -> list[Block]:
        """Rows in pieces of at most BLOCK; the tail's rows lie in the first."""
        step = max(BLOCK, self.tail.size)
        return [self._block(begin, min(begin + step, self.n_rows)) for begin in range(0, self.n_rows, step)]

    def _block(self, begin: int, end: int) -> Block:
        parts = []
        for offset, size in zip(self.offsets, self.sizes, strict=False):
            if size <= begin:
                break
            place = slice(offset + begin, offset + min(end, size))
            parts.append((self.code[place], None if self.weight is None else self.weight[place]))
        return Block(begin, end, parts)

    def task_sums(self, table: Reals) -> Reals:
        """Σ of `table` [m, n_codes] over each row's answers: [m, A], in the type of `table`."""
        out: Reals = np.empty((len(table), self.n_rows), dtype=table.dtype)
        columns = side_by_side(table)
        for block in self.blocks:
            self.block_sums(columns, block, out[:, block.begin : block.end])
        return out

    def block_sums(self, columns: list[Reals], block: Block, out: Reals) -> None:
        """`task_sums` of the rows of a block into `out` [m, rows]; `columns`: the table, by `side_by_side`."""
        begin = 0
        for table in columns:
            width = table.shape[1]
            if width == 1:  # what is contiguous is summed where it shall be
                self._sum_rows(table, block, out[begin][:, None])
            else:
                found = np.empty((out.shape[1], width), dtype=table.dtype)
                self._sum_rows(table, block, found)
                out[begin : begin + width] = found.T
            begin += width

    def _sum_rows(self, table: Reals, block: Block, into: Reals) -> None:
        """Σ of `table` [n_codes, w] over the answers of each of the block's rows: `into` [rows, w], contiguous."""
        size, width = into.shape
        if self.whole:  # two calls in place of many short ones
            found = table.take(self.code, 0, None, "wrap").reshape(-1, size * width)
            np.matmul(np.ones(len(found), dtype=table.dtype), found, into.reshape(-1))
            return
        rest = block.parts
        if rest and rest[0][0].size == size:
            _gather(table, *rest[0], into)
            rest = rest[1:]
        else:
            into[:] = 0
        spare = np.empty_like(into)
        for code, weight in rest:
            found, head = (spare, into) if code.size == size else (spare[: code.size], into[: code.size])
            _gather(table, code, weight, found)
            np.add(head, found, head)
        if block.begin == 0 and self.tail.size:
            self._add_tail(table, into)

    def _add_tail(self, table: Reals, out: Reals) -> None:
        """Add the tail's answers to the first rows, some rows at a time."""
        base = self.offsets[-1]
        for row, until, begin, end, starts in self._tail_pieces:
            place = slice(base + begin, base + end)
            values = table.take(self.code[place], 0, None, "wrap")
            if self.weight is not None:
                values *= self.weight[place, None]
            out[row:until] += np.add.reduceat(values, starts)

    @cached_property
    def _tail_pieces(self) -> list[tuple[int, int, int, int, Ints]]:
        """The tail in pieces of about BLOCK answers: rows row..until−1, their answers begin..end−1, where each begins."""
        ends = np.cumsum(self.tail)
        pieces, row = [], 0
        while row < self.tail.size:
            begin = int(ends[row] - self.tail[row])
            until = max(int(np.searchsorted(ends, begin + BLOCK, side="right")), row + 1)
            pieces.append((row, until, begin, int(ends[until - 1]), ends[row:until] - self.tail[row:until] - begin))
            row = until
        return pieces

    def code_sums(self, rows: Reals) -> Floats:
        """Σ of `rows` [m, A], m numbers for each row, over the answers of each code: float64[m, n_codes]."""
        out = np.empty((len(rows), self.n_codes))
        for begin in range(0, len(rows) - 1, 2):  # a complex number is added in little more time than a real one
            pair = np.empty(self.n_rows, dtype=np.complex128)
            pair.real, pair.imag = rows[begin], rows[begin + 1]
            found = self._sum_codes(pair)
            out[begin], out[begin + 1] = found.real, found.imag
        if len(rows) % 2:
            out[-1] = self._sum_codes(rows[-1].astype(np.float64, copy=False))
        return out

    def _sum_codes(self, values: NDArray[Any]) -> NDArray[Any]:
        """Σ of `values` [A], float64 or complex128, over the answers of each code: [n_codes]."""
        out = np.zeros(self.n_codes, dtype=values.dtype)
        if self.whole:
            np.add.at(out, self.code, np.concatenate([values] * len(self.sizes)))
            return out
        for block in self.blocks:
            for code, weight in block.parts:
                _scatter(out, code, values[block.begin : block.begin + code.size], weight)
        if self.tail.size:
            last = slice(self.offsets[-1], None)
            spread = np.repeat(values[: self.tail.size], self.tail)
            _scatter(out, self.code[last], spread, None if self.weight is None else self.weight[last])
        return out

    def by_task(self, rows: Reals, n_tasks: int, empty: Reals) -> Reals:
        """`rows` [A, …] in the order of the tasks, [n_tasks, …]; `empty` for tasks without answers."""
        if self.in_order and self.n_rows == n_tasks:
            return rows
        out = np.empty((n_tasks, *rows.shape[1:]), dtype=rows.dtype)
        if self.n_rows < n_tasks:
            out[:] = empty
        out[self.order] = rows
        return out


def _plan(answers: Answers) -> tuple[Ints, tuple[int, ...], Ints, Callable[[NDArray[Any]], NDArray[Any]]]:
    """`order`, `sizes` and `tail` of a layout, and what brings a column of `answers` into it."""
    per_task = answers.rows.per_task
    most = int(per_task.max(initial=0))
    if per_task.size >= SLICE and most and most == int(per_task.min()):  # a table to be turned
        sizes = (per_task.size,) * most
        return np.arange(per_task.size), sizes, per_task[:0], lambda column: column.reshape(-1, most).T.ravel()
    order = _most_first(per_task, most)
    reach = _reach(per_task)
    sizes = tuple(int(size) for size in reach[reach >= SLICE])
    count = per_task[order]
    first = (np.cumsum(per_task) - per_task)[order]
    tail = count[: reach[len(sizes)]] - len(sizes) if len(sizes) < reach.size else count[:0]
    within = np.arange(int(tail.sum())) - np.repeat(np.cumsum(tail) - tail, tail)
    last = np.repeat(first[: tail.size] + len(sizes), tail) + within
    place = np.concatenate([*(first[:size] + j for j, size in enumerate(sizes)), last])
    return order, sizes, tail, lambda column: column.take(place, mode="wrap")


def side_by_side(table: Reals) -> list[Reals]:
    """The rows of `table` [m, n_codes] as columns [n_codes, w]: four numbers are fetched in the time of one and a half."""
    m, parts, begin = len(table), [], 0
    while begin < m:
        width = next(width for width in WIDTHS if width <= m - begin)
        parts.append(np.ascontiguousarray(table[begin : begin + width].T))
        begin += width
    return parts


def _gather(table: Reals, code: Ints, weight: Floats | None, out: Reals) -> None:
    """`table` [n_codes, w] at `code`, times `weight`, into `out` [n, w]. Codes are within the table: "wrap" checks that in
    the least time.
    """
    table.take(code, 0, out, "wrap")
    if weight is not None:
        np.multiply(out, weight[:, None], out, casting="same_kind")


def _scatter(out: NDArray[Any], code: Ints, values: NDArray[Any], weight: Floats | None) -> None:
    """Add `values` (times `weight`) to `out` at `code`. `add.at` beats `bincount` since NumPy 1.25."""
    np.add.at(out, code, values if weight is None else values * weight)


def _most_first(per_task: Ints, most: int) -> Ints:
    """Answered tasks by descending number of answers, at most `most`, ties in their order. Small numbers are sorted by radix."""
    missing = most - per_task
    small = missing.astype(np.uint16) if most < 2**16 else missing
    return np.argsort(small, kind="stable")[: np.count_nonzero(per_task)]


def _reach(per_task: Ints) -> Ints:
    """How many tasks have more than j answers, for j = 0, 1, … up to the most: int64[max]."""
    return per_task.size - np.cumsum(np.bincount(per_task))[:-1] if per_task.size else per_task
