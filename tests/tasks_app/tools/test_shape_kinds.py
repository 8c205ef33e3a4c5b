"""The kinds whose answer is a list of shapes: what they take, refuse, fuse and export."""

import json
import wave
from functools import partial
from typing import Any

import numpy as np
import pytest

from aggregation.simulate import WorkerKind, confusion_matrix
from scripts import demo_sound
from tasks_app import tools
from tasks_app.errors import InvalidInput
from tasks_app.tools import AnswerBatch
from tasks_app.tools.ellipse import ellipse_of, outline
from tasks_app.tools.shape_fields import attributes_of
from tasks_app.tools.shapes import ShapeTool
from tasks_app.tools.simulated import Simulated

# Masks are told of in test_masks.py: they carry no marks, and there is one a class.
KINDS = [tool.kind for tool in tools.all_tools() if isinstance(tool, ShapeTool) and tool.kind != "mask"]
PHOTO = {"image": "a" * 64, "width": 400, "height": 300, "name": "roof.jpg"}
CLASSES = [{"name": "Cat", "key": "cat"}, {"name": "Dog", "key": "dog"}]
EXTRA: dict[str, dict[str, Any]] = {"keypoints": {"keypoints": "nose\ntail\near", "skeleton": "nose - tail"}}
# One shape of each kind, as `clean_answer` returns it.
SHAPES: dict[str, dict[str, Any]] = {
    "bounding_box": {"x1": 10.0, "y1": 10.0, "x2": 110.0, "y2": 90.0},
    "polygon": {"points": [[10.0, 10.0], [110.0, 20.0], [60.0, 90.5]]},
    "polyline": {"points": [[10.0, 10.0], [110.0, 20.0], [60.0, 90.5]]},
    "ellipse": {"x": 60.0, "y": 50.0, "rx": 40.0, "ry": 20.5, "angle": 30.0},
    "keypoints": {"points": [[10.0, 10.0, 2], [0.0, 0.0, 0], [60.0, 90.5, 1]]},
}
# Fields that no shape of the kind may have.
BAD: dict[str, list[dict[str, Any]]] = {
    "polygon": [
        {"points": [[0, 0], [10, 10]]}, {"points": [[0, 0], [10, 0], [20, 0]]}, {"points": [[500, 0], [600, 0], [600, 9]]},
        {"points": [[0, 0], [1, 0], [1, 1]]}, {"points": [[0, 0, 1]] * 3}, {"points": "x"}, {"points": [[0, None]] * 3}, {},
    ],
    "polyline": [{"points": [[0, 0]]}, {"points": [[0, 0], [0, 0]]}, {"points": [[0, 0], [1, 1]]}, {"points": {}}],
    "ellipse": [
        {"x": 500, "y": 50, "rx": 40, "ry": 20, "angle": 0}, {"x": 60, "y": 50, "rx": 1, "ry": 20, "angle": 0},
        {"x": 60, "y": 50, "rx": 4000, "ry": 20, "angle": 0}, {"x": 60, "y": 50, "rx": 40, "ry": 20},
    ],
    "keypoints": [
        {"points": [[0, 0, 0]] * 3}, {"points": [[1, 1, 2]] * 2}, {"points": [[1, 1, 3]] * 3}, {"points": [[1, 1]] * 3},
        {"points": [[1, "1", 2]] * 3},
    ],
    "bounding_box": [{"x1": 10, "y1": 10, "x2": 11, "y2": 90}, {"x1": 10}],
}  # fmt: skip


def shape_tool(kind: str) -> ShapeTool:
    tool = tools.get(kind)
    assert isinstance(tool, ShapeTool)
    return tool


def asked(kind: str, **more: Any) -> dict[str, Any]:
    return tools.get(kind).clean_question({"prompt": "Mark.", "classes": CLASSES, **EXTRA.get(kind, {}), **more})


def answered(kind: str, *shapes: dict[str, Any], **more: Any) -> dict[str, Any]:
    question = asked(kind, **more)
    return shape_tool(kind).clean_answer(question, PHOTO, {shape_tool(kind).form(question).list: list(shapes)})


def one(kind: str, **more: Any) -> dict[str, Any]:
    return {"class": "cat", **SHAPES[kind], **more}


@pytest.mark.parametrize("kind", KINDS)
def test_a_canonical_answer_stays_as_it_is(kind: str) -> None:
    (shapes,) = answered(kind, one(kind)).values()
    assert shapes == [one(kind)]
    tool = shape_tool(kind)
    demo = tool.demo
    if demo.draft:
        clean = tool.clean_answer(demo.question, demo.item, demo.draft)
        assert tool.clean_answer(demo.question, demo.item, clean) == clean


