"""What is known to be right: truth files as values of a kind, invented truth where there is none, scores against it."""

import csv
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tasks_app.errors import InvalidInput
from tasks_app.tools import Tool
from tasks_app.tools.fields import Json


@dataclass(frozen=True, slots=True)
class Score:
    """`tasks` compared; `value`: how alike results and truth are, each task weighing what both say (NaN with none)."""

    tasks: int
    value: float


def read_truth(path: Path, tool: Tool, question: Json) -> dict[str, Json]:
    """Truth values by file name: a column `file`, and those that the kind reads (`Tool.read_truth`).

    Raises InvalidInput naming "truth" with the line that cannot be read.
    """
    rows: dict[str, list[tuple[int, Mapping[str, str]]]] = defaultdict(list)
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        if "file" not in set(reader.fieldnames or ()):
            raise InvalidInput(fields={"truth": f"{path.name} has no column “file”."})
        for row in reader:
            rows[row["file"]].append((reader.line_num, row))
    found: dict[str, Json] = {}
    for name, lines in rows.items():
        try:
            found[name] = tool.read_truth(question, [row for _, row in lines])
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            text = f"{path.name} line {lines[0][0]} cannot be read: {error}."
            raise InvalidInput(fields={"truth": text}) from None
    return found


def invent(tool: Tool, question: Json, item: Json, seed: tuple[int, ...]) -> Json:
    """A truth for a task that nobody knows: the same for the same seed."""
    return tool.invent(question, item, np.random.default_rng(seed))


def score(tool: Tool, question: Json, results: Iterable[tuple[str, Json]], truth: Mapping[str, Json]) -> Score:
    """Compare results (name, value) with the truth of the same name; others are left out."""
    tasks, right, total = 0, 0.0, 0
    for name, value in results:
        known = truth.get(name)
        if known is None:
            continue
        tasks += 1
        # Agreement on boxes is 2 · matched / (size + size): weighted by that, its mean is the F1 over all boxes at once.
        weight = tool.size(known) + tool.size(value)
        right += tool.agreement(question, known, value) * weight
        total += weight
    return Score(tasks, right / total if total else math.nan)
