"""Masks as runs of pixels: exact overlap and the majority's mask, without a picture in memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from aggregation.arrays import Floats, Ints
from aggregation.shapes.geometry import Hands, Shapes
from aggregation.shapes.whole import RaggedGeometry, fused_each


class MaskGeometry(RaggedGeometry):
    """Masks as object[m] of int64[1 + 2r]: the picture's height h, then begin and end (excluded) of r runs, ascending, of
    pixels counted down the columns (x · h + y), as COCO counts them. Alike by intersection over union.
    """

    name = "mask"

    def checked(self, shapes: ArrayLike, name: str) -> Shapes:
        """See `Geometry`."""
        masks: list[ArrayLike] = list(shapes)  # type: ignore[arg-type]  # a ragged sequence is no array
        found = np.empty(len(masks), dtype=object)
        for row, mask in enumerate(masks):
            runs = np.asarray(mask, dtype=np.int64)
            if runs.ndim != 1 or runs.size < 3 or runs.size % 2 == 0 or runs[0] < 1 or runs[1] < 0:
                message = f"{name}[{row}] must hold a height and one or more runs"
                raise ValueError(message)
            if (np.diff(runs[1:]) <= 0).any():
                message = f"{name}[{row}] has runs that do not ascend"
                raise ValueError(message)
            found[row] = runs
        return found

    def extent(self, shapes: Shapes) -> Floats:
        """See `Geometry`."""
        return np.array([bounds(mask) for mask in shapes]).reshape(-1, 4)

    def similarity(self, first: Shapes, second: Shapes) -> Floats:
        """See `Geometry`."""
        return np.array([_overlap(a[1:], b[1:]) for a, b in zip(first, second, strict=True)], dtype=np.float64)

    def place(self, shapes: Shapes, worker: Ints, thing: Ints, n_things: int, hands: Hands) -> Shapes:
        """See `Geometry`: the pixels that most of the weight has; the heaviest mask where no pixel has."""
        return fused_each(_majority, shapes, hands.blur[worker] ** -2.0, thing, n_things)


MASKS = MaskGeometry()


def bounds(mask: Ints) -> tuple[float, float, float, float]:
    """The box x1, y1, x2, y2 around a mask; a run that goes on in the next column touches top and bottom."""
    height, begin, end = int(mask[0]), mask[1::2], mask[2::2] - 1
    tall = bool((begin // height != end // height).any())
    top = 0 if tall else int((begin % height).min())
    bottom = height if tall else int((end % height).max()) + 1
    return float(begin[0] // height), float(top), float(end[-1] // height + 1), float(bottom)


def _overlap(first: Ints, second: Ints) -> float:
    """Intersection over union of two lists of runs: what of the second lies before each end of the first's, differenced."""
    covered = np.zeros(second.size, dtype=np.int64)
    covered[1::2] = np.diff(second)[::2]
    inside = np.interp(first, second, np.cumsum(covered)).reshape(-1, 2)
    shared = float((inside[:, 1] - inside[:, 0]).sum())
    areas = sum(int(np.diff(runs)[::2].sum()) for runs in (first, second))
    return shared / (areas - shared)


def _majority(masks: list[Ints], weight: Floats) -> Ints:
    """Runs where the masks that are there weigh half or more of all."""
    edge = np.concatenate([mask[1:] for mask in masks])
    sign = np.concatenate([np.tile([w, -w], (mask.size - 1) // 2) for mask, w in zip(masks, weight, strict=True)])
    place, code = np.unique(edge, return_inverse=True)
    height = np.cumsum(np.bincount(code, weights=sign))
    most = height * 2 >= weight.sum() * (1 - 1e-9)
    turns = np.flatnonzero(np.diff(np.concatenate([[False], most])))
    if not turns.size:
        return masks[int(weight.argmax())]
    return np.concatenate([masks[0][:1], place[turns]])
