"""`TextAnswers`: who wrote what of which recording or picture, as rows of word codes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Ints, whole_numbers

# Letters and digits with the apostrophes among them; what else is written is punctuation.
_WORD = re.compile(r"\w+(?:'\w+)*")


def words(text: str) -> list[str]:
    """Words of a text, compared without case, punctuation and kinds of apostrophes: "It’s, SO!" → it's, so."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold().replace("’", "'"))


@dataclass(frozen=True)
class TextAnswers:
    """n answers, sorted by task, worker and text.

    `task`, `worker` int64[n]: codes into `task_ids` [T], `worker_ids` [W]; `word` int64[n, L]: codes into `vocabulary`, from
    1 on, 0 after the end; `length` int64[n]; `text`: as written.
    """

    task: Ints
    worker: Ints
    word: Ints
    length: Ints
    text: tuple[str, ...]
    vocabulary: tuple[str, ...]
    task_ids: Ints
    worker_ids: Ints

    @classmethod
    def encode(cls, tasks: ArrayLike, workers: ArrayLike, texts: Sequence[str]) -> Self:
        """From three columns. ValueError names the column and position of what is wrong, TypeError what is no
        text; a text without words is one.
        """
        task_column, worker_column = whole_numbers(tasks, "tasks"), whole_numbers(workers, "workers")
        if not task_column.size == worker_column.size == len(texts):
            message = f"tasks, workers and texts must be of one length, not {task_column.size}, {worker_column.size} and {len(texts)}"
            raise ValueError(message)
        for row, text in enumerate(texts):
            if not isinstance(text, str):
                message = f"texts[{row}] = {text!r} is not a text"
                raise TypeError(message)
        found = [words(text) for text in texts]
        vocabulary = sorted({word for row in found for word in row})
        code = {word: number for number, word in enumerate(vocabulary, 1)}
        length = np.array([len(row) for row in found], dtype=np.int64)
        word = np.zeros((len(found), int(length.max(initial=0))), dtype=np.int64)
        for row, said in enumerate(found):
            word[row, : len(said)] = [code[one] for one in said]
        task_ids, task = np.unique(task_column, return_inverse=True)
        worker_ids, worker = np.unique(worker_column, return_inverse=True)
        order = np.array(
            sorted(range(len(texts)), key=lambda row: (task[row], worker[row], texts[row])), dtype=np.int64
        )
        return cls(
            task[order], worker[order], word[order], length[order], tuple(texts[row] for row in order),
            tuple(vocabulary), task_ids, worker_ids,
        )  # fmt: skip
