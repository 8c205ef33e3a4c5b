"""Tables in and out: answers as CSV `task,worker,label[,weight]` or as peerannot's JSON, truth `task,label`.

What cannot be read is named by its line. Files are read in slices: memory grows with the answers (32 bytes each) and the
different names, not with the text.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from aggregation.arrays import Floats, Ints
from aggregation.classes.answers import Answers
from aggregation.names import Names
from aggregation.progress import Progress

MAX_NAMED = 10
SLICE = 10_000
# Cells of the table tasks × classes beyond which labels are no classes (2 GB): sentences, ids, timestamps.
MAX_CELLS = 2**28
WEIGHT = "weight"

Row = Sequence[str]


class TableError(ValueError):
    """The table cannot be read; the message names file and lines."""


@dataclass(frozen=True)
class AnswerTable:
    """`answers`, and the names behind its codes: `tasks` (T), `workers` (W), `classes` (K, sorted).

    `row` int64[n], where it was asked for: which row of the table each of the `answers` was, counted from 0.
    """

    answers: Answers
    tasks: tuple[str, ...]
    workers: tuple[str, ...]
    classes: tuple[str, ...]
    row: Ints | None = None


class TableBuilder:
    """Takes the columns slice by slice, and makes an AnswerTable of them."""

    def __init__(self) -> None:
        self._tasks, self._workers, self._labels = Names(), Names(), Names()
        self._codes: list[tuple[Ints, Ints, Ints]] = []
        self._weights: list[Floats] = []

    def add(self, tasks: Row, workers: Row, labels: Row, weights: Floats | None = None) -> None:
        """Add answers; either all slices have weights or none."""
        n = len(tasks)
        self._codes.append(
            (self._tasks.codes(tasks, n), self._workers.codes(workers, n), self._labels.codes(labels, n))
        )
        if weights is not None:
            self._weights.append(weights)

    def table(self, more_classes: Sequence[str] = (), *, ordered: bool = False) -> AnswerTable:
        """Encode all that was added; `more_classes`: names of classes that need not occur; `ordered`: keep the rows'
        order. ValueError: not classes.
        """
        self._labels.codes(more_classes, len(more_classes))
        task, worker, label = (
            np.concatenate(column) if column else np.zeros(0, dtype=np.int64)
            for column in (zip(*self._codes, strict=True) if self._codes else ((), (), ()))
        )
        tasks, task_ids = self._tasks.hashed()
        workers, worker_ids = self._workers.hashed()
        classes, place = self._labels.sorted()
        if len(tasks) * len(classes) > MAX_CELLS:
            raise ValueError(f"{len(classes):,} different labels on {len(tasks):,} tasks are no classes")
        columns = task_ids[task], worker_ids[worker], place[label]
        weight = np.concatenate(self._weights) if self._weights else None
        answers = Answers.encode(
            *columns, n_classes=max(len(classes), 1), weight=weight, task_ids=task_ids, worker_ids=worker_ids
        )
        row = _row_order(*columns, weight) if ordered else None
        return AnswerTable(answers, tasks, workers, classes, row)


def _row_order(task: Ints, worker: Ints, label: Ints, weight: Floats | None) -> Ints:
    """Rows in the order of `Answers`, without those that do not count."""
    if weight is None:
        return np.lexsort((label, worker, task))
    order = np.lexsort((weight, label, worker, task))
    kept: Ints = order[weight[order] > 0]
    return kept


def read_answers(path: Path, *, more_classes: Sequence[str] = (), ordered: bool = False) -> AnswerTable:
    """Read answers: UTF-8 CSV with the columns task, worker, label and perhaps weight (others are left alone), or, where
    the name ends in .json, {task: {worker: label}} as peerannot keeps them. `ordered`: see `AnswerTable.row`. TableError names what is wrong and where.
    """
    builder = TableBuilder()
    if path.suffix == ".json":
        _add_json(path, builder)
    else:
        for columns in _columns(path, ("task", "worker", "label"), optional=(WEIGHT,)):
            tasks, workers, labels, *weights = columns
            builder.add(tasks, workers, labels, _numbers(weights[0]) if weights else None)
    try:
        return builder.table(more_classes, ordered=ordered)
    except ValueError as error:
        raise TableError(f"{path}: {error}") from error


def read_labels(path: Path) -> dict[str, str]:
    """Read `task,label`: a truth or known answers. TableError names bad lines; of two rows for a task the last counts."""
    found: dict[str, str] = {}
    for tasks, labels in _columns(path, ("task", "label")):
        found.update(zip(map(str.strip, tasks), map(str.strip, labels), strict=True))
    return found


def codes_of(labels: Mapping[str, str], table: AnswerTable) -> Ints:
    """Class of each task of `table` in `labels`, int64[T]: −1 unknown, K for a class nobody ever said."""
    code = {name: number for number, name in enumerate(table.classes)}
    return np.array(
        [code.get(labels[name], len(code)) if name in labels else -1 for name in table.tasks], dtype=np.int64
    )


def read_truth(path: Path, table: AnswerTable) -> Ints:
    """Code of the true class of each task of `table`, int64[T]: −1 unknown, K for a class nobody ever said."""
    return codes_of(read_labels(path), table)


def write_rows(file: TextIO, header: Sequence[str], rows: Iterator[Sequence[object]]) -> None:
    """Write CSV; floats with six digits."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([f"{cell:.6f}" if isinstance(cell, float) else cell for cell in row])


