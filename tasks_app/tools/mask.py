"""Masks: which pixels of a picture show each class, painted with a brush."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from aggregation.arrays import Ints
from aggregation.shapes import MASKS
from aggregation.shapes.masks import bounds
from tasks_app.tools import rle
from tasks_app.tools.asking import ExtraField
from tasks_app.tools.base import AnswerBatch, Demo, Fit, TaskResult
from tasks_app.tools.classes import class_keys, class_names
from tasks_app.tools.demo_items import CELLS, CELLS_IMAGE
from tasks_app.tools.fields import Json, Problems, join, read_list, read_number
from tasks_app.tools.shape_models import Form
from tasks_app.tools.shapes import Box, ShapeTool
from tasks_app.tools.simulated import Generator, Simulated

# Masks are painted on at most so many pixels: those of a larger picture stand for squares of 2 × 2, 3 × 3, … of its own.
MOST_PIXELS = 1 << 22
# Of all masks of an answer: about 100,000 runs.
MAX_TEXT = 300_000
NAMES = ("size", "counts")


def step_of(width: float, height: float) -> int:
    """Side of the square of the picture's pixels that one pixel of a mask stands for."""
    step = max(1, math.floor(math.sqrt(width * height / MOST_PIXELS)))
    while math.ceil(width / step) * math.ceil(height / step) > MOST_PIXELS:
        step += 1
    return step


def size_of(item: Json) -> tuple[int, int]:
    """Height and width of the masks of a picture."""
    step = step_of(item["width"], item["height"])
    return math.ceil(item["height"] / step), math.ceil(item["width"] / step)


def edges_of(mask: Json) -> Ints:
    """Begins and ends of a canonical mask's runs."""
    return rle.edges_of(rle.unpack(mask["counts"]))


def mask_of(edges: Ints, size: Sequence[int]) -> Json:
    """`size` (height, width) and `counts` of a mask."""
    return {"size": [int(side) for side in size], "counts": rle.pack(rle.runs_of(edges, size[0] * size[1]))}


def _arrays(masks: Sequence[Json]) -> list[Ints]:
    return [np.concatenate([[mask["size"][0]], edges_of(mask)]) for mask in masks]


# A fused mask does not know how wide its picture is: `Mask` writes it down once the fit is done.
FORM = Form("masks", "mask", "masks", MASKS, _arrays, lambda runs: {"size": [int(runs[0])], "edges": runs[1:]})


