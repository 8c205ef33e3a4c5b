"""What the kinds have in common whose answer is a list of shapes on a picture."""

import json
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from aggregation.arrays import Floats
from aggregation.simulate import WorkerKind, draw_boxes
from tasks_app.tools import shape_models
from tasks_app.tools.asking import ExtraField, ItemColumn
from tasks_app.tools.base import MAX_SIDE, AnswerBatch, Fit, Labels, Tool
from tasks_app.tools.classes import class_keys, class_names
from tasks_app.tools.coco_file import Images, coco_file
from tasks_app.tools.fields import Json, Problems, join, read_choice, read_list, read_number, read_object
from tasks_app.tools.shape_fields import (
    ATTRIBUTES,
    EXTRAS,
    FLAGS,
    MIN_SIZE,
    PREDICTION,
    check_attributes,
    read_entry,
    read_extras,
)
from tasks_app.tools.shape_models import Form
from tasks_app.tools.simulated import Generator, Simulated, any_of

MAX_SHAPES = 2000
Box = tuple[float, float, float, float]


class ShapeTool(Tool):
    """Answer: {list: [{"class", …fields, "occluded"?, "uncertain"?, "attributes"?}]}, in pixels of the upright picture, x
    right and y down. A kind says what its fields are, how they are read, and what aggregation sees in them.
    """

    media = "image"
    items = Labels("image", "images")
    min_classes = 1
    draws = True
    extra_fields: ClassVar[tuple[ExtraField, ...]] = (MIN_SIZE, FLAGS, ATTRIBUTES)
    columns: ClassVar[tuple[ItemColumn, ...]] = (PREDICTION,)
    # Names of the fields of a shape besides its class.
    names: ClassVar[tuple[str, ...]]

    @abstractmethod
    def form(self, question: Json) -> Form:
        """The shapes of a question."""

    @abstractmethod
    def read_fields(
        self, entry: Json, field: str, problems: Problems, question: Json, size: tuple[float, float]
    ) -> Json:
        """The canonical fields of one shape, within a picture of (width, height); stand-ins where a problem was noted."""

    @abstractmethod
    def bounds(self, shape: Json) -> Box:
        """The box x1, y1, x2, y2 around a shape."""

    @abstractmethod
    def put(self, shape: Json | None, onto: Box, question: Json, item: Json) -> Json:
        """The fields of a shape stretched so that `onto` is the box around it; None stands for some shape of the kind."""

    def check_question(self, question: Json, problems: Problems) -> None:
        check_attributes(question, problems)

    def clean_answer(self, question: Json, item: Json, raw: Any) -> Json:
        problems = Problems()
        value = self._read(raw, "", problems, question, item)
        problems.check()
        return value

    def _read(self, raw: Any, field: str, problems: Problems, question: Json, item: Json) -> Json:
        width = read_number(item.get("width"), "item.width", problems, minimum=1, maximum=MAX_SIDE)
        height = read_number(item.get("height"), "item.height", problems, minimum=1, maximum=MAX_SIDE)
        problems.check()
        name = self.form(question).list
        entry = read_object(raw, field, problems, known=(name,))
        given = read_list(entry.get(name), join(field, name), problems, maximum=MAX_SHAPES)
        keys, size = set(class_keys(question)), (float(width or 0), float(height or 0))
        shapes = []
        for place, one in enumerate(given):
            where = join(join(field, name), place)
            found = read_entry(one, where, problems, self.names)
            shape = {"class": read_choice(found.get("class"), join(where, "class"), problems, choices=keys)}
            shape |= self.read_fields(found, where, problems, question, size)
            shapes.append(shape | read_extras(found, where, problems, question))
        return {name: shapes}

    def clean_column(self, column: ItemColumn, raw: Any, item: Json, problems: Problems) -> Any:
        """A prediction is known to be a list of shapes; what they are is seen when somebody is shown them."""
        if column.name != PREDICTION.name:
            return super().clean_column(column, raw, item, problems)
        if not raw:
            return None
        if not isinstance(raw, dict) or len(json.dumps(raw)) > 1_000_000:
            problems.add(column.name, "Must be an answer as JSON, of at most a million characters.")
            return None
        return raw

    def agreement(self, question: Json, a: Json, b: Json) -> float:
        """F1 of matching shapes of the same class, alike by half; two empty answers agree fully."""
        form = self.form(question)
        return shape_models.f1(form, class_keys(question), a[form.list], b[form.list])

    def overlaps(self, question: Json, a: Json, b: Json) -> list[float]:
        form = self.form(question)
        return shape_models.overlaps(form, a[form.list], b[form.list])

    def fit(self, question: Json, batch: AnswerBatch, *, final: bool = True) -> Fit:
        return shape_models.fit(self.form(question), class_keys(question), batch, final=final)

    def update(self, question: Json, state: bytes, batch: AnswerBatch) -> Fit:
        return shape_models.update(self.form(question), class_keys(question), state, batch)

    def summary_of(self, question: Json, value: Json) -> str:
        form = self.form(question)
        counts = Counter(shape["class"] for shape in value[form.list])
        if not counts:
            return f"No {form.many}"
        names = class_names(question)
        # In the order of the question; a class that has since been taken out of it comes last, by its key.
        order = [*names, *sorted(counts.keys() - names.keys())]
        parts = ", ".join(f"{counts[key]} {names.get(key, key)}" for key in order if counts[key])
        return f"{form.counted(counts.total())} ({parts})"

    def classes_in(self, value: Json) -> list[str]:
        (shapes,) = value.values()
        return list(dict.fromkeys(shape["class"] for shape in shapes))

    def csv_columns(self, question: Json) -> list[str]:
        name = self.form(question).list
        return [name, *(f"{name}_{key}" for key in class_keys(question)), f"{name}_json"]

    def csv_row(self, question: Json, value: Json) -> list[str | int | float]:
        shapes = value[self.form(question).list]
        counts = Counter(shape["class"] for shape in shapes)
        return [
            len(shapes),
            *(counts[key] for key in class_keys(question)),
            json.dumps(shapes, separators=(",", ":"), ensure_ascii=False),
        ]

    def size(self, value: Json) -> int:
        (shapes,) = value.values()
        return len(shapes)

    # COCO, for the kinds that it knows

    def coco(self, question: Json, images: Images) -> Iterator[str]:
        """A COCO detection file; see `coco_file`."""
        if "coco" not in self.export_formats:
            return super().coco(question, images)
        name = self.form(question).list

        def of(item: Json, value: Json) -> list[Json]:
            return [self._coco_shape(shape, item) for shape in value[name]]

        return coco_file(question, images, of, self.coco_category(question))

    def coco_category(self, question: Json) -> Json:
        """What COCO's categories say besides their names."""
        return {}

    def coco_fields(self, shape: Json, item: Json) -> Json:
        """`bbox`, `area` and what else COCO wants of a shape."""
        x1, y1, x2, y2 = self.bounds(shape)
        width, height = round(x2 - x1, 1), round(y2 - y1, 1)
        return {"bbox": [x1, y1, width, height], "area": round(width * height, 2)}

    def _coco_shape(self, shape: Json, item: Json) -> Json:
        extras = {name: shape[name] for name in (*EXTRAS, "confidence") if name in shape}
        return {"class": shape["class"], **self.coco_fields(shape, item), **extras}

    # Simulated people

    def invent(self, question: Json, item: Json, random: Generator) -> Json:
        keys, picture = class_keys(question), (item["width"], item["height"])
        shapes = []
        for _ in range(int(random.poisson(3))):
            sides = random.uniform(0.08, 0.25, 2) * picture
            x, y = random.uniform(0, 1, 2) * (picture - sides)
            box = (float(x), float(y), float(x + sides[0]), float(y + sides[1]))
            shapes.append({"class": any_of(keys, random), **self.put(None, box, question, item)})
        return {self.form(question).list: shapes}

    def imitate(self, question: Json, item: Json, truth: Json, who: Simulated) -> Json:
        """Shapes within the picture; what falls below the smallest side is not drawn."""
        name, keys = self.form(question).list, class_keys(question)
        if who.kind is WorkerKind.SPAMMER:
            drawn = [(None, *one) for one in self._drawn([], keys, item, who)]
        else:
            drawn = [(shape, *one) for shape in truth[name] for one in self._drawn([shape], keys, item, who)]
        least = float(question["min_size"])
        found = []
        for shape, box, key in drawn:
            if min(box[2] - box[0], box[3] - box[1]) >= least:
                found.append({"class": key, **self.put(shape, box, question, item)})
        return {name: found}

    def _drawn(self, shapes: list[Json], keys: list[str], item: Json, who: Simulated) -> list[tuple[Box, str]]:
        """Boxes around what this person draws where `shapes` are, and the classes given."""
        width, height = float(item["width"]), float(item["height"])
        label = np.array([keys.index(shape["class"]) for shape in shapes], dtype=np.int64)
        real: Floats = np.array([self.bounds(shape) for shape in shapes], dtype=np.float64).reshape(-1, 4)
        edges, said = draw_boxes(who.kind, real, label, len(keys), max(width, height), who.random)
        inside = np.round(np.clip(edges, 0, np.array([width, height, width, height])), 1)
        return [((a, b, c, d), keys[one]) for (a, b, c, d), one in zip(inside.tolist(), said.tolist(), strict=True)]
