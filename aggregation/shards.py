"""Dawid-Skene over more answers than memory holds: shards on disk, each mapped to partial counts, which are summed.

A shard holds all answers of its tasks, so that E-step and partial M-step need nothing else: `Expect` is a pure function
of a folder, a shard's number and the models, to be run by a loop, by processes, or as jobs on many machines.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from aggregation.arrays import Floats, Ints, distinct, lottery, rows_of, whole_numbers
from aggregation.classes.answers import Answers
from aggregation.classes.em import check_stopping, whole
from aggregation.classes.layout import Layout
from aggregation.classes.matrices import MatrixCrowd, MatrixEM, Models, Smoothing

FORMAT = "quorate shards 1"
ROW = np.dtype([("task", np.int64), ("worker", np.int32), ("label", np.int32)])
# Rows of a CSV that are read at once.
CHUNK = 1_000_000
Columns = tuple[Any, Any, Any]


@dataclass(frozen=True)
class Partial:
    """What a shard adds: `counts` float64[K, P], `share` float64[K] (posteriors summed over its tasks), `tasks`, and the
    log-likelihood of its answers.
    """

    counts: Floats
    share: Floats
    tasks: int
    likelihood: float


@dataclass(frozen=True)
class Shards:
    """Answers in `folder`: `pairs.npy` int32[P, 2] (worker row, label) and `workers.npy` int64[W] for all, and for each
    of `n_shards` the codes of its answers int32[n] in the order of their layout, its task ids int64[A] in the same order,
    and the sizes of slices and tail. Everything is read by memory-mapping.
    """

    folder: Path
    n_classes: int
    n_shards: int
    n_answers: int

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Shards written before. ValueError if the folder holds something else."""
        try:
            about = json.loads((folder / "shards.json").read_text())
        except (OSError, json.JSONDecodeError) as error:
            message = f"{folder} holds no shards: {error}"
            raise ValueError(message) from error
        if about.get("format") != FORMAT:
            message = f"{folder} holds {about.get('format')!r}, not {FORMAT!r}"
            raise ValueError(message)
        return cls(folder, about["n_classes"], about["n_shards"], about["n_answers"])

    @classmethod
    def write(cls, folder: Path, chunks: Iterable[Columns], *, n_classes: int, n_shards: int = 64) -> Self:
        """Write `chunks` of columns (tasks, workers, labels: any int64, any int64, 0..K−1), answers in any order.

        Memory: a chunk, then a shard of n / `n_shards` answers (about 60 bytes each). Disk: 16 bytes an answer while it
        sorts, 4 and 8 a task afterwards. ValueError names the column that is wrong.
        """
        if n_classes < 1 or n_shards < 1:
            message = f"n_classes and n_shards must be at least 1, not {n_classes} and {n_shards}"
            raise ValueError(message)
        folder.mkdir(parents=True, exist_ok=True)
        workers, seen, total = _scatter(folder, chunks, n_classes, n_shards)
        ids = np.array(list(workers), dtype=np.int64)
        order = np.argsort(ids)
        rank = np.empty_like(order)
        rank[order] = np.arange(order.size)
        worker, label = np.divmod(np.flatnonzero(seen[: ids.size][order].ravel()), n_classes)
        np.save(folder / "workers.npy", ids[order])
        np.save(folder / "pairs.npy", np.stack([worker, label], axis=1).astype(np.int32))
        for shard in range(n_shards):
            _lay_out(folder, shard, rank, worker * n_classes + label, n_classes)
        about = {"format": FORMAT, "n_classes": n_classes, "n_shards": n_shards, "n_answers": total}
        (folder / "shards.json").write_text(json.dumps(about))
        return cls(folder, n_classes, n_shards, total)

    @classmethod
    def from_csv(cls, path: Path, folder: Path, *, n_classes: int, n_shards: int = 64) -> Self:
        """Write the rows of a CSV file with a head and the columns task, worker, label, all whole numbers, as a stream.

        ValueError names the line that is wrong.
        """
        return cls.write(folder, _csv_chunks(path), n_classes=n_classes, n_shards=n_shards)

    def worker_ids(self) -> Ints:
        """Ids int64[W], sorted."""
        ids: Ints = np.load(self.folder / "workers.npy")
        return ids

    def pairs(self) -> tuple[Ints, Ints]:
        """Worker row and label of each code, int64[P]."""
        worker, label = np.load(self.folder / "pairs.npy").astype(np.int64).T
        return worker, label

    def layout(self, shard: int) -> tuple[Layout, Ints]:
        """A shard's layout, and the ids of its tasks int64[A] (rows of the layout)."""
        load = partial(_load, self.folder, shard)
        sizes, tail = load("sizes").tolist(), load("tail").astype(np.int64)
        tasks = load("tasks")
        code = load("code").astype(np.int64)
        n_codes = len(np.load(self.folder / "pairs.npy", mmap_mode="r"))
        return Layout(np.arange(tasks.size), tuple(sizes), tail, code, None, n_codes), tasks


