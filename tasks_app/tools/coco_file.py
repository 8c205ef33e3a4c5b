"""COCO's detection format as text in chunks: images first, then annotations, whatever their number."""

import json
from collections.abc import Callable, Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Any

from tasks_app.tools.classes import class_keys, class_names
from tasks_app.tools.fields import Json

_SPOOL = 8 << 20
Images = Iterable[tuple[Json, Json, float | None]]


def coco_file(question: Json, images: Images, of: Callable[[Json, Json], list[Json]], category: Json) -> Iterator[str]:
    """The file; `images` is (item, value, confidence), read once and never held in memory whole.

    `of(item, value)` gives the shapes of a value, each with its `class` and what COCO wants of it (`bbox`, `area`, …);
    `category` is added to each category. Annotations wait in a spooled temporary file, since COCO lists all images first.
    """
    number_of = {key: number for number, key in enumerate(class_keys(question), start=1)}
    names = class_names(question)
    categories = [
        {"id": number, "name": names[key], "key": key, "supercategory": ""} | category
        for key, number in number_of.items()
    ]
    yield f'{{"info":{_dump({"description": question["prompt"]})},"licenses":[],"categories":{_dump(categories)}'
    yield ',"images":['
    annotation = 0
    with SpooledTemporaryFile(max_size=_SPOOL, mode="w+", encoding="utf-8") as waiting:
        for number, (item, value, confidence) in enumerate(images, start=1):
            yield ("," if number > 1 else "") + _dump(_image(number, item, confidence))
            for shape in of(item, value):
                if shape["class"] in number_of:
                    annotation += 1
                    row = _annotation(annotation, number, number_of[shape.pop("class")], shape)
                    waiting.write(("," if annotation > 1 else "") + _dump(row) + "\n")
        yield '],"annotations":['
        waiting.seek(0)
        yield from waiting
    yield "]}"


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _image(number: int, item: Json, confidence: float | None) -> Json:
    image = {
        "id": number,
        "file_name": item.get("name") or item["image"],
        "width": item["width"],
        "height": item["height"],
        "sha256": item["image"],
    }
    return image if confidence is None else image | {"confidence": round(confidence, 6)}


def _annotation(number: int, image: int, category: int, shape: Json) -> Json:
    confidence = shape.pop("confidence", None)
    row = {"id": number, "image_id": image, "category_id": category, **shape, "iscrowd": 0}
    return row if confidence is None else row | {"score": round(confidence, 6)}
