"""Texts of known class for trials over HTTP: what is right is drawn, and kept in a file for the simulated people to read."""

import csv
import random
from pathlib import Path
from typing import Any


def labelled(items: int, classes: str, seed: int, truth: Path) -> dict[str, str]:
    """Item's name → its class, a letter of `classes`; written to `truth` as CSV."""
    draw = random.Random(seed)
    right = {f"item-{number:04}": draw.choice(classes) for number in range(items)}
    with truth.open("w", newline="") as file:
        csv.writer(file).writerows([("file", "label"), *right.items()])
    return right


def question(classes: str) -> dict[str, Any]:
    """What is asked about each."""
    return {"prompt": "Which?", "classes": [{"key": key, "name": key.upper()} for key in classes]}


def rows(names: list[str]) -> list[dict[str, str]]:
    """The items of these names."""
    return [{"text": f"Text {name}", "name": name} for name in names]
