"""Tracks: boxes on key frames of a film, straight lines between them. Alike by the mean overlap while either is there."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Bools, Floats, Ints
from aggregation.shapes.boxes import iou_pairs
from aggregation.shapes.edges import weighted_quantile
from aggregation.shapes.geometry import Hands, Shapes
from aggregation.shapes.whole import RaggedGeometry, fused_each

# Moments at which two tracks are compared, evenly over the time that either covers.
STEPS = 48
# A track is there for this long before its first and after its last key frame, in its unit of time: half a frame of a
# film told in milliseconds. So one that is on a single frame alone has a length as well.
HALF_FRAME = 20.0
# A fused track keeps no key frame that lies this near to the line between its neighbours, in pixels.
STRAIGHT = 0.5
MOST_KEYS = 200


class TrackGeometry(RaggedGeometry):
    """Tracks float64[k, 5] of time, x1, y1, x2, y2 with times that rise, as object[m]."""

    name = "track"

    def checked(self, shapes: ArrayLike, name: str) -> Shapes:
        """See `Geometry`."""
        tracks: list[ArrayLike] = list(shapes)  # type: ignore[arg-type]  # a ragged sequence is no array
        found = np.empty(len(tracks), dtype=object)
        for row, track in enumerate(tracks):
            keys = np.asarray(track, dtype=np.float64)
            if keys.ndim != 2 or not keys.shape[0] or keys.shape[1] != 5 or not np.isfinite(keys).all():
                message = f"{name}[{row}] must hold one or more finite rows time, x1, y1, x2, y2"
                raise ValueError(message)
            if (np.diff(keys[:, 0]) <= 0).any():
                message = f"{name}[{row}] must hold times that rise"
                raise ValueError(message)
            if (keys[:, 1] >= keys[:, 3]).any() or (keys[:, 2] >= keys[:, 4]).any():
                message = f"{name}[{row}] must hold boxes with x1 < x2 and y1 < y2"
                raise ValueError(message)
            found[row] = keys
        return found

    def extent(self, shapes: Shapes) -> Floats:
        """See `Geometry`: where on the picture a track ever is."""
        boxes = [np.concatenate([keys[:, 1:3].min(axis=0), keys[:, 3:].max(axis=0)]) for keys in shapes]
        return np.array(boxes).reshape(-1, 4)

    def similarity(self, first: Shapes, second: Shapes) -> Floats:
        """See `Geometry`: intersection over union, 0 while one is there alone, mean over the time that either covers."""
        likeness = np.zeros(len(first))
        for row, (mine, theirs) in enumerate(zip(first, second, strict=True)):
            start = min(mine[0, 0], theirs[0, 0]) - HALF_FRAME
            end = max(mine[-1, 0], theirs[-1, 0]) + HALF_FRAME
            moments = start + (end - start) * (np.arange(STEPS) + 0.5) / STEPS
            both = _alive(mine, moments) & _alive(theirs, moments)
            either = _alive(mine, moments) | _alive(theirs, moments)
            if both.any():
                overlap = iou_pairs(boxes_at(mine, moments[both]), boxes_at(theirs, moments[both]))
                likeness[row] = overlap.sum() / either.sum()
        return likeness

    def place(self, shapes: Shapes, worker: Ints, thing: Ints, n_things: int, hands: Hands) -> Shapes:
        """See `Geometry`: begins and ends at the median moment; on every key frame in between that anybody set, the
        median of the boxes of those whose track is there. A track that one person alone drew stays as it is.
        """
        return fused_each(_fused, shapes, hands.blur[worker] ** -2.0, thing, n_things)


TRACKS = TrackGeometry()


def boxes_at(track: Floats, moments: Floats) -> Floats:
    """The box of a track at each moment, float64[n, 4]; before its first and after its last key frame that frame's."""
    return np.stack([np.interp(moments, track[:, 0], track[:, column]) for column in range(1, 5)], axis=1)


def _alive(track: Floats, moments: Floats) -> Bools:
    there: Bools = (moments >= track[0, 0] - HALF_FRAME) & (moments <= track[-1, 0] + HALF_FRAME)
    return there


def _fused(tracks: list[Floats], weight: Floats) -> Floats:
    if len(tracks) == 1:
        return tracks[0]
    ends = np.array([[track[0, 0], track[-1, 0]] for track in tracks])
    start, end = _median(ends, weight)
    moments = np.unique(np.concatenate([[start, end], *(track[:, 0] for track in tracks)]))
    moments = moments[(moments >= start) & (moments <= end)]
    if moments.size > MOST_KEYS:
        moments = moments[np.unique(np.linspace(0, moments.size - 1, MOST_KEYS).round().astype(np.int64))]
    keys = []
    for moment in moments:
        at = np.array([moment])
        there = [row for row, track in enumerate(tracks) if _alive(track, at)[0]]
        rows = there or list(range(len(tracks)))
        boxes = np.concatenate([boxes_at(tracks[row], at) for row in rows])
        keys.append(np.concatenate([at, _median(boxes, weight[rows])]))
    return _straightened(np.array(keys))


def _median(values: Floats, weight: Floats) -> Floats:
    columns = values.shape[1]
    group = np.zeros(len(values), dtype=np.int64)
    middle: Floats = weighted_quantile(values, weight, group, 1, np.full(columns, 0.5))[0]
    return middle


def _straightened(track: Floats) -> Floats:
    """Without the key frames that the line between those kept before and after goes through anyway."""
    kept = [0]
    for row in range(1, len(track) - 1):
        between = track[kept[-1] + 1 : row + 1]
        line = boxes_at(track[[kept[-1], row + 1]], between[:, 0])
        if np.abs(line - between[:, 1:]).max() > STRAIGHT:
            kept.append(row)
    if len(track) > 1:
        kept.append(len(track) - 1)
    found: Floats = track[kept]
    return found
