"""CSV in and out: answers `task,worker,label`, truth `task,label`. A bad row is named by its line."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np

from aggregation.arrays import Ints
from aggregation.classes.answers import Answers

MAX_NAMED = 10


class TableError(ValueError):
    """The table cannot be read; the message names file and lines."""


@dataclass(frozen=True)
class AnswerTable:
    """`answers`, and the names behind its codes: `tasks` (T), `workers` (W), `classes` (K, sorted)."""

    answers: Answers
    tasks: tuple[str, ...]
    workers: tuple[str, ...]
    classes: tuple[str, ...]


def read_answers(path: Path) -> AnswerTable:
    """Read a UTF-8 CSV with the columns task, worker, label (others are left alone). TableError names bad lines."""
    columns = _columns(path, ("task", "worker", "label"))
    tasks, task_ids = _ids(columns[0])
    workers, worker_ids = _ids(columns[1])
    classes = tuple(sorted(set(columns[2])))
    code = {name: number for number, name in enumerate(classes)}
    answers = Answers.encode(
        task_ids,
        worker_ids,
        np.array([code[name] for name in columns[2]], dtype=np.int64),
        n_classes=max(len(classes), 1),
    )
    return AnswerTable(answers, tasks, workers, classes)


def read_truth(path: Path, table: AnswerTable) -> Ints:
    """Code of the true class of each task of `table`, int64[T]: −1 unknown, K for a class nobody ever said."""
    tasks, labels = _columns(path, ("task", "label"))
    truth = dict(zip(tasks, labels, strict=True))
    code = {name: number for number, name in enumerate(table.classes)}
    return np.array([code.get(truth[name], len(code)) if name in truth else -1 for name in table.tasks], dtype=np.int64)


def write_rows(file: TextIO, header: Sequence[str], rows: Iterator[Sequence[object]]) -> None:
    """Write CSV; floats with six digits."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([f"{cell:.6f}" if isinstance(cell, float) else cell for cell in row])


def _columns(path: Path, names: Sequence[str]) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(path, csv.reader(file), names)
    except UnicodeDecodeError as error:
        raise TableError(f"{path}: not UTF-8 text ({error.reason} at byte {error.start})") from error
    except csv.Error as error:
        raise TableError(f"{path}: {error}") from error


def _read(path: Path, rows: Iterator[list[str]], names: Sequence[str]) -> list[list[str]]:
    header = [cell.strip() for cell in next(rows, [])]
    missing = [name for name in names if name not in header]
    if missing:
        raise TableError(f"{path}: line 1: no column {', '.join(missing)} (found: {', '.join(header) or 'nothing'})")
    place = [header.index(name) for name in names]
    columns: list[list[str]] = [[] for _ in names]
    bad: list[str] = []
    for line, row in enumerate(rows, start=2):
        cells = [row[at].strip() if at < len(row) else "" for at in place]
        empty = [name for name, cell in zip(names, cells, strict=True) if not cell]
        if not any(row):
            continue
        if empty:
            bad.append(f"line {line}: {', '.join(empty)} empty")
            continue
        for column, cell in zip(columns, cells, strict=True):
            column.append(cell)
    if bad:
        more = f" and {len(bad) - MAX_NAMED} more" if len(bad) > MAX_NAMED else ""
        raise TableError(f"{path}: {'; '.join(bad[:MAX_NAMED])}{more}")
    return columns


def _ids(column: list[str]) -> tuple[tuple[str, ...], Ints]:
    """Names in the order of their ids, and each row's id: a hash of the name, the same in every file."""
    number = {name: _hash(name) for name in sorted(set(column))}
    if len(set(number.values())) < len(number):
        raise TableError("two names share a 63-bit hash: rename one")
    names = tuple(sorted(number, key=lambda name: number[name]))
    return names, np.array([number[name] for name in column], dtype=np.int64)


def _hash(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest()) >> 1
