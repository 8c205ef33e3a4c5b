"""A fitted crowd with what its confidence is worth: asked of tasks whose truth is known, or nearly so because many answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from aggregation.arrays import Bools, Floats, Ints, rows_of, sums
from aggregation.classes import Answers, Auto, AutoCrowd, Gold, vote_weights
from aggregation.classes.auto import PRIOR_VOTES
from aggregation.classes.crowd import evidence_weight
from aggregation.classes.pairs import normalise
from aggregation.stopping.calibration import Calibration, reliability
from aggregation.stopping.trust import STRANGER, hands
from aggregation.storage import pack, unpack

FORMAT = "quorate honest crowd 1"
# Of each such task the model is shown so many of its answers, as if there were no more.
SIZES = (1, 2, 3, 5, 8)
# What so many answers say of a task serves as its truth; what it weighs beside a known answer.
MANY, MANY_WEIGHT = 9, 0.5
# And only where it is the rule: tasks that got more than others got them because they are hard.
USUAL = 0.5
# Tasks looked at: enough to tell temperatures apart, and a bound on time.
SAMPLE = 2000


@dataclass(frozen=True)
class HonestCrowd:
    """What a rule of overlap goes by: the workers, what their confidence is worth, and in how good hands a task is with
    each of `crowd.worker_ids`, float64[W] (see `trust.hands`). `bins` float64[B, 4] is what confidences came to on the
    tasks the calibration was learnt from (see `reliability`).
    """

    crowd: AutoCrowd
    calibration: Calibration
    hand: Floats
    bins: Floats

    @classmethod
    def of(cls, model: Auto, answers: Answers, gold: Gold) -> Self:
        """From a model that was just fitted to `answers` with `gold`."""
        crowd = model.crowd_
        counts = crowd.independent
        support = sums(counts.pair_worker, counts.counts.sum(axis=0), crowd.worker_ids.size)
        said, truth, weight = _checked(crowd, answers, model.posterior_, gold)
        calibration = Calibration.of_shares(said, truth, weight)
        rows, best = np.arange(said.shape[0]), said.argmax(axis=1)
        shown = calibration.shares(said)
        bins = reliability(said[rows, best], shown[rows, best], truth[rows, best], weight)
        return cls(crowd, calibration, hands(model.confusion_, support), bins)

    def shown(self, posterior: Floats, gold: Gold | None = None) -> Floats:
        """Posteriors float64[T, K] of the crowd as they should be shown; tasks in `gold` keep its truth."""
        honest = self.calibration.shares(posterior)
        if gold is not None:
            gold.pin(honest)
        return honest

    def trust(self, answers: Answers) -> Floats:
        """Sum of the hands of all who answered each task, float64[T]; whoever is not known is a stranger."""
        known = np.append(self.hand, STRANGER)[rows_of(answers.worker_ids, self.crowd.worker_ids)]
        return answers.weighed(answers.task, answers.n_tasks, known[answers.worker])

    def to_bytes(self) -> bytes:
        """Serialise: versioned, no pickle, the same models give the same bytes."""
        numbers = np.array([self.calibration.temperature, self.calibration.tasks])
        crowd = np.frombuffer(self.crowd.to_bytes(), np.uint8)
        return pack(FORMAT, {"crowd": crowd, "calibration": numbers, "hand": self.hand, "bins": self.bins})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read `to_bytes`. ValueError when it is something else or of another version."""
        found = unpack(FORMAT, data, ("crowd", "calibration", "hand", "bins"))
        temperature, tasks = found["calibration"].tolist()
        crowd = AutoCrowd.from_bytes(found["crowd"].tobytes())
        return cls(crowd, Calibration(temperature, tasks), found["hand"], found["bins"])


