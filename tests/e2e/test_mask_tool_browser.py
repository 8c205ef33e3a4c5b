"""Painting masks in a real browser: by mouse, keyboard and finger; what is painted is what the server reads."""

from typing import Any

import numpy as np
from playwright.sync_api import Page

from tasks_app import tools
from tasks_app.tools import rle
from tasks_app.tools.mask import edges_of
from tests.e2e.test_tools_browser import (  # noqa: F401  # fixtures
    Open,
    address,
    at,
    click,
    drag,
    phone,
    settle,
    tool,
    touch,
)

SIZE = (640, 960)


def empty(open_tool: Open, **query: object) -> Page:
    """The demo without what is painted there; the brush is 32 pixels across."""
    page = open_tool("mask", demo=1, **query)
    page.evaluate("harness.tool.setValue({masks: []})")
    return page


def masks(page: Page) -> dict[str, Any]:
    """Class → bool[640, 960], as the server takes it."""
    mask = tools.get("mask")
    value = mask.clean_answer(mask.demo.question, mask.demo.item, page.evaluate("harness.tool.value()"))
    return {one["class"]: rle.bitmap(edges_of(one), *SIZE) for one in value["masks"]}


def test_a_stroke_paints_its_width_is_told_and_goes_back_and_forth(tool: Open) -> None:  # noqa: F811
    page = empty(tool)
    drag(page, (200, 300), (400, 300))
    red = masks(page)["red"]
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    assert (abs(rows[[0, -1]] - [284, 315]) <= 2).all()
    assert (abs(columns[[0, -1]] - [184, 415]) <= 2).all()
    assert abs(red.sum() - (200 * 32 + np.pi * 256)) < 250
    assert page.evaluate("harness.changes.length") == 1
    assert "Red cell painted." in page.locator(".tool-status").inner_text()
    assert page.get_by_label("What is painted").inner_text().split() == ["Red", "cell", "1.2", "%"]
    page.keyboard.press("Control+z")
    assert masks(page) == {}
    page.keyboard.press("Control+y")
    assert (masks(page)["red"] == red).all()


def test_classes_brush_eraser_and_shift(tool: Open) -> None:  # noqa: F811
    page = empty(tool)
    drag(page, (200, 300), (400, 300))
    page.keyboard.press("2")
    for _ in range(4):
        page.keyboard.press("[")
    drag(page, (300, 200), (300, 400))
    found = masks(page)
    # A pixel has one class: the last one painted.
    assert not (found["red"] & found["white"]).any()
    assert found["white"][300, 300]
    before = found["white"].sum()
    page.keyboard.press("e")
    drag(page, (300, 200), (300, 220))
    erased = masks(page)["white"].sum()
    assert erased < before
    page.keyboard.press("2")  # a class is to be painted with
    page.keyboard.down("Shift")
    drag(page, (300, 380), (300, 400))
    page.keyboard.up("Shift")
    assert masks(page)["white"].sum() < erased
    page.get_by_role("slider", name="Size of the brush").fill("60")
    page.keyboard.press("Tab")
    click(page, 700, 500)
    assert masks(page)["white"][500, 650]


def test_an_outline_is_filled_by_drag_by_clicks_and_by_keys(tool: Open) -> None:  # noqa: F811
    page = empty(tool)
    page.keyboard.press("l")
    for place in ((100, 100), (200, 100), (200, 200)):
        click(page, *place)
    assert page.evaluate("harness.tool.problems().map((one) => one.code)") == ["unfinished", "nothing_drawn"]
    click(page, 100, 100)
    assert abs(masks(page)["red"].sum() - 5000) < 250
    page.mouse.move(*at(page, 300, 100))
    page.mouse.down()
    for place in ((400, 100), (400, 200), (300, 200)):
        page.mouse.move(*at(page, *place), steps=8)
    page.mouse.up()
    assert abs(masks(page)["red"].sum() - 15000) < 600
    for keys in (("ArrowRight", "Enter"), ("Shift+ArrowRight", "Enter"), ("Shift+ArrowDown", "Enter"), ("Enter",)):
        for key in keys:
            page.keyboard.press(key)
    assert masks(page)["red"].sum() > 15500
    assert page.evaluate("harness.tool.problems()") == []


