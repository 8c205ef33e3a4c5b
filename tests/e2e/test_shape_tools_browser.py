"""Outlines, lines, ellipses and skeletons in a real browser: by mouse, keyboard and finger."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.test_tools_browser import (  # noqa: F401  # fixtures
    DESKTOP,
    PHONE,
    Open,
    address,
    at,
    click,
    drag,
    near,
    phone,
    settle,
    tool,
    touch,
    violations,
)

LISTS = {"polygon": "polygons", "polyline": "lines", "ellipse": "ellipses", "keypoints": "skeletons"}


def empty(open_tool: Open, kind: str, **query: object) -> Page:
    """The kind's demo without what is drawn there."""
    page = open_tool(kind, demo=1, **query)
    page.evaluate(f"harness.tool.setValue({{{LISTS[kind]}: []}})")
    return page


def shapes(page: Page) -> list[dict[str, Any]]:
    (found,) = page.evaluate("harness.tool.value()").values()
    return list(found)


def corners(page: Page, place: int = 0) -> list[float]:
    return [value for point in shapes(page)[place]["points"] for value in point[:2]]


def test_outline_is_clicked_and_closed_on_its_first_point(tool: Open) -> None:  # noqa: F811
    page = empty(tool, "polygon")
    for place in ((100, 100), (300, 120), (250, 300)):
        click(page, *place)
    assert shapes(page) == []
    click(page, 100, 100)
    assert near(corners(page), [100, 100, 300, 120, 250, 300])


def test_outline_is_ended_by_enter_and_a_point_taken_back(tool: Open) -> None:  # noqa: F811
    page = empty(tool, "polygon")
    for place in ((100, 100), (300, 120), (500, 500), (250, 300)):
        click(page, *place)
        if place == (500, 500):
            page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    assert near(corners(page), [100, 100, 300, 120, 250, 300])


@pytest.mark.parametrize("kind", ["polygon", "polyline"])
def test_one_stroke_draws_and_few_points_are_kept(tool: Open, kind: str) -> None:  # noqa: F811
    page = empty(tool, kind)
    start = at(page, 100, 100)
    page.mouse.move(*start)
    page.mouse.down()
    for place in ((400, 100), (400, 400), (100, 400)):
        page.mouse.move(*at(page, *place), steps=12)
    page.mouse.up()
    (shape,) = shapes(page)
    assert 4 <= len(shape["points"]) <= 8


@pytest.mark.parametrize("kind", ["polygon", "polyline"])
def test_points_are_moved_added_and_removed(tool: Open, kind: str) -> None:  # noqa: F811
    page = empty(tool, kind)
    for place in ((100, 100), (300, 100), (300, 300)):
        click(page, *place)
    page.keyboard.press("Enter")
    drag(page, (300, 300), (350, 350))
    drag(page, (200, 100), (200, 60))
    assert near(corners(page), [100, 100, 200, 60, 300, 100, 350, 350])
    click(page, 200, 60)
    page.keyboard.press("Delete")
    assert near(corners(page), [100, 100, 300, 100, 350, 350])
    page.keyboard.press("Control+z")
    assert len(shapes(page)[0]["points"]) == 4


@pytest.mark.parametrize("kind", ["polygon", "polyline"])
def test_lines_and_outlines_by_keyboard_alone(tool: Open, kind: str) -> None:  # noqa: F811
    page = empty(tool, kind)
    for keys in (("Enter",), ("Shift+ArrowRight", "Enter"), ("Shift+ArrowDown", "Enter"), ("Enter",)):
        for key in keys:
            page.keyboard.press(key)
    (shape,) = shapes(page)
    assert len(shape["points"]) == 3
    page.keyboard.press(".")
    page.keyboard.press("]")
    page.get_by_text("Point 1 of 3").wait_for()
    page.keyboard.press("Control+Shift+ArrowLeft")
    assert shapes(page)[0]["points"][0][0] == pytest.approx(shape["points"][0][0] - 10)
    page.keyboard.press("Delete")
    assert len(shapes(page)[0]["points"]) == 2 if kind == "polyline" else shapes(page) == []


def test_ellipse_is_dragged_stretched_and_turned(tool: Open) -> None:  # noqa: F811
    page = empty(tool, "ellipse")
    drag(page, (200, 200), (400, 300))
    (shape,) = shapes(page)
    assert near([shape[name] for name in ("x", "y", "rx", "ry", "angle")], [300, 250, 100, 50, 0])
    drag(page, (300, 300), (300, 330))
    drag(page, (431, 250), (300, 420))
    (shape,) = shapes(page)
    assert near([shape[name] for name in ("x", "y", "rx", "ry", "angle")], [300, 250, 100, 80, 90], 2)


def test_ellipse_by_keyboard_alone(tool: Open) -> None:  # noqa: F811
    page = empty(tool, "ellipse")
    for key in ("Enter", "Shift+ArrowRight", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(key)
    (shape,) = shapes(page)
    assert shape["rx"] == pytest.approx(shape["ry"])


def test_skeleton_is_clicked_in_order_with_one_skipped_and_one_hidden(tool: Open) -> None:  # noqa: F811
    page = empty(tool, "keypoints")
    click(page, 300, 100)
    page.get_by_text("Now: right (2 of 4)").wait_for()
    page.keyboard.press(".")
    page.keyboard.down("Alt")
    click(page, 300, 300)
    page.keyboard.up("Alt")
    click(page, 200, 200)
    (shape,) = shapes(page)
    assert [point[2] for point in shape["points"]] == [2, 0, 1, 2]
    assert near(corners(page), [300, 100, 0, 0, 300, 300, 200, 200])
    drag(page, (200, 200), (220, 240))
    page.keyboard.press("v")
    page.wait_for_function("() => harness.tool.value().skeletons[0].points[3][2] === 1")
    assert near(corners(page), [300, 100, 0, 0, 300, 300, 220, 240])


def test_skeleton_by_keyboard_alone(tool: Open) -> None:  # noqa: F811
    page = empty(tool, "keypoints")
    for key in ("Enter", "Shift+ArrowRight", "Enter", ".", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(key)
    (shape,) = shapes(page)
    assert [point[2] for point in shape["points"]] == [2, 2, 0, 2]


def test_finger_taps_an_outline_and_ends_it_by_the_button(phone: Open) -> None:  # noqa: F811
    page = empty(phone, "polygon")
    for place in ((200, 150), (600, 180), (500, 500)):
        page.touchscreen.tap(*at(page, *place))
    page.get_by_role("button", name="End this outline").click()
    assert near(corners(page), [200, 150, 600, 180, 500, 500], 3)


def test_finger_draws_a_line_in_one_stroke_under_a_loupe(phone: Open) -> None:  # noqa: F811
    page = empty(phone, "polyline")
    hand = page.context.new_cdp_session(page)
    touch(hand, "touchStart", at(page, 200, 200))
    for place in ((300, 210), (400, 260), (500, 400)):
        touch(hand, "touchMove", at(page, *place))
    page.locator(".loupe").wait_for()
    touch(hand, "touchEnd")
    settle(page)
    assert near(corners(page)[:2] + corners(page)[-2:], [200, 200, 500, 400], 4)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1440", "390"])
@pytest.mark.parametrize("kind", LISTS)
def test_axe_finds_nothing(tool: Open, kind: str, size: dict[str, int], theme: str) -> None:  # noqa: F811
    page = tool(kind, demo=1, size=size, theme=theme)
    page.keyboard.press(".")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
