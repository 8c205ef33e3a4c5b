"""From one text an answer to one text a task and back: the bridge between kinds and `aggregation.texts`."""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from aggregation.arrays import Floats
from aggregation.texts import TextAnswers, TextCrowd, TextFusion, edit_distances, fuse_texts, spread_of, words
from tasks_app.tools.base import AnswerBatch, Fit, TaskResult, WorkerReport
from tasks_app.tools.worker_state import number_or_none, open_state, seal_state

METHOD = "rover 1"
# Share of words that even careful people are taken to get wrong: how sure one text alone can make us.
LEAST_ERROR = 0.1
MOST_VOTES = 20
SHOWN = 60


@dataclass(frozen=True)
class TextModel:
    """Answers are {"text": "…"}. The result is what somebody wrote: the text whose words are the fused ones, or else the
    one closest to all others. So it keeps its punctuation and capitals, and nothing is made up.
    """

    @property
    def name(self) -> str:
        return "text"

    def fit(self, batch: AnswerBatch, *, final: bool) -> Fit:
        """Cold fit of all answers; it is quick enough to be final each time."""
        answers = _encode(batch)
        fusion = fuse_texts(answers)
        return Fit(
            results=_results(answers, fusion),
            workers=_reports(answers, fusion),
            method=METHOD,
            state=seal_state([self.name], fusion.crowd.to_bytes()),
        )

    def update(self, state: bytes, batch: AnswerBatch) -> Fit:
        """Results of the batch's tasks under the workers in `state`."""
        crowd = open_state([self.name], state, TextCrowd.from_bytes)
        if crowd is None:
            return replace(self.fit(batch, final=False), workers={}, state=state)
        answers = _encode(batch)
        return Fit(_results(answers, fuse_texts(answers, fixed=crowd)), {}, METHOD, state)


def likeness(a: str, b: str) -> float:
    """1 less the share of words that differ; two texts without words are alike where they are the same."""
    pair = TextAnswers.encode([0, 0], [0, 1], [a, b])
    longer = int(pair.length.max(initial=0))
    if not longer:
        return float(a == b)
    one = np.array([0])
    return 1.0 - float(edit_distances(pair.word, pair.length, one, one + 1)[0]) / longer


def _encode(batch: AnswerBatch) -> TextAnswers:
    return TextAnswers.encode(batch.tasks, batch.workers, [value["text"] for value in batch.values])


def _results(answers: TextAnswers, fusion: TextFusion) -> dict[int, TaskResult]:
    rows: list[list[int]] = [[] for _ in answers.task_ids]
    for row, place in enumerate(answers.task.tolist()):
        rows[place].append(row)
    error = np.maximum(fusion.crowd.of_workers(answers.worker_ids), LEAST_ERROR)[answers.worker]
    results = {}
    for place, task in enumerate(answers.task_ids.tolist()):
        chosen = _written(answers, fusion, place, rows[place])
        votes = Counter(answers.text[row] for row in rows[place])
        results[task] = TaskResult(
            task=task,
            value={"text": answers.text[chosen]},
            confidence=_confidence(answers, fusion, place, chosen, rows[place], error),
            votes={_short(text): float(count) for text, count in sorted(votes.most_common(MOST_VOTES))},
            posterior={},
            answers=len(rows[place]),
            disputed=max(0.0, 1.0 - float(fusion.confidence[place])),
        )
    return results


def _written(answers: TextAnswers, fusion: TextFusion, place: int, rows: list[int]) -> int:
    """Row of the text that says the fused words, the weightiest of them; without one the text in the middle."""
    fused = fusion.text[place].split()
    same = [row for row in rows if words(answers.text[row]) == fused]
    if not same:
        return int(fusion.medoid[place])
    # The writing most of these use; of equals the one that sorts first, whoever wrote it.
    writings = Counter(answers.text[row] for row in same)
    return min(same, key=lambda row: (-writings[answers.text[row]], answers.text[row]))


def _confidence(
    answers: TextAnswers, fusion: TextFusion, place: int, chosen: int, rows: list[int], error: Floats
) -> float:
    """Share of the words that people agree on, times the chance that not all who agree are wrong."""
    agree = np.array([np.array_equal(answers.word[row], answers.word[chosen]) for row in rows])
    wrong = float(np.prod(np.sort(error[np.array(rows)[agree]])))
    return min(max(float(fusion.confidence[place]) * (1.0 - wrong), 0.0), 1.0)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"


def _reports(answers: TextAnswers, fusion: TextFusion) -> dict[int, WorkerReport]:
    """Accuracy and information: the share of words as the others have them, shrunk to the crowd's; agreement: as it is."""
    size = answers.worker_ids.size
    given = np.bincount(answers.worker, minlength=size)
    spread = np.minimum(fusion.crowd.of_workers(answers.worker_ids), 1.0)
    alike = _agreement(answers, size)
    return {
        worker: WorkerReport(
            worker=worker,
            answers=int(given[row]),
            accuracy=1.0 - float(spread[row]),
            agreement=number_or_none(alike[row]),
            spam_score=1.0 - float(spread[row]),
            confusion=None,
            support=None,
        )
        for row, worker in enumerate(answers.worker_ids.tolist())
    }


def _agreement(answers: TextAnswers, size: int) -> Floats:
    """Mean likeness to the others' texts of the same tasks: float64[W], NaN if always alone."""
    shared = np.bincount(answers.task, minlength=answers.task_ids.size)[answers.task] > 1
    total = np.bincount(answers.worker, weights=shared * (1.0 - spread_of(answers)), minlength=size)
    met = np.bincount(answers.worker, weights=shared, minlength=size)
    share: Floats = np.divide(total, met, out=np.full(size, np.nan), where=met > 0)
    return share
