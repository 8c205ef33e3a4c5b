"""Where answers lie in memory for EM: sums over tasks and over (worker, label) pairs at the speed of a gather.

Tasks are ordered by their number of answers, most first, and the j-th answers of all tasks are stored together. Then a
sum over each task's answers is a few additions of whole slices, and spreading a task's posterior over its answers copies
nothing: the posterior of the first tasks is the weight of a slice. Slices that few tasks reach cost more in calls than
in work; those answers (the tail) are stored task by task instead, and summed by `reduceat`.
"""

from __future__ import annotations

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
# Numbers a block of tasks holds at once: two such blocks stay in a processor's second-level cache.
BLOCK = 24_576


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
    def of(cls, answers: Answers, code: Ints, n_codes: int) -> Layout:
        """Lay out `answers`, which are sorted by task; `code` int64[n] is what each of them says."""
        per_task = answers.answers_per_task()
        order = _most_first(per_task)
        count = per_task[order]
        first = (np.cumsum(per_task) - per_task)[order]
        reach = _reach(per_task)
        sizes = tuple(int(size) for size in reach[reach >= SLICE])
        tail = count[: reach[len(sizes)]] - len(sizes) if len(sizes) < reach.size else count[:0]
        if len(sizes) == reach.size and len(set(sizes)) == 1:  # as many answers to every task: a table to be turned
            shape = (-1, len(sizes))
            weight = None if answers.weight is None else answers.weight.reshape(shape).T.ravel()
            return cls(order, sizes, tail, code.reshape(shape).T.ravel(), weight, n_codes)
        place = cls._places(first, sizes, tail)
        weight = None if answers.weight is None else answers.weight.take(place, mode="clip")
        return cls(order, sizes, tail, code.take(place, mode="clip"), weight, n_codes)

    @staticmethod
    def _places(first: Ints, sizes: tuple[int, ...], tail: Ints) -> Ints:
        """Where each answer of the layout stands among the sorted answers."""
        within = np.arange(int(tail.sum())) - np.repeat(np.cumsum(tail) - tail, tail)
        last = np.repeat(first[: tail.size] + len(sizes), tail) + within
        return np.concatenate([*(first[:size] + j for j, size in enumerate(sizes)), last])

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
            return self.task_sums(np.ones(self.n_codes))
        count = np.zeros(self.n_rows)
        for size in self.sizes:
            count[:size] += 1
        count[: self.tail.size] += self.tail
        return count

    @cached_property
    def in_order(self) -> bool:
        """Whether the rows are in the order of the tasks: all have as many answers."""
        return not self.tail.size and len(set(self.sizes)) < 2

    def blocks(self, width: int) -> list[tuple[int, int]]:
        """Rows in pieces (begin, end) of at most BLOCK / `width` each; the tail's rows all lie in the first."""
        step = max(BLOCK // width, SLICE)
        return [(begin, min(begin + step, self.n_rows)) for begin in range(0, self.n_rows, step)]

    def task_sums(self, table: Reals) -> Reals:
        """Σ of `table` [C] or [C, m] over each row's answers: [A] or [A, m], in the type of `table`."""
        out = np.empty((self.n_rows, *table.shape[1:]), dtype=table.dtype)
        blocks = self.blocks(max(table[0:1].size, 1))
        spare = np.empty((max((end - begin for begin, end in blocks), default=0), *table.shape[1:]), dtype=table.dtype)
        for begin, end in blocks:
            self.block_sums(table, begin, end, out[begin:end], spare)
        return out

    def block_sums(self, table: Reals, begin: int, end: int, out: Reals, spare: Reals) -> None:
        """`task_sums` of the rows begin..end−1 of a block into `out` [end − begin, …]; `spare` is overwritten."""
        if not self.sizes:
            out[:] = 0
        for j, size in enumerate(self.sizes):
            stop = min(end, size)
            if stop <= begin:
                break
            place = slice(self.offsets[j] + begin, self.offsets[j] + stop)
            into = spare[: stop - begin] if j else out
            # "clip" leaves out the check of every index: half the time of a gather.
            table.take(self.code[place], axis=0, out=into, mode="clip")
            self._weigh(into, place)
            if j:
                np.add(out[: stop - begin], into, out=out[: stop - begin])
        if begin == 0 and self.tail.size:
            self._add_tail(table, out)

    def _add_tail(self, table: Reals, out: Reals) -> None:
        """Add the tail's answers to the first rows, some rows at a time."""
        ends = np.cumsum(self.tail)
        base = self.offsets[-1]
        row = 0
        while row < self.tail.size:
            begin = int(ends[row] - self.tail[row])
            until = max(int(np.searchsorted(ends, begin + BLOCK, side="right")), row + 1)
            place = slice(base + begin, base + int(ends[until - 1]))
            values = table.take(self.code[place], axis=0, mode="clip")
            self._weigh(values, place)
            out[row:until] += np.add.reduceat(values, ends[row:until] - self.tail[row:until] - begin, axis=0)
            row = until

    def _weigh(self, values: Reals, place: slice) -> None:
        if self.weight is not None:
            weight = self.weight[place].astype(values.dtype, copy=False)
            values *= weight if values.ndim == 1 else weight[:, None]

    def code_sums(self, rows: Reals) -> Floats:
        """Σ of `rows` [A], a number for each row, over the answers of each code: float64[n_codes]."""
        out = np.zeros(self.n_codes)
        for j, size in enumerate(self.sizes):
            self._scatter(out, rows[:size], slice(self.offsets[j], self.offsets[j] + size))
        if self.tail.size:
            self._scatter(out, np.repeat(rows[: self.tail.size], self.tail), slice(self.offsets[-1], None))
        return out

    def _scatter(self, out: Floats, values: Reals, place: slice) -> None:
        code = self.code[place]
        if self.weight is not None:
            values = values * self.weight[place]
        if self.n_codes <= code.size:
            out += np.bincount(code, values, minlength=self.n_codes)
        else:  # the same without an array of all codes for a few answers
            np.add.at(out, code, values.astype(np.float64, copy=False))

    def by_task(self, rows: Reals, n_tasks: int, empty: Reals) -> Reals:
        """`rows` [A, …] in the order of the tasks, [n_tasks, …]; `empty` for tasks without answers."""
        if self.in_order and self.n_rows == n_tasks:
            return rows
        out = np.empty((n_tasks, *rows.shape[1:]), dtype=rows.dtype)
        if self.n_rows < n_tasks:
            out[:] = empty
        out[self.order] = rows
        return out


def _most_first(per_task: Ints) -> Ints:
    """Answered tasks by descending number of answers, ties in their order. Small numbers are sorted by radix."""
    most = int(per_task.max(initial=0))
    if per_task.size and most == int(per_task.min()):
        return np.arange(per_task.size if most else 0)
    missing = most - per_task
    small = missing.astype(np.uint16) if most < 2**16 else missing
    return np.argsort(small, kind="stable")[: np.count_nonzero(per_task)]


def _reach(per_task: Ints) -> Ints:
    """How many tasks have more than j answers, for j = 0, 1, … up to the most: int64[max]."""
    return per_task.size - np.cumsum(np.bincount(per_task))[:-1] if per_task.size else per_task