def test_what_is_enclosed_is_filled_by_one_key(tool: Open) -> None:  # noqa: F811
    page = empty(tool)
    page.mouse.move(*at(page, 300, 300))
    page.mouse.down()
    for place in ((500, 300), (500, 450), (300, 450), (300, 300)):
        page.mouse.move(*at(page, *place), steps=6)
    page.mouse.up()
    assert not masks(page)["red"][375, 400]
    page.keyboard.press("f")
    assert masks(page)["red"][375, 400]
    page.keyboard.press("f")
    assert "encloses nothing" in page.locator(".tool-status").inner_text()


def test_painting_by_keyboard_alone(tool: Open) -> None:  # noqa: F811
    page = empty(tool, unfocused=1)
    page.keyboard.press("Tab")
    page.keyboard.press("2")
    page.keyboard.press("ArrowRight")
    page.keyboard.down(" ")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.up(" ")
    white = masks(page)["white"]
    columns = np.flatnonzero(white.any(axis=0))
    assert columns[-1] - columns[0] > 150
    assert white[320, 481]
    assert page.evaluate("harness.changes.length") == 1


def test_fingers_paint_and_two_zoom_without_painting(phone: Open) -> None:  # noqa: F811
    page = empty(phone)
    hand = page.context.new_cdp_session(page)
    touch(hand, "touchStart", at(page, 300, 200))
    touch(hand, "touchMove", at(page, 450, 200))
    touch(hand, "touchMove", at(page, 600, 200))
    touch(hand, "touchEnd")
    red = masks(page)["red"]
    assert red[200, 310:590].all()
    x, y = at(page, 480, 320)
    touch(hand, "touchStart", (x - 30, y))
    touch(hand, "touchStart", (x - 30, y), (x + 30, y))
    touch(hand, "touchMove", (x - 90, y), (x + 90, y))
    touch(hand, "touchEnd")
    settle(page)
    assert (masks(page)["red"] == red).all()


def test_painting_draws_only_what_was_touched(tool: Open) -> None:  # noqa: F811
    page = empty(tool)
    page.evaluate(
        """() => {
          window.drawn = [];
          const put = CanvasRenderingContext2D.prototype.putImageData;
          CanvasRenderingContext2D.prototype.putImageData = function (image, ...rest) {
            drawn.push(image.width * image.height);
            return put.call(this, image, ...rest);
          };
        }"""
    )
    drag(page, (200, 300), (260, 300))
    sizes = page.evaluate("drawn")
    assert 2 <= len(sizes) <= 8
    assert max(sizes) < 90 * 50


def test_answers_of_many_are_layers_and_one_that_does_not_fit_is_left_out(tool: Open) -> None:  # noqa: F811
    page = empty(tool)
    drag(page, (200, 300), (400, 300))
    value = page.evaluate("harness.tool.value()")
    odd = {"masks": [{"class": "red", "size": [3, 3], "counts": "9"}, {"class": "gone", "size": [3, 3]}, None]}
    page.evaluate(
        """([value, odd]) => {
          harness.tool.destroy();
          const layers = [{label: "Worker A", answer: value}, {label: "Worker B", answer: odd}];
          harness.tool = harness.mount(document.getElementById("root"), {...harness.options, draft: null, layers, readonly: true});
        }""",
        [value, odd],
    )
    settle(page)
    visible = "() => [...document.querySelectorAll('.mask-canvas')].map((one) => !one.hidden)"
    assert page.evaluate(visible) == [True, True]
    page.get_by_label("Worker A").uncheck()
    settle(page)
    assert page.evaluate(visible) == [False, True]
