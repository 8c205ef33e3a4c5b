"""Several things asked at once: each aspect of an answer is aggregated on its own, by the model that fits it.

The results are as sure as the least certain aspect: an item is done when every one of them is.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tasks_app.tools.base import AnswerBatch, Fit, TaskResult, Truth, WorkerReport
from tasks_app.tools.fields import Json
from tasks_app.tools.worker_state import bundle, open_state, seal_state, unbundle

# An aspect is part of a result if at least this share of the task's answers speak of it.
SPOKEN_OF = 0.5


class Model(Protocol):
    """How one aspect is aggregated; the functions of `class_models`, `number_models` and `text_models`, with their settings."""

    @property
    def name(self) -> str:
        """Names the model with its settings: a state of other settings cannot judge."""

    def fit(self, batch: AnswerBatch, *, final: bool) -> Fit:
        """As `Tool.fit`."""

    def update(self, state: bytes, batch: AnswerBatch) -> Fit:
        """As `Tool.update`."""


@dataclass(frozen=True)
class Aspect:
    """`part` is an answer as the model takes it, None where the answer does not speak of this."""

    key: str
    model: Model
    part: Callable[[Json], Json | None]


@dataclass(frozen=True)
class Joint:
    """Results by task and aspect, and what is the same for all."""

    results: dict[int, dict[str, TaskResult]]
    answers: dict[int, int]
    workers: dict[int, WorkerReport]
    method: str
    state: bytes

    def fit_of(self, assemble: Callable[[Mapping[str, TaskResult]], TaskResult]) -> Fit:
        """The kind's own results, one of each task's aspects."""
        return Fit(
            results={task: assemble(aspects) for task, aspects in self.results.items()},
            workers=self.workers,
            method=self.method,
            state=self.state,
        )


def fit(aspects: Sequence[Aspect], batch: AnswerBatch, *, final: bool) -> Joint:
    """Cold fit of all answers."""
    fits = [aspect.model.fit(_parts(aspect, batch), final=final) for aspect in aspects]
    return _joined(aspects, batch, fits, seal_state(_names(aspects), bundle([one.state for one in fits])))


def update(aspects: Sequence[Aspect], state: bytes, batch: AnswerBatch) -> Joint:
    """Results of the batch's tasks under the workers in `state`; without a usable one the batch is fitted alone."""
    states = open_state(_names(aspects), state, unbundle)
    if states is None or len(states) != len(aspects):
        states = [b""] * len(aspects)
    fits = [aspect.model.update(own, _parts(aspect, batch)) for aspect, own in zip(aspects, states, strict=True)]
    return _joined(aspects, batch, [Fit(one.results, {}, one.method, b"") for one in fits], state)


def least_sure(aspects: Mapping[str, TaskResult]) -> float:
    """Confidence of a result made of these; 1 of none at all, for then nothing is claimed."""
    return min((one.confidence for one in aspects.values()), default=1.0)


def most_disputed(aspects: Mapping[str, TaskResult]) -> float:
    """Doubt of a result made of these, in nats."""
    return max((one.disputed for one in aspects.values()), default=0.0)


def _names(aspects: Sequence[Aspect]) -> list[str]:
    return [json.dumps([aspect.key, aspect.model.name]) for aspect in aspects]


def _parts(aspect: Aspect, batch: AnswerBatch) -> AnswerBatch:
    """The rows that speak of an aspect, as its model takes them."""
    parts = [aspect.part(value) for value in batch.values]
    rows = np.array([row for row, part in enumerate(parts) if part is not None], dtype=np.int64)
    truth = {
        task: [Truth(part, one.weight) for one in right if (part := aspect.part(one.value)) is not None]
        for task, right in batch.truth.items()
    }
    values = [part for part in parts if part is not None]
    return AnswerBatch(batch.tasks[rows], batch.workers[rows], values, truth)


def _joined(aspects: Sequence[Aspect], batch: AnswerBatch, fits: Sequence[Fit], state: bytes) -> Joint:
    answers = Counter(batch.tasks.tolist())
    results: dict[int, dict[str, TaskResult]] = {task: {} for task in answers}
    for aspect, one in zip(aspects, fits, strict=True):
        for task, found in one.results.items():
            if found.answers >= SPOKEN_OF * answers[task]:
                results[task][aspect.key] = found
    methods = ", ".join(dict.fromkeys(one.method for one in fits))
    return Joint(results, dict(answers), _reports(batch, fits), f"each apart: {methods}", state)


def _reports(batch: AnswerBatch, fits: Sequence[Fit]) -> dict[int, WorkerReport]:
    """Means over the aspects, by how many answers each had; there is no one matrix for all of them."""
    given = Counter(batch.workers.tolist())
    reports = {}
    for worker, answers in given.items():
        rows = [one.workers[worker] for one in fits if worker in one.workers]
        if rows:
            reports[worker] = WorkerReport(
                worker=worker,
                answers=answers,
                accuracy=_mean([(row.accuracy, row.answers) for row in rows]),
                agreement=_mean([(row.agreement, row.answers) for row in rows]),
                spam_score=_mean([(row.spam_score, row.answers) for row in rows]),
                confusion=None,
                support=None,
            )
    return reports


def _mean(weighed: list[tuple[float | None, int]]) -> float | None:
    known = [(value, weight) for value, weight in weighed if value is not None]
    total = sum(weight for _, weight in known)
    return sum(value * weight for value, weight in known) / total if total else None