@dataclass(frozen=True)
class Expect:
    """Map: called with a shard's number, the posteriors of its tasks under `models` (None: the shares of their votes), and
    what they add to the counts. Reads the folder, writes nothing; can be sent to other processes.
    """

    folder: Path
    models: Models | None
    smoothing: Smoothing

    def __call__(self, shard: int) -> Partial:
        """What the shard adds."""
        shards = Shards.open(self.folder)
        layout, _ = shards.layout(shard)
        em = _em(shards, layout, self.smoothing)
        rest, likelihood = (em.votes(), 0.0) if self.models is None else em.e_step(self.models)
        share = rest.sum(axis=1, dtype=np.float64)
        return Partial(em.counts(rest), np.append(layout.n_rows - share.sum(), share), layout.n_rows, likelihood)


# What runs `Expect` for shards, in their order.
Over = Callable[[Expect, Sequence[int]], Iterable[Partial]]


class ShardedDawidSkene:
    """Dawid-Skene (see `DawidSkene`) over `Shards`: the same steps, so the same result to the last digits.

    After `fit`: `crowd_`, `prior_`, `log_likelihood_`, `objective_` after each step, `n_iter_`, `converged_`. Posteriors
    are not kept: `posteriors` goes over the shards once more.
    """

    crowd_: MatrixCrowd
    prior_: Floats
    log_likelihood_: float
    objective_: Floats
    n_iter_: int
    converged_: bool

    def __init__(self, *, max_iter: int = 100, tol: float = 1e-6, smoothing: Smoothing | None = None) -> None:
        """Stop when the objective gains less than `tol` per answer, or after `max_iter` steps."""
        check_stopping(max_iter, tol)
        self.max_iter, self.tol, self.smoothing = max_iter, tol, smoothing or Smoothing()

    def fit(self, shards: Shards, *, over: Over = map) -> Self:
        """Fit all shards. `over` calls `Expect` for each shard as `map` does: an executor's map, or jobs elsewhere."""
        folder, smoothing = shards.folder, self.smoothing
        models: Models | None = None
        trace: list[float] = []
        self.converged_ = False
        while True:
            added = combine(over(Expect(folder, models, smoothing), range(shards.n_shards)))
            if models is not None:
                trace.append(added.likelihood + models.penalty)
                self.crowd_ = self._crowd(shards, models)
                self.log_likelihood_ = added.likelihood
                self.converged_ = len(trace) > 1 and trace[-1] - trace[-2] < self.tol * max(shards.n_answers, 1)
                if self.converged_ or len(trace) >= self.max_iter:
                    break
            models = _em(shards, None, smoothing).models(added.counts, added.share / max(added.tasks, 1))
        self.objective_, self.n_iter_, self.prior_ = np.array(trace), len(trace), self.crowd_.prior
        return self

    def posteriors(self, shards: Shards) -> Iterator[tuple[Ints, Floats]]:
        """Task ids int64[A] and posteriors float64[A, K] of one shard after the other."""
        models = self._models(shards)
        for shard in range(shards.n_shards):
            layout, tasks = shards.layout(shard)
            rest, _ = _em(shards, layout, self.smoothing).e_step(models)
            yield tasks, whole(rest)

    def _models(self, shards: Shards) -> Models:
        return _em(shards, None, self.smoothing).models(self.crowd_.counts, self.crowd_.prior)

    def _crowd(self, shards: Shards, models: Models) -> MatrixCrowd:
        numbers = np.array([self.smoothing.cell, self.smoothing.diagonal])
        worker, label = shards.pairs()
        return MatrixCrowd(
            shards.worker_ids(), worker, label, models.counts, models.prior / models.prior.sum(), numbers
        )


def combine(partials: Iterable[Partial]) -> Partial:
    """Reduce: the sum, in the order given. ValueError for no shard at all."""
    found: Partial | None = None
    for added in partials:
        if found is None:
            found = added
            continue
        found = Partial(
            found.counts + added.counts, found.share + added.share, found.tasks + added.tasks,
            found.likelihood + added.likelihood,
        )  # fmt: skip
    if found is None:
        message = "there is no shard to sum"
        raise ValueError(message)
    return found


def _em(shards: Shards, layout: Layout | None, smoothing: Smoothing) -> MatrixEM:
    worker, label = shards.pairs()
    if layout is None:
        nothing = np.zeros(0, dtype=np.int64)
        layout = Layout(nothing, (), nothing, nothing, None, worker.size)
    return MatrixEM(layout, worker, label, shards.n_classes, smoothing, np.float64)


