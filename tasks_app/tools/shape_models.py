"""From drawn shapes to fused ones: the bridge between the kinds whose answer is a list of shapes and `aggregation.shapes`."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from aggregation import workers as measures
from aggregation.arrays import Floats, Ints
from aggregation.shapes import Geometry, ShapeAnswers, ShapeCrowd, ShapeFusion, Shapes, fuse, match_shapes
from aggregation.shapes.fusion import METHOD
from tasks_app.tools.base import AnswerBatch, Fit, TaskResult, WorkerReport
from tasks_app.tools.class_models import MAX_CONFUSION
from tasks_app.tools.fields import Json
from tasks_app.tools.shape_fields import EXTRAS
from tasks_app.tools.text_models import TextModel
from tasks_app.tools.worker_state import number_or_none, open_state, seal_state

# The hand that drew what is known to be right; no worker has this id.
TRUTH = -1


@dataclass(frozen=True)
class Form:
    """What a kind's shapes are: `list` is their name in the answer, `array` and `fields` turn them into numbers and back."""

    list: str
    one: str
    many: str
    geometry: Geometry
    array: Callable[[Sequence[Json]], Any]
    fields: Callable[[Any], Json]

    def shapes(self, rows: Sequence[Json]) -> Shapes:
        return self.geometry.checked(self.array(rows), self.list)

    def counted(self, count: int) -> str:
        return f"{count} {self.one if count == 1 else self.many}"


def f1(form: Form, keys: list[str], a: list[Json], b: list[Json], *, similarity: float = 0.5) -> float:
    """F1 = 2 · matched / (shapes of a + shapes of b), matched one to one within a class; 1 if both are empty."""
    total = len(a) + len(b)
    if not total:
        return 1.0
    # Matching is greedy, so equal overlaps could make it depend on which answer comes first: fix the order.
    first, second = sorted((a, b), key=lambda shapes: sorted(json.dumps(shape, sort_keys=True) for shape in shapes))
    matched = 0
    for key in {*keys, *(shape["class"] for shape in first)}:
        mine, theirs = ([shape for shape in shapes if shape["class"] == key] for shapes in (first, second))
        if mine and theirs:
            pairs = match_shapes(form.geometry, form.shapes(mine), form.shapes(theirs), similarity=similarity)
            matched += len(pairs[0])
    return 2.0 * matched / total


def overlaps(form: Form, a: list[Json], b: list[Json], *, least: float = 0.05) -> list[float]:
    """How alike the shapes of two answers are that lie on each other by `least` or more, matched one to one, whatever their class."""
    if not a or not b:
        return []
    first, second = form.shapes(a), form.shapes(b)
    mine, theirs = match_shapes(form.geometry, first, second, similarity=least)
    return [float(one) for one in form.geometry.similarity(first[mine], second[theirs])] if mine.size else []


def fit(form: Form, keys: list[str], batch: AnswerBatch, *, final: bool) -> Fit:
    """Cold fit of all answers; `keys` are the classes in the order of their codes."""
    told = _with_truth(batch)
    known = _known(form, keys, told)
    answers = _encode(form, keys, told, known)
    fusion = fuse(answers)
    reports = _reports(answers, fusion)
    reports.pop(TRUTH, None)
    return Fit(
        results=_results(form, keys, answers, fusion, known),
        workers=reports,
        method=METHOD,
        state=seal_state(keys, fusion.crowd.to_bytes()),
    )


def update(form: Form, keys: list[str], state: bytes, batch: AnswerBatch) -> Fit:
    """Fused shapes of the batch's tasks under the workers in `state`; see `class_models.update` for a stale state."""
    crowd = open_state(keys, state, ShapeCrowd.from_bytes)
    # A form may have other numbers since (a skeleton got a point): such models say nothing of these shapes.
    if crowd is None or crowd.skew.size != form.geometry.dimensions:
        return replace(fit(form, keys, batch, final=False), workers={}, state=state)
    known = _known(form, keys, batch)
    answers = _encode(form, keys, batch, known)
    fusion = fuse(answers, fixed=crowd)
    return Fit(results=_results(form, keys, answers, fusion, known), workers={}, method=METHOD, state=state)


def _with_truth(batch: AnswerBatch) -> AnswerBatch:
    """The answers, and of each known item the best of its right answers, as one more hand that is always right there."""
    known = {int(task): batch.truth[int(task)] for task in np.unique(batch.tasks) if int(task) in batch.truth}
    if not known:
        return batch
    best = [max(truth, key=lambda one: one.weight).value for truth in known.values()]
    return AnswerBatch(
        tasks=np.concatenate([batch.tasks, np.fromiter(known, np.int64, len(known))]),
        workers=np.concatenate([batch.workers, np.full(len(known), TRUTH, dtype=np.int64)]),
        values=[*batch.values, *best],
    )


def _known(form: Form, keys: list[str], batch: AnswerBatch) -> list[list[Json]]:
    """The shapes of each answer whose class the question still has."""
    classes = set(keys)
    return [[shape for shape in value[form.list] if shape["class"] in classes] for value in batch.values]


