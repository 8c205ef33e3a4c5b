"""Fusion: clusters of shapes, which of them exist, where they are, what they are, and how sure an image is."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from aggregation.arrays import Bools, Floats, Ints, best_class, entropy, sums
from aggregation.classes import Answers, ClassCrowd, HierarchicalDawidSkene
from aggregation.shapes import existence
from aggregation.shapes.answers import ShapeAnswers
from aggregation.shapes.clusters import cluster
from aggregation.shapes.crowd import ShapeCrowd
from aggregation.shapes.edges import BLUR
from aggregation.shapes.existence import Rates, Sightings
from aggregation.shapes.geometry import Hands, Shapes

METHOD = "shape-fusion 2"


@dataclass(frozen=True)
class ShapeFusion:
    """The fused shapes of all images, sorted by task and, within it, by confidence (highest first).

    Each of c clusters: `task` int64[c] (code in answers.task_ids), `shape` (c of them), `label` int64[c], `existence`
    float64[c] (probability that something is there), `class_posterior` float64[c, K], `confidence` float64[c]
    (existence × probability of `label`), `votes` int64[c] (workers who drew it). `member` int64[m]: cluster of each
    shape of the answers. `kept` bool[c]: existence ≥ threshold: these are the answer; the others are candidates.
    Each image: `task_confidence` float64[T]: expected share of the answer that is right (see `image_confidence`),
    `task_entropy` float64[T]: mean doubt per candidate, in nats. Each worker (rows are answers.worker_ids):
    `shapes_drawn` int64[W], `shapes_expected` float64[W] (expected real things on the images seen); in `crowd` recall,
    precision and class model.
    """

    task: Ints
    shape: Shapes
    label: Ints
    existence: Floats
    class_posterior: Floats
    confidence: Floats
    votes: Ints
    kept: Bools
    member: Ints
    task_confidence: Floats
    task_entropy: Floats
    shapes_drawn: Ints
    shapes_expected: Floats
    crowd: ShapeCrowd


def fuse(
    answers: ShapeAnswers,
    *,
    start: ShapeCrowd | None = None,
    fixed: ShapeCrowd | None = None,
    similarity: float = 0.3,
    threshold: float | None = None,
) -> ShapeFusion:
    """Fuse the answers of all images.

    `start` warm-starts the worker models; `fixed` keeps them as they are (touched images only: the E-step). Shapes of
    two workers are one thing above `similarity`; a thing is part of the answer from existence `threshold` on, by default
    from where the expected F1 of all answers is highest (`best_threshold`). ValueError if the models are of shapes with
    another number of coordinates.
    """
    _reject_other(answers, start or fixed)
    member = cluster(answers, similarity=similarity)
    seen = _sightings(answers, member)
    rates = _rates(answers, seen, start=start, fixed=fixed)
    exists, unseen = existence.believe(seen, rates, tempered=True)
    shape, hands = _placed(answers, seen, fixed)
    posterior, classes = _classes(answers, seen, start=start, fixed=fixed)
    label = best_class(posterior, _thing_keys(answers, seen))
    confidence = exists * posterior[np.arange(label.size), label]
    order = np.lexsort((np.arange(label.size), -confidence, seen.thing_task))
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    missed = _missed(seen, rates, exists, unseen)
    if threshold is None:
        threshold = best_threshold(exists, missed) if fixed is None else float(fixed.threshold)
    kept = exists >= threshold
    drawn = np.bincount(seen.draw_worker, minlength=answers.n_workers)
    expected = sums(seen.thing_task, exists, answers.n_tasks) + missed
    crowd = fixed or _crowd(answers, seen, rates, exists, hands, classes, threshold)
    return ShapeFusion(
        task=seen.thing_task[order],
        shape=shape[order],
        label=label[order],
        existence=exists[order],
        class_posterior=posterior[order],
        confidence=confidence[order],
        votes=np.bincount(seen.draw_thing, minlength=label.size)[order],
        kept=kept[order],
        member=place[member],
        task_confidence=image_confidence(seen.thing_task, confidence, exists, kept, missed),
        task_entropy=_doubt(seen, exists, posterior),
        shapes_drawn=drawn,
        shapes_expected=sums(seen.look_worker, expected[seen.look_task], answers.n_workers),
        crowd=crowd,
    )


def best_threshold(exists: Floats, missed: Floats) -> float:
    """Existence from which keeping a thing raises the expected F1 of all answers together: half of the highest one.

    Keeping the n likeliest of the things gives 2 Σ existence / (n + Σ real things expected); one more raises it if its
    existence is above half of that (Lipton, Elkan & Naryanaswamy 2014). ½ where nobody drew anything.
    """
    ranked = np.sort(exists)[::-1]
    expected = 2 * np.cumsum(ranked) / (np.arange(1, ranked.size + 1) + ranked.sum() + missed.sum())
    return float(expected.max(initial=0.0)) / 2 if ranked.size else 0.5


def image_confidence(task: Ints, confidence: Floats, exists: Floats, kept: Bools, missed: Floats) -> Floats:
    """Expected F1 of each image's answer against the truth, float64[T].

    2 Σ confidence of the kept / (kept + expected real things, candidates and things nobody drew (`missed` [T])
    included): a share, so that it does not sink with the number of boxes as the chance of a faultless image would.
    With nothing kept the answer is "nothing here", right if nothing is: Π (1 − existence) · exp(−missed).
    """
    n_tasks = missed.size
    right = sums(task[kept], confidence[kept], n_tasks)
    stated = np.bincount(task[kept], minlength=n_tasks)
    real = sums(task, exists, n_tasks) + missed
    nothing = np.exp(sums(task, np.log1p(-np.minimum(exists, 1 - 1e-12)), n_tasks) - missed)
    return np.where(stated > 0, 2 * right / np.maximum(stated + real, 1e-12), nothing)


def _reject_other(answers: ShapeAnswers, crowd: ShapeCrowd | None) -> None:
    if crowd is not None and crowd.skew.size != answers.geometry.dimensions:
        message = f"the models are of shapes with {crowd.skew.size} coordinates, not {answers.geometry.dimensions}"
        raise ValueError(message)


def _sightings(answers: ShapeAnswers, member: Ints) -> Sightings:
    n_things = int(member.max()) + 1 if member.size else 0
    thing_task = np.empty(n_things, dtype=np.int64)
    thing_task[member] = answers.task[answers.answer]
    return Sightings(
        look_task=answers.task,
        look_worker=answers.worker,
        thing_task=thing_task,
        draw_thing=member,
        draw_worker=answers.worker[answers.answer],
        n_tasks=answers.n_tasks,
        n_workers=answers.n_workers,
    )


def _rates(answers: ShapeAnswers, seen: Sightings, *, start: ShapeCrowd | None, fixed: ShapeCrowd | None) -> Rates:
    known = fixed or start
    if known is None:
        return existence.fit(seen)
    recall, junk = known.of_workers(answers.worker_ids)
    rates = Rates(recall, junk, float(known.fresh[0]), float(known.fresh[1]), float(known.echo), float(known.real))
    return rates if fixed is not None else existence.fit(seen, start=rates)


def _missed(seen: Sightings, rates: Rates, exists: Floats, unseen: Floats) -> Floats:
    """Expected real things on each image that nobody drew, float64[T].

    Images differ: the mean number of things has a Gamma prior of shape 1 around the project's, so a crowded image is
    expected to hide more and an image where all drew nothing little.
    """
    found = sums(seen.thing_task, exists, seen.n_tasks)
    missed: Floats = unseen * (1 + found) / (1 / rates.real + 1 - unseen)
    return missed


def _placed(answers: ShapeAnswers, seen: Sightings, fixed: ShapeCrowd | None) -> tuple[Shapes, Hands]:
    """Fused shapes [c], and how each worker of the answers places."""
    geometry, n_things = answers.geometry, seen.thing_task.size
    if fixed is not None:
        hands = fixed.hands(answers.worker_ids)
    else:
        hands = geometry.learn(answers.shape, seen.draw_worker, seen.draw_thing, n_things, answers.n_workers)
    return geometry.place(answers.shape, seen.draw_worker, seen.draw_thing, n_things, hands), hands


def _classes(
    answers: ShapeAnswers, seen: Sightings, *, start: ShapeCrowd | None, fixed: ShapeCrowd | None
) -> tuple[Floats, ClassCrowd | None]:
    """Class posterior of each thing [c, K], by Dawid-Skene on the labels of its shapes."""
    n_things = seen.thing_task.size
    if answers.n_classes == 1:
        return np.ones((n_things, 1)), None
    labels = Answers.encode(
        seen.draw_thing,
        answers.worker_ids[seen.draw_worker],
        answers.label,
        n_classes=answers.n_classes,
        task_ids=np.arange(n_things),
        worker_ids=answers.worker_ids,
    )
    if fixed is not None and fixed.classes is not None:
        inside = fixed.share_inside(answers)[seen.thing_task]
        return fixed.classes.posterior(labels, inside=inside), fixed.classes
    model = HierarchicalDawidSkene().fit(labels, start=None if start is None else start.classes)
    nobody = np.zeros(0, dtype=np.int64)  # clusters have no lasting ids: `ShapeCrowd.share_inside` knows the images
    return model.posterior_, dataclasses.replace(model.crowd_, task_ids=nobody, task_answers=np.zeros(0))


def _thing_keys(answers: ShapeAnswers, seen: Sightings) -> Ints:
    """Key for drawing ties: image id and the thing's number on it, so that other images do not matter."""
    first = np.searchsorted(seen.thing_task, seen.thing_task)
    return answers.task_ids[seen.thing_task] * 4099 + np.arange(seen.thing_task.size) - first


