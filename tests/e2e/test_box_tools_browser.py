"""The box tool beyond drawing: outermost points, copies, flags and attributes, quarter turns, sticking edges, predictions."""

import pytest
from playwright.sync_api import Page

from tests.e2e.test_tools_browser import (  # noqa: F401  # fixtures
    Open,
    address,
    at,
    boxes,
    click,
    drag,
    edges,
    near,
    phone,
    picture,
    settle,
    tool,
)


def test_four_outermost_points_make_a_box(tool: Open) -> None:  # noqa: F811
    page = tool()
    page.keyboard.press("x")
    page.get_by_text("Click the leftmost").wait_for()
    for place in ((200, 150), (100, 220), (310, 240), (180, 300)):
        click(page, *place)
    assert near(edges(page)[0], [100, 150, 310, 300])
    page.keyboard.press("x")
    page.get_by_text("Drag, or click two corners.").wait_for()
    drag(page, (400, 100), (500, 200))
    assert len(boxes(page)) == 2


def test_a_copy_lies_beside_and_is_moved_by_keys(tool: Open) -> None:  # noqa: F811
    page = tool()
    drag(page, (100, 100), (200, 200))
    page.keyboard.press("d")
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function("() => harness.changes.length === 3")
    first, second = edges(page)
    assert second[2] - second[0] == pytest.approx(first[2] - first[0], abs=1)
    assert second[0] > first[0] + 15


def test_flags_and_attributes_are_given_by_key_and_by_control(tool: Open) -> None:  # noqa: F811
    page = tool(flags=1, attributes="pose: left, right%0Atruncated")
    drag(page, (100, 100), (200, 200))
    page.keyboard.press("o")
    page.wait_for_function("() => harness.tool.value().boxes[0].occluded")
    page.get_by_label("pose").select_option("right")
    page.get_by_label("truncated").check()
    page.get_by_label("Unsure").check()
    (box,) = boxes(page)
    assert {name: box[name] for name in ("occluded", "uncertain", "attributes")} == {
        "occluded": True,
        "uncertain": True,
        "attributes": {"pose": "right", "truncated": "yes"},
    }
    assert "occluded, unsure, right" in page.locator("[role=option]").inner_text()
    page.locator(".stage").focus()
    page.keyboard.press("o")
    page.wait_for_function("() => !harness.tool.value().boxes[0].occluded")
    assert "occluded" not in boxes(page)[0]


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_on_a_turned_picture_boxes_are_pixels_of_the_upright_one(tool: Open, turns: int) -> None:  # noqa: F811
    page = tool()
    for _ in range(turns):
        page.keyboard.press("r")
    shown = picture(page)

    def place(x: float, y: float) -> tuple[float, float]:
        across, down = x / 960, y / 640
        right, below = [(1 - down, across), (1 - across, 1 - down), (down, 1 - across)][turns - 1]
        return shown["x"] + right * shown["width"], shown["y"] + below * shown["height"]

    page.mouse.move(*place(100, 100))
    page.mouse.down()
    page.mouse.move(*place(200, 200))
    page.mouse.move(*place(300, 250))
    page.mouse.up()
    assert near(edges(page)[0], [100, 100, 300, 250], 2)


def test_edges_stick_to_the_picture_and_to_others_when_asked(tool: Open) -> None:  # noqa: F811
    page = tool()
    drag(page, (3, 3), (200, 200))
    assert edges(page)[0][:2] == [0, 0]
    drag(page, (400, 202), (500, 300))
    assert edges(page)[1][1] == pytest.approx(202, abs=1)
    page.keyboard.press("g")
    drag(page, (600, 198), (700, 297))
    first, second, third = edges(page)
    assert (third[1], third[3]) == (first[3], second[3])


def test_light_is_changed_without_touching_the_answer(tool: Open) -> None:  # noqa: F811
    page = tool()
    page.get_by_role("button", name="Light, turn, magnifier").click()
    page.get_by_label("Brightness").fill("150")
    assert "brightness(150%)" in str(page.evaluate("document.querySelector('.stage-image').style.filter"))
    page.get_by_role("button", name="Magnifier", exact=True).click()
    page.mouse.move(*at(page, 700, 200))
    settle(page)
    assert page.locator(".loupe").is_visible()
    assert boxes(page) == []


def test_a_prediction_is_there_to_be_corrected(tool: Open) -> None:  # noqa: F811
    page = tool(prediction=3)
    assert len(boxes(page)) == 3
    assert page.evaluate("harness.changes") == []
    page.keyboard.press(".")
    page.keyboard.press("Delete")
    assert len(boxes(page)) == 2


def test_two_thousand_boxes_are_drawn_over(tool: Open) -> None:  # noqa: F811
    page: Page = tool(boxes=1999)
    drag(page, (100, 100), (300, 250))
    assert len(boxes(page)) == 2000
