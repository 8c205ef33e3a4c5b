"""From drawn boxes to fused boxes: the bridge between the bounding-box kind and `aggregation.shapes`."""

from collections import Counter
from dataclasses import replace

import numpy as np

from aggregation import workers as measures
from aggregation.arrays import Floats, Ints
from aggregation.shapes import ShapeAnswers, ShapeCrowd, ShapeFusion, fuse, match_boxes
from aggregation.shapes.fusion import METHOD
from tasks_app.tools.base import AnswerBatch, Fit, TaskResult, WorkerReport
from tasks_app.tools.class_models import MAX_CONFUSION
from tasks_app.tools.fields import Json
from tasks_app.tools.worker_state import number_or_none, open_state, seal_state

CORNERS = ("x1", "y1", "x2", "y2")


def corners(boxes: list[Json]) -> Floats:
    """Corners x1, y1, x2, y2 as float64[n, 4]."""
    return np.array([[box[name] for name in CORNERS] for box in boxes], dtype=np.float64).reshape(-1, 4)


def f1(keys: list[str], a: list[Json], b: list[Json], *, iou: float = 0.5) -> float:
    """F1 = 2 · matched / (boxes of a + boxes of b), matched one to one within a class; 1 if both are empty."""
    total = len(a) + len(b)
    if not total:
        return 1.0
    # Matching is greedy, so equal overlaps could make it depend on which answer comes first: fix the order.
    first, second = sorted(
        (a, b), key=lambda boxes: sorted([box["class"], *(box[c] for c in CORNERS)] for box in boxes)
    )
    matched = 0
    for key in {*keys, *(box["class"] for box in first)}:
        mine, theirs = ([box for box in boxes if box["class"] == key] for boxes in (first, second))
        if mine and theirs:
            matched += len(match_boxes(corners(mine), corners(theirs), iou=iou)[0])
    return 2.0 * matched / total


def fit(keys: list[str], batch: AnswerBatch, *, final: bool) -> Fit:
    """Cold fit of all answers; `keys` are the classes in the order of their codes."""
    answers = _encode(keys, batch)
    fusion = fuse(answers)
    return Fit(
        results=_results(keys, answers, fusion),
        workers=_reports(answers, fusion),
        method=METHOD,
        state=seal_state(keys, fusion.crowd.to_bytes()),
    )


def update(keys: list[str], state: bytes, batch: AnswerBatch) -> Fit:
    """Fused boxes of the batch's tasks under the workers in `state`; see `class_models.update` for a stale state."""
    crowd = open_state(keys, state, ShapeCrowd.from_bytes)
    if crowd is None:
        return replace(fit(keys, batch, final=False), workers={}, state=state)
    answers = _encode(keys, batch)
    fusion = fuse(answers, fixed=crowd)
    return Fit(results=_results(keys, answers, fusion), workers={}, method=METHOD, state=state)


def _encode(keys: list[str], batch: AnswerBatch) -> ShapeAnswers:
    code = {key: number for number, key in enumerate(keys)}
    known = [[box for box in value["boxes"] if box["class"] in code] for value in batch.values]
    return ShapeAnswers.encode(
        batch.tasks,
        batch.workers,
        [corners(boxes) for boxes in known],
        [np.array([code[box["class"]] for box in boxes], dtype=np.int64) for boxes in known],
        n_classes=len(keys),
    )


