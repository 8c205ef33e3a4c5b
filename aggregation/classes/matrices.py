"""EM's two halves for full confusion matrices, and what they leave behind: `MatrixCrowd`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from aggregation.arrays import Floats, Ints, rows_of, sums
from aggregation.classes.answers import Answers
from aggregation.classes.em import Rest, rest_of, softmax, whole
from aggregation.classes.gold import Gold
from aggregation.classes.layout import Layout, Reals
from aggregation.classes.pairs import Pairs
from aggregation.storage import pack, unpack

FORMAT = "quorate matrix crowd 1"
# Counts and shares are kept above this, as in crowd-kit: a logarithm of 0 would make one answer a proof.
FLOOR = 1e-10


@dataclass(frozen=True)
class Smoothing:
    """Pseudo-answers of every worker: `cell` in each cell of the matrix, `diagonal` more where the label is right."""

    cell: float = 0.0
    diagonal: float = 0.0

    def of(self, label: Ints, n_classes: int) -> Floats:
        """Pseudo-answers of `label` int64[P] for each true class: float64[K, P]."""
        extra = np.full((n_classes, label.size), self.cell)
        extra[label, np.arange(label.size)] += self.diagonal
        return extra

    def total(self, n_classes: int) -> float:
        """Pseudo-answers of a worker for one true class, over all labels."""
        return self.cell * n_classes + self.diagonal


@dataclass(frozen=True)
class Models:
    """What an M-step found: `counts` float64[K, P] expected, `log_theta` float64[P, K], `prior` float64[K], and the
    `penalty` that the pseudo-answers add to the objective.
    """

    counts: Floats
    log_theta: Floats
    prior: Floats
    penalty: float


class MatrixEM:
    """E-step and M-step over `answers` in the order of their layout. `rest` is [K − 1, A] (see em.Rest)."""

    def __init__(
        self, layout: Layout, worker: Ints, label: Ints, n_classes: int, smoothing: Smoothing, dtype: type
    ) -> None:
        """`worker`, `label` int64[P]: the pairs that the layout's codes stand for, sorted. `dtype` is float32 or float64,
        in which posteriors and scores are computed.
        """
        self.layout, self.n_classes, self.dtype = layout, n_classes, dtype
        self.pair_worker, self.pair_label = worker, label
        new = np.diff(worker, prepend=-1) > 0
        self._begin, self._group = np.flatnonzero(new), np.cumsum(new) - 1
        self._extra = smoothing.of(label, n_classes) if smoothing.total(n_classes) else None
        self._extra_total = smoothing.total(n_classes)
        self._known, self._truth = np.zeros(0, dtype=np.int64), np.zeros((0, n_classes))

    @classmethod
    def of(cls, answers: Answers, gold: Gold, smoothing: Smoothing, dtype: type) -> Self:
        """Lay `answers` out, and hold the known truth of `gold`."""
        pairs = Pairs.of(answers)
        layout = Layout.of(answers, pairs.of_answer, pairs.worker.size)
        em = cls(layout, pairs.worker, pairs.label, answers.n_classes, smoothing, dtype)
        place = np.full(answers.n_tasks, -1, dtype=np.int64)
        place[layout.order] = np.arange(layout.n_rows)
        answered = place[gold.task] >= 0
        em._known, em._truth = place[gold.task][answered], gold.truth[answered]
        return em

    def votes(self) -> Rest:
        """Shares of the votes, [K − 1, A]."""
        given = (self.pair_label[:, None] == np.arange(1, self.n_classes)).astype(self.dtype)
        count: Reals = self.layout.weight_of_rows[:, None].astype(self.dtype, copy=False)
        if self.n_classes == 2:  # one column is summed faster as what it is
            ones: Rest = self.layout.task_sums(given[:, 0].copy())
            shares: Rest = (ones / count[:, 0])[None]
            return shares
        return np.ascontiguousarray((self.layout.task_sums(given) / count).T)

    def first(self, posterior: Floats | None) -> Rest:
        """Where to start: `posterior` float64[T, K], None for the shares of the votes; with the known truth put in."""
        rest = self.votes() if posterior is None else rest_of(posterior, self.layout.order, self.dtype)
        if self._known.size:
            rest[:, self._known] = self._truth[:, 1:].T
        return rest

    def m_step(self, rest: Rest) -> Models:
        """Most probable matrices and class prior under the posteriors `rest`."""
        counts = self.counts(rest)
        share = rest.sum(axis=1, dtype=np.float64) / max(self.layout.n_rows, 1)
        return self.models(counts, np.append(1 - share.sum(), share))

    def counts(self, rest: Rest) -> Floats:
        """Expected number of times each pair occurred on tasks of each true class: float64[K, P]."""
        counts = np.empty((self.n_classes, self.pair_worker.size))
        for k in range(1, self.n_classes):
            counts[k] = self.layout.code_sums(rest[k - 1])
        counts[0] = np.maximum(self.layout.totals - counts[1:].sum(axis=0), 0)
        return counts

    def models(self, counts: Floats, share: Floats) -> Models:
        """The M-step from `counts` float64[K, P] and the mean posterior `share` float64[K]."""
        prior = np.maximum(share, FLOOR)
        said = np.maximum(counts, FLOOR) if self._extra is None else counts + self._extra
        own = np.add.reduceat(counts if self._extra is not None else said, self._begin, axis=1) if said.size else said
        own = own + self._extra_total
        log_own = np.log(own)
        log_theta = np.log(said) - log_own.take(self._group, axis=1)
        penalty = 0.0
        if self._extra is not None and said.size:
            unseen = self._extra_total - np.add.reduceat(self._extra, self._begin, axis=1)
            penalty = float((self._extra * log_theta).sum() - (unseen * log_own).sum())
        return Models(counts, np.ascontiguousarray(log_theta.T), prior, penalty)

    def e_step(self, models: Models) -> tuple[Rest, float]:
        """Posteriors under `models`, and the log-likelihood of the answers (of known tasks: with their truth)."""
        layout, k = self.layout, self.n_classes
        rest: Reals = np.empty((k - 1, layout.n_rows), dtype=self.dtype)
        log_prior = np.log(models.prior)
        likelihood = float(layout.totals @ models.log_theta[:, 0]) + layout.n_rows * float(log_prior[0])
        if k == 1 or not layout.n_rows:
            return rest, likelihood
        odds: Reals = (models.log_theta[:, 1:] - models.log_theta[:, :1]).astype(self.dtype)
        ahead = (log_prior[1:] - log_prior[0]).astype(self.dtype)
        table = odds[:, 0].copy() if k == 2 else odds
        blocks = layout.blocks(k - 1)
        rows = max(end - begin for begin, end in blocks)
        sums, spare = (np.empty((rows, *table.shape[1:]), dtype=self.dtype) for _ in range(2))
        for begin, end in blocks:
            found = sums[: end - begin]
            layout.block_sums(table, begin, end, found, spare)
            found += ahead if k > 2 else ahead[0]
            scores = found[None] if k == 2 else found.T
            likelihood += self._known_gain(scores, begin, end) + softmax(scores, rest[:, begin:end])
        if self._known.size:
            rest[:, self._known] = self._truth[:, 1:].T
        return rest, likelihood

    def _known_gain(self, scores: Reals, begin: int, end: int) -> float:
        """How far the likelihood of a block's known tasks with their truth is from what softmax will say of them."""
        if not self._known.size:
            return 0.0
        inside = (self._known >= begin) & (self._known < end)
        odds = np.pad(scores[:, self._known[inside] - begin].T.astype(np.float64), ((0, 0), (1, 0)))
        known = Gold(self._known[inside], self._truth[inside]).log_likelihood(odds).sum()
        top = odds.max(axis=1, keepdims=True)
        return float(known - (top[:, 0] + np.log(np.exp(odds - top).sum(axis=1))).sum())


