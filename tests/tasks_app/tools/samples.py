"""For each kind a question, an item and some answers that are right to give, each unlike the others."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tasks_app import tools
from tasks_app.tools import Tool
from tasks_app.tools.mask import mask_of

Json = dict[str, Any]
CLASSES = [{"key": "cat", "name": "Cat"}, {"key": "dog", "name": "Dog"}, {"key": "bird", "name": "Bird"}]
PICTURE = {"image": "a" * 64, "width": 640, "height": 480, "name": "photo.jpg"}
SOUND = {"audio": "a" * 64, "milliseconds": 6000, "name": "a.wav"}
FILM = {"video": "a" * 64, "milliseconds": 6000, "width": 320, "height": 240, "name": "a.mp4"}
TEXT = {"text": "The quick brown fox jumps over the lazy dog."}
PLAIN = {"prompt": "What is it?", "classes": CLASSES}
SCALE = {"prompt": "How good is it?", "lowest": 1, "highest": 5, "lowest_label": "Bad", "highest_label": "Good"}
FIELDS = [
    {"name": "site", "label": "Its site", "kind": "link", "required": False},
    {"name": "open", "label": "Open?", "kind": "choice", "options": ["Yes", "No"]},
    {"name": "hour", "label": "From?", "kind": "number", "minimum": 0, "maximum": 24, "when": {"field": "open", "is": ["Yes"]}},
    {"name": "sells", "label": "Sells?", "kind": "choices", "options": ["Bread", "Cake"], "required": False},
    {"name": "is", "label": "It is", "kind": "matrix", "rows": ["clean", "cheap"], "options": ["yes", "no"], "required": False},
    {"name": "at", "label": "Where?", "kind": "position", "required": False},
    {"name": "note", "label": "Note", "kind": "long_text", "required": False},
]  # fmt: skip
FILLED: list[Json] = [
    {"fields": {"site": "https://example.org/a", "open": "Yes", "hour": 8.0, "sells": ["Bread"], "is": {"clean": "yes", "cheap": "no"}}},
    {"fields": {"open": "No", "at": {"latitude": 52.5, "longitude": 13.4}, "note": "A red door."}},
]  # fmt: skip


@dataclass(frozen=True)
class Sample:
    tool: Tool
    question: Json
    item: Json
    answers: list[Json]


def box(x: float, key: str) -> Json:
    return {"class": key, "x1": x, "y1": 10.0, "x2": x + 50, "y2": 60.0}


CORNERS = [[50.0, 50.0], [200.0, 60.0], [220.0, 180.0], [60.0, 190.0]]


def outline(key: str, points: list[list[float]]) -> Json:
    return {"class": key, "points": points}


# kind: (question, item, answers)
RAW: dict[str, tuple[Json, Json, list[Json]]] = {
    "image_classification": (PLAIN, PICTURE, [{"class": "cat"}, {"class": "bird"}]),
    "image_grid": ({**PLAIN, "classes": CLASSES[:2]}, PICTURE, [{"class": "cat"}, {"class": "dog"}]),
    "text_classification": (PLAIN, TEXT, [{"class": "cat"}, {"class": "bird"}]),
    "bounding_box": (PLAIN, PICTURE, [{"boxes": [box(10, "cat"), box(200, "dog")]}, {"boxes": []}]),
    "polygon": (PLAIN, PICTURE, [{"polygons": [outline("cat", CORNERS)]}, {"polygons": []}]),
    "polyline": (PLAIN, PICTURE, [{"lines": [outline("cat", CORNERS[:3])]}, {"lines": []}]),
    "ellipse": (
        PLAIN,
        PICTURE,
        [
            {"ellipses": [{"class": "cat", "x": 200.0, "y": 200.0, "rx": 60.0, "ry": 30.0, "angle": 20.0}]},
            {"ellipses": []},
        ],
    ),
    "keypoints": (
        {**PLAIN, "keypoints": "nose\ntail", "skeleton": "nose - tail"},
        PICTURE,
        [{"skeletons": [outline("cat", [[100.0, 100.0, 2], [200.0, 150.0, 1]])]}, {"skeletons": []}],
    ),
    "mask": (
        PLAIN,
        {**PICTURE, "width": 64, "height": 48},
        [
            {"masks": [{"class": "cat", **mask_of(np.array([100, 130, 148, 178]), (48, 64))}]},
            {"masks": []},
        ],
    ),
    "image_labels": (
        PLAIN,
        {**PICTURE, "x1": 10.0, "y1": 20.0, "x2": 110.0, "y2": 90.0},
        [{"classes": ["cat", "bird"]}, {"classes": []}, {"classes": ["dog"]}],
    ),
    "image_check": (
        PLAIN,
        {**PICTURE, "label": "Cat", "boxes": [{"class": "Cat", "x1": 10.0, "y1": 10.0, "x2": 90.0, "y2": 60.0}]},
        [{"class": "cat"}, {"class": "bird"}],
    ),
    "text_check": (PLAIN, {**TEXT, "label": "Animals"}, [{"class": "cat"}, {"class": "bird"}]),
    "image_rating": (SCALE, PICTURE, [{"rating": 4.0}, {"rating": 1.0}]),
    "text_rating": (SCALE, TEXT, [{"rating": 4.0}, {"rating": 1.0}]),
    "image_comparison": (
        {"prompt": "Which is sharper?"},
        {**PICTURE, "second": {**PICTURE, "image": "b" * 64}, "context": "Two lenses"},
        [{"better": "first", "shown": "second"}, {"better": "tie", "shown": "first"}],
    ),
    "text_comparison": (
        {"prompt": "Which is better?", "ties": False},
        {**TEXT, "second": "A dog sleeps.", "context": "What happened?"},
        [{"better": "first", "shown": "second"}, {"better": "second", "shown": "second"}],
    ),
    "text_ranking": (
        {"prompt": "Best first."},
        {**TEXT, "second": "A dog sleeps.", "third": "A fox jumps."},
        [{"order": ["second", "first", "third"]}, {"order": ["first", "second", "third"]}],
    ),
    "free_text": (
        {"prompt": "Translate.", "shortest": 5, "longest": 200, "paste": False},
        TEXT,
        [{"text": "Der schnelle braune Fuchs."}, {"text": "The fox is quick."}],
    ),
    "image_transcription": ({"prompt": "Type it."}, PICTURE, [{"text": "Total 11.80"}, {"text": "2 flat white\n7.60"}]),
    "audio_classification": (PLAIN, SOUND, [{"class": "cat"}, {"class": "bird"}]),
    "audio_regions": (
        {**PLAIN, "transcribe": True},
        SOUND,
        [
            {
                "regions": [
                    {"class": "cat", "start": 100, "end": 900, "text": "Meow"},
                    {"class": "dog", "start": 500, "end": 2000},
                ]
            },
            {"regions": []},
            {"regions": [{"class": "dog", "start": 3000, "end": 4000}]},
        ],
    ),
    "audio_transcription": (
        {"prompt": "Type it."},
        SOUND,
        [{"text": "two flat whites"}, {"text": "flat white\nplease"}],
    ),
    "audio_comparison": (
        {"prompt": "Which is clearer?"},
        {**SOUND, "second": {**SOUND, "audio": "b" * 64}, "context": "Two microphones"},
        [{"better": "first", "shown": "second"}, {"better": "tie", "shown": "first"}],
    ),
    "video_classification": (PLAIN, FILM, [{"class": "cat"}, {"class": "bird"}]),
    "video_segments": (
        PLAIN,
        FILM,
        [
            {"segments": [{"class": "cat", "start": 100, "end": 900}, {"class": "dog", "start": 500, "end": 2000}]},
            {"segments": []},
        ],
    ),
    "video_boxes": (
        PLAIN,
        FILM,
        [
            {
                "tracks": [
                    {
                        "class": "cat",
                        "frames": [
                            {"at": 0, "x1": 1.0, "y1": 2.0, "x2": 60.0, "y2": 70.0},
                            {"at": 900, "x1": 99.5, "y1": 2.0, "x2": 160.0, "y2": 70.0},
                        ],
                    }
                ]
            },
            {"tracks": []},
            {"tracks": [{"class": "dog", "frames": [{"at": 40, "x1": 200.0, "y1": 2.0, "x2": 260.0, "y2": 70.0}]}]},
        ],
    ),
    "questionnaire": ({"prompt": "Look it up.", "fields": FIELDS}, TEXT, FILLED),
    "own_html": ({"prompt": "Look it up.", "fields": FIELDS, "html": "<p>Hello</p>"}, TEXT, FILLED),
    "text_spans": (
        PLAIN,
        TEXT,
        [
            {"spans": [{"class": "cat", "start": 4, "end": 9}, {"class": "dog", "start": 4, "end": 15}]},
            {"spans": []},
            {"spans": [{"class": "dog", "start": 16, "end": 19}]},
        ],
    ),
    "text_labels": (PLAIN, TEXT, [{"classes": ["cat", "bird"]}, {"classes": []}]),
}


def sample(kind: str) -> Sample:
    tool = tools.get(kind)
    question, item, answers = RAW[kind]
    return Sample(tool, tool.clean_question(question), tool.clean_item(item), answers)
