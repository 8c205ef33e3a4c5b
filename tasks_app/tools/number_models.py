"""From one number an answer to one number a task and back: the bridge between kinds and `aggregation.numbers`."""

import json
import math
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from aggregation.arrays import Floats, sums
from aggregation.numbers import NumberAnswers, NumberCrowd, NumberFusion, fuse_numbers, medians
from tasks_app.tools.base import AnswerBatch, Fit, TaskResult, WorkerReport
from tasks_app.tools.worker_state import number_or_none, open_state, seal_state

METHOD = "number-fusion 1"
# More different answers than this to one task are told as one: a table of votes is for people.
MOST_VOTES = 20


@dataclass(frozen=True)
class NumberModel:
    """Answers are {"number": 3.5}. A result is right when the truth is no further than `tolerance` from it."""

    tolerance: float

    @property
    def name(self) -> str:
        return json.dumps(["number", self.tolerance])

    def fit(self, batch: AnswerBatch, *, final: bool) -> Fit:
        """Cold fit of all answers; it is quick enough to be final each time."""
        answers = _encode(batch)
        fusion = fuse_numbers(answers, start=self._start(answers))
        return Fit(
            results=self._results(answers, fusion),
            workers=self._reports(answers, fusion),
            method=METHOD,
            state=seal_state([self.name], fusion.crowd.to_bytes()),
        )

    def update(self, state: bytes, batch: AnswerBatch) -> Fit:
        """Results of the batch's tasks under the workers in `state`."""
        crowd = open_state([self.name], state, NumberCrowd.from_bytes)
        if crowd is None:
            return replace(self.fit(batch, final=False), workers={}, state=state)
        answers = _encode(batch)
        return Fit(self._results(answers, fuse_numbers(answers, fixed=crowd)), {}, METHOD, state)

    def _start(self, answers: NumberAnswers) -> NumberCrowd:
        """Where the fit begins, and what workers' spreads are shrunk to: the typical distance from the others, and no less
        than half a tolerance. Most people agreeing to the last digit, a few slips of the pen must not be taken for noise.
        """
        shared = np.bincount(answers.task, minlength=answers.task_ids.size)[answers.task] > 1
        away = np.abs(answers.value - medians(answers)[answers.task])[shared]
        typical = 1.4826 * float(np.median(away)) if away.size else 0.0
        common = max(typical, self.tolerance / 2)
        workers = answers.worker_ids.size
        return NumberCrowd(answers.worker_ids, np.zeros(workers), np.full(workers, common), np.array(common))

    def _results(self, answers: NumberAnswers, fusion: NumberFusion) -> dict[int, TaskResult]:
        votes: list[Counter[str]] = [Counter() for _ in answers.task_ids]
        for task, value in zip(answers.task.tolist(), answers.value.tolist(), strict=True):
            votes[task][f"{value:g}"] += 1
        results = {}
        for row, task in enumerate(answers.task_ids.tolist()):
            count = votes[row].total()
            # People who all agree are still taken to be a tolerance off, each for themselves: one answer is no proof.
            error = math.hypot(float(fusion.error[row]), self.tolerance / math.sqrt(count))
            shares = [number / count for number in votes[row].values()]
            results[task] = TaskResult(
                task=task,
                value={"number": float(fusion.value[row])},
                confidence=math.erf(self.tolerance / (error * math.sqrt(2))),
                votes={key: float(number) for key, number in sorted(votes[row].most_common(MOST_VOTES))},
                posterior={},
                answers=count,
                disputed=max(0.0, -math.fsum(share * math.log(share) for share in shares)),
            )
        return results

    def _reports(self, answers: NumberAnswers, fusion: NumberFusion) -> dict[int, WorkerReport]:
        """Accuracy: the chance that an answer lies within two tolerances of the truth, by the worker's bias and spread.
        Information: the share of the values' variance that this spread leaves.
        """
        size = answers.worker_ids.size
        bias, spread = fusion.crowd.of_workers(answers.worker_ids)
        spread = np.maximum(spread, 1e-12)
        reach = 2 * self.tolerance
        hit = [
            0.5 * (math.erf((reach - b) / (s * math.sqrt(2))) + math.erf((reach + b) / (s * math.sqrt(2))))
            for b, s in zip(bias.tolist(), spread.tolist(), strict=True)
        ]
        variance = float(fusion.value.var()) if fusion.value.size else 0.0
        information = variance / (variance + spread**2)
        given = np.bincount(answers.worker, minlength=size)
        alike = self._agreement(answers)
        return {
            worker: WorkerReport(
                worker=worker,
                answers=int(given[row]),
                accuracy=min(max(hit[row], 0.0), 1.0),
                agreement=number_or_none(alike[row]),
                spam_score=number_or_none(information[row]),
                confusion=None,
                support=None,
            )
            for row, worker in enumerate(answers.worker_ids.tolist())
        }

    def _agreement(self, answers: NumberAnswers) -> Floats:
        """Share of a worker's answers within two tolerances of the mean of the others': float64[W], NaN if always alone."""
        tasks, size = answers.task_ids.size, answers.worker_ids.size
        count = np.bincount(answers.task, minlength=tasks)[answers.task]
        total = sums(answers.task, answers.value, tasks)[answers.task]
        shared = count > 1
        others = (total - answers.value) / np.maximum(count - 1, 1)
        close = (np.abs(answers.value - others) <= 2 * self.tolerance) & shared
        met = np.bincount(answers.worker, weights=shared, minlength=size)
        near = np.bincount(answers.worker, weights=close, minlength=size)
        share: Floats = np.divide(near, met, out=np.full(size, np.nan), where=met > 0)
        return share


def _encode(batch: AnswerBatch) -> NumberAnswers:
    values = np.array([value["number"] for value in batch.values], dtype=np.float64)
    return NumberAnswers.encode(batch.tasks, batch.workers, values)