@dataclass(frozen=True)
class MatrixCrowd:
    """Worker models as expected counts. `worker_ids` int64[W] sorted; `pair_worker` (row), `pair_label` int64[P]: what
    each said at least once; `counts` float64[K, P] by true class; `prior` float64[K]; `smoothing` float64[2]: see
    Smoothing. A worker never seen is judged as all workers together.
    """

    worker_ids: Ints
    pair_worker: Ints
    pair_label: Ints
    counts: Floats
    prior: Floats
    smoothing: Floats

    @property
    def n_classes(self) -> int:
        """K."""
        return int(self.prior.size)

    def confusion(self, worker_ids: Ints | None = None) -> Floats:
        """Matrices float64[W, K, K], row = true class, rows sum to 1; of the fitted workers or of `worker_ids`."""
        w, k = self.worker_ids.size, self.n_classes
        full = np.zeros((w + 1, k, k))
        full[self.pair_worker, :, self.pair_label] = self.counts.T
        full[w] = full[:w].sum(axis=0)
        extra = Smoothing(*self.smoothing).of(np.arange(k), k)
        full = np.maximum(full + extra, FLOOR)
        full /= full.sum(axis=2, keepdims=True)
        return full[:w] if worker_ids is None else full[rows_of(worker_ids, self.worker_ids)]

    def posterior(self, answers: Answers) -> Floats:
        """One E-step: float64[T, K] of the tasks of `answers`, which are all answers they have."""
        self.check(answers)
        pairs = Pairs.of(answers)
        rows = rows_of(answers.worker_ids[pairs.worker], self.worker_ids)
        layout = Layout.of(answers, pairs.of_answer, pairs.worker.size)
        scores = layout.task_sums(self._log_theta(rows, pairs.label)) + np.log(self.prior)
        rest = np.ascontiguousarray((scores[:, 1:] - scores[:, :1]).T)
        if self.n_classes > 1:
            softmax(rest, rest)
        return layout.by_task(whole(rest), answers.n_tasks, self.prior / self.prior.sum())

    def check(self, answers: Answers) -> None:
        """Raise ValueError unless `answers` are about the classes this crowd was fitted on."""
        if answers.n_classes != self.n_classes:
            message = f"the crowd was fitted on {self.n_classes} classes, the answers have {answers.n_classes}"
            raise ValueError(message)

    def _log_theta(self, rows: Ints, label: Ints) -> Floats:
        """Log-probability of `label` by the workers of `rows` (−1: never seen): float64[P', K]."""
        w, k = self.worker_ids.size, self.n_classes
        smoothing = Smoothing(*self.smoothing)
        smoothed = smoothing.total(k) > 0
        counts = self.counts if smoothed else np.maximum(self.counts, FLOOR)
        everyone = np.stack([sums(self.pair_label, row, k) for row in counts])
        own = np.stack([sums(self.pair_worker, row, w + 1) for row in counts])
        own[:, w] = everyone.sum(axis=1)
        place = rows_of(np.where(rows < 0, -1, rows * k + label), self.pair_worker * k + self.pair_label)
        said = np.where(place < 0, 0.0, np.pad(counts, ((0, 0), (0, 1)))[:, place])
        said = np.where(rows < 0, everyone[:, label], said)
        if not smoothed:
            return np.log(np.maximum(said, FLOOR) / np.maximum(own[:, rows], FLOOR)).T
        return np.log((said + smoothing.of(label, k)) / (own[:, rows] + smoothing.total(k))).T

    def to_bytes(self) -> bytes:
        """Serialise (NumPy archive, no pickle, versioned). The same models give the same bytes."""
        return pack(FORMAT, {f.name: getattr(self, f.name) for f in fields(self)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read `to_bytes`. ValueError when it is something else or of another version."""
        return cls(**unpack(FORMAT, data, [f.name for f in fields(cls)]))