def _results(keys: list[str], answers: ShapeAnswers, fusion: ShapeFusion) -> dict[int, TaskResult]:
    boxes: list[list[Json]] = [[] for _ in answers.task_ids]
    for cluster in np.flatnonzero(fusion.kept):
        edges = (round(float(edge), 1) for edge in fusion.shape[cluster])
        boxes[int(fusion.task[cluster])].append(
            {"class": keys[int(fusion.label[cluster])]}
            | dict(zip(CORNERS, edges, strict=True))
            | {"confidence": float(fusion.confidence[cluster]), "votes": int(fusion.votes[cluster])}
        )
    # How many answers had no box, one box, …: the nearest thing to votes that a drawing has.
    drawn = np.bincount(answers.answer, minlength=answers.task.size)
    votes: list[Counter[str]] = [Counter() for _ in answers.task_ids]
    for task, count in zip(answers.task.tolist(), drawn.tolist(), strict=True):
        votes[task][f"{count} {'box' if count == 1 else 'boxes'}"] += 1
    return {
        task: TaskResult(
            task=task,
            value={"boxes": boxes[row]},
            confidence=float(min(max(fusion.task_confidence[row], 0.0), 1.0)),
            votes={label: float(count) for label, count in sorted(votes[row].items())},
            posterior={},
            answers=votes[row].total(),
            disputed=float(max(fusion.task_entropy[row], 0.0)),
        )
        for row, task in enumerate(answers.task_ids.tolist())
    }


def _reports(answers: ShapeAnswers, fusion: ShapeFusion) -> dict[int, WorkerReport]:
    """Accuracy is the F1 to be expected of a worker's precision and recall; the matrix is of boxes others drew too.

    Information is the classes' (all of it where there is one class) times that F1: of what a worker misses nobody learns
    the class, and boxes of nothing, which the matrix does not see, hide those of something.
    """
    crowd = fusion.crowd
    given = np.bincount(answers.worker, minlength=answers.worker_ids.size)
    both = crowd.precision + crowd.recall
    accuracy = np.divide(2 * crowd.precision * crowd.recall, both, out=np.zeros_like(both), where=both > 0)
    alike = agreement(answers, fusion.votes, fusion.member)
    confusion, information = None, accuracy
    if crowd.classes is not None:
        confusion = crowd.classes.confusion(answers.worker_ids)
        information = accuracy * measures.spam_score(confusion)
    readable = confusion is not None and answers.n_classes <= MAX_CONFUSION
    support = _support(answers, fusion)
    return {
        worker: WorkerReport(
            worker=worker,
            answers=int(given[row]),
            accuracy=number_or_none(accuracy[row]),
            agreement=number_or_none(alike[row]),
            spam_score=number_or_none(information[row]),
            confusion=confusion[row].tolist() if readable and confusion is not None else None,
            support=support[row].tolist() if readable else None,
        )
        for row, worker in enumerate(answers.worker_ids.tolist())
    }


def _support(answers: ShapeAnswers, fusion: ShapeFusion) -> Floats:
    """Expected number of each worker's boxes that show a real thing of each class: float64[W, K]."""
    weight = fusion.existence[:, None] * fusion.class_posterior
    worker = answers.worker[answers.answer]
    size = answers.worker_ids.size
    columns = [np.bincount(worker, weights=column, minlength=size) for column in weight[fusion.member].T]
    return np.stack(columns, axis=1)


def agreement(answers: ShapeAnswers, votes: Ints, member: Ints) -> Floats:
    """F1 between a worker's boxes and those of the others on the same images, pooled: float64[W], NaN if alone.

    Two boxes match when they are in one cluster; two answers without boxes match fully. `votes` int64[c] counts the
    workers in each cluster, `member` int64[m] is the cluster of each box.
    """
    tasks, size = answers.task_ids.size, answers.worker_ids.size
    drawn = np.bincount(answers.answer, minlength=answers.task.size)
    others = np.bincount(answers.task, minlength=tasks)[answers.task] - 1
    all_drawn = np.bincount(answers.task, weights=drawn, minlength=tasks)[answers.task]
    empty = drawn == 0
    empty_pairs = np.where(empty, np.bincount(answers.task, weights=empty, minlength=tasks)[answers.task] - 1, 0)
    common = np.bincount(answers.answer, weights=votes[member] - 1, minlength=answers.task.size) + empty_pairs
    possible = (others * drawn + all_drawn - drawn) / 2 + empty_pairs
    met = np.bincount(answers.worker, weights=possible, minlength=size)
    same = np.bincount(answers.worker, weights=common, minlength=size)
    share: Floats = np.divide(same, met, out=np.full(size, np.nan), where=met > 0)
    return share
