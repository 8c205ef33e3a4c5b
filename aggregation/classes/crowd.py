"""`ClassCrowd`: what a fit learnt about the workers, to label tasks later and to start the next fit from."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from aggregation.arrays import Floats, Ints, rows_of, sums
from aggregation.classes.answers import Answers
from aggregation.classes.gold import Gold
from aggregation.classes.pairs import Pairs, normalise
from aggregation.classes.shrinkage import Expectation
from aggregation.storage import pack, unpack

FORMAT = "quorate class crowd 2"

# Pseudo-answers, a true class, that the expected matrix weighs in a worker's own.
OWN_ANSWERS = 2.0
# Share of answers that are slips whatever a worker's record says: bounds the weight of any one answer.
SLIPS = 0.02


@dataclass(frozen=True)
class Judgement:
    """`plain` float64[K, T]: textbook posterior; `evidence` float64[K, T]: log-likelihood of each task's answers, each
    judged without its own part in the counts; `single` float64[K, rows]: the same of single answers that were asked for.
    """

    plain: Floats
    evidence: Floats
    single: Floats


@dataclass(frozen=True)
class ClassCrowd:
    """Fitted worker models and class prior. Workers are named by id, so any later batch finds them again.

    `worker_ids` int64[W] sorted, `accuracy` float64[W] (one coin); the expected counts of what they said: `pair_worker`
    (row), `pair_label` int64[P] sorted, `counts` float64[K, P] by true class; `pooled` float64[K, K] and `crowd` (see
    Expectation); `prior` float64[K]; `overlap` (see `evidence_weight`); `task_ids`, `task_answers` float64[T]: the weight
    of the answers of each task that are inside `counts`.
    """

    worker_ids: Ints
    accuracy: Floats
    pair_worker: Ints
    pair_label: Ints
    counts: Floats
    pooled: Floats
    crowd: Floats
    prior: Floats
    overlap: Floats
    task_ids: Ints
    task_answers: Floats

    @property
    def n_classes(self) -> int:
        """K."""
        return int(self.prior.size)

    def confusion(self, worker_ids: Ints | None = None) -> Floats:
        """Confusion matrices float64[W, K, K]: row = true class, column = label given, rows sum to 1.

        For the fitted workers, or for `worker_ids`; a worker never seen gets the matrix expected of a fresh worker.
        """
        w, k = self.worker_ids.size, self.n_classes
        if k == 1:
            return np.ones((w if worker_ids is None else worker_ids.size, 1, 1))
        full = OWN_ANSWERS * self._expectation().matrices(np.append(self.accuracy, self.crowd))
        full[self.pair_worker, :, self.pair_label] += self.counts.T
        full /= full.sum(axis=2, keepdims=True)
        return full[:w] if worker_ids is None else full[rows_of(worker_ids, self.worker_ids)]

    def posterior(self, answers: Answers, gold: Gold | None = None, *, inside: Floats | None = None) -> Floats:
        """One E-step: class probabilities float64[T, K] of these tasks, `answers` being ALL answers they have.

        An answer that `counts` already holds is judged by the worker's other answers (its own part is taken out), and
        answers to one task are not taken for independent: see `evidence_weight`. `inside` float64[T]: share of each
        task's answers that `counts` holds, where the caller knows better than by task id. Tasks in `gold` keep its truth.
        """
        return self.readings(answers, gold, inside=inside)[0]

    def readings(
        self, answers: Answers, gold: Gold | None = None, *, inside: Floats | None = None
    ) -> tuple[Floats, Floats]:
        """The `posterior` and the textbook posterior of the same tasks, float64[T, K] each, for the price of one."""
        self.check(answers)
        if self.n_classes == 1:
            return np.ones((answers.n_tasks, 1)), np.ones((answers.n_tasks, 1))
        judged = self.judge(answers, gold, inside=inside)
        weight = evidence_weight(answers.weight_per_task(), float(self.overlap))
        posterior = normalise(weight * (np.log(self.prior)[:, None] + judged.evidence))[0]
        if gold is not None:
            gold.pin_columns(posterior)
        return np.ascontiguousarray(posterior.T), np.ascontiguousarray(judged.plain.T)

    def plain_posterior(self, answers: Answers, gold: Gold | None = None) -> Floats:
        """Textbook E-step, float64[K, T]: what EM iterates on."""
        self.check(answers)
        pairs = Pairs.of(answers)
        return self._plain(pairs, *self._tables(answers, pairs), gold)

    def judge(
        self, answers: Answers, gold: Gold | None = None, rows: Ints | None = None, *, inside: Floats | None = None
    ) -> Judgement:
        """What the answers say of their tasks (and the answers `rows` alone), each judged without its own part."""
        pairs = Pairs.of(answers)
        counts, expected, total = self._tables(answers, pairs)
        plain = self._plain(pairs, counts, expected, total, gold)
        inside = self._share_inside(answers) if inside is None else inside
        worker = pairs.worker[pairs.of_answer]
        evidence = np.empty((self.n_classes, answers.n_tasks))
        single = np.empty((self.n_classes, 0 if rows is None else rows.size))
        for k in range(self.n_classes):
            own = pairs.weighed((inside * plain[k])[answers.task])
            said = np.maximum(counts[k][pairs.of_answer] - own, 0.0) + OWN_ANSWERS * expected[k][pairs.of_answer]
            theta = said / (np.maximum(total[k][worker] - own, 0.0) + OWN_ANSWERS)
            log_theta = np.log((1 - SLIPS) * theta + SLIPS / self.n_classes)
            evidence[k] = answers.weighed(answers.task, answers.n_tasks, log_theta)
            if rows is not None:
                single[k] = log_theta[rows]
        return Judgement(plain, evidence, single)

    def check(self, answers: Answers) -> None:
        """Raise ValueError unless `answers` are about the classes this crowd was fitted on."""
        if answers.n_classes != self.n_classes:
            message = f"the crowd was fitted on {self.n_classes} classes, the answers have {answers.n_classes}"
            raise ValueError(message)

    def accuracy_of(self, worker_ids: Ints) -> Floats:
        """One-coin accuracy of each of `worker_ids`; the crowd's for one never seen."""
        return np.append(self.accuracy, self.crowd)[rows_of(worker_ids, self.worker_ids)]

    def _plain(self, pairs: Pairs, counts: Floats, expected: Floats, total: Floats, gold: Gold | None) -> Floats:
        log_theta = np.log((counts + OWN_ANSWERS * expected) / (total[:, pairs.worker] + OWN_ANSWERS))
        posterior = normalise(np.log(self.prior)[:, None] + pairs.evidence(log_theta))[0]
        if gold is not None:
            gold.pin_columns(posterior)
        return posterior

    def _expectation(self) -> Expectation:
        return Expectation(self.pooled, float(self.crowd))

    def _tables(self, answers: Answers, pairs: Pairs) -> tuple[Floats, Floats, Floats]:
        """Counts and expected probability of the batch's pairs [K, P'], and the workers' totals [K, W']."""
        k = self.n_classes
        rows = rows_of(answers.worker_ids, self.worker_ids)
        known = rows_of(
            np.where(rows[pairs.worker] < 0, -1, rows[pairs.worker] * k + pairs.label),
            self.pair_worker * k + self.pair_label,
        )
        counts = np.where(known < 0, 0.0, np.pad(self.counts, ((0, 0), (0, 1)))[:, known])
        totals = np.stack([sums(self.pair_worker, row, self.worker_ids.size + 1) for row in self.counts])
        expected = self._expectation().at(self.accuracy_of(answers.worker_ids), pairs.worker, pairs.label)
        return counts, expected, totals[:, rows]

    def _share_inside(self, answers: Answers) -> Floats:
        """Share of each task's answers that the counts hold: which of them is not stored, so each is held so far."""
        now = answers.weight_per_task()
        then = np.append(self.task_answers, 0.0)[rows_of(answers.task_ids, self.task_ids)]
        return np.minimum(then / np.where(now > 0, now, 1.0), 1.0)

    def to_bytes(self) -> bytes:
        """Serialise (NumPy savez, no pickle, versioned). The same models give the same bytes."""
        return pack(FORMAT, {f.name: getattr(self, f.name) for f in fields(self)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read `to_bytes`. ValueError when it is something else or of another version."""
        return cls(**unpack(FORMAT, data, [f.name for f in fields(cls)]))


def evidence_weight(answers_per_task: Floats, overlap: float) -> Floats:
    """Weight 1 / (1 + (n − 1) ρ) of what n answers to one task say together; ρ = `overlap`.

    People err on the same hard items, so their answers are not independent given the class: n of them are worth
    n / (1 + (n − 1) ρ) independent ones (Kish's design effect). It moves confidence, never the most probable class.
    """
    weight: Floats = 1 / (1 + np.maximum(answers_per_task - 1, 0) * overlap)
    return weight