@pytest.mark.parametrize(("kind", "bad"), [(kind, bad) for kind in KINDS for bad in BAD[kind]])
def test_what_is_no_shape_is_refused_with_the_name_of_its_field(kind: str, bad: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        answered(kind, {"class": "cat", **bad})
    name = shape_tool(kind).form(asked(kind)).list
    assert all(field.startswith(f"{name}.0.") for field in caught.value.fields), caught.value.fields


@pytest.mark.parametrize("kind", KINDS)
def test_marks_are_taken_where_they_are_asked_for(kind: str) -> None:
    wanted = {"flags": True, "attributes": "pose: left, right\ntruncated"}
    marks = {"occluded": True, "attributes": {"pose": "left", "truncated": "yes"}}
    (shapes,) = answered(kind, one(kind, **marks, uncertain=False), **wanted).values()
    assert shapes == [one(kind, **marks)]
    for wrong in ({"occluded": True}, {"attributes": {"pose": "left"}}):
        with pytest.raises(InvalidInput):
            answered(kind, one(kind, **wrong))
    for wrong in (
        {"attributes": {"pose": "up"}},
        {"attributes": {"colour": "red"}},
        {"occluded": "yes"},
        {"attributes": 3},
    ):
        with pytest.raises(InvalidInput):
            answered(kind, one(kind, **wrong), **wanted)


def test_attributes_of_a_question_are_checked() -> None:
    assert attributes_of(asked("polygon", attributes="pose: a, b\n\ntruncated")) == {
        "pose": ["a", "b"],
        "truncated": ["yes"],
    }
    for wrong in ("a\na", ": x", "\n".join(f"a{n}" for n in range(21)), "x" * 41):
        with pytest.raises(InvalidInput) as caught:
            asked("polygon", attributes=wrong)
        assert list(caught.value.fields) == ["attributes"]


def crowd(kind: str, tasks: int = 25) -> tuple[AnswerBatch, list[dict[str, Any]], dict[str, Any]]:
    """Four who work well and one who answers at random, over truths that are made up."""
    tool, question = shape_tool(kind), asked(kind)
    random = np.random.default_rng(7)
    truths = [tool.invent(question, PHOTO, random) for _ in range(tasks)]
    people = [WorkerKind.HAMMER] * 4 + [WorkerKind.SPAMMER]
    rows = []
    for task, truth in enumerate(truths):
        for worker, who in enumerate(people):
            said = Simulated(who, random, partial(confusion_matrix, who, generator=random))
            rows.append((task, worker, tool.clean_answer(question, PHOTO, tool.imitate(question, PHOTO, truth, said))))
    numbers = np.array([row[:2] for row in rows], dtype=np.int64)
    return AnswerBatch(numbers[:, 0], numbers[:, 1], [row[2] for row in rows]), truths, question


@pytest.mark.parametrize("kind", KINDS)
def test_a_crowd_is_fused_to_what_is_there_and_the_spammer_is_seen(kind: str) -> None:
    tool = shape_tool(kind)
    batch, truths, question = crowd(kind)
    fit = tool.fit(question, batch)
    alike = [tool.agreement(question, truth, fit.results[task].value) for task, truth in enumerate(truths)]
    assert np.mean(alike) > 0.85
    assert fit.workers[4].accuracy is not None
    assert fit.workers[4].accuracy < min(fit.workers[row].accuracy or 0 for row in range(4))
    for result in fit.results.values():
        # A result can be taken for an answer or a known answer.
        tool.clean_answer(question, PHOTO, result.value)
    again = tool.update(question, fit.state, AnswerBatch(batch.tasks[:10], batch.workers[:10], batch.values[:10]))
    assert set(again.results) == {0, 1}
    assert tool.size(truths[0]) == len(next(iter(truths[0].values())))


@pytest.mark.parametrize("kind", KINDS)
def test_fused_shapes_have_the_marks_that_most_gave(kind: str) -> None:
    wanted = {"flags": True, "attributes": "pose: left, right"}
    tool, question = shape_tool(kind), asked(kind, **wanted)
    marks: list[dict[str, Any]] = [
        {"occluded": True, "attributes": {"pose": "left"}},
        {"occluded": True, "uncertain": True},
        {"attributes": {"pose": "left"}},
    ]
    values = [answered(kind, one(kind, **given), **wanted) for given in marks]
    fit = tool.fit(question, AnswerBatch(np.zeros(3, dtype=np.int64), np.arange(3), values))
    (shapes,) = fit.results[0].value.values()
    found = {name: shapes[0].get(name) for name in ("occluded", "uncertain", "attributes")}
    assert found == {"occluded": True, "uncertain": None, "attributes": {"pose": "left"}}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "coco" in tools.get(kind).export_formats])
