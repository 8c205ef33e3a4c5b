"""Small projects for hypothesis to draw, and the crowd that made-up worlds are answered by."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from aggregation.arrays import Ints
from aggregation.classes import Answers
from aggregation.simulate import WorkerKind

CROWD = {WorkerKind.HAMMER: 4, WorkerKind.SLOPPY: 8, WorkerKind.SPAMMER: 4}


@st.composite
def rows_once(draw: st.DrawFn) -> tuple[Ints, int]:
    """Rows (task, worker, label) and the number of classes; a worker answers a task once."""
    k = draw(st.integers(2, 4))
    cells = draw(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 5)), min_size=1, max_size=40))
    labels = draw(st.lists(st.integers(0, k - 1), min_size=len(cells), max_size=len(cells)))
    return np.array([[t, w, label] for (t, w), label in zip(sorted(cells), labels, strict=True)]), k


@st.composite
def rows_repeated(draw: st.DrawFn) -> tuple[Ints, int]:
    """The same; a worker may answer a task twice."""
    k = draw(st.integers(2, 4))
    row = st.tuples(st.integers(0, 9), st.integers(0, 5), st.integers(0, k - 1))
    return np.array(draw(st.lists(row, min_size=1, max_size=60))), k


def encode(rows: Ints, k: int, **others: Any) -> Answers:
    return Answers.encode(rows[:, 0], rows[:, 1], rows[:, 2], n_classes=k, **others)
