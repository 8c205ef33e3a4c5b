"""From answers with one class each to `auto` and back: the bridge between kinds and `aggregation.classes`."""

import json
from dataclasses import dataclass, replace

import numpy as np

from aggregation import workers as measures
from aggregation.arrays import Floats, best_class, entropy
from aggregation.classes import Answers, Auto, Gold, vote_counts
from aggregation.classes.auto import METHOD
from aggregation.stopping import HonestCrowd, outlooks
from tasks_app.tools.base import AnswerBatch, Fit, Honesty, TaskResult, WorkerReport
from tasks_app.tools.worker_state import number_or_none, open_state, seal_state

# Beyond this a matrix is unreadable, and 1,000 workers × 100 × 100 numbers are no report but a data set.
MAX_CONFUSION = 30
# Posterior mass below this is not reported.
TRACE = 1e-6


def fit(keys: list[str], batch: AnswerBatch, *, final: bool) -> Fit:
    """Cold fit of all answers; `keys` are the classes in the order of their codes."""
    answers = _encode(keys, batch)
    model = Auto() if final else Auto(max_iter=30, tol=1e-4)
    known = _gold(keys, answers, batch)
    model.fit(answers, gold=known)
    gold = Gold.of(known, answers)
    honest = HonestCrowd.of(model, answers, gold)
    return Fit(
        results=_results(keys, answers, honest.shown(model.posterior_, gold), honest),
        workers=_reports(answers, model),
        method=METHOD,
        state=seal_state(keys, honest.to_bytes()),
        honesty=Honesty.of(honest.calibration, honest.bins),
    )


def update(keys: list[str], state: bytes, batch: AnswerBatch) -> Fit:
    """Posteriors of the batch's tasks under the workers in `state`.

    A state of other classes (the question was edited), of an older version or none at all cannot judge these answers:
    then the batch is fitted alone, and the next full fit puts the state right.
    """
    honest = open_state(keys, state, HonestCrowd.from_bytes)
    if honest is None:
        return replace(fit(keys, batch, final=False), workers={}, state=state)
    answers = _encode(keys, batch)
    results = _results(keys, answers, honest.shown(honest.crowd.posterior(answers)), honest)
    return Fit(results=results, workers={}, method=METHOD, state=state)


def _encode(keys: list[str], batch: AnswerBatch) -> Answers:
    code = {key: number for number, key in enumerate(keys)}
    labels = np.array([code.get(value["class"], -1) for value in batch.values], dtype=np.int64)
    known = labels >= 0
    return Answers.encode(batch.tasks[known], batch.workers[known], labels[known], n_classes=len(keys))


def _gold(keys: list[str], answers: Answers, batch: AnswerBatch) -> Floats | None:
    """What is known of each task, float64[T, K], rows of zeros unknown; None where nothing is."""
    if not batch.truth:
        return None
    code = {key: number for number, key in enumerate(keys)}
    known = np.zeros((answers.n_tasks, len(keys)))
    for row, task in enumerate(answers.task_ids.tolist()):
        for one in batch.truth.get(task, ()):
            if one.value["class"] in code:
                known[row, code[one.value["class"]]] += one.weight
    return known


def _results(keys: list[str], answers: Answers, posterior: Floats, honest: HonestCrowd) -> dict[int, TaskResult]:
    """`posterior` float64[T, K] as it is to be shown."""
    counts, trust = vote_counts(answers), honest.trust(answers)
    best = best_class(posterior, answers.task_ids)
    doubt = entropy(posterior)
    views = outlooks(posterior, honest.crowd.typical)
    results = {}
    for row, task in enumerate(answers.task_ids.tolist()):
        votes, shares, label = counts[row], posterior[row], int(best[row])
        results[task] = TaskResult(
            task=task,
            value={"class": keys[label]},
            confidence=float(min(max(shares[label], 0.0), 1.0)),
            votes={keys[k]: float(votes[k]) for k in np.flatnonzero(votes)},
            posterior={keys[k]: float(shares[k]) for k in np.flatnonzero(shares > TRACE)},
            answers=int(votes.sum()),
            disputed=float(max(doubt[row], 0.0)),
            outlook=views[row],
            trust=float(trust[row]),
        )
    return results


def _reports(answers: Answers, model: Auto) -> dict[int, WorkerReport]:
    given = answers.answers_per_worker()
    accuracy = measures.expected_accuracy(model.confusion_, model.prior_)
    spam = measures.spam_score(model.confusion_)
    alike = measures.agreement(answers)
    support = measures.support(answers, model.posterior_)
    readable = answers.n_classes <= MAX_CONFUSION
    return {
        worker: WorkerReport(
            worker=worker,
            answers=int(given[row]),
            accuracy=number_or_none(accuracy[row]),
            agreement=number_or_none(alike[row]),
            spam_score=number_or_none(spam[row]),
            confusion=model.confusion_[row].tolist() if readable else None,
            support=support[row].tolist() if readable else None,
        )
        for row, worker in enumerate(answers.worker_ids.tolist())
    }


@dataclass(frozen=True)
class ClassModel:
    """The functions above over these classes, as an aspect of a larger answer (`joint_models.Model`)."""

    keys: tuple[str, ...]

    @property
    def name(self) -> str:
        return json.dumps(["class", *self.keys])

    def fit(self, batch: AnswerBatch, *, final: bool) -> Fit:
        return fit(list(self.keys), batch, final=final)

    def update(self, state: bytes, batch: AnswerBatch) -> Fit:
        return update(list(self.keys), state, batch)
