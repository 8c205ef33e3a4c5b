"""What is known to be right: truth files as values of a kind, invented truth where there is none, scores against it."""

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tasks_app.errors import InvalidInput
from tasks_app.tools import Tool
from tasks_app.tools.fields import Json

CORNERS = (("x1", "xmin"), ("y1", "ymin"), ("x2", "xmax"), ("y2", "ymax"))
PROBABILITY = "defect_probability"


@dataclass(frozen=True, slots=True)
class Score:
    """`tasks` compared; `value` their share that is right, or F1 of all their boxes at IoU .5 (NaN with none)."""

    name: str
    tasks: int
    value: float


def draws_boxes(question: Json) -> bool:
    """A question with a smallest side asks for boxes."""
    return "min_size" in question


def read_truth(path: Path, question: Json) -> dict[str, Json]:
    """Truth values by file name: columns `file, label`, or `file, label, xmin, ymin, xmax, ymax` with a line a box, or
    `file, defect_probability`, where a half and more is the class "defect" and less is the first other class.

    Raises InvalidInput naming "truth" with the line that cannot be read.
    """
    keys = _class_names(question)
    found: dict[str, Json] = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        names = set(reader.fieldnames or ())
        boxed = draws_boxes(question)
        needed = {"file", "label", *(column for _, column in CORNERS)} if boxed else {"file"}
        if not needed <= names or not (boxed or names & {"label", PROBABILITY}):
            raise InvalidInput(fields={"truth": f"{path.name} has no columns {', '.join(sorted(needed | {'label'}))}."})
        for row in reader:
            try:
                if boxed:
                    boxes = found.setdefault(row["file"], {"boxes": []})["boxes"]
                    if row["label"]:  # a file with an empty label is a picture with nothing in it
                        corners = {corner: float(row[column]) for corner, column in CORNERS}
                        boxes.append({"class": keys[row["label"].casefold()], **corners})
                elif row.get("label"):
                    found[row["file"]] = {"class": keys[row["label"].casefold()]}
                else:
                    found[row["file"]] = {"class": _by_probability(question, float(row[PROBABILITY]))}
            except (KeyError, ValueError, TypeError) as error:
                raise InvalidInput(
                    fields={"truth": f"{path.name} line {reader.line_num} cannot be read: {error}."}
                ) from None
    return found


def invent(question: Json, item: Json, seed: tuple[int, ...]) -> Json:
    """A truth for a task that nobody knows: the same for the same seed."""
    random = np.random.default_rng(seed)
    keys = [row["key"] for row in question["classes"]]
    if not draws_boxes(question):
        return {"class": keys[int(random.integers(len(keys)))]}
    boxes = []
    for _ in range(int(random.poisson(3))):
        sides = random.uniform(0.08, 0.25, 2) * (item["width"], item["height"])
        x, y = random.uniform(0, 1, 2) * ((item["width"], item["height"]) - sides)
        boxes.append(
            {
                "class": keys[int(random.integers(len(keys)))],
                **dict(zip(("x1", "y1", "x2", "y2"), (x, y, x + sides[0], y + sides[1]), strict=True)),
            }
        )
    return {"boxes": boxes}


def score(tool: Tool, question: Json, results: Iterable[tuple[str, Json]], truth: Mapping[str, Json]) -> Score:
    """Compare results (name, value) with the truth of the same name; others are left out."""
    tasks, right, total = 0, 0.0, 0
    for name, value in results:
        known = truth.get(name)
        if known is None:
            continue
        tasks += 1
        # Agreement is 2 · matched / (size + size): weighted by that, its mean is the F1 over all boxes at once.
        weight = _size(known) + _size(value)
        right += tool.agreement(question, known, value) * weight
        total += weight
    return Score("F1 at IoU .5" if draws_boxes(question) else "accuracy", tasks, right / total if total else math.nan)


def _size(value: Json) -> int:
    return len(value["boxes"]) if "boxes" in value else 1


def _class_names(question: Json) -> dict[str, str]:
    """Keys by key and by name, whatever the case."""
    names = {row["name"].casefold(): row["key"] for row in question["classes"]}
    return names | {row["key"].casefold(): row["key"] for row in question["classes"]}


def _by_probability(question: Json, probability: float) -> str:
    keys = [str(row["key"]) for row in question["classes"]]
    if "defect" not in keys:
        raise KeyError("the question has no class with the key “defect”")
    return "defect" if probability >= 0.5 else next(key for key in keys if key != "defect")
