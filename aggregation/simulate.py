"""Crowds with a known truth: to test a model, to size a project, to show what an overlap buys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from aggregation.arrays import Floats, Ints
from aggregation.classes.answers import Answers
from aggregation.shapes.answers import ShapeAnswers

Generator = np.random.Generator


class WorkerKind(StrEnum):
    """How a worker answers. Shares are probabilities of a right answer (classes) or of drawing a thing (boxes)."""

    HAMMER = "hammer"  # .95, neat edges
    SLOPPY = "sloppy"  # .70, loose edges
    SPAMMER = "spammer"  # answers without looking: any class; boxes anywhere
    ADVERSARY = "adversary"  # knows and says something else: always the next class; boxes beside the thing
    CONSTANT = "constant"  # always the same class; never a box
    BIASED = "biased"  # .95 on even classes, .40 on odd ones, whose rest goes to the class before; skips small boxes


@dataclass(frozen=True)
class ClassWorld:
    """`truth` int64[T], `confusion` float64[W, K, K] (row = true class), `kinds` of the W workers; ids are the codes."""

    answers: Answers
    truth: Ints
    confusion: Floats
    kinds: tuple[WorkerKind, ...]


@dataclass(frozen=True)
class BoxWorld:
    """The real things: `truth_task` int64[g], `truth_box` float64[g, 4] in pixels, `truth_label` int64[g]."""

    answers: ShapeAnswers
    truth_task: Ints
    truth_box: Floats
    truth_label: Ints
    kinds: tuple[WorkerKind, ...]


def confusion_matrix(kind: WorkerKind, n_classes: int, generator: Generator) -> Floats:
    """Confusion matrix float64[K, K] of a worker of `kind`; skills are spread around the kind's own."""
    k = n_classes
    if k == 1:
        return np.ones((1, 1))
    eye = np.eye(k)
    if kind is WorkerKind.SPAMMER:
        return np.tile(generator.dirichlet(np.full(k, 4.0)), (k, 1))
    if kind is WorkerKind.CONSTANT:
        return np.tile(eye[int(generator.integers(k))], (k, 1))
    if kind is WorkerKind.ADVERSARY:
        return _with_diagonal(np.full(k, 0.05), np.roll(eye, 1, axis=1))
    if kind is WorkerKind.BIASED:
        return _with_diagonal(np.where(np.arange(k) % 2, 0.4, 0.95), np.roll(eye, -1, axis=1))
    mean, strength = (0.95, 60.0) if kind is WorkerKind.HAMMER else (0.7, 20.0)
    right = generator.beta(mean * strength, (1 - mean) * strength, size=k)
    return _with_diagonal(right, (1 - eye) / (k - 1))


def _with_diagonal(right: Floats, wrong: Floats) -> Floats:
    matrix: Floats = (1 - right)[:, None] * wrong
    np.fill_diagonal(matrix, right)
    return matrix


def class_world(
    *,
    seed: int,
    n_tasks: int,
    n_classes: int,
    workers: Mapping[WorkerKind, int],
    answers_per_task: int,
    prior: Floats | None = None,
) -> ClassWorld:
    """Tasks of classes drawn from `prior` (uniform), each answered by `answers_per_task` different workers (or all)."""
    generator = np.random.default_rng(seed)
    kinds = _kinds(workers)
    confusion = np.stack([confusion_matrix(kind, n_classes, generator) for kind in kinds])
    truth = generator.choice(n_classes, size=n_tasks, p=prior)
    task, worker = _visits(n_tasks, len(kinds), answers_per_task, generator)
    ladder = confusion[worker, truth[task]].cumsum(axis=1)
    label = np.minimum((ladder < generator.random(task.size)[:, None]).sum(axis=1), n_classes - 1)
    answers = Answers.encode(
        task, worker, label, n_classes=n_classes, task_ids=np.arange(n_tasks), worker_ids=np.arange(len(kinds))
    )
    return ClassWorld(answers, truth.astype(np.int64), confusion, kinds)


def box_world(
    *,
    seed: int,
    n_tasks: int,
    n_classes: int,
    workers: Mapping[WorkerKind, int],
    answers_per_task: int,
    things_per_image: float = 4.0,
    size: float = 1000.0,
) -> BoxWorld:
    """Images of `size` × `size` pixels with a Poisson number of things, drawn by `answers_per_task` workers each."""
    generator = np.random.default_rng(seed)
    kinds = _kinds(workers)
    count = generator.poisson(things_per_image, size=n_tasks)
    truth_task = np.repeat(np.arange(n_tasks), count)
    truth_box = _random_boxes(truth_task.size, size, generator)
    truth_label = generator.integers(n_classes, size=truth_task.size)
    task, worker = _visits(n_tasks, len(kinds), answers_per_task, generator)
    boxes, labels = [], []
    for t, w in zip(task.tolist(), worker.tolist(), strict=True):
        rows = slice(*np.searchsorted(truth_task, (t, t + 1)))
        box, label = draw_boxes(kinds[w], truth_box[rows], truth_label[rows], n_classes, size, generator)
        boxes.append(box)
        labels.append(label)
    answers = ShapeAnswers.encode(task, worker, boxes, labels, n_classes=n_classes)
    return BoxWorld(answers, truth_task, truth_box, truth_label, kinds)


def _kinds(workers: Mapping[WorkerKind, int]) -> tuple[WorkerKind, ...]:
    kinds = tuple(kind for kind, number in workers.items() for _ in range(number))
    if not kinds:
        message = "a crowd needs at least one worker"
        raise ValueError(message)
    return kinds


def _visits(n_tasks: int, n_workers: int, per_task: int, generator: Generator) -> tuple[Ints, Ints]:
    """Which workers visit which task: each task `per_task` different ones, or all."""
    k = min(per_task, n_workers)
    chosen = generator.permuted(np.tile(np.arange(n_workers), (n_tasks, 1)), axis=1)[:, :k]
    return np.repeat(np.arange(n_tasks), k), chosen.reshape(-1).astype(np.int64)


def _random_boxes(number: int, size: float, generator: Generator) -> Floats:
    side = generator.uniform(0.04, 0.2, size=(number, 2)) * size
    corner = generator.uniform(0.0, 1.0, size=(number, 2)) * (size - side)
    return np.concatenate([corner, corner + side], axis=1)


def draw_boxes(
    kind: WorkerKind, box: Floats, label: Ints, n_classes: int, size: float, generator: Generator
) -> tuple[Floats, Ints]:
    """Boxes and labels one worker draws on one image."""
    if kind is WorkerKind.CONSTANT:
        return np.zeros((0, 4)), np.zeros(0, dtype=np.int64)
    if kind is WorkerKind.SPAMMER:
        number = int(generator.integers(0, 5))
        return _random_boxes(number, size, generator), generator.integers(n_classes, size=number)
    side = np.tile(box[:, 2:] - box[:, :2], 2)
    if kind is WorkerKind.ADVERSARY:
        return np.clip(box + side * [0.6, 0.6, 0.6, 0.6], 0.0, size * 1.2), (label + 1) % n_classes
    neat = kind is not WorkerKind.SLOPPY
    drawn = generator.random(label.size) < (0.95 if neat else 0.7)
    if kind is WorkerKind.BIASED:
        drawn &= side[:, 0] * side[:, 1] > (0.08 * size) ** 2
    right = generator.random(label.size) < (0.95 if neat else 0.7)
    said = np.where(right, label, generator.integers(n_classes, size=label.size))
    edges = box + generator.normal(0.0, 0.03 if neat else 0.1, size=box.shape) * side
    return edges[drawn], said[drawn]
