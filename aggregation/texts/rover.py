"""ROVER (Fiscus 1997) with weights: transcriptions aligned word by word, and a weighted vote at each place."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from aggregation.arrays import Floats, Ints, rows_of, sums
from aggregation.storage import pack, unpack
from aggregation.texts import network
from aggregation.texts.answers import TextAnswers
from aggregation.texts.distance import closest_first, medoids, spread_of

FORMAT = "quorate text crowd 1"
# An answer weighs exp(−SHARPNESS · distance): who differs from all others in a tenth of the words more weighs .45.
SHARPNESS = 8.0
# An answer's own distance counts as so many of its worker's, who begins as if so many answers were average.
OWN_ANSWERS, WORKER_ANSWERS = 2.0, 3.0
# Tasks aligned at once.
BLOCK = 128


@dataclass(frozen=True)
class TextCrowd:
    """Of each worker: `spread` float64[W], mean distance of their texts to the others', shrunk to `common`."""

    worker_ids: Ints
    spread: Floats
    common: Floats

    def of_workers(self, worker_ids: Ints) -> Floats:
        """Spread of `worker_ids`, the crowd's for one never seen."""
        return np.append(self.spread, self.common)[rows_of(worker_ids, self.worker_ids)]

    def to_bytes(self) -> bytes:
        """Serialise (NumPy savez, no pickle, versioned)."""
        return pack(FORMAT, {name: getattr(self, name) for name in _ARRAYS})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read `to_bytes`; ValueError when it is something else."""
        return cls(**unpack(FORMAT, data, _ARRAYS))


_ARRAYS = tuple(field.name for field in fields(TextCrowd))


@dataclass(frozen=True)
class TextFusion:
    """Of each task: `text` (words joined by spaces), `word_confidence` (of each of them, its share of the weight),
    `confidence` float64[T] (mean share over all places, also those where most said nothing), `medoid` int64[T] (row of the
    answer closest to the others). Of each answer `weight` float64[n].
    """

    text: tuple[str, ...]
    word_confidence: tuple[tuple[float, ...], ...]
    confidence: Floats
    medoid: Ints
    weight: Floats
    crowd: TextCrowd


def fuse_texts(answers: TextAnswers, *, fixed: TextCrowd | None = None, seed: int = 0) -> TextFusion:
    """Fuse the texts of all tasks. `fixed` keeps the worker models (touched tasks only). Ties between texts by `seed`."""
    spread = spread_of(answers)
    crowd = fixed or _crowd(answers, spread)
    alone = np.bincount(answers.task, minlength=answers.task_ids.size)[answers.task] == 1
    of_worker = crowd.of_workers(answers.worker_ids)[answers.worker]
    expected = (OWN_ANSWERS * np.where(alone, of_worker, spread) + of_worker) / (OWN_ANSWERS + 1)
    weight = np.exp(-SHARPNESS * expected)
    size = answers.task_ids.size
    middle = medoids(answers, spread, seed=seed)
    text: list[str] = [""] * size
    sure: list[tuple[float, ...]] = [()] * size
    confidence = np.ones(size)
    for rows in _blocks(answers, spread, seed):
        built = network.build(answers.word[rows], answers.length[rows], weight[rows])
        word, share = network.vote(built)
        used = built.used()
        for place, task in enumerate(answers.task[rows[:, 0]].tolist()):
            said = used[place] & (word[place] > 0)
            text[task] = " ".join(answers.vocabulary[code - 1] for code in word[place, said].tolist())
            sure[task] = tuple(share[place, said].tolist())
            confidence[task] = share[place, used[place]].mean() if used[place].any() else 1.0
    return TextFusion(tuple(text), tuple(sure), confidence, middle, weight, crowd)


def _crowd(answers: TextAnswers, spread: Floats) -> TextCrowd:
    shared = np.bincount(answers.task, minlength=answers.task_ids.size)[answers.task] > 1
    size = answers.worker_ids.size
    common = float(spread[shared].mean()) if shared.any() else 0.0
    total = sums(answers.worker[shared], spread[shared], size) + WORKER_ANSWERS * common
    count = np.bincount(answers.worker[shared], minlength=size) + WORKER_ANSWERS
    return TextCrowd(answers.worker_ids, total / count, np.array(common))


def _blocks(answers: TextAnswers, spread: Floats, seed: int) -> list[Ints]:
    """Rows of the answers of tasks with as many answers and similar length, [t, R] each: the closest to all others first."""
    count = np.bincount(answers.task, minlength=answers.task_ids.size)
    order = closest_first(answers, spread, seed)
    first = np.cumsum(count) - count
    longest = np.zeros(count.size, dtype=np.int64)
    np.maximum.at(longest, answers.task, answers.length)
    by_size = np.lexsort((longest, count))
    blocks = []
    for answered in np.unique(count[count > 0]):
        tasks = by_size[count[by_size] == answered]
        for begin in range(0, tasks.size, BLOCK):
            chosen = tasks[begin : begin + BLOCK]
            blocks.append(order[first[chosen][:, None] + np.arange(answered)])
    return blocks
