"""Word transition networks: transcriptions of one thing laid side by side, for many tasks at once.

A network has slots; at each, every transcription that is in it has a word or nothing (0). A further one is aligned so
that the cost is least: what a slot's others said otherwise (by weight), their words where it says nothing, 1 a word
that no slot has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aggregation.arrays import Bools, Floats, Ints

MATCH, SKIP, INSERT, DONE = range(4)
# Two costs closer than this are equal: float sums.
CLOSE = 1e-9


@dataclass(frozen=True)
class Network:
    """`slot` int64[t, S, R]: word code, 0 = nothing, of each of t tasks at each slot by each of R transcriptions; `size`
    int64[t]: slots in use. `weight` float64[t, R].
    """

    slot: Ints
    size: Ints
    weight: Floats

    def used(self) -> Bools:
        """Which slots are in use: bool[t, S]."""
        return np.arange(self.slot.shape[1]) < self.size[:, None]


def build(word: Ints, length: Ints, weight: Floats) -> Network:
    """Networks of t tasks from R transcriptions each, `word` int64[t, R, L], aligned in that order."""
    slot, size = word[:, 0, : max(1, int(length[:, 0].max(initial=0))), None], length[:, 0]
    for number in range(1, word.shape[1]):
        longest = max(1, int(length[:, number].max(initial=0)))
        network = Network(slot, size, weight[:, :number])
        slot, size = _aligned(network, word[:, number, :longest], length[:, number])
    return Network(slot, size, weight)


def _aligned(network: Network, word: Ints, length: Ints) -> tuple[Ints, Ints]:
    """Slots with one transcription more, and how many there are now."""
    match, skip = _costs(network, word)
    table = _table(match, skip)
    kind, slot, place = _walked(table, match, skip, network.size, length)
    kept = kind != DONE
    size = kept.sum(axis=1)
    out = np.zeros((size.size, max(1, int(size.max(initial=0))), network.slot.shape[2] + 1), dtype=np.int64)
    task, step = np.nonzero(kept)
    at = (np.cumsum(kept, axis=1) - 1)[task, step]
    old, new = slot[task, step], place[task, step]
    out[task, at, :-1] = np.where(old[:, None] >= 0, network.slot[task, np.maximum(old, 0)], 0)
    out[task, at, -1] = np.where(new >= 0, word[task, np.maximum(new, 0)], 0)
    return out, size


def _costs(network: Network, word: Ints) -> tuple[Floats, Floats]:
    """Cost of each word at each slot [t, S, L], and of saying nothing there [t, S]: the weight of those who differ."""
    tasks, slots, inside = network.slot.shape
    match, skip = np.zeros((tasks, slots, word.shape[1])), np.zeros((tasks, slots))
    share = network.weight / network.weight.sum(axis=1, keepdims=True)
    for one in range(inside):
        said = network.slot[:, :, one]
        match += share[:, one, None, None] * (said[:, :, None] != word[:, None, :])
        skip += share[:, one, None] * (said != 0)
    return match, skip


def _table(match: Floats, skip: Floats) -> Floats:
    """Least cost of the first i slots and j words: float64[t, S + 1, L + 1]."""
    tasks, slots, longest = match.shape
    step = np.arange(longest + 1, dtype=np.float64)
    table = np.zeros((tasks, slots + 1, longest + 1))
    table[:, 0] = step
    for slot in range(slots):
        row = table[:, slot] + skip[:, slot, None]
        np.minimum(row[:, 1:], table[:, slot, :-1] + match[:, slot], out=row[:, 1:])
        table[:, slot + 1] = np.minimum.accumulate(row - step, axis=1) + step
    return table


def _walked(table: Floats, match: Floats, skip: Floats, size: Ints, length: Ints) -> tuple[Ints, Ints, Ints]:
    """The cheapest way through the table, front to back: kind of step, slot and word of each [t, steps], −1 = none."""
    i, j, task = size.copy(), length.copy(), np.arange(size.size)
    steps: list[tuple[Ints, Ints, Ints]] = []
    while ((i > 0) | (j > 0)).any():
        here = table[task, i, j] + CLOSE
        above, left = np.maximum(i - 1, 0), np.maximum(j - 1, 0)
        both = (i > 0) & (j > 0) & (table[task, above, left] + match[task, above, left] <= here)
        down = ~both & (i > 0) & (table[task, above, j] + skip[task, above] <= here)
        kind = np.where(both, MATCH, np.where(down, SKIP, np.where(j > 0, INSERT, DONE)))
        by_slot, by_word = (kind == MATCH) | (kind == SKIP), (kind == MATCH) | (kind == INSERT)
        steps.append((kind, np.where(by_slot, i - 1, -1), np.where(by_word, j - 1, -1)))
        i, j = i - by_slot, j - by_word
    if not steps:
        none = np.full((size.size, 0), DONE)
        return none, none, none
    kinds, slots, places = (np.stack(column[::-1], axis=1) for column in zip(*steps, strict=True))
    return kinds, slots, places


def vote(network: Network) -> tuple[Ints, Floats]:
    """Word with the most weight at each slot [t, S] (0 = nothing) and its share of the weight [t, S].

    Equal weights go to the transcription aligned first, the one closest to all others.
    """
    votes = np.zeros(network.slot.shape)
    for one in range(network.slot.shape[2]):
        votes += network.weight[:, None, one, None] * (network.slot == network.slot[:, :, one, None])
    best = (votes >= votes.max(axis=2, keepdims=True) - CLOSE).argmax(axis=2)[:, :, None]
    share = np.take_along_axis(votes, best, axis=2)[:, :, 0] / network.weight.sum(axis=1)[:, None]
    return np.take_along_axis(network.slot, best, axis=2)[:, :, 0], share