def _doubt(seen: Sightings, exists: Floats, posterior: Floats) -> Floats:
    """Mean over an image's candidates of the entropy of "real?" plus existence × that of the class: float64[T]."""
    doubt = entropy(np.stack([exists, 1 - exists], axis=1)) + exists * entropy(posterior)
    things = np.bincount(seen.thing_task, minlength=seen.n_tasks)
    return sums(seen.thing_task, doubt, seen.n_tasks) / np.maximum(things, 1)


def _crowd(
    answers: ShapeAnswers,
    seen: Sightings,
    rates: Rates,
    exists: Floats,
    hands: Hands,
    classes: ClassCrowd | None,
    threshold: float,
) -> ShapeCrowd:
    drawn = np.bincount(seen.draw_worker, minlength=answers.n_workers)
    real = sums(seen.draw_worker, exists[seen.draw_thing], answers.n_workers)
    mean = (real.sum() + existence.CROWD_THINGS * existence.RECALL) / (drawn.sum() + existence.CROWD_THINGS)
    precision = (real + existence.WORKER_THINGS * mean) / (drawn + existence.WORKER_THINGS)
    blur = np.median(hands.blur) if hands.blur.size else BLUR
    return ShapeCrowd(
        worker_ids=answers.worker_ids,
        recall=rates.recall,
        junk=rates.junk,
        precision=precision,
        blur=hands.blur,
        bias=hands.bias,
        skew=hands.skew,
        fresh=np.array([rates.crowd_recall, rates.crowd_junk, mean, blur]),
        threshold=np.array(threshold),
        real=np.array(rates.real),
        echo=np.array(rates.echo),
        classes=classes,
        task_ids=answers.task_ids,
        task_answers=np.bincount(answers.task, minlength=answers.n_tasks),
    )
