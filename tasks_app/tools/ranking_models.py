"""From rankings of a task's options to one ranking: the bridge between kinds and `aggregation.ranking`.

The options of different tasks are different things; what tasks share is their workers, who look more or less closely.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from aggregation.arrays import Floats
from aggregation.ranking import Comparisons, NoisyBradleyTerry
from tasks_app.tools.base import AnswerBatch, Fit, TaskResult, WorkerReport
from tasks_app.tools.fields import Json

METHOD = "noisy Bradley-Terry 1"
# Options a task may have at most: item ids are task · WIDTH + option.
WIDTH = 16
TIE_ROUNDING = 9


def fit(options: Sequence[str], batch: AnswerBatch, *, final: bool) -> Fit:
    """Cold fit of all answers, {"order": [options, best first]}; `options` are all that there can be, in their order."""
    if not batch.values:
        return Fit({}, {}, METHOD, b"")
    model = NoisyBradleyTerry(max_iter=5_000 if final else 500, tol=1e-6 if final else 1e-4)
    model.fit(_comparisons(options, batch))
    return Fit(_results(options, batch, model), _reports(options, batch, model), METHOD, METHOD.encode())


def update(options: Sequence[str], state: bytes, batch: AnswerBatch) -> Fit:
    """Results of the batch's tasks from these answers alone: the next fit weighs the workers."""
    found = fit(options, batch, final=False)
    return Fit(found.results, {}, METHOD, state)


def concordance(a: Sequence[str], b: Sequence[str]) -> float:
    """Share of pairs that both rank the same way (Kendall's tau on 0..1); what only one ranks is left out; 1 of no pairs."""
    place = {option: rank for rank, option in enumerate(b)}
    common = [place[option] for option in a if option in place]
    pairs = [(x, y) for row, x in enumerate(common) for y in common[row + 1 :]]
    return sum(x < y for x, y in pairs) / len(pairs) if pairs else 1.0


def _comparisons(options: Sequence[str], batch: AnswerBatch) -> Comparisons:
    code = {option: number for number, option in enumerate(options)}
    items = [
        [task * WIDTH + code[option] for option in value["order"]]
        for task, value in zip(batch.tasks.tolist(), batch.values, strict=True)
    ]
    return Comparisons.from_ranks(batch.workers, items, [list(range(len(row))) for row in items])


def _results(options: Sequence[str], batch: AnswerBatch, model: NoisyBradleyTerry) -> dict[int, TaskResult]:
    said: dict[int, list[Json]] = {}
    for task, value in zip(batch.tasks.tolist(), batch.values, strict=True):
        said.setdefault(task, []).append(value)
    ids = model.comparisons_.item_ids
    results = {}
    for task, values in sorted(said.items()):
        rows = np.flatnonzero(ids // WIDTH == task)
        # Equal scores stand in the order of the item: no draw, so that a result does not change by itself.
        order = rows[np.lexsort((ids[rows], -np.round(model.scores_[rows], TIE_ROUNDING)))]
        names = [options[int(one) % WIDTH] for one in ids[order]]
        best = Counter(value["order"][0] for value in values)
        results[task] = TaskResult(
            task=task,
            value={"order": names},
            confidence=_sureness(model.scores_[order], model.error_[order]),
            votes={name: float(best[name]) for name in names if best[name]},
            posterior={},
            answers=len(values),
            disputed=_doubt([count / len(values) for count in best.values()]),
        )
    return results


def _sureness(scores: Floats, error: Floats) -> float:
    """Least probability that two neighbours of the ranking stand the right way round."""
    gap = scores[:-1] - scores[1:]
    spread = np.sqrt(error[:-1] ** 2 + error[1:] ** 2)
    chances = [0.5 * (1 + math.erf(float(one) / math.sqrt(2))) for one in gap / spread]
    return min(chances, default=1.0)


def _doubt(shares: Sequence[float]) -> float:
    return max(0.0, -math.fsum(share * math.log(share) for share in shares))


def _reports(options: Sequence[str], batch: AnswerBatch, model: NoisyBradleyTerry) -> dict[int, WorkerReport]:
    """Accuracy and information are the share of answers that were looked at; agreement is with the others' rankings."""
    by_task: dict[int, list[tuple[int, Sequence[str]]]] = {}
    for task, worker, value in zip(batch.tasks.tolist(), batch.workers.tolist(), batch.values, strict=True):
        by_task.setdefault(task, []).append((worker, value["order"]))
    alike: dict[int, list[float]] = {}
    for _, given in sorted(by_task.items()):
        for worker, order in given:
            rest = [concordance(order, other) for who, other in given if who != worker]
            alike.setdefault(worker, []).extend(rest)
    answers = Counter(batch.workers.tolist())
    return {
        worker: WorkerReport(
            worker=worker,
            answers=answers[worker],
            accuracy=float(model.attention_[row]),
            agreement=math.fsum(alike[worker]) / len(alike[worker]) if alike[worker] else None,
            spam_score=float(model.attention_[row]),
            confusion=None,
            support=None,
        )
        for row, worker in enumerate(model.comparisons_.worker_ids.tolist())
    }
