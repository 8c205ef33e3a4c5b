"""Boxes around things in a picture, each with a class. No box at all means: nothing of this is here."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Any, ClassVar

from tasks_app.tools import box_models
from tasks_app.tools.base import MAX_PROMPT, MAX_SIDE, AnswerBatch, Demo, ExtraField, Fit, Labels, Tool
from tasks_app.tools.classes import class_keys, class_names, read_classes
from tasks_app.tools.fields import (
    MAX_NUMBER,
    Json,
    Problems,
    join,
    read_choice,
    read_list,
    read_number,
    read_object,
    read_text,
)

MAX_BOXES = 2000
MIN_SIZE = ExtraField(
    name="min_size",
    label="Smallest side",
    help="Boxes with a side below this many pixels of the picture are not accepted.",
    minimum=1,
    maximum=500,
    default=4,
)
_CORNERS = ("x1", "y1", "x2", "y2")
# A result's boxes carry these too; they are dropped, so that a result can be taken as an answer or known answer.
_OF_RESULTS = ("confidence", "votes")
_SPOOL = 8 << 20


class BoundingBox(Tool):
    """Answer: {"boxes": [{"class", "x1", "y1", "x2", "y2"}]}, pixels of the upright picture, x right and y down."""

    kind = "bounding_box"
    title = "Bounding boxes"
    summary = "People draw a box around each thing you ask for and give it a class."
    media = "image"
    items = Labels("image", "images")
    export_formats: ClassVar[tuple[str, ...]] = ("csv", "jsonl", "coco")
    min_classes = 1
    extra_fields: ClassVar[tuple[ExtraField, ...]] = (MIN_SIZE,)

    @property
    def demo(self) -> Demo:
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "Draw a box around every red and every white blood cell.",
                    "classes": [
                        {"name": "Red cell", "key": "red", "color": "#E69F00"},
                        {"name": "White cell", "key": "white", "color": "#56B4E9"},
                    ],
                }
            ),
            hint="Drag around a cell; 1 and 2 change the class.",
            item={"image": "demo", "width": 960, "height": 640, "name": "cells.svg"},
            image="img/demo/cells.svg",
            draft={"boxes": [{"class": "white", "x1": 383.0, "y1": 214.0, "x2": 563.0, "y2": 392.0}]},
        )

    def clean_question(self, raw: Any) -> Json:
        problems = Problems()
        entry = read_object(raw, "", problems, known=("prompt", "classes", "min_size"))
        question: Json = {
            "prompt": read_text(entry.get("prompt"), "prompt", problems, maximum=MAX_PROMPT),
            "classes": read_classes(entry.get("classes"), problems, minimum=self.min_classes),
            "min_size": read_number(
                MIN_SIZE.default if entry.get("min_size") is None else entry["min_size"],
                "min_size",
                problems,
                minimum=MIN_SIZE.minimum,
                maximum=MIN_SIZE.maximum,
            ),
        }
        problems.check()
        return question

    def clean_answer(self, question: Json, item: Json, raw: Any) -> Json:
        problems = Problems()
        width = read_number(item.get("width"), "item.width", problems, minimum=1, maximum=MAX_SIDE)
        height = read_number(item.get("height"), "item.height", problems, minimum=1, maximum=MAX_SIDE)
        problems.check()
        entry = read_object(raw, "", problems, known=("boxes",))
        keys = set(class_keys(question))
        limits = (float(width or 0), float(height or 0), float(question["min_size"]))
        boxes = [
            _read_box(box, join("boxes", place), problems, keys=keys, limits=limits)
            for place, box in enumerate(read_list(entry.get("boxes"), "boxes", problems, maximum=MAX_BOXES))
        ]
        problems.check()
        return {"boxes": boxes}

    def agreement(self, question: Json, a: Json, b: Json) -> float:
        """F1 of matching boxes of the same class at IoU ≥ .5; two empty answers agree fully."""
        return box_models.f1(class_keys(question), a["boxes"], b["boxes"])

    def fit(self, question: Json, batch: AnswerBatch, *, final: bool = True) -> Fit:
        return box_models.fit(class_keys(question), batch, final=final)

    def update(self, question: Json, state: bytes, batch: AnswerBatch) -> Fit:
        return box_models.update(class_keys(question), state, batch)

    def summary_of(self, question: Json, value: Json) -> str:
        counts = Counter(box["class"] for box in value["boxes"])
        total = len(value["boxes"])
        if not total:
            return "No boxes"
        names = class_names(question)
        # In the order of the question; a class that has since been taken out of it comes last, by its key.
        order = [*names, *sorted(counts.keys() - names.keys())]
        parts = ", ".join(f"{counts[key]} {names.get(key, key)}" for key in order if counts[key])
        return f"{total} {'box' if total == 1 else 'boxes'} ({parts})"

    def classes_in(self, value: Json) -> list[str]:
        return list(dict.fromkeys(box["class"] for box in value["boxes"]))

    def csv_columns(self, question: Json) -> list[str]:
        return ["boxes", *(f"boxes_{key}" for key in class_keys(question)), "boxes_json"]

    def csv_row(self, question: Json, value: Json) -> list[str | int | float]:
        counts = Counter(box["class"] for box in value["boxes"])
        return [
            len(value["boxes"]),
            *(counts[key] for key in class_keys(question)),
            json.dumps(value["boxes"], separators=(",", ":"), ensure_ascii=False),
        ]

    def coco(self, question: Json, images: Iterable[tuple[Json, Json, float | None]]) -> Iterator[str]:
        """A COCO detection file in chunks of text; `images` is read once and never held in memory whole.

        Annotations wait in a spooled temporary file, since COCO lists all images before them.
        """
        category = {key: number for number, key in enumerate(class_keys(question), start=1)}
        categories = [
            {"id": number, "name": class_names(question)[key], "key": key, "supercategory": ""}
            for key, number in category.items()
        ]
        yield f'{{"info":{_dump({"description": question["prompt"]})},"licenses":[],"categories":{_dump(categories)}'
        yield ',"images":['
        annotation = 0
        with SpooledTemporaryFile(max_size=_SPOOL, mode="w+", encoding="utf-8") as waiting:
            for number, (item, value, confidence) in enumerate(images, start=1):
                yield ("," if number > 1 else "") + _dump(_coco_image(number, item, confidence))
                for box in value["boxes"]:
                    if box["class"] in category:
                        annotation += 1
                        row = _coco_annotation(annotation, number, category[box["class"]], box)
                        waiting.write(("," if annotation > 1 else "") + _dump(row) + "\n")
            yield '],"annotations":['
            waiting.seek(0)
            yield from waiting
        yield "]}"


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _coco_image(number: int, item: Json, confidence: float | None) -> Json:
    image = {
        "id": number,
        "file_name": item.get("name") or item["image"],
        "width": item["width"],
        "height": item["height"],
        "sha256": item["image"],
    }
    return image if confidence is None else image | {"confidence": round(confidence, 6)}


def _coco_annotation(number: int, image: int, category: int, box: Json) -> Json:
    width, height = round(box["x2"] - box["x1"], 1), round(box["y2"] - box["y1"], 1)
    row = {
        "id": number,
        "image_id": image,
        "category_id": category,
        "bbox": [box["x1"], box["y1"], width, height],
        "area": round(width * height, 2),
        "iscrowd": 0,
    }
    return row | {"score": round(box["confidence"], 6)} if "confidence" in box else row


def _read_box(raw: Any, field: str, problems: Problems, *, keys: set[str], limits: tuple[float, float, float]) -> Json:
    """One box clipped to the picture and rounded to 0.1 pixel; `limits` is (width, height, smallest side)."""
    entry = read_object(raw, field, problems, known=("class", *_CORNERS, *_OF_RESULTS))
    box: Json = {"class": read_choice(entry.get("class"), join(field, "class"), problems, choices=keys)}
    for name in _CORNERS:
        number = read_number(entry.get(name), join(field, name), problems, minimum=-MAX_NUMBER, maximum=MAX_NUMBER)
        if number is None:
            return box
        box[name] = number
    width, height, smallest = limits
    _clip(box, "x1", "x2", width, min(smallest, width), field, problems)
    _clip(box, "y1", "y2", height, min(smallest, height), field, problems)
    return box


def _clip(box: Json, low: str, high: str, side: float, smallest: float, field: str, problems: Problems) -> None:
    if box[low] >= box[high]:
        problems.add(join(field, high), f"Must be greater than {low}.")
        return
    box[low], box[high] = (round(min(max(box[name], 0.0), side), 1) for name in (low, high))
    if box[low] >= box[high]:
        problems.add(join(field, high), "The box lies outside the picture.")
    elif round(box[high] - box[low], 1) < smallest:
        problems.add(join(field, high), f"The box is smaller than {smallest:g} pixels.")
