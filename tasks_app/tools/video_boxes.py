"""Where are things in a film? A box on some frames of it, a straight line between them: a track for each thing."""

import itertools
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from aggregation.arrays import Floats
from aggregation.shapes import TRACKS
from aggregation.simulate import WorkerKind
from tasks_app.tools import shape_models
from tasks_app.tools.asking import ExtraField
from tasks_app.tools.base import MAX_MILLISECONDS, AnswerBatch, Demo, Fit, Labels, Tool
from tasks_app.tools.classes import class_keys, class_names, key_by_name
from tasks_app.tools.demo_recordings import FILM, FILM_FILE
from tasks_app.tools.fields import (
    MAX_NUMBER,
    OF_RESULTS,
    Json,
    Problems,
    join,
    read_choice,
    read_list,
    read_number,
    read_object,
)
from tasks_app.tools.regions import SLACK, length_of
from tasks_app.tools.shape_fields import MIN_SIZE
from tasks_app.tools.simulated import Generator, Simulated, any_of

MAX_TRACKS = 200
MAX_FRAMES = 1000
CORNERS = ("x1", "y1", "x2", "y2")
RATE = ExtraField(
    name="rate",
    label="Frames a second",
    help="How far the keys , and . go. A film's own rate, or fewer where its things move slowly.",
    minimum=1,
    maximum=120,
    default=25,
)


def _tracks(rows: Sequence[Json]) -> list[Floats]:
    return [
        np.array([[frame[name] for name in ("at", *CORNERS)] for frame in row["frames"]], dtype=np.float64)
        for row in rows
    ]


def _fields(track: Floats) -> Json:
    """Whole milliseconds, tenths of pixels."""
    by_time = {
        round(float(at)): {name: round(float(edge), 1) for name, edge in zip(CORNERS, box, strict=True)}
        for at, *box in track
    }
    return {"frames": [{"at": at, **box} for at, box in by_time.items()]}


FORM = shape_models.Form("tracks", "track", "tracks", TRACKS, _tracks, _fields)


class VideoBoxes(Tool):
    """Answer: {"tracks": [{"class", "frames": [{"at", "x1", "y1", "x2", "y2"}]}]}: key frames by milliseconds, boxes in pixels.

    A thing is there from the first to the last of its key frames; in between its box moves on a straight line.
    """

    kind = "video_boxes"
    title = "Boxes in a film"
    summary = "People draw a box around each thing on some frames of a film; between them it moves by itself."
    media = "video"
    items = Labels("film", "films")
    min_classes = 1
    extra_fields: ClassVar[tuple[ExtraField, ...]] = (RATE, MIN_SIZE)

    @property
    def demo(self) -> Demo:
        frames = [
            {"at": 0, "x1": 42.0, "y1": 187.0, "x2": 78.0, "y2": 223.0},
            {"at": 200, "x1": 61.0, "y1": 112.0, "x2": 97.0, "y2": 148.0},
        ]
        return Demo(
            question=self.clean_question(
                {
                    "prompt": "Follow the ball and the cart with a box each.",
                    "classes": [{"name": "Ball"}, {"name": "Cart"}],
                    "rate": 10,
                }
            ),
            hint="Draw a box, go on with . and move it there: in between it follows by itself.",
            item=FILM,
            image=FILM_FILE,
            draft={"tracks": [{"class": "ball", "frames": frames}]},
        )

    def clean_answer(self, question: Json, item: Json, raw: Any) -> Json:
        problems = Problems()
        entry = read_object(raw, "", problems, known=("tracks",))
        rows = read_list(entry.get("tracks"), "tracks", problems, maximum=MAX_TRACKS)
        tracks = [_read_track(row, join("tracks", place), problems, question, item) for place, row in enumerate(rows)]
        problems.check()
        return {"tracks": tracks}

    def agreement(self, question: Json, a: Json, b: Json) -> float:
        """F1 of tracks of one class whose boxes overlap by half, on average over the time that either is there."""
        return shape_models.f1(FORM, class_keys(question), a["tracks"], b["tracks"])

    def fit(self, question: Json, batch: AnswerBatch, *, final: bool = True) -> Fit:
        return shape_models.fit(FORM, class_keys(question), batch, final=final)

    def update(self, question: Json, state: bytes, batch: AnswerBatch) -> Fit:
        return shape_models.update(FORM, class_keys(question), state, batch)

    def summary_of(self, question: Json, value: Json) -> str:
        counts, names = Counter(one["class"] for one in value["tracks"]), class_names(question)
        if not counts:
            return "No tracks"
        return ", ".join(f"{count} {names.get(key, key)}" for key, count in sorted(counts.items()))

    def classes_in(self, value: Json) -> list[str]:
        return list(dict.fromkeys(one["class"] for one in value["tracks"]))

    def csv_columns(self, question: Json) -> list[str]:
        return ["tracks", "tracks_json"]

    def csv_row(self, question: Json, value: Json) -> list[str | int | float]:
        return [len(value["tracks"]), json.dumps(value["tracks"], separators=(",", ":"))]

    def size(self, value: Json) -> int:
        return len(value["tracks"])

    def invent(self, question: Json, item: Json, random: Generator) -> Json:
        """Some boxes that cross the picture."""
        tracks = []
        for _ in range(1 + int(random.poisson(1))):
            start, end = sorted(random.integers(0, length_of(item), 2).tolist())
            frames = [_some_box(at, question, item, random) for at in dict.fromkeys((start, end))]
            tracks.append({"class": any_of(class_keys(question), random), "frames": frames})
        return {"tracks": tracks}

    def imitate(self, question: Json, item: Json, truth: Json, who: Simulated) -> Json:
        """Things are overlooked, drawn a little aside or given another class by those who look; the others draw anything, or nothing."""
        if who.kind is WorkerKind.CONSTANT:
            return {"tracks": []}
        if who.kind is WorkerKind.SPAMMER:
            return self.invent(question, item, who.random)
        keys = class_keys(question)
        said = [one for one in truth["tracks"] if who.says("seen", ("seen", "missed")) == "seen"]
        return {
            "tracks": [
                {
                    "class": who.says(one["class"], keys),
                    "frames": [_aside(frame, question, item, who.random) for frame in one["frames"]],
                }
                for one in said
            ]
        }

    def read_truth(self, question: Json, rows: Sequence[Mapping[str, str]]) -> Json:
        """Columns `label, track, at, xmin, ymin, xmax, ymax`, a row a key frame; an empty label is a film with nothing."""
        keys, tracks = key_by_name(question), dict[str, Json]()
        for row in rows:
            if row["label"]:
                track = tracks.setdefault(row["track"], {"class": keys[row["label"].casefold()], "frames": []})
                edges = {name: float(row[column]) for name, column in zip(CORNERS, _COLUMNS, strict=True)}
                track["frames"].append({"at": int(row["at"]), **edges})
        for track in tracks.values():
            track["frames"].sort(key=lambda frame: frame["at"])
        return {"tracks": list(tracks.values())}


