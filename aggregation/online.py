"""Answers one by one: what each says is known in microseconds, and after `settle` all is as one batch fit finds it.

Between fits a new answer moves what it touches: the posterior of its task, and the counts of the workers who answered
it. Fits come as news accumulates (`RefitPolicy`, which the platform's aggregation job follows as well).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints, best_class, rows_of, whole_numbers
from aggregation.classes import Answers, AnyMethod, ClassCrowd, Crowd, HierarchicalDawidSkene
from aggregation.growing import Growing
from aggregation.storage import pack, unpack
from aggregation.workers import support

FORMAT = "quorate online engine 1"
# Pseudo-answers a true class that a worker's matrix of the last fit weighs besides the answers it was learnt from.
OWN_ANSWERS = 2.0
# What is believed of a worker before any fit: right this often.
FIRST_ACCURACY = 0.75
TINY = 1e-12


@dataclass(frozen=True)
class RefitPolicy:
    """When news is enough for a fit of all answers: once it is `share` of what the last fit saw, and `at_least` so much;
    and when nothing more comes, after `quiet_seconds` or `quiet_times` what a fit takes, whichever is longer: then at
    most 1 / `quiet_times` of a processor goes into fits of steady news.
    """

    at_least: int = 20
    share: float = 0.1
    quiet_seconds: float = 1.5
    quiet_times: float = 20.0

    def due(self, news: int, fitted: int) -> bool:
        """Whether `news` (answers, or tasks with new ones) since a fit of `fitted` answers asks for another."""
        return news >= max(self.at_least, self.share * fitted)

    def quiet(self, fit_seconds: float) -> float:
        """Seconds without a fit after which one is due whatever the news, when the last took `fit_seconds`."""
        return max(self.quiet_seconds, self.quiet_times * fit_seconds)


class OnlineEngine:
    """Labels of a growing set of answers about K classes. Tasks and workers are any int64 ids; all may be new.

    `method` makes the model that fits (default: hierarchical Dawid-Skene); `n_fits`, `news` (answers added, changed or
    retracted since the last fit). With `refits` a fit that is due happens within `add`, warm-started; else when the
    caller, who sees `due`, calls `refit` or `settle`.
    """

    def __init__(
        self,
        n_classes: int,
        *,
        method: Callable[[], AnyMethod] = HierarchicalDawidSkene,
        policy: RefitPolicy | None = None,
        refits: bool = True,
    ) -> None:
        """No answers yet. ValueError unless there is a class."""
        if n_classes < 1:
            message = f"n_classes = {n_classes} is below 1"
            raise ValueError(message)
        self.n_classes, self.method, self.refits = n_classes, method, refits
        self.policy = policy or RefitPolicy()
        self.crowd: Crowd | None = None
        self.n_fits = self.news = self.fitted = 0
        # Answers in the order of their coming; the code of one is worker row × K + label.
        self._task, self._worker, self._label = (Growing(np.int64) for _ in range(3))
        self._weight, self._code = Growing(np.float64), Growing(np.int64)
        # Rows of tasks: their id, posterior, answers. Rows of workers: their id, expected counts [label, true class].
        self._task_id, self._posterior = Growing(np.int64), Growing(np.float64, n_classes)
        self._worker_id, self._total = Growing(np.int64), Growing(np.float64, n_classes)
        self._counts = Growing(np.float64, n_classes)
        self._task_row: dict[int, int] = {}
        self._worker_row: dict[int, int] = {}
        self._answers_of: list[array[int]] = []
        # Pairs (task row, worker row) that occurred, and the tasks that somebody answered twice.
        self._met: set[tuple[int, int]] = set()
        self._doubled: set[int] = set()
        self._known: dict[int, int] = {}
        self._log_prior = np.full(n_classes, -np.log(n_classes))
        self._typical = _first_matrix(n_classes)

    def __len__(self) -> int:
        """Count the answers, retracted ones included."""
        return self._task.size

    @property
    def due(self) -> bool:
        """Whether the news asks for a fit."""
        return self.policy.due(self.news, self.fitted)

    @property
    def task_ids(self) -> Ints:
        """Ids int64[T] in the order of their coming: the rows of `posterior_` and `labels`."""
        return self._task_id.values

    @property
    def posterior_(self) -> Floats:
        """What is believed now: float64[T, K]."""
        return self._posterior.values

    def labels(self, *, seed: int = 0) -> Ints:
        """Most probable class of each task, int64[T]; ties drawn by task id."""
        return best_class(self.posterior_, self.task_ids, seed)

    def posterior_of(self, task: int) -> Floats:
        """Posterior float64[K] of one task. KeyError for one that never had an answer."""
        found: Floats = self._posterior.values[self._task_row[task]].copy()
        return found

    def add(self, tasks: ArrayLike, workers: ArrayLike, labels: ArrayLike, *, weight: float = 1.0) -> None:
        """Take one answer (three numbers) or several (three columns); touched tasks are judged anew.

        ValueError names what is wrong, and then nothing was added.
        """
        if type(tasks) is int and type(workers) is int and type(labels) is int:
            if not 0 <= labels < self.n_classes:
                message = f"labels[0] = {labels} is not one of the {self.n_classes} classes"
                raise ValueError(message)
            _check_weight(weight)
            self._add(tasks, workers, labels, weight)
            self._refit_if_due()
            return
        columns = [whole_numbers(np.atleast_1d(column), name) for column, name in _named(tasks, workers, labels)]
        label = columns[2]
        if not columns[0].size == columns[1].size == label.size:
            message = f"tasks, workers and labels must be of one length, not {[column.size for column in columns]}"
            raise ValueError(message)
        if label.size and not 0 <= label.min() <= label.max() < self.n_classes:
            row = int(np.flatnonzero((label < 0) | (label >= self.n_classes))[0])
            message = f"labels[{row}] = {label[row]} is not one of the {self.n_classes} classes"
            raise ValueError(message)
        _check_weight(weight)
        for task, worker, said in zip(*(column.tolist() for column in columns), strict=True):
            self._add(task, worker, said, weight)
        self._refit_if_due()

    def reweigh(self, task: int, worker: int, weight: float) -> None:
        """Let the answers of `worker` to `task` count as `weight` answers each; 0 retracts them. KeyError: none."""
        _check_weight(weight)
        row = self._task_row[task]
        found = [at for at in self._answers_of[row] if self._worker.values[at] == worker]
        if not found:
            message = f"worker {worker} has no answer to task {task}"
            raise KeyError(message)
        old = self._shares(row)
        self._weight.values[found] = weight
        self._judge(row, old)
        self.news += len(found)
        self._refit_if_due()

    def retract(self, task: int, worker: int) -> None:
        """Take the answers of `worker` to `task` back. KeyError if there is none."""
        self.reweigh(task, worker, 0.0)

    def know(self, task: int, label: int | None) -> None:
        """Hold the truth of `task` at `label`; None forgets it. KeyError for a task without answers."""
        if label is not None and not 0 <= label < self.n_classes:
            message = f"label = {label} is not one of the {self.n_classes} classes"
            raise ValueError(message)
        row = self._task_row[task]
        self._known.pop(task, None)
        if label is not None:
            self._known[task] = label
        self._judge(row, self._shares(row))
        self.news += 1

    def answers(self) -> Answers:
        """All answers that count, as a batch."""
        return Answers.encode(
            self._task.values, self._worker.values, self._label.values,
            n_classes=self.n_classes, task_ids=self._task_id.values, worker_ids=self._worker_id.values,
            weight=self._weight.values,
        )  # fmt: skip

    def settle(self) -> AnyMethod:
        """Fit everything anew, from nothing: `posterior_` is then, bit by bit, that of `method().fit(answers())`."""
        return self._fit(None)

    def refit(self) -> AnyMethod:
        """Fit everything from the last models on: ends near where `settle` ends, in fewer steps."""
        return self._fit(self.crowd)

    def _refit_if_due(self) -> None:
        if self.refits and self.due:
            self.refit()

    def _add(self, task: int, worker: int, label: int, weight: float) -> None:
        row = self._task_row.get(task)
        if row is None:
            row = self._task_row[task] = self._task_id.append(task)
            self._posterior.append(np.exp(self._log_prior))
            self._answers_of.append(array("q"))
        who = self._worker_row.get(worker)
        if who is None:
            who = self._worker_row[worker] = self._worker_id.append(worker)
            self._counts.extend(OWN_ANSWERS * self._typical.T)
            self._total.append(np.full(self.n_classes, OWN_ANSWERS))
        self._meet(row, who)
        old = np.zeros((len(self._answers_of[row]) + 1, self.n_classes))
        old[:-1] = self._shares(row)
        self._answers_of[row].append(self._task.append(task))
        self._worker.append(worker)
        self._label.append(label)
        self._weight.append(weight)
        self._code.append(who * self.n_classes + label)
        self._judge(row, old)
        self.news += 1

    def _meet(self, row: int, who: int) -> None:
        pair = (row, who)
        if pair in self._met:
            self._doubled.add(row)
        self._met.add(pair)

    def _shares(self, row: int) -> Floats:
        """What the counts hold of a task's answers: float64[answers, K]."""
        at = np.frombuffer(self._answers_of[row], dtype=np.int64)
        shares: Floats = self._weight.values.take(at)[:, None] * self._posterior.values[row]
        return shares

    def _judge(self, row: int, old: Floats) -> None:
        """E-step of one task under the counts without its own part `old` [answers, K]; then they take in the new."""
        at = np.frombuffer(self._answers_of[row], dtype=np.int64)
        code, weight = self._code.values.take(at), self._weight.values.take(at)
        who = code // self.n_classes
        counts, total = self._counts.values, self._total.values
        if row in self._doubled:
            np.subtract.at(counts, code, old)
            np.subtract.at(total, who, old)
            said, own = counts.take(code, axis=0), total.take(who, axis=0)
        else:
            said, own = counts.take(code, axis=0) - old, total.take(who, axis=0) - old
        scores = self._log_prior + np.dot(weight, np.log(np.maximum(said, TINY) / np.maximum(own, TINY)))
        posterior = np.exp(scores - scores.max())
        posterior /= posterior.sum()
        if self._known:
            known = self._known.get(int(self._task_id.values[row]))
            posterior = posterior if known is None else np.eye(self.n_classes)[known]
        self._posterior.values[row] = posterior
        new = weight[:, None] * posterior
        if row in self._doubled:
            np.add.at(counts, code, new)
            np.add.at(total, who, new)
        else:  # nobody occurs twice: what was read can be written back
            counts[code] = said + new
            total[who] = own + new

    def _fit(self, start: Crowd | None) -> AnyMethod:
        answers = self.answers()
        gold = np.full(answers.n_tasks, -1)
        for task, label in self._known.items():
            gold[rows_of(np.array([task]), answers.task_ids)] = label
        model = self.method().fit(answers, gold=gold if self._known else None, start=start)
        self.crowd, self.fitted, self.news = model.crowd_, len(answers), 0
        self.n_fits += 1
        self._posterior.values[:] = model.posterior_[rows_of(self._task_id.values, answers.task_ids)]
        self._learn(answers, model)
        return model

    def _learn(self, answers: Answers, model: AnyMethod) -> None:
        """Take over the fitted workers: their matrices, as heavy as the answers these were learnt from."""
        place = rows_of(self._worker_id.values, answers.worker_ids)
        known = support(answers, model.posterior_)[place] + OWN_ANSWERS
        matrices = model.crowd_.confusion(self._worker_id.values)
        self._counts.values[:] = (matrices * known[:, :, None]).transpose(0, 2, 1).reshape(-1, self.n_classes)
        self._total.values[:] = known
        self._typical = model.crowd_.confusion(np.array([_nobody(answers.worker_ids)]))[0]
        self._log_prior = np.log(np.maximum(model.prior_, TINY))

    def to_bytes(self) -> bytes:
        """Serialise all of it (NumPy archive, no pickle): what comes back goes on as this one would."""
        known = np.array(sorted(self._known.items()), dtype=np.int64).reshape(-1, 2)
        crowd = b"" if self.crowd is None else self.crowd.to_bytes()
        state: dict[str, Any] = {name: getattr(self, f"_{name}").values for name in _COLUMNS}
        state["numbers"] = np.array([self.n_classes, self.n_fits, self.news, self.fitted, int(self.refits)])
        state["policy"] = np.array([float(getattr(self.policy, name)) for name in _POLICY])
        state |= {"known": known, "log_prior": self._log_prior, "typical": self._typical}
        state["crowd"] = np.frombuffer(crowd, dtype=np.uint8)
        return pack(FORMAT, state)

    def _index(self) -> None:
        """Find again who answered what, from the columns."""
        self._task_row = {task: row for row, task in enumerate(self._task_id.values.tolist())}
        self._worker_row = {worker: row for row, worker in enumerate(self._worker_id.values.tolist())}
        self._answers_of = [array("q") for _ in self._task_row]
        for at, (task, code) in enumerate(zip(self._task.values.tolist(), self._code.values.tolist(), strict=True)):
            self._answers_of[self._task_row[task]].append(at)
            self._meet(self._task_row[task], code // self.n_classes)

    @classmethod
    def from_bytes(
        cls,
        data: bytes,
        *,
        method: Callable[[], AnyMethod] = HierarchicalDawidSkene,
        crowd: Callable[[bytes], Crowd] = ClassCrowd.from_bytes,
    ) -> Self:
        """Read `to_bytes`; `method` as given to the engine, `crowd` reads its models. ValueError for anything else."""
        names = [*_COLUMNS, "numbers", "policy", "known", "log_prior", "typical", "crowd"]
        state = unpack(FORMAT, data, names)
        n_classes, n_fits, news, fitted, refits = state["numbers"].tolist()
        at_least, share, quiet_seconds, quiet_times = state["policy"].tolist()
        policy = RefitPolicy(int(at_least), share, quiet_seconds, quiet_times)
        engine = cls(n_classes, method=method, policy=policy, refits=bool(refits))
        engine.n_fits, engine.news, engine.fitted = n_fits, news, fitted
        engine.crowd = crowd(state["crowd"].tobytes()) if state["crowd"].size else None
        for name in _COLUMNS:
            getattr(engine, f"_{name}").extend(state[name])
        engine._known = dict(state["known"].tolist())
        engine._log_prior, engine._typical = state["log_prior"], state["typical"]
        engine._index()
        return engine


_COLUMNS = (
    "task", "worker", "label", "weight", "code", "task_id", "posterior", "worker_id", "total", "counts",
)  # fmt: skip
_POLICY = ("at_least", "share", "quiet_seconds", "quiet_times")


def _named(tasks: ArrayLike, workers: ArrayLike, labels: ArrayLike) -> list[tuple[ArrayLike, str]]:
    return [(tasks, "tasks"), (workers, "workers"), (labels, "labels")]


def _check_weight(weight: float) -> None:
    if not (np.isfinite(weight) and weight >= 0):
        message = f"weight = {weight} is not a finite number of at least 0"
        raise ValueError(message)


def _first_matrix(n_classes: int) -> Floats:
    """What is believed of a worker before any fit: float64[K, K]."""
    if n_classes == 1:
        return np.ones((1, 1))
    matrix = np.full((n_classes, n_classes), (1 - FIRST_ACCURACY) / (n_classes - 1))
    np.fill_diagonal(matrix, FIRST_ACCURACY)
    return matrix


def _nobody(worker_ids: Ints) -> int:
    """An id that no worker has."""
    return int(worker_ids.max(initial=-1)) + 1
