"""EM's two halves for full confusion matrices, and what they leave behind: `MatrixCrowd`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from aggregation.arrays import Floats, Ints, rows_of, sums
from aggregation.classes.answers import Answers
from aggregation.classes.em import Rest, rest_of, softmax, whole
from aggregation.classes.gold import Gold
from aggregation.classes.layout import Block, Layout, Reals, side_by_side
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
    """What an M-step found: `counts`, `log_theta` float64[K, P], expected and logarithmic, `prior` float64[K], and the
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
        layout, worker, label = Layout.of(answers)
        em = cls(layout, worker, label, answers.n_classes, smoothing, dtype)
        if gold.task.size:
            place = np.full(answers.n_tasks, -1, dtype=np.int64)
            place[layout.order] = np.arange(layout.n_rows)
            answered = place[gold.task] >= 0
            em._known, em._truth = place[gold.task][answered], gold.truth[answered]
        return em

    def votes(self) -> Rest:
        """Shares of the votes, [K − 1, A]."""
        given = (self.pair_label == np.arange(1, self.n_classes)[:, None]).astype(self.dtype)
        shares: Rest = self.layout.task_sums(given)
        shares /= self.layout.weight_of_rows
        return shares

    def first(self, posterior: Floats | None) -> Rest:
        """Where to start: `posterior` float64[T, K], None for the shares of the votes; with the known truth put in."""
        rest = self.votes() if posterior is None else rest_of(posterior, self.layout.order, self.dtype)
        if self._known.size:
            rest[:, self._known] = self._truth[:, 1:].T
        return rest

    def m_step(self, rest: Rest) -> Models:
        """Most probable matrices and class prior under the posteriors `rest`."""
        share = np.empty(self.n_classes)
        share[1:] = rest.sum(axis=1, dtype=np.float64) / max(self.layout.n_rows, 1)
        share[0] = 1 - share[1:].sum()
        return self.models(self.counts(rest), share)

    def counts(self, rest: Rest) -> Floats:
        """Expected number of times each pair occurred on tasks of each true class: float64[K, P]."""
        counts = np.empty((self.n_classes, self.pair_worker.size))
        counts[1:] = self.layout.code_sums(rest)
        others = counts[1] if self.n_classes == 2 else counts[1:].sum(axis=0)
        np.subtract(self.layout.totals, others, counts[0])
        np.maximum(counts[0], 0, out=counts[0])
        return counts

    def models(self, counts: Floats, share: Floats) -> Models:
        """The M-step from `counts` float64[K, P] and the mean posterior `share` float64[K]."""
        prior = np.maximum(share, FLOOR)
        if not counts.size:
            return Models(counts, counts, prior, 0.0)
        if self._extra is None:
            said = np.maximum(counts, FLOOR)
            own = self._of_workers(said)
        else:
            said = counts + self._extra
            own = self._of_workers(counts) + self._extra_total
        log_theta = np.log(said)
        log_own = np.log(own)
        log_theta -= log_own.take(self._group, axis=1)
        penalty = 0.0
        if self._extra is not None:
            unseen = self._extra_total - self._of_workers(self._extra)
            penalty = float((self._extra * log_theta).sum() - (unseen * log_own).sum())
        return Models(counts, log_theta, prior, penalty)

    def _of_workers(self, pairs: Floats) -> Floats:
        """Σ over each worker's labels of `pairs` float64[K, P]."""
        k, n = pairs.shape
        if n == self._begin.size * k:  # every worker gave every label: rows of a matrix, many times faster
            whole: Floats = (pairs.reshape(-1, k) @ np.ones(k)).reshape(k, -1)
            return whole
        return np.add.reduceat(pairs, self._begin, axis=1)

    def e_step(self, models: Models) -> tuple[Rest, float]:
        """Posteriors under `models`, and the log-likelihood of the answers (of known tasks: with their truth)."""
        layout, k = self.layout, self.n_classes
        rest: Reals = np.empty((k - 1, layout.n_rows), dtype=self.dtype)
        log_prior = np.log(models.prior)
        likelihood = float(layout.totals @ models.log_theta[0]) + layout.n_rows * float(log_prior[0])
        if k == 1:
            return rest, likelihood
        odds: Reals = (models.log_theta[1:] - models.log_theta[0]).astype(self.dtype, copy=False)
        ahead: Reals = (log_prior[1:] - log_prior[0]).astype(self.dtype, copy=False)[:, None]
        columns = side_by_side(odds)
        for block in layout.blocks:
            scores = rest[:, block.begin : block.end]
            layout.block_sums(columns, block, scores)
            scores += ahead
            likelihood += self._known_gain(scores, block) + softmax(scores, scores)
        if self._known.size:
            rest[:, self._known] = self._truth[:, 1:].T
        return rest, likelihood

    def _known_gain(self, scores: Reals, block: Block) -> float:
        """How far the likelihood of a block's known tasks with their truth is from what softmax will say of them."""
        if not self._known.size:
            return 0.0
        inside = (self._known >= block.begin) & (self._known < block.end)
        odds = np.pad(scores[:, self._known[inside] - block.begin].T.astype(np.float64), ((0, 0), (1, 0)))
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
        layout, worker, label = Layout.of(answers)
        rows = rows_of(answers.worker_ids[worker], self.worker_ids)
        scores = layout.task_sums(self._log_theta(rows, label)) + np.log(self.prior)[:, None]
        rest = scores[1:] - scores[0]
        if self.n_classes > 1:
            softmax(rest, rest)
        return layout.by_task(whole(rest), answers.n_tasks, self.prior / self.prior.sum())

    def check(self, answers: Answers) -> None:
        """Raise ValueError unless `answers` are about the classes this crowd was fitted on."""
        if answers.n_classes != self.n_classes:
            message = f"the crowd was fitted on {self.n_classes} classes, the answers have {answers.n_classes}"
            raise ValueError(message)

    def _log_theta(self, rows: Ints, label: Ints) -> Floats:
        """Log-probability of `label` by the workers of `rows` (−1: never seen): float64[K, P']."""
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
            return np.log(np.maximum(said, FLOOR) / np.maximum(own[:, rows], FLOOR))
        return np.log((said + smoothing.of(label, k)) / (own[:, rows] + smoothing.total(k)))

    def to_bytes(self) -> bytes:
        """Serialise (NumPy archive, no pickle, versioned). The same models give the same bytes."""
        return pack(FORMAT, {f.name: getattr(self, f.name) for f in fields(self)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read `to_bytes`. ValueError when it is something else or of another version."""
        return cls(**unpack(FORMAT, data, [f.name for f in fields(cls)]))