# --- CSV --------------------------------------------------------------------------------------------------------------


def _columns(path: Path, names: Sequence[str], optional: Sequence[str] = ()) -> Iterator[list[Row]]:
    """The columns `names` (and of the `optional` those that are there) in slices, no cell blank, rows of nothing but blank
    cells left out.
    """
    try:
        with path.open("rb") as raw, Progress("reading", path.stat().st_size) as bar:
            reader = csv.reader(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""))
            place = _places(path, reader, names, optional)
            while rows := list(itertools.islice(reader, SLICE)):
                columns = _cells(rows, place)
                if columns is None:
                    raise TableError(_bad_lines(path, names, optional))
                bar(raw.tell())
                yield columns
    except UnicodeDecodeError as error:
        raise TableError(f"{path}: not UTF-8 text ({error.reason} at byte {error.start})") from error
    except csv.Error as error:
        raise TableError(f"{path}: {error}") from error


def _places(path: Path, rows: Iterator[list[str]], names: Sequence[str], optional: Sequence[str]) -> dict[str, int]:
    header = [cell.strip() for cell in next(rows, [])]
    missing = [name for name in names if name not in header]
    if missing:
        raise TableError(f"{path}: line 1: no column {', '.join(missing)} (found: {', '.join(header) or 'nothing'})")
    return {name: header.index(name) for name in (*names, *optional) if name in header}


def _cells(rows: list[list[str]], place: Mapping[str, int]) -> list[Row] | None:
    """The columns of a slice, or None where a row is bad: the whole file is then looked through for all that are."""
    pick = operator.itemgetter(*place.values())
    try:
        columns: list[Row] = list(zip(*map(pick, rows), strict=True))
    except IndexError:  # a short row, or a blank line, which is none
        rows = [row for row in rows if any(row)]
        if min(map(len, rows), default=0) <= max(place.values()):
            return [()] * len(place) if not rows else None
        columns = list(zip(*map(pick, rows), strict=True))
    if any(not cell.strip() for column in columns for cell in set(column)):
        return None
    return None if WEIGHT in place and not all(map(_is_weight, set(columns[-1]))) else columns


def _bad_lines(path: Path, names: Sequence[str], optional: Sequence[str]) -> str:
    """What is wrong with the rows of a file, by line."""
    bad: list[str] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        place = _places(path, reader, names, optional)
        end = reader.line_num
        for row in reader:
            line, end = end + 1, reader.line_num  # a quoted cell may run over several lines
            why = _fault(row, place) if any(row) else ""
            if why:
                bad.append(f"line {line}: {why}")
    more = f" and {len(bad) - MAX_NAMED} more" if len(bad) > MAX_NAMED else ""
    return f"{path}: {'; '.join(bad[:MAX_NAMED])}{more}"


def _fault(row: Row, place: Mapping[str, int]) -> str:
    cells = {name: row[at].strip() if at < len(row) else "" for name, at in place.items()}
    empty = [name for name, cell in cells.items() if not cell]
    if empty:
        return f"{', '.join(empty)} empty"
    if WEIGHT in cells and not _is_weight(cells[WEIGHT]):
        return f"weight {cells[WEIGHT]!r} is not a number of at least 0"
    return ""


def _is_weight(cell: str) -> bool:
    try:
        return 0 <= float(cell) < float("inf")
    except ValueError:
        return False


def _numbers(column: Row) -> Floats:
    return np.fromiter(map(float, column), dtype=np.float64, count=len(column))


# --- JSON -------------------------------------------------------------------------------------------------------------


def _add_json(path: Path, builder: TableBuilder) -> None:
    """Add {task: {worker: label}}."""
    for task, answers in _object(path, _load(path), "an object of tasks").items():
        given = _object(path, answers, f"an object of workers: task {task!r}")
        bad = [name for name, label in given.items() if not isinstance(label, str | int) or not str(label).strip()]
        if bad:
            raise TableError(f"{path}: task {task!r}, worker {bad[0]!r}: the label must be a text or a whole number")
        builder.add([task] * len(given), list(given), [str(label).strip() for label in given.values()])


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise TableError(f"{path}: not UTF-8 text ({error.reason} at byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise TableError(f"{path}: line {error.lineno}: {error.msg}") from error
    except RecursionError as error:
        raise TableError(f"{path}: nested too deep") from error


def _object(path: Path, value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TableError(f"{path}: not {what}")
    return value