def _scatter(
    folder: Path, chunks: Iterable[Columns], n_classes: int, n_shards: int
) -> tuple[dict[int, int], NDArray[np.bool_], int]:
    """Append each answer to the file of its task's shard. Returns workers in the order of their coming, which pairs
    occurred [W, K], and the number of answers.
    """
    workers: dict[int, int] = {}
    seen = np.zeros((16, n_classes), dtype=bool)
    total = 0
    with ExitStack() as stack:
        files = [stack.enter_context((folder / f"{shard:05d}.raw").open("wb")) for shard in range(n_shards)]
        for columns in chunks:
            rows = _rows(columns, workers, n_classes)
            while len(seen) < len(workers):
                seen = np.concatenate([seen, np.zeros_like(seen)])
            seen[rows["worker"], rows["label"]] = True
            # The draw of the task id: neighbours in a database must not all meet in one shard.
            shard = (lottery(rows["task"], 1)[:, 0] % np.uint64(n_shards)).astype(np.int64)
            order = np.argsort(shard, kind="stable")
            ends = np.cumsum(np.bincount(shard, minlength=n_shards))
            for number, part in enumerate(np.split(rows[order], ends[:-1])):
                files[number].write(part.tobytes())
            total += rows.size
    return workers, seen, total


def _rows(columns: Columns, workers: dict[int, int], n_classes: int) -> NDArray[Any]:
    task, worker = whole_numbers(columns[0], "tasks"), whole_numbers(columns[1], "workers")
    label = whole_numbers(columns[2], "labels", minimum=0)
    if not task.size == worker.size == label.size:
        message = f"tasks, workers and labels must be of one length, not {task.size}, {worker.size} and {label.size}"
        raise ValueError(message)
    if label.size and label.max() >= n_classes:
        row = int(np.flatnonzero(label >= n_classes)[0])
        message = f"labels[{row}] = {label[row]} is not one of the {n_classes} classes"
        raise ValueError(message)
    ids, code = distinct(worker)
    known = np.array([workers.setdefault(who, len(workers)) for who in ids.tolist()], dtype=np.int64)
    rows = np.empty(task.size, dtype=ROW)
    rows["task"], rows["label"] = task, label
    rows["worker"] = known[code] if code.size else code
    return rows


def _lay_out(folder: Path, shard: int, rank: Ints, pairs: Ints, n_classes: int) -> None:
    """Turn a shard's raw rows into its layout; the raw file goes."""
    raw = folder / f"{shard:05d}.raw"
    rows = np.fromfile(raw, dtype=ROW)
    worker = rank[rows["worker"]] if rows.size else np.zeros(0, dtype=np.int64)
    answers = Answers.encode(rows["task"], worker, rows["label"], n_classes=n_classes, worker_ids=np.arange(rank.size))
    del rows, worker
    layout, worker, label = Layout.of(answers)
    place = rows_of(worker * n_classes + label, pairs).astype(np.int32)
    arrays: dict[str, NDArray[Any]] = {
        "code": place[layout.code],
        "tasks": answers.task_ids[layout.order],
        "sizes": np.array(layout.sizes, dtype=np.int64),
        "tail": layout.tail.astype(np.int32),
    }
    for name, values in arrays.items():
        np.save(folder / f"{shard:05d}.{name}.npy", values)
    raw.unlink()


def _load(folder: Path, shard: int, name: str) -> NDArray[Any]:
    found: NDArray[Any] = np.load(folder / f"{shard:05d}.{name}.npy", mmap_mode="r")
    return found


def _csv_chunks(path: Path) -> Iterator[Columns]:
    with path.open(encoding="utf-8") as file:
        head = [name.strip() for name in file.readline().rstrip("\r\n").split(",")]
        missing = [name for name in ("task", "worker", "label") if name not in head]
        if missing:
            message = f"{path.name} lacks the column {', '.join(missing)}"
            raise ValueError(message)
        columns = [head.index(name) for name in ("task", "worker", "label")]
        line = 2
        while lines := file.readlines(CHUNK * 16):
            try:
                found = np.loadtxt(lines, delimiter=",", dtype=np.int64, usecols=columns, ndmin=2)
            except ValueError:
                yield _one_by_one(path, lines, columns, line)
            else:
                yield found[:, 0], found[:, 1], found[:, 2]
            line += len(lines)


def _one_by_one(path: Path, lines: list[str], columns: list[int], first: int) -> Columns:
    """Read lines that NumPy could not, or raise a ValueError that names the one."""
    rows = []
    for number, line in enumerate(lines, first):
        fields = line.rstrip("\r\n").split(",")
        try:
            rows.append([int(fields[column]) for column in columns])
        except (ValueError, IndexError) as error:
            message = f"{path.name}, line {number}: {line.rstrip()!r} is not task, worker, label as whole numbers"
            raise ValueError(message) from error
    found = np.array(rows, dtype=np.int64)
    return found[:, 0], found[:, 1], found[:, 2]
