"""`aggregate`: labels from the answers of many people, in one call."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats
from aggregation.methods import DEFAULT, METHODS, Labeller
from aggregation.tables import AnswerTable, TableBuilder, codes_of

Rows = Iterable[tuple[Hashable, Hashable, Hashable]]
Nested = Mapping[Any, Mapping[Any, Hashable]]


@dataclass(frozen=True)
class Aggregate:
    """What was found. The arrays have the order of `tasks`; iterating gives (task, label, confidence) sorted by task.

    `labels`: T names of classes; `confidence` float64[T]; `posterior` float64[T, K] over `classes`; `table`: the encoded
    answers and all names; `model`: the fitted method.
    """

    labels: tuple[str, ...]
    confidence: Floats
    posterior: Floats
    table: AnswerTable
    model: Labeller

    @property
    def tasks(self) -> tuple[str, ...]:
        """Names of the T tasks."""
        return self.table.tasks

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the K classes, sorted."""
        return self.table.classes

    def __iter__(self) -> Iterator[tuple[str, str, float]]:
        """Give (task, label, confidence), sorted by task."""
        return iter(sorted(zip(self.tasks, self.labels, self.confidence.tolist(), strict=True)))

    def as_dict(self) -> dict[str, str]:
        """Label by task, sorted by task."""
        return {task: label for task, label, _ in self}


def aggregate(
    answers: Rows | Nested, *, method: str = DEFAULT, gold: Mapping[Any, Hashable] | None = None, seed: int = 0
) -> Aggregate:
    """Aggregate `answers`: rows (task, worker, label) of anything that has a name, or {task: {worker: label}}.

    `method`: a name of `METHODS`; `gold`: the truth of some tasks; `seed`: of ties. Names are compared as text, so 7 and "7"
    are one task. ValueError names what cannot be understood. Three long columns: `encode` and `aggregate_table`.
    """
    rows = _flat(answers) if isinstance(answers, Mapping) else answers
    columns: tuple[list[Hashable], ...] = ([], [], [])
    for number, row in enumerate(rows):
        if not isinstance(row, Sequence) or isinstance(row, str) or len(row) != len(columns):
            raise ValueError(f"answers[{number}] = {row!r} is not (task, worker, label)")
        for column, cell in zip(columns, row, strict=True):
            column.append(cell)
    known = {str(task): str(label) for task, label in (gold or {}).items()}
    return aggregate_table(encode(*columns, more_classes=tuple(known.values())), method=method, gold=known, seed=seed)


def encode(
    tasks: Sequence[Any],
    workers: Sequence[Any],
    labels: Sequence[Any],
    *,
    weight: ArrayLike | None = None,
    more_classes: Sequence[str] = (),
) -> AnswerTable:
    """Encode three columns of one length: lists or arrays of texts or numbers. `weight` float[n]: see `Answers.encode`;
    `more_classes` need not occur. ValueError names the column and place of a cell without a name.
    """
    builder = TableBuilder()
    sizes = {len(tasks), len(workers), len(labels)}
    if len(sizes) > 1:
        raise ValueError(
            f"tasks, workers and labels must be of one length, not {len(tasks)}, {len(workers)}, {len(labels)}"
        )
    weights = None if weight is None else np.asarray(weight, dtype=np.float64)
    builder.add(_names(tasks, "tasks"), _names(workers, "workers"), _names(labels, "labels"), weights)
    return builder.table(more_classes)


def aggregate_table(
    table: AnswerTable, *, method: str = DEFAULT, gold: Mapping[str, str] | None = None, seed: int = 0
) -> Aggregate:
    """Aggregate what `encode` or `read_answers` made. ValueError: there is no such method, or gold of an unknown class."""
    if method not in METHODS:
        raise ValueError(f"there is no method {method!r}; there are {', '.join(METHODS)}")
    model = METHODS[method].make().fit(table.answers, gold=codes_of(gold, table) if gold else None)
    label = model.labels(seed=seed)
    return Aggregate(
        labels=tuple(table.classes[code] for code in label.tolist()),
        confidence=model.posterior_[np.arange(label.size), label],
        posterior=model.posterior_,
        table=table,
        model=model,
    )


def _flat(answers: Nested) -> Rows:
    return ((task, worker, label) for task, given in answers.items() for worker, label in given.items())


def _names(column: Sequence[Any], name: str) -> list[str]:
    """Cells as texts. NaN, None and blanks are no names."""
    values = column.tolist() if isinstance(column, np.ndarray) else column
    texts = list(map(str, values))
    for row, (value, text) in enumerate(zip(values, texts, strict=True)):
        if value is None or value != value or not text.strip():  # noqa: PLR0124  NaN alone differs from itself
            raise ValueError(f"{name}[{row}] = {value!r} names nothing")
    return texts
