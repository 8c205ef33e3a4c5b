"""Edit distance of many pairs of texts at once, and the text in the middle."""

from __future__ import annotations

import numpy as np

from aggregation.arrays import Floats, Ints, lottery, sums
from aggregation.texts.answers import TextAnswers

# Cells of the table of distances worked on at once: bounds memory, and keeps the rows in the cache.
BLOCK = 200_000


def edit_distances(word: Ints, length: Ints, first: Ints, second: Ints) -> Ints:
    """Words to insert, delete or replace between rows `first` and `second` of `word` [n, L]: int64[p].

    Wagner & Fischer (1974), a row of the table at a time for all pairs; insertions, which depend on their left
    neighbour, are a running minimum. Time p · L², in blocks of pairs of similar length.
    """
    out = np.zeros(first.size, dtype=np.int64)
    longest = np.maximum(length[first], length[second])
    order = np.argsort(longest, kind="stable")
    begin, ordered = 0, longest[order]
    while begin < order.size:
        width = int(ordered[begin] * 1.25) + 4
        alike = int(np.searchsorted(ordered, width, side="right"))
        rows = order[begin : min(alike, begin + BLOCK // width + 1)]
        out[rows] = _block(word[first[rows]], length[first[rows]], word[second[rows]], length[second[rows]])
        begin += rows.size
    return out


def _block(one: Ints, one_length: Ints, two: Ints, two_length: Ints) -> Ints:
    width = int(two_length.max(initial=0))
    step = np.arange(width + 1, dtype=np.int32)
    one, two = one.astype(np.int32), two[:, :width].astype(np.int32)
    table = np.tile(step, (one.shape[0], 1))
    out = np.where(one_length == 0, two_length, 0)
    for place in range(int(one_length.max(initial=0))):
        new = np.empty_like(table)
        new[:, 0] = place + 1
        np.minimum(table[:, 1:] + 1, table[:, :-1] + (two != one[:, place : place + 1]), out=new[:, 1:])
        table = np.minimum.accumulate(new - step, axis=1) + step
        done = np.flatnonzero(one_length == place + 1)
        out[done] = table[done, two_length[done]]
    return out


def pairs_of_tasks(answers: TextAnswers) -> tuple[Ints, Ints]:
    """All pairs of answers to one task: rows a < b."""
    count = np.bincount(answers.task, minlength=answers.task_ids.size)
    rows = np.arange(answers.task.size)
    later = (np.cumsum(count) - 1)[answers.task] - rows
    a = np.repeat(rows, later)
    return a, a + 1 + np.arange(a.size) - np.repeat(np.cumsum(later) - later, later)


def spread_of(answers: TextAnswers) -> Floats:
    """Mean distance of each answer to the others of its task, as a share of the longer text: float64[n]; 0 if alone."""
    a, b = pairs_of_tasks(answers)
    longer = np.maximum(np.maximum(answers.length[a], answers.length[b]), 1)
    share = edit_distances(answers.word, answers.length, a, b) / longer
    others = np.bincount(answers.task, minlength=answers.task_ids.size)[answers.task] - 1
    total = sums(a, share, others.size) + sums(b, share, others.size)
    spread: Floats = total / np.maximum(others, 1)
    return spread


def closest_first(answers: TextAnswers, spread: Floats, seed: int) -> Ints:
    """Rows by task and, within it, by `spread` [n]; equals are drawn by (seed, worker, task): int64[n]."""
    key = answers.worker_ids[answers.worker] * 8191 + answers.task_ids[answers.task]
    rows: Ints = np.lexsort((lottery(key, 1, seed)[:, 0], np.round(spread, 9), answers.task))
    return rows


def medoids(answers: TextAnswers, spread: Floats, *, seed: int = 0) -> Ints:
    """Row of the answer with the least `spread` [n] for each task, int64[T]; equals are drawn by `seed`."""
    order = closest_first(answers, spread, seed)
    rows: Ints = order[np.flatnonzero(np.diff(answers.task[order], prepend=-1))]
    return rows
