"""Scores of fused shapes against a known truth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from aggregation.arrays import Bools, Floats
from aggregation.shapes.answers import ShapeAnswers
from aggregation.shapes.fusion import ShapeFusion
from aggregation.shapes.geometry import Geometry, Shapes
from aggregation.shapes.matching import match_shapes


@dataclass(frozen=True)
class ShapeScore:
    """Over the images with truth (`images`): `f1`, `precision`, `recall` of the kept shapes, matched one to one from
    likeness `similarity` on; `likeness`: mean over the matched; `average_precision`: area under the precision-recall curve
    of all candidates by confidence (every point, precision made monotone). Images that claim `level` or more: `claimed`
    (share) and `kept_promise` (their mean F1). NaN where nothing is to be counted.
    """

    images: int
    f1: float
    precision: float
    recall: float
    likeness: float
    average_precision: float
    level: float
    claimed: float
    kept_promise: float


def score_shapes(
    answers: ShapeAnswers,
    fusion: ShapeFusion,
    truth: Mapping[int, Shapes],
    *,
    similarity: float = 0.5,
    level: float = 0.95,
) -> ShapeScore:
    """Score a fusion of `answers`; `truth` maps a task id to its real shapes. Classes are not looked at."""
    geometry, begin = answers.geometry, np.searchsorted(fusion.task, np.arange(answers.n_tasks + 1))
    matched = stated = real = 0
    alike, hits, confidence, f1, sure = [], [], [], [], []
    for row, task in enumerate(answers.task_ids.tolist()):
        if task not in truth:
            continue
        things, image = truth[task], slice(begin[row], begin[row + 1])
        shown = fusion.shape[image]
        kept = shown[fusion.kept[image]]
        a, b = match_shapes(geometry, kept, things, similarity=similarity)
        matched, stated, real = matched + a.size, stated + len(kept), real + len(things)
        alike.append(geometry.similarity(kept[a], things[b]))
        hits.append(_hits(geometry, shown, things, similarity))
        confidence.append(fusion.confidence[image])
        f1.append(_ratio(2 * a.size, len(kept) + len(things), 1.0))
        sure.append(fusion.task_confidence[row] >= level)
    good, claims = np.array(f1), np.array(sure, dtype=bool)
    return ShapeScore(
        images=good.size,
        f1=_ratio(2 * matched, stated + real),
        precision=_ratio(matched, stated),
        recall=_ratio(matched, real),
        likeness=float(np.concatenate(alike).mean()) if matched else math.nan,
        average_precision=_area(np.concatenate([*hits, []]), np.concatenate([*confidence, []]), real),
        level=level,
        claimed=_ratio(int(claims.sum()), claims.size),
        kept_promise=float(good[claims].mean()) if claims.any() else math.nan,
    )


def _ratio(part: int, whole: int, of_nothing: float = math.nan) -> float:
    return part / whole if whole else of_nothing


def _hits(geometry: Geometry, shown: Shapes, things: Shapes, similarity: float) -> Bools:
    """Whether each shape, best confidence first, shows a thing that none before it did: the one it is most like."""
    hit, free = np.zeros(len(shown), dtype=bool), np.ones(len(things), dtype=bool)
    for place in range(len(shown) if len(things) else 0):
        likeness = geometry.similarity(shown[[place] * len(things)], things) * free
        best = int(likeness.argmax())
        hit[place] = free[best] and likeness[best] >= similarity
        free[best] &= not hit[place]
    return hit


def _area(hit: Floats, confidence: Floats, real: int) -> float:
    if not real:
        return math.nan
    found = np.cumsum(hit[np.argsort(-confidence, kind="stable")])
    precision = found / np.arange(1, found.size + 1)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(found / real, prepend=0.0) * best_from_here).sum())