class Mask(ShapeTool):
    """Answer: {"masks": [{"class", "size": [height, width], "counts"}]}, COCO's run lengths as pycocotools packs them, each
    class at most once. Painted masks do not overlap; those that come from elsewhere may.
    """

    kind = "mask"
    title = "Brush masks"
    summary = "People paint over everything that belongs to a class, to the pixel."
    export_formats: ClassVar[tuple[str, ...]] = ("csv", "jsonl", "coco")
    names: ClassVar[tuple[str, ...]] = NAMES
    extra_fields: ClassVar[tuple[ExtraField, ...]] = ()

    @property
    def demo(self) -> Demo:
        size = size_of(CELLS)
        cell = _ellipse((383.0, 214.0, 563.0, 392.0), size)
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "Paint over every red and every white blood cell.",
                    "classes": [
                        {"name": "Red cell", "key": "red", "color": "#E69F00"},
                        {"name": "White cell", "key": "white", "color": "#56B4E9"},
                    ],
                }
            ),
            hint="Paint with a finger or the mouse; [ and ] change the brush, E erases, F fills what is enclosed.",
            item=CELLS,
            image=CELLS_IMAGE,
            draft={"masks": [{"class": "white", **mask_of(cell, size)}]},
        )

    def form(self, question: Json) -> Form:
        return FORM

    def clean_answer(self, question: Json, item: Json, raw: Any) -> Json:
        """Masks in the order of the question's classes, those without a pixel left out."""
        value = super().clean_answer(question, _with_masks_size(item), raw)
        problems, found = Problems(), {}
        for place, mask in enumerate(value["masks"]):
            if mask["class"] in found:
                problems.add(f"masks.{place}.class", "There is a mask of this class already.")
            found[mask["class"]] = mask
        if sum(len(mask["counts"]) for mask in value["masks"]) > MAX_TEXT:
            problems.add("masks", f"At most {MAX_TEXT} characters of runs.")
        problems.check()
        masks = [found[key] for key in class_keys(question) if key in found]
        return {"masks": [mask for mask in masks if edges_of(mask).size]}

    def read_fields(
        self, entry: Json, field: str, problems: Problems, question: Json, size: tuple[float, float]
    ) -> Json:
        width, height = int(size[0]), int(size[1])
        where = join(field, "size")
        given = read_list(entry.get("size"), where, problems, minimum=2, maximum=2)
        sides = [read_number(side, where, problems, minimum=1, maximum=MOST_PIXELS) for side in given]
        if sides != [height, width]:
            problems.add(where, f"Must be the height and width of this picture's masks: [{height}, {width}].")
        runs = _read_runs(entry.get("counts"), join(field, "counts"), problems, height * width)
        return mask_of(rle.edges_of(runs), (height, width))

    def agreement(self, question: Json, a: Json, b: Json) -> float:
        """Mean over the classes that either has of intersection over union; two empty answers agree fully."""
        first, second = ({mask["class"]: mask for mask in value["masks"]} for value in (a, b))
        both = [key for key in first if key in second]
        alike = MASKS.similarity(*(FORM.shapes([masks[key] for key in both]) for masks in (first, second)))
        several = len(first.keys() | second.keys())
        total: float = np.sort(alike).sum()
        return float(total) / several if several else 1.0

    def fit(self, question: Json, batch: AnswerBatch, *, final: bool = True) -> Fit:
        return _finished(super().fit(question, batch, final=final), batch)

    def update(self, question: Json, state: bytes, batch: AnswerBatch) -> Fit:
        return _finished(super().update(question, state, batch), batch)

    def summary_of(self, question: Json, value: Json) -> str:
        names = class_names(question)
        shares = [(names.get(mask["class"], mask["class"]), _share(mask)) for mask in value["masks"]]
        return ", ".join(f"{name} {share:.1%}" for name, share in shares) or "Nothing painted"

    def csv_columns(self, question: Json) -> list[str]:
        return [*(f"pixels_{key}" for key in class_keys(question)), "masks_json"]

    def csv_row(self, question: Json, value: Json) -> list[str | int | float]:
        """Pixels of the mask a class, and everything."""
        pixels = {mask["class"]: rle.area(edges_of(mask)) for mask in value["masks"]}
        return [*(pixels.get(key, 0) for key in class_keys(question)), super().csv_row(question, value)[-1]]

    def bounds(self, shape: Json) -> Box:
        """In pixels of the mask."""
        (mask,) = _arrays([shape])
        return bounds(mask)

    def put(self, shape: Json | None, onto: Box, question: Json, item: Json) -> Json:
        """In pixels of the mask; some shape of the kind is an ellipse."""
        size = size_of(item)
        return mask_of(
            _ellipse(onto, size) if shape is None else _stretched(shape, self.bounds(shape), onto, size), size
        )

    def coco_fields(self, shape: Json, item: Json) -> Json:
        """Run lengths over all pixels of the picture, `bbox` and `area` as pycocotools computes them."""
        size = (item["height"], item["width"])
        edges = rle.grown(edges_of(shape), tuple(shape["size"]), step_of(item["width"], item["height"]), size)
        x1, y1, x2, y2 = bounds(np.concatenate([[size[0]], edges]))
        return {"segmentation": mask_of(edges, size), "bbox": [x1, y1, x2 - x1, y2 - y1], "area": rle.area(edges)}

    def invent(self, question: Json, item: Json, random: Generator) -> Json:
        return _merged(question, super().invent(question, _with_masks_size(item), random), size_of(item))

    def imitate(self, question: Json, item: Json, truth: Json, who: Simulated) -> Json:
        drawn = super().imitate(question | {"min_size": 2}, _with_masks_size(item), truth, who)
        return _merged(question, drawn, size_of(item))


def _with_masks_size(item: Json) -> Json:
    """The item with its masks' size for its own; as it is where that is no size, which is noted later."""
    sides = [item.get("width"), item.get("height")]
    if not all(isinstance(side, int | float) and not isinstance(side, bool) and 1 <= side <= 1e6 for side in sides):
        return item
    height, width = size_of(item)
    return item | {"width": width, "height": height}