def _encode(form: Form, keys: list[str], batch: AnswerBatch, known: list[list[Json]]) -> ShapeAnswers:
    code = {key: number for number, key in enumerate(keys)}
    return ShapeAnswers.encode(
        batch.tasks,
        batch.workers,
        [form.array(shapes) for shapes in known],
        [np.array([code[shape["class"]] for shape in shapes], dtype=np.int64) for shapes in known],
        n_classes=len(keys),
        geometry=form.geometry,
    )


def _results(
    form: Form, keys: list[str], answers: ShapeAnswers, fusion: ShapeFusion, known: list[list[Json]]
) -> dict[int, TaskResult]:
    shapes: list[list[Json]] = [[] for _ in answers.task_ids]
    extras = _extras(answers, fusion, [shape for drawn in known for shape in drawn])
    for cluster in np.flatnonzero(fusion.kept):
        shapes[int(fusion.task[cluster])].append(
            {"class": keys[int(fusion.label[cluster])]}
            | form.fields(fusion.shape[cluster])
            | extras.get(int(cluster), {})
            | {"confidence": float(fusion.confidence[cluster]), "votes": int(fusion.votes[cluster])}
        )
    # How many answers had no shape, one shape, …: the nearest thing to votes that a drawing has.
    drawn = np.bincount(answers.answer, minlength=answers.task.size)
    votes: list[Counter[str]] = [Counter() for _ in answers.task_ids]
    for task, count in zip(answers.task.tolist(), drawn.tolist(), strict=True):
        votes[task][form.counted(count)] += 1
    return {
        task: TaskResult(
            task=task,
            value={form.list: shapes[row]},
            confidence=float(min(max(fusion.task_confidence[row], 0.0), 1.0)),
            votes={label: float(count) for label, count in sorted(votes[row].items())},
            posterior={},
            answers=votes[row].total(),
            disputed=float(max(fusion.task_entropy[row], 0.0)),
        )
        for row, task in enumerate(answers.task_ids.tolist())
    }


def _extras(answers: ShapeAnswers, fusion: ShapeFusion, given: list[Json]) -> dict[int, Json]:
    """What the fused shapes carry besides their form, by cluster.

    Flags and attributes: what more than half of those who drew the thing say. A text: what at least half of them wrote,
    voted on word by word.
    """
    said: dict[int, Counter[tuple[str, str, Any]]] = {}
    for cluster, source in zip(fusion.member.tolist(), answers.source.tolist(), strict=True):
        shape = given[source]
        if any(name in shape for name in EXTRAS):
            told = said.setdefault(cluster, Counter())
            told.update((name, "", True) for name in EXTRAS if shape.get(name) is True)
            told.update(("attributes", name, value) for name, value in shape.get("attributes", {}).items())
    found: dict[int, Json] = {}
    for cluster, told in said.items():
        for (field, name, value), count in sorted(told.items()):
            if 2 * count > fusion.votes[cluster]:
                shape = found.setdefault(cluster, {})
                shape[field] = shape.get(field, {}) | {name: value} if name else value
    for cluster, text in _texts(answers, fusion, given).items():
        found.setdefault(cluster, {})["text"] = text
    return found


def _texts(answers: ShapeAnswers, fusion: ShapeFusion, given: list[Json]) -> dict[int, str]:
    worker = answers.worker[answers.answer].tolist()
    said = [
        (cluster, worker[place], given[source]["text"])
        for place, (cluster, source) in enumerate(zip(fusion.member.tolist(), answers.source.tolist(), strict=True))
        if given[source].get("text")
    ]
    if not said:
        return {}
    counts = Counter(cluster for cluster, _, _ in said)
    batch = AnswerBatch(
        np.array([cluster for cluster, _, _ in said], dtype=np.int64),
        np.array([who for _, who, _ in said], dtype=np.int64),
        [{"text": text} for _, _, text in said],
    )
    results = TextModel().fit(batch, final=True).results
    return {
        cluster: results[cluster].value["text"]
        for cluster, count in counts.items()
        if 2 * count >= fusion.votes[cluster]
    }


def _reports(answers: ShapeAnswers, fusion: ShapeFusion) -> dict[int, WorkerReport]:
    """Accuracy is the F1 to be expected of a worker's precision and recall; the matrix is of shapes others drew too.

    Information is the classes' (all of it where there is one class) times that F1: of what a worker misses nobody learns
    the class, and shapes of nothing, which the matrix does not see, hide those of something.
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
    """Expected number of each worker's shapes that show a real thing of each class: float64[W, K]."""
    weight = fusion.existence[:, None] * fusion.class_posterior
    worker = answers.worker[answers.answer]
    size = answers.worker_ids.size
    columns = [np.bincount(worker, weights=column, minlength=size) for column in weight[fusion.member].T]
    return np.stack(columns, axis=1)


def agreement(answers: ShapeAnswers, votes: Ints, member: Ints) -> Floats:
    """F1 between a worker's shapes and those of the others on the same images, pooled: float64[W], NaN if alone.

    Two shapes match when they are in one cluster; two answers without shapes match fully. `votes` int64[c] counts the
    workers in each cluster, `member` int64[m] is the cluster of each shape.
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
