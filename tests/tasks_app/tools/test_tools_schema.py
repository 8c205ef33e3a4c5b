"""What enters a tool: questions, answers and items, good and hostile."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks_app import tools
from tasks_app.errors import InvalidInput, NotFound
from tasks_app.tools.classes import PALETTE

KINDS = ["image_classification", "text_classification", "bounding_box"]
ALL = [tool.kind for tool in tools.all_tools()]
PHOTO = {"image": "a" * 64, "width": 200, "height": 100, "name": "roof.jpg"}
DEEP: Any = json.loads("[" * 500 + "]" * 500)
NASTY: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**400, -(10**400), float("nan"), float("inf"), float("-inf"), -0.0,
    "", "x", "\x00", "\ud800", "é" * 300, "a" * 10**6, "1", "__proto__", [], [[]], [None], [1] * 3000, {}, {"": ""},
    {"\ud800": 1}, {"class": {}}, {"class": ["a"]}, {"boxes": {}}, {"boxes": [[]]}, {"classes": [{}] * 200}, DEEP,
    {"boxes": DEEP}, {"classes": DEEP}, {"text": DEEP}, {"a" * 10**5: 1},
]  # fmt: skip


def question(kind: str, **changes: Any) -> dict[str, Any]:
    raw = {"prompt": "What is it?", "classes": [{"name": "Red cell"}, {"name": "White cell"}]}
    return tools.get(kind).clean_question(raw | changes)


def boxes_question(**changes: Any) -> dict[str, Any]:
    return question("bounding_box", **changes)


def attempt(call: Any, *args: Any) -> tuple[Any, dict[str, list[str]] | None]:
    """(value, None) or (None, fields); anything but InvalidInput goes through and fails the test."""
    try:
        return call(*args), None
    except InvalidInput as error:
        json.dumps(error.fields, ensure_ascii=False).encode()  # a response can carry them
        return None, error.fields


def fields_of(call: Any, *args: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as caught:
        call(*args)
    return caught.value.fields


def clean_boxes(*boxes: Any, item: dict[str, Any] = PHOTO, **changes: Any) -> dict[str, Any]:
    return tools.get("bounding_box").clean_answer(boxes_question(**changes), item, {"boxes": list(boxes)})


def box(x1: Any = 10, y1: Any = 10, x2: Any = 50, y2: Any = 40, key: Any = "red-cell") -> dict[str, Any]:
    return {"class": key, "x1": x1, "y1": y1, "x2": x2, "y2": y2}


# The registry


def test_registry_begins_with_the_plainest_kinds_and_names_their_files() -> None:
    assert ALL[:3] == KINDS
    assert [tool.script for tool in tools.all_tools()] == [f"js/tools/{kind}.js" for kind in ALL]
    assert [tool.page_script for tool in tools.all_tools()] == [f"js/pages/do/{kind}.js" for kind in ALL]
    assert [tool.template_dir for tool in tools.all_tools()] == [f"tools/{kind}" for kind in ALL]


def test_registry_unknown_kind_is_not_found() -> None:
    with pytest.raises(NotFound):
        tools.get("hexagon")


# Questions


@pytest.mark.parametrize("kind", KINDS)
def test_question_fills_keys_colours_and_hotkeys(kind: str) -> None:
    assert question(kind)["classes"] == [
        {
            "key": "red-cell", "name": "Red cell", "color": "#E69F00", "hotkey": "1", "description": "",
            "example": None,
        },
        {
            "key": "white-cell", "name": "White cell", "color": "#56B4E9", "hotkey": "2", "description": "",
            "example": None,
        },
    ]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_question_is_a_fixed_point_of_cleaning(kind: str) -> None:
    tool = tools.get(kind)
    for raw in (question(kind), tool.demo.question):
        assert tool.clean_question(raw) == raw
        assert tool.clean_question(json.loads(json.dumps(raw))) == raw


def test_question_boxes_have_a_smallest_side_and_classifications_do_not() -> None:
    assert boxes_question()["min_size"] == 4
    assert boxes_question(min_size=12)["min_size"] == 12
    assert boxes_question(min_size=None)["min_size"] == 4
    assert fields_of(lambda: boxes_question(min_size=0)) == {"min_size": ["Must be between 1 and 500."]}
    assert fields_of(lambda: question("image_classification", min_size=4)) == {"min_size": ["Unknown field."]}


def test_question_given_hotkeys_are_kept_and_the_others_get_free_ones() -> None:
    classes = [{"name": "a", "hotkey": "2"}, {"name": "b"}, {"name": "c", "hotkey": "X"}, {"name": "d"}]
    assert [row["hotkey"] for row in question("text_classification", classes=classes)["classes"]] == [
        "2", "1", "x", "3",
    ]  # fmt: skip


def test_question_hundred_classes_have_distinct_keys_and_hotkeys_while_they_last() -> None:
    rows = question("image_classification", classes=[{"name": f"Sort {n}"} for n in range(100)])["classes"]
    hotkeys = [row["hotkey"] for row in rows]
    assert hotkeys[:35] == list("123456789abcdefghijklmnopqrstuvwxyz")
    assert hotkeys[35:] == [""] * 65
    assert len({row["key"] for row in rows}) == 100
    assert rows[8]["color"] == PALETTE[0]


def test_question_keys_made_from_names_are_unique_and_short() -> None:
    names = ["汽车", "Ünïcode Náme", "a" * 60, "a" * 61, "汽 车"]
    rows = question("text_classification", classes=[{"name": name} for name in names])["classes"]
    assert [row["key"] for row in rows] == ["class-1", "unicode-name", "a" * 40, "a" * 38 + "-2", "class-5"]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"prompt": "  "}, "prompt", "This field is required."),
        ({"prompt": 3}, "prompt", "Must be text."),
        ({"prompt": "x" * 501}, "prompt", "At most 500 characters."),
        ({"prompt": "a\x00b"}, "prompt", "Contains characters that cannot be stored."),
        ({"prompt": "a\ud800"}, "prompt", "Contains characters that cannot be stored."),
        ({"classes": None}, "classes", "Must be a list."),
        ({"classes": [{"name": "one"}]}, "classes", "At least 2 entries are needed, got 1."),
        ({"classes": [{"name": str(n)} for n in range(101)]}, "classes", "At most 100 entries, got 101."),
        ({"classes": [{"name": "a"}, {}]}, "classes.1.name", "This field is required."),
        ({"classes": [{"name": "a"}, 7]}, "classes.1", "Must be an object."),
        ({"classes": [{"name": "a"}, {"name": "A"}]}, "classes.1.name", "Another class has this name."),
        (
            {"classes": [{"name": "a", "key": "k"}, {"name": "b", "key": "K"}]},
            "classes.1.key",
            "Another class has this key.",
        ),
        (
            {"classes": [{"name": "a", "hotkey": "q"}, {"name": "b", "hotkey": "Q"}]},
            "classes.1.hotkey",
            "Another class has this key on the keyboard.",
        ),
        ({"classes": [{"name": "a", "hotkey": "0"}, {"name": "b"}]}, "classes.0.hotkey", "Must be one of 1-9 or a-z."),
        (
            {"classes": [{"name": "a", "key": "no spaces"}, {"name": "b"}]},
            "classes.0.key",
            "Letters, digits, - and _ only, beginning with a letter or digit.",
        ),
        (
            {"classes": [{"name": "a", "color": "red"}, {"name": "b"}]},
            "classes.0.color",
            "Must be a colour such as #E69F00.",
        ),
        (
            {"classes": [{"name": "a", "example": "../../etc"}, {"name": "b"}]},
            "classes.0.example",
            "Must be the SHA-256 of an uploaded image.",
        ),
        ({"classes": [{"name": "a", "colour": "#000000"}, {"name": "b"}]}, "classes.0.colour", "Unknown field."),
    ],
)
def test_question_names_the_field_that_is_wrong(changes: dict[str, Any], field: str, message: str) -> None:
    assert fields_of(lambda: question("image_classification", **changes)) == {field: [message]}


def test_question_names_every_wrong_field_at_once() -> None:
    found = fields_of(lambda: boxes_question(prompt="", min_size="4", classes=[{"name": "a", "hotkey": "??"}]))
    assert set(found) == {"prompt", "min_size", "classes.0.hotkey"}


# Answers: classes


@pytest.mark.parametrize("kind", KINDS[:2])
def test_class_answer_is_one_of_the_classes(kind: str) -> None:
    tool = tools.get(kind)
    assert tool.clean_answer(question(kind), {}, {"class": "red-cell"}) == {"class": "red-cell"}
    assert fields_of(tool.clean_answer, question(kind), {}, {"class": "blue"}) == {"class": ["There is no such class."]}
    assert fields_of(tool.clean_answer, question(kind), {}, {}) == {"class": ["Choose a class."]}
    assert fields_of(tool.clean_answer, question(kind), {}, {"class": 1}) == {"class": ["Must be the key of a class."]}
    assert fields_of(tool.clean_answer, question(kind), {}, "red-cell") == {
        "value": ["Must be an object."],
        "class": ["Choose a class."],
    }


# Answers: boxes


def test_boxes_answer_may_be_empty() -> None:
    assert clean_boxes() == {"boxes": []}


def test_boxes_answer_is_clipped_and_rounded() -> None:
    assert clean_boxes(box(-3.14159, 10.25, 50.06, 1e6)) == {
        "boxes": [{"class": "red-cell", "x1": 0.0, "y1": 10.2, "x2": 50.1, "y2": 100.0}]
    }
    assert json.dumps(clean_boxes(box(-0.0, -0.0))["boxes"][0]["x1"]) == "0.0"


def test_boxes_answer_of_a_result_loses_its_confidence_and_votes() -> None:
    assert clean_boxes(box() | {"confidence": 0.9, "votes": 3}) == clean_boxes(box())


def test_boxes_answer_is_a_fixed_point_of_cleaning() -> None:
    clean = clean_boxes(box(1.23, 4.56, 77.77, 88.88), box(key="white-cell"))
    assert clean_boxes(*clean["boxes"]) == clean


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        (box(x2=10), "boxes.1.x2", "Must be greater than x1."),
        (box(y1=50), "boxes.1.y2", "Must be greater than y1."),
        (box(x2=float("nan")), "boxes.1.x2", "Must be a finite number."),
        (box(y1=float("-inf")), "boxes.1.y1", "Must be a finite number."),
        (box(x1=True), "boxes.1.x1", "Must be a number."),
        (box(x1="10"), "boxes.1.x1", "Must be a number."),
        (box(x2=10**400), "boxes.1.x2", "Must be between -1e+09 and 1e+09."),
        (box(x1=250, x2=300), "boxes.1.x2", "The box lies outside the picture."),
        (box(x2=13.9), "boxes.1.x2", "The box is smaller than 4 pixels."),
        (box(y1=97, y2=400), "boxes.1.y2", "The box is smaller than 4 pixels."),
        (box(key="blue"), "boxes.1.class", "There is no such class."),
        (box(key=None), "boxes.1.class", "Choose a class."),
        (box(key=["red-cell"]), "boxes.1.class", "Must be the key of a class."),
        (box() | {"z": 1}, "boxes.1.z", "Unknown field."),
    ],
)
def test_boxes_answer_names_the_field_that_is_wrong(wrong: dict[str, Any], field: str, message: str) -> None:
    assert fields_of(clean_boxes, box(), wrong) == {field: [message]}


def test_boxes_answer_without_corners_names_them() -> None:
    assert fields_of(clean_boxes, {"class": "red-cell"}) == {"boxes.0.x1": ["Must be a number."]}


def test_boxes_answer_at_most_2000() -> None:
    assert len(clean_boxes(*[box()] * 2000)["boxes"]) == 2000
    assert fields_of(clean_boxes, *[box()] * 2001) == {"boxes": ["At most 2000 entries, got 2001."]}


def test_boxes_answer_reports_at_most_50_problems() -> None:
    assert len(fields_of(clean_boxes, *[box(x2="")] * 2000)) == 50


def test_boxes_answer_on_a_picture_smaller_than_the_smallest_side_may_span_it() -> None:
    tiny = PHOTO | {"width": 3, "height": 2}
    assert clean_boxes(box(0, 0, 3, 2), item=tiny)["boxes"][0] == box(0.0, 0.0, 3.0, 2.0)


def test_boxes_answer_on_an_item_without_size_is_refused_by_name() -> None:
    assert set(fields_of(lambda: clean_boxes(item={"image": "x"}))) == {"item.width", "item.height"}


# Items


def test_item_of_each_medium_is_cleaned() -> None:
    assert tools.get("text_classification").clean_item({"text": " Hi\r\nthere "}) == {"text": "Hi\nthere"}
    assert tools.get("bounding_box").clean_item(PHOTO | {"width": 200.0, "meta": {"id": "7"}}) == PHOTO | {
        "meta": {"id": "7"}
    }
    assert fields_of(tools.get("bounding_box").clean_item, {"image": "x", "width": 1.5}) == {
        "width": ["Must be a whole number."],
        "height": ["Must be a number."],
    }


# Hostile input: InvalidInput or a clean value, nothing else


@pytest.mark.parametrize("kind", KINDS)
def test_nasty_values_never_raise_anything_but_invalid_input(kind: str) -> None:
    tool = tools.get(kind)
    good = question(kind)
    good_box = box()
    attempts: list[Any] = [
        *NASTY,
        *({"class": value} for value in NASTY),
        *({"boxes": value} for value in NASTY),
        *({"boxes": [value]} for value in NASTY),
        *({"boxes": [good_box | {name: value}]} for name in good_box for value in NASTY),
    ]
    for raw in attempts:
        answer, wrong = attempt(tool.clean_answer, good, PHOTO, raw)
        assert wrong or tool.clean_answer(good, PHOTO, answer) == answer
    for field in ("prompt", "classes", "min_size", "text", "image", "width", "height", "name", "meta", "nothing"):
        for value in NASTY:
            attempt(tool.clean_question, {**good, field: value})
            attempt(tool.clean_item, {field: value})
    for field in good["classes"][0]:
        for value in NASTY:
            rows = [good["classes"][0] | {field: value}, good["classes"][1]]
            cleaned, wrong = attempt(tool.clean_question, {"prompt": "?", "classes": rows})
            assert wrong or json.dumps(cleaned, ensure_ascii=False).encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["prompt", "classes", "min_size", "boxes", "class", "x1", "x2", "y1", "y2", "name", "key"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(raw=JSON)
@pytest.mark.parametrize("kind", KINDS)
def test_any_json_is_cleaned_or_refused(kind: str, raw: Any) -> None:
    tool = tools.get(kind)
    for clean in (tool.clean_question, tool.clean_item, lambda value: tool.clean_answer(question(kind), PHOTO, value)):
        value, wrong = attempt(clean, raw)
        assert wrong or clean(value) == value


# Regions of recordings


def clean_regions(*rows: Any, milliseconds: int | None = 6000, **changes: Any) -> dict[str, Any]:
    item = {"audio": "a" * 64, "milliseconds": milliseconds, "name": "a.wav"}
    return tools.get("audio_regions").clean_answer(question("audio_regions", **changes), item, {"regions": list(rows)})


def region(start: Any = 100, end: Any = 900, key: Any = "red-cell", **more: Any) -> dict[str, Any]:
    return {"class": key, "start": start, "end": end, **more}


def test_regions_are_whole_milliseconds_of_the_recording_in_order_and_each_once() -> None:
    said = clean_regions(region(4000, 7500), region(100.4, 900.6), region(100, 901), region(100, 901, "white-cell"))
    assert said == {"regions": [region(100, 901), region(100, 901, "white-cell"), region(4000, 6000)]}
    assert clean_regions(region(90_000, 95_000), milliseconds=None) == {"regions": [region(90_000, 95_000)]}


def test_regions_that_cannot_be_are_named() -> None:
    assert fields_of(
        lambda: clean_regions(region(-1, 5), region(10, 20), region(0, 9000), region(0, 500, "x", text="a"))
    ) == {
        "regions.0.start": ["Must be between 0 and 8000."],
        "regions.0.end": ["Must be at least 50 milliseconds after start."],
        "regions.1.end": ["Must be at least 50 milliseconds after start."],
        "regions.2.end": ["Must be between 0 and 8000."],
        "regions.3.class": ["There is no such class."],
        "regions.3.text": ["The question does not ask for this."],
    }
    assert clean_regions(region(text=" two  words "), transcribe=True)["regions"][0]["text"] == "two  words"
    assert clean_regions(region(0, 30), milliseconds=30) == {"regions": [region(0, 30)]}


# Tracks of films


def clean_tracks(*tracks: Any) -> dict[str, Any]:
    item = {"video": "a" * 64, "milliseconds": 4000, "width": 200, "height": 100, "name": "a.mp4"}
    return tools.get("video_boxes").clean_answer(question("video_boxes"), item, {"tracks": list(tracks)})


def frame(at: Any, x1: Any = 10, x2: Any = 50) -> dict[str, Any]:
    return {"at": at, "x1": x1, "y1": 10.0, "x2": x2, "y2": 40.0}


def test_tracks_are_clipped_rounded_and_kept_in_order() -> None:
    said = clean_tracks({"class": "red-cell", "frames": [frame(0.4), frame(500, 150.04, 900)], "votes": 3})
    assert said == {"tracks": [{"class": "red-cell", "frames": [frame(0, 10.0, 50.0), frame(500, 150.0, 200.0)]}]}


def test_tracks_that_cannot_be_are_named() -> None:
    wrong = [{"class": "x", "frames": [frame(40), frame(40), frame(9000, 10, 12)]}, {"class": "red-cell", "frames": []}]
    assert fields_of(lambda: clean_tracks(*wrong)) == {
        "tracks.0.class": ["There is no such class."],
        "tracks.0.frames.1.at": ["Must be after the frame before it."],
        "tracks.0.frames.2.at": ["Must be between 0 and 6000."],
        "tracks.0.frames.2.x2": ["Must be at least 4 pixels after x1, inside the picture."],
        "tracks.1.frames": ["At least 1 entries are needed, got 0."],
    }
