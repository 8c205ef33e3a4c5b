"""Real crowd answers, where they are at hand: QUORATE_SHARED_DATA, else ../shared/data beside the repository."""

import csv
import functools
import os
from pathlib import Path

import numpy as np
import pytest

from aggregation.tables import read_answers, read_truth
from tests.aggregation.real_answers import RealBoxes, RealSet, RealSets


@pytest.fixture(scope="session")
def real_folder() -> Path:
    root = os.environ.get("QUORATE_SHARED_DATA")
    folder = (Path(root) if root else Path(__file__).parents[3] / "shared" / "data") / "answers"
    if not folder.is_dir():
        pytest.skip(f"no real answers at {folder}: set QUORATE_SHARED_DATA to the folder that holds answers/")
    return folder


@pytest.fixture(scope="session")
def real(real_folder: Path) -> RealSets:
    @functools.cache
    def load(name: str) -> RealSet:
        table = read_answers(real_folder / name / "answers.csv")
        return RealSet(table.answers, read_truth(real_folder / name / "gt.csv", table))

    return load


@pytest.fixture(scope="session")
def pedestrians(real_folder: Path) -> RealBoxes:
    folder = real_folder / "bbox_pedestrians"
    drawn: dict[tuple[int, int], list[list[float]]] = {
        (int(row[0]), int(row[1][1:])): [] for row in _rows(folder / "seen.csv")
    }
    for task, worker, *edges in _rows(folder / "answers.csv"):
        box = [float(edge) for edge in edges]
        if box[0] < box[2] and box[1] < box[3]:
            drawn[int(task), int(worker[1:])].append(box)
    truth: dict[int, list[list[float]]] = {int(row[0]): [] for row in _rows(folder / "gt_seen.csv")}
    for task, *edges in _rows(folder / "gt.csv"):
        truth[int(task)].append([float(edge) for edge in edges])
    return RealBoxes(drawn, {task: np.array(boxes).reshape(-1, 4) for task, boxes in truth.items()})


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]