def _checked(crowd: AutoCrowd, answers: Answers, posterior: Floats, gold: Gold) -> tuple[Floats, Floats, Floats]:
    """What `crowd`, just fitted, says of tasks of known truth, that truth, float64[D, K] each, and what each row counts for.

    Each such task is judged anew by some of its answers, by so many as the others have before all, as if nothing else were
    known of it: its truth is taken out of the workers' records. The same answers give the same bits in any order of coming.
    """
    weight = np.zeros(answers.n_tasks)
    if answers.n_classes > 1:
        weight[_settled_by_many(answers, gold)] = MANY_WEIGHT
        weight[gold.task] = 1.0
        weight[answers.answers_per_task() == 0] = 0.0
    chosen = np.flatnonzero(weight > 0)
    chosen = chosen[:: max(1, -(-chosen.size // SAMPLE))]
    if not chosen.size:
        nothing = np.zeros((0, answers.n_classes))
        return nothing, nothing, np.zeros(0)
    drawn, task = _draw(answers, chosen)
    said = _unprompted(crowd, drawn, Gold(np.arange(task.size), posterior[task]))
    typical = _typical_sizes(answers, gold)[np.searchsorted(SIZES, drawn.answers_per_task())]
    return said, posterior[task], weight[task] * typical / sums(task, typical, answers.n_tasks)[task]


def _typical_sizes(answers: Answers, gold: Gold) -> Floats:
    """For each of SIZES, how many tasks of unknown truth have about so many answers (and one, lest it be none)."""
    given = answers.answers_per_task()
    given[gold.task] = 0
    place = np.searchsorted(SIZES, given[given > 0], side="right") - 1
    found: Floats = 1.0 + np.bincount(place, minlength=len(SIZES)).astype(np.float64)
    return found


def _settled_by_many(answers: Answers, gold: Gold) -> Bools:
    """Tasks without known truth that many answered, bool[T]; none where that is the exception."""
    given = answers.answers_per_task()
    main = given > 0
    main[gold.task] = False
    many: Bools = main & (given >= MANY)
    return many if many.sum() >= USUAL * main.sum() else np.zeros_like(many)


def _draw(answers: Answers, tasks: Ints) -> tuple[Answers, Ints]:
    """For each of `tasks` its first 1, 2, 3 … answers in an order that is drawn from ids alone: as a batch of tasks of
    their own, and the task int64[D] that each of those is drawn from.
    """
    rows = np.flatnonzero(np.isin(answers.task, tasks))
    rows = rows[np.lexsort((_mixed(answers, rows), answers.task[rows]))]
    task = answers.task[rows]
    starts = np.searchsorted(task, tasks)
    given = np.searchsorted(task, tasks, side="right") - starts
    source, taken = [], []
    for size in SIZES:
        enough = np.flatnonzero(given >= size)
        source.append(tasks[enough])
        taken.append(rows[starts[enough][:, None] + np.arange(size)])
    of = np.concatenate(source)
    sizes = np.repeat(SIZES, [one.size for one in source])
    every = np.concatenate([one.ravel() for one in taken])
    drawn = Answers.encode(
        np.repeat(np.arange(of.size), sizes), answers.worker_ids[answers.worker[every]], answers.label[every],
        n_classes=answers.n_classes, task_ids=np.arange(of.size), worker_ids=answers.worker_ids,
        weight=None if answers.weight is None else answers.weight[every],
    )  # fmt: skip
    return drawn, of


def _unprompted(crowd: AutoCrowd, drawn: Answers, truth: Gold) -> Floats:
    """What `crowd` would say of these tasks, float64[D, K], had it not learnt from them: `AutoCrowd.posterior` with the part
    of each in the workers' records, which is `truth`, taken out.
    """
    said = vote_weights(drawn) + PRIOR_VOTES * crowd.prior
    said /= said.sum(axis=1, keepdims=True)
    held = np.ones(drawn.n_tasks)
    given = drawn.weight_per_task()
    for member in (crowd.independent, crowd.overlapping):
        scores = np.log(member.prior)[:, None] + member.judge(drawn, truth, inside=held).evidence
        for weight in (1.0, evidence_weight(given, float(member.overlap))):
            said += normalise(weight * scores)[0].T
    said /= said.sum(axis=1, keepdims=True)
    return said


def _mixed(answers: Answers, rows: Ints) -> Ints:
    """A number for each answer that depends on who answered what, not on when (splitmix64's finish)."""
    task = answers.task_ids[answers.task[rows]].astype(np.uint64)
    worker = answers.worker_ids[answers.worker[rows]].astype(np.uint64)
    mixed = task * np.uint64(0x9E3779B97F4A7C15) + worker
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    found: Ints = (mixed >> np.uint64(1)).astype(np.int64)
    return found