def test_coco_has_what_its_readers_look_for(kind: str) -> None:
    tool, question = shape_tool(kind), asked(kind)
    found = json.loads("".join(tool.coco(question, [(PHOTO, answered(kind, one(kind)), 0.5)])))
    (row,) = found["annotations"]
    assert {"id", "image_id", "category_id", "bbox", "area", "iscrowd"} <= row.keys()
    assert row["area"] > 0
    if kind in {"polygon", "ellipse"}:
        assert len(row["segmentation"][0]) >= 6
    if kind == "keypoints":
        assert (row["keypoints"], row["num_keypoints"]) == ([10.0, 10.0, 2, 0.0, 0.0, 0, 60.0, 90.5, 1], 2)
        assert found["categories"][0]["keypoints"] == ["nose", "tail", "ear"]
        assert found["categories"][0]["skeleton"] == [[1, 2]]


def test_lines_have_no_coco() -> None:
    with pytest.raises(InvalidInput):
        list(tools.get("polyline").coco(asked("polyline"), []))


@pytest.mark.parametrize("angle", [0.0, 20.0, 90.0, 140.0])
def test_an_ellipse_is_found_again_in_its_outline(angle: float) -> None:
    shape = {"x": 100.0, "y": 80.0, "rx": 50.0, "ry": 20.0, "angle": angle}
    found = ellipse_of(outline(shape))
    assert found == pytest.approx(shape, abs=0.3)


def test_an_outline_closed_twice_loses_its_last_point_and_a_table_row_holds_all() -> None:
    corner = [[10, 10], [110, 20], [60, 90]]
    (shapes,) = answered("polygon", {"class": "cat", "points": [*corner, corner[0]]}).values()
    assert len(shapes[0]["points"]) == 3
    tool, question = shape_tool("polygon"), asked("polygon")
    row = dict(zip(tool.csv_columns(question), tool.csv_row(question, {"polygons": shapes}), strict=True))
    assert (row["polygons"], row["polygons_cat"], json.loads(str(row["polygons_json"]))) == (1, 1, shapes)
    assert tool.summary_of(question, {"polygons": shapes}) == "1 outline (1 Cat)"


@pytest.mark.parametrize(
    ("points", "bones", "field"),
    [("a\na", "", "keypoints"), ("a\nb", "a - c", "skeleton"), ("a\nb", "a b", "skeleton"), ("\n".join(map(str, range(101))), "", "keypoints")],
)  # fmt: skip
def test_a_skeleton_that_does_not_hold_together_is_refused(points: str, bones: str, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        asked("keypoints", keypoints=points, skeleton=bones)
    assert list(caught.value.fields) == [field]


def test_a_prediction_comes_with_the_item_and_is_bounded() -> None:
    tool = shape_tool("bounding_box")
    item = tool.clean_item(PHOTO | {"prediction": {"boxes": [one("bounding_box")]}})
    assert item["prediction"] == {"boxes": [one("bounding_box")]}
    for wrong in ("x", [1], {"boxes": "x" * 1_000_001}):
        with pytest.raises(InvalidInput) as caught:
            tool.clean_item(PHOTO | {"prediction": wrong})
        assert list(caught.value.fields) == ["prediction"]


def test_what_is_said_in_a_region_is_voted_on_by_those_who_marked_it() -> None:
    tool = tools.get("audio_regions")
    question = tool.clean_question({"prompt": "Mark.", "classes": CLASSES, "transcribe": True})
    texts = ["a red door", "a red door", "a bad door", ""]
    values = [
        {
            "regions": [
                {"class": "cat", "start": 1000 + 10 * n, "end": 3000, **({"text": text} if text else {})},
                {"class": "dog", "start": 5000, "end": 5900},
            ]
        }
        for n, text in enumerate(texts)
    ]
    batch = AnswerBatch(np.zeros(4, np.int64), np.arange(4), values)
    [first, second] = tool.fit(question, batch).results[0].value["regions"]
    assert (first["class"], first["text"], second["class"], "text" in second) == ("cat", "a red door", "dog", False)
    assert abs(first["start"] - 1015) <= 15
    assert first["end"] == 3000


def test_the_sound_to_try_kinds_with_is_what_the_script_makes() -> None:
    with wave.open(str(demo_sound.TARGET)) as file:
        assert (file.getframerate(), file.getnframes()) == (demo_sound.RATE, demo_sound.RATE * demo_sound.SECONDS)
        made = zip(file.readframes(file.getnframes()), demo_sound.samples(), strict=True)
        # Sines may differ in their last bit from one machine to the next.
        assert max(abs(a - b) for a, b in made) <= 1