# As files of truths name them.
_COLUMNS = ("xmin", "ymin", "xmax", "ymax")


def _read_track(raw: Any, field: str, problems: Problems, question: Json, item: Json) -> Json:
    entry = read_object(raw, field, problems, known=("class", "frames", *OF_RESULTS))
    key = read_choice(entry.get("class"), join(field, "class"), problems, choices=class_keys(question))
    place = join(field, "frames")
    rows = read_list(entry.get("frames"), place, problems, minimum=1, maximum=MAX_FRAMES)
    frames = [_read_frame(row, join(place, number), problems, question, item) for number, row in enumerate(rows)]
    for number, (one, other) in enumerate(itertools.pairwise(frames)):
        if one["at"] >= other["at"]:
            problems.add(join(join(place, number + 1), "at"), "Must be after the frame before it.")
    return {"class": key, "frames": frames}


def _read_frame(raw: Any, field: str, problems: Problems, question: Json, item: Json) -> Json:
    entry = read_object(raw, field, problems, known=("at", *CORNERS))
    length = item.get("milliseconds")
    most = MAX_MILLISECONDS if length is None else length + SLACK
    at = read_number(entry.get("at"), join(field, "at"), problems, minimum=0, maximum=most)
    frame: Json = {"at": round(at or 0)}
    for name in CORNERS:
        side = float(item["width"] if name[0] == "x" else item["height"])
        edge = read_number(entry.get(name), join(field, name), problems, minimum=-MAX_NUMBER, maximum=MAX_NUMBER)
        frame[name] = round(min(max(edge or 0.0, 0.0), side), 1)
    for axis, side in (("x", item["width"]), ("y", item["height"])):
        least = min(float(question["min_size"] or 1), float(side))
        if frame[f"{axis}2"] - frame[f"{axis}1"] < least:
            problems.add(
                join(field, f"{axis}2"), f"Must be at least {least:g} pixels after {axis}1, inside the picture."
            )
    return frame


def _some_box(at: int, question: Json, item: Json, random: Generator) -> Json:
    frame: Json = {"at": at}
    for axis, side in (("x", float(item["width"])), ("y", float(item["height"]))):
        least = min(float(question["min_size"]), side)
        start = float(random.uniform(0, side - least))
        frame[f"{axis}1"] = round(start, 1)
        frame[f"{axis}2"] = round(min(start + max(least, side * 0.2) + 0.2, side), 1)
    return {name: frame[name] for name in ("at", *CORNERS)} if _large(frame, question, item) else _whole(at, item)


def _aside(frame: Json, question: Json, item: Json, random: Generator) -> Json:
    """The box with its edges off by a few hundredths of its size; as it is where that were too small."""
    moved: Json = {"at": frame["at"]}
    for name in CORNERS:
        side = float(item["width"] if name[0] == "x" else item["height"])
        size = frame[f"{name[0]}2"] - frame[f"{name[0]}1"]
        moved[name] = round(min(max(frame[name] + random.normal(0, 0.03 * size), 0.0), side), 1)
    return moved if _large(moved, question, item) else frame


def _large(frame: Json, question: Json, item: Json) -> bool:
    sides = (("x", item["width"]), ("y", item["height"]))
    return all(frame[f"{a}2"] - frame[f"{a}1"] >= min(float(question["min_size"]), float(side)) for a, side in sides)


def _whole(at: int, item: Json) -> Json:
    return {"at": at, "x1": 0.0, "y1": 0.0, "x2": float(item["width"]), "y2": float(item["height"])}