def _read_runs(raw: Any, field: str, problems: Problems, pixels: int) -> Ints:
    """Run lengths that sum to `pixels`, packed or as a list of numbers; all background where a problem was noted."""
    nothing = np.array([pixels], dtype=np.int64)
    if isinstance(raw, str):
        if len(raw) > MAX_TEXT:
            problems.add(field, f"At most {MAX_TEXT} characters.")
            return nothing
        try:
            runs = rle.unpack(raw)
        except (ValueError, UnicodeEncodeError):
            problems.add(field, "Must be run lengths as COCO packs them.")
            return nothing
    else:
        given = read_list(raw, field, problems, maximum=MAX_TEXT // 2)
        read = [read_number(one, field, problems, minimum=0, maximum=pixels) for one in given]
        if any(one is None or one != int(one) for one in read):
            problems.add(field, "Must be whole numbers.")
            return nothing
        runs = np.array(read, dtype=np.int64)
    if (runs < 0).any() or (runs > pixels).any() or int(runs.sum()) != pixels:
        problems.add(field, f"The runs must be of no negative length and sum to the picture's {pixels} pixels.")
        return nothing
    return runs


def _share(mask: Json) -> float:
    return rle.area(edges_of(mask)) / float(mask["size"][0] * mask["size"][1])


def _finished(fit: Fit, batch: AnswerBatch) -> Fit:
    """Masks as they are written, one a class, and how near they are to what people painted in the confidence."""
    said: dict[int, list[Json]] = {}
    for task, value in zip(batch.tasks.tolist(), batch.values, strict=True):
        said.setdefault(task, []).extend(value["masks"])
    for task, truth in batch.truth.items():
        said.setdefault(task, []).extend(mask for one in truth for mask in one.value["masks"])
    return replace(fit, results={task: _result(one, said.get(task, [])) for task, one in fit.results.items()})


def _result(result: TaskResult, painted: list[Json]) -> TaskResult:
    """Where people painted a class so differently that it was taken for two things, the likeliest one is the mask.

    The confidence of a mask is that it exists at all times how like it is to the n people's masks: the mean of n is taken
    to be √n times nearer to the truth than one of them.
    """
    masks: dict[str, Json] = {}
    near: list[float] = []
    for one in result.value["masks"]:
        if one["class"] in masks:
            continue
        edges, size = one.pop("edges"), next(mask["size"] for mask in painted if mask["size"][0] == one["size"][0])
        theirs = [mask for mask in painted if mask["class"] == one["class"] and mask["size"] == size]
        written = mask_of(edges, size)
        alike = MASKS.similarity(FORM.shapes([written] * len(theirs)), FORM.shapes(theirs))
        closeness = 1 - (1 - float(np.sort(alike).mean())) / math.sqrt(len(theirs)) if theirs else 1.0
        near.append(closeness)
        masks[one["class"]] = one | written | {"confidence": one["confidence"] * closeness}
    total = sum(near) / len(near) if near else 1.0
    return replace(result, value={"masks": list(masks.values())}, confidence=result.confidence * total)


def _ellipse(box: Box, size: tuple[int, int]) -> Ints:
    """Edges of the ellipse in a box, in pixels of the mask of (height, width)."""
    x1, y1, x2, y2 = box
    y, x = np.ogrid[: size[0], : size[1]]
    rx, ry = max((x2 - x1) / 2, 0.5), max((y2 - y1) / 2, 0.5)
    return rle.edges_in(((x + 0.5 - (x1 + x2) / 2) / rx) ** 2 + ((y + 0.5 - (y1 + y2) / 2) / ry) ** 2 <= 1)


def _stretched(shape: Json, around: Box, onto: Box, size: tuple[int, int]) -> Ints:
    """Edges of a mask moved and stretched so that `onto` is the box around it."""
    before = rle.bitmap(edges_of(shape), *shape["size"])
    x1, y1, x2, y2 = onto
    rows, columns = np.arange(size[0]) + 0.5, np.arange(size[1]) + 0.5
    from_y = around[1] + (rows - y1) / max(y2 - y1, 1e-9) * (around[3] - around[1])
    from_x = around[0] + (columns - x1) / max(x2 - x1, 1e-9) * (around[2] - around[0])
    y, x = np.floor(from_y).astype(np.int64), np.floor(from_x).astype(np.int64)
    inside_y, inside_x = (y >= 0) & (y < size[0]), (x >= 0) & (x < size[1])
    found = np.zeros(size, dtype=np.bool_)
    found[np.ix_(inside_y, inside_x)] = before[np.ix_(y[inside_y], x[inside_x])]
    return rle.edges_in(found)


def _merged(question: Json, value: Json, size: tuple[int, int]) -> Json:
    """One mask a class, all of a class's together."""
    masks = []
    for key in class_keys(question):
        parts = [rle.bitmap(edges_of(mask), *size) for mask in value["masks"] if mask["class"] == key]
        edges = rle.edges_in(np.logical_or.reduce(parts)) if parts else np.zeros(0, dtype=np.int64)
        if edges.size:
            masks.append({"class": key, **mask_of(edges, size)})
    return {"masks": masks}
