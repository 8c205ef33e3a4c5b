"""The worker's tools in a real browser, by mouse, keyboard and finger, on a page that holds nothing else."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, CDPSession, Page

from tests.e2e.pages import ROOT, Pages, demo_options, demo_page, serve

JS = ROOT / "static" / "js"
KINDS = ["bounding_box", "image_classification", "text_classification"]
DESKTOP = {"width": 1440, "height": 1000}
PHONE = {"width": 390, "height": 844}
PICTURE = (960, 640)
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serve(type("PagesWithDemos", (Pages,), {"demos": demo_page(), "kinds": demo_options()})) as at:
        yield at


@pytest.fixture
def tool(page: Page, address: str) -> Open:
    """Opens the harness, as in `tool("bounding_box", boxes=3, theme="dark")`."""

    def open_tool(kind: str = "bounding_box", *, size: dict[str, int] = DESKTOP, **query: object) -> Page:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        return open_harness(page, address, kind, query)

    return open_tool


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Open]:
    """The same on a telephone of 390 × 844 with fingers only."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)

    def open_tool(kind: str = "bounding_box", **query: object) -> Page:
        return open_harness(context.new_page(), address, kind, query)

    yield open_tool
    context.close()


def open_harness(page: Page, address: str, kind: str, query: dict[str, object]) -> Page:
    rest = "".join(f"&{name}={value}" for name, value in query.items())
    page.goto(f"{address}/harness/index.html?kind={kind}{rest}")
    page.wait_for_selector("html[data-ready]", state="attached")
    if kind != "text_classification" and "image" not in query:
        page.wait_for_selector(".stage.is-loaded")
        settle(page)
    return page


def settle(page: Page) -> None:
    """Two frames later everything asked for is painted."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))")


def picture(page: Page) -> dict[str, float]:
    settle(page)
    box = page.locator(".stage-image").bounding_box()
    assert box is not None
    return dict(box)


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where on the page a pixel of the picture lies."""
    box = picture(page)
    return box["x"] + x * box["width"] / PICTURE[0], box["y"] + y * box["height"] / PICTURE[1]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float], **options: Any) -> None:
    """A drag between two pixels of the picture."""
    places = [at(page, *start), at(page, (start[0] + end[0]) / 2, (start[1] + end[1]) / 2), at(page, *end)]
    page.mouse.move(*places[0])
    page.mouse.down(**options)
    for place in places[1:]:
        page.mouse.move(*place)
    page.mouse.up(**options)


def click(page: Page, x: float, y: float) -> None:
    page.mouse.click(*at(page, x, y))


def boxes(page: Page) -> list[dict[str, Any]]:
    return list(page.evaluate("harness.tool.value().boxes"))


def edges(page: Page) -> list[list[float]]:
    """Corners rounded to whole pixels: a screen pixel is coarser than a tenth of a picture's."""
    return [[round(box[name]) for name in ("x1", "y1", "x2", "y2")] for box in boxes(page)]


def classes(page: Page) -> list[str]:
    return [box["class"] for box in boxes(page)]


def near(found: list[float], expected: list[float], slack: float = 1.5) -> bool:
    return all(abs(a - b) <= slack for a, b in zip(found, expected, strict=True))


# Drawing


def test_box_is_drawn_by_one_drag_and_told_at_once(tool: Open) -> None:
    page = tool()
    drag(page, (100, 100), (300, 250))
    assert near(edges(page)[0], [100, 100, 300, 250])
    assert page.evaluate("harness.changes.length") == 1
    assert page.evaluate("harness.changes[0]") == {"boxes": boxes(page)}


def test_box_is_drawn_by_two_clicks_in_any_direction(tool: Open) -> None:
    page = tool()
    click(page, 300, 250)
    assert boxes(page) == []
    click(page, 100, 100)
    assert near(edges(page)[0], [100, 100, 300, 250])


def test_double_click_leaves_no_box_and_the_first_corner_stays(tool: Open) -> None:
    page = tool()
    page.mouse.dblclick(*at(page, 200, 200))
    assert boxes(page) == []
    click(page, 260, 280)
    assert near(edges(page)[0], [200, 200, 260, 280])


@pytest.mark.parametrize(
    ("start", "end"),
    [((150, 150), (250, 230)), ((50, 50), (200, 200)), ((310, 260), (420, 330)), ((20, 180), (400, 220))],
    ids=["inside", "over", "beside its corner", "across"],
)
def test_drawing_wins_over_boxes_that_are_there(
    tool: Open, start: tuple[float, float], end: tuple[float, float]
) -> None:
    page = tool()
    drag(page, (100, 100), (300, 250))
    drag(page, start, end)
    first, second = edges(page)
    assert near(first, [100, 100, 300, 250])
    assert near(second, [*start, *end])


def test_box_at_the_edge_is_cut_off_there(tool: Open) -> None:
    page = tool()
    drag(page, (900, 600), (975, 655))
    assert edges(page) == [[900, 600, 960, 640]]


def test_box_too_small_is_refused_with_a_word(tool: Open) -> None:
    page = tool()
    drag(page, (100, 100), (102, 300))
    assert boxes(page) == []
    assert "Too small" in page.locator(".tool-status").inner_text()


def test_escape_cancels_a_drag_and_a_first_corner(tool: Open) -> None:
    page = tool()
    page.mouse.move(*at(page, 100, 100))
    page.mouse.down()
    page.mouse.move(*at(page, 200, 200))
    page.keyboard.press("Escape")
    page.mouse.move(*at(page, 300, 300))
    page.mouse.up()
    click(page, 400, 400)
    page.keyboard.press("Escape")
    click(page, 500, 500)
    assert boxes(page) == []


def test_drag_selects_no_text_and_drags_no_picture(tool: Open) -> None:
    page = tool()
    start, end = at(page, 800, 100), page.locator(".shape-count").bounding_box()
    assert end is not None
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(end["x"] + 40, end["y"] + 4, steps=4)
    page.mouse.up()
    assert page.evaluate("getSelection().toString()") == ""
    assert len(boxes(page)) == 1


# Classes


def test_label_stays_chosen_and_one_key_chooses_the_next(tool: Open) -> None:
    page = tool()
    page.keyboard.press("2")
    drag(page, (100, 100), (200, 200))
    drag(page, (300, 100), (400, 200))
    page.keyboard.press("p")
    drag(page, (500, 100), (600, 200))
    assert classes(page) == ["wbc", "wbc", "platelet"]


def test_class_key_changes_the_selected_box(tool: Open) -> None:
    page = tool()
    drag(page, (100, 100), (200, 200))
    drag(page, (300, 100), (400, 200))
    click(page, 100, 150)
    page.keyboard.press("2")
    assert classes(page) == ["wbc", "rbc"]


def test_class_key_pressed_twice_changes_the_box_just_drawn(tool: Open) -> None:
    page = tool()
    drag(page, (100, 100), (200, 200))
    page.keyboard.press("2")
    assert classes(page) == ["rbc"]
    page.keyboard.press("2")
    assert classes(page) == ["wbc"]


def test_class_is_chosen_by_click_and_the_picture_keeps_the_keys(tool: Open) -> None:
    page = tool()
    page.get_by_role("radio", name="Platelet").click()
    drag(page, (100, 100), (200, 200))
    page.keyboard.press("ArrowRight")
    assert classes(page) == ["platelet"]
    assert near(edges(page)[0], [101, 100, 201, 200])


# Selecting, moving, resizing


@pytest.mark.parametrize(
    ("handle", "to", "expected"),
    [
        ((200, 200), (150, 140), [150, 140, 400, 350]),
        ((300, 200), (300, 140), [200, 140, 400, 350]),
        ((400, 200), (450, 140), [200, 140, 450, 350]),
        ((400, 275), (450, 275), [200, 200, 450, 350]),
        ((400, 350), (450, 400), [200, 200, 450, 400]),
        ((300, 350), (300, 400), [200, 200, 400, 400]),
        ((200, 350), (150, 400), [150, 200, 400, 400]),
        ((200, 275), (150, 275), [150, 200, 400, 350]),
    ],
    ids=["nw", "n", "ne", "e", "se", "s", "sw", "w"],
)
def test_each_of_the_eight_handles_resizes(
    tool: Open, handle: tuple[float, float], to: tuple[float, float], expected: list[float]
) -> None:
    page = tool()
    drag(page, (200, 200), (400, 350))
    drag(page, handle, to)
    assert near(edges(page)[0], expected)
    page.keyboard.press("Control+z")
    assert near(edges(page)[0], [200, 200, 400, 350])


def test_box_chosen_by_its_outline_is_moved_by_it(tool: Open) -> None:
    page = tool()
    drag(page, (200, 200), (400, 350))
    page.keyboard.press("Escape")
    click(page, 250, 200)
    drag(page, (250, 200), (300, 260))
    assert near(edges(page)[0], [250, 260, 450, 410])
    assert len(boxes(page)) == 1


def test_control_click_goes_through_a_stack_and_control_drag_moves(tool: Open) -> None:
    page = tool()
    drag(page, (100, 100), (500, 500))
    drag(page, (200, 200), (400, 400))
    page.keyboard.press("Escape")
    chosen = page.locator("[role=option][aria-selected=true]")
    page.keyboard.down("Control")
    click(page, 300, 300)
    assert chosen.inner_text().startswith("2.")
    click(page, 300, 300)
    settle(page)
    assert chosen.inner_text().startswith("1.")
    drag(page, (300, 300), (320, 310))
    page.keyboard.up("Control")
    assert near(edges(page)[0], [120, 110, 520, 510])
    assert near(edges(page)[1], [200, 200, 400, 400])


def test_select_mode_moves_and_a_click_beside_lets_go(tool: Open) -> None:
    page = tool()
    drag(page, (200, 200), (400, 350))
    page.get_by_role("button", name="Select and move boxes").click()
    drag(page, (300, 300), (350, 320))
    assert near(edges(page)[0], [250, 220, 450, 370])
    click(page, 700, 500)
    assert page.locator("[role=option][aria-selected=true]").count() == 0
    assert len(boxes(page)) == 1


def test_list_selects_by_arrow_and_deletes(tool: Open) -> None:
    page = tool(boxes=3)
    page.locator("[role=option]").first.click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("2")
    assert classes(page) == ["rbc", "wbc", "platelet"]
    page.keyboard.press("3")
    page.keyboard.press("1")
    assert classes(page) == ["rbc", "rbc", "platelet"]
    page.keyboard.press("Delete")
    settle(page)
    assert classes(page) == ["rbc", "platelet"]
    assert page.evaluate("document.activeElement.getAttribute('role')") == "option"


def test_list_of_many_has_the_rows_in_view_and_every_shape_is_reached(tool: Open) -> None:
    page = tool(boxes=500)
    rows = page.locator("[role=option]")
    settle(page)
    assert 20 < rows.count() < 80
    rows.first.click()
    page.keyboard.press("End")
    focused = "(({id}, {ariaSetSize, ariaPosInSet, innerText}) => [ariaSetSize, ariaPosInSet, innerText.split('.')[0]])({}, document.activeElement)"
    assert page.evaluate(focused) == ["500", "500", "500"]
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == ["500", "499", "499"]
    page.keyboard.press("Delete")
    settle(page)
    assert page.evaluate(focused) == ["499", "499", "499"]
    assert len(boxes(page)) == 499
    page.locator(".shape-scroll").evaluate("(node) => node.scrollTo(0, 250 * node.querySelector('li').offsetHeight)")
    page.get_by_role("option", name="Box 252,").wait_for()
    # The selected one keeps its row, wherever the list is: Tab comes to it.
    assert page.locator("[role=option][tabindex='0']").get_attribute("aria-posinset") == "499"
    assert rows.count() < 80
    seen = page.locator(".shape-row").evaluate_all(
        "(all) => all.map((row) => [Number(row.ariaPosInSet), row.offsetTop / row.offsetHeight + 1])"
    )
    assert all(place == top for place, top in seen)


def test_delete_undo_redo_by_key_and_by_button(tool: Open) -> None:
    page = tool()
    drag(page, (100, 100), (200, 200))
    page.keyboard.press("Delete")
    assert boxes(page) == []
    page.keyboard.press("Control+z")
    assert len(boxes(page)) == 1
    page.get_by_role("button", name="Undo").click()
    assert boxes(page) == []
    page.keyboard.press("Control+Shift+Z")
    assert len(boxes(page)) == 1
    page.get_by_role("button", name="Redo").click()
    assert boxes(page) == []
    assert page.get_by_role("button", name="Redo").is_disabled()


def test_arrows_nudge_by_one_and_with_shift_by_ten(tool: Open) -> None:
    page = tool()
    drag(page, (100, 100), (200, 200))
    before = edges(page)[0]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    assert edges(page)[0] == [before[0] + 1, before[1] + 10, before[2] + 1, before[3] + 10]
    page.keyboard.press("Control+ArrowRight")
    assert edges(page)[0][2] == before[2] + 2


# Zoom and pan


def test_wheel_zooms_at_the_pointer_and_boxes_stay_exact(tool: Open) -> None:
    page = tool()
    place = at(page, 700, 450)
    page.mouse.move(*place)
    for _ in range(5):
        page.mouse.wheel(0, -120)
    box = picture(page)
    assert box["width"] > 2 * 960
    # The mouse is told whole pixels, and what is lost there is zoomed as well.
    assert near(list(at(page, 700, 450)), list(place), 2.5)
    drag(page, (690, 440), (720, 470))
    assert near(edges(page)[0], [690, 440, 720, 470], 0.6)


def test_keys_zoom_and_zero_shows_the_whole_picture(tool: Open) -> None:
    page = tool()
    whole = picture(page)
    page.keyboard.press("+")
    assert picture(page)["width"] == pytest.approx(whole["width"] * 1.3)
    page.keyboard.press("-")
    page.keyboard.press("-")
    assert picture(page)["width"] < whole["width"]
    page.keyboard.press("0")
    assert picture(page) == whole


@pytest.mark.parametrize("way", ["space", "middle"])
def test_picture_is_moved_without_drawing(tool: Open, way: str) -> None:
    page = tool()
    before = picture(page)
    if way == "space":
        page.keyboard.down(" ")
    drag(page, (400, 300), (500, 340), button="middle" if way == "middle" else "left")
    page.keyboard.up(" ")
    after = picture(page)
    scale = before["width"] / PICTURE[0]
    assert after["x"] - before["x"] == pytest.approx(100 * scale, abs=1)
    assert after["y"] - before["y"] == pytest.approx(40 * scale, abs=1)
    assert boxes(page) == []
    drag(page, (400, 300), (500, 340))
    assert len(boxes(page)) == 1


# Keyboard alone


def test_box_is_drawn_by_keyboard_alone_within_two_tabs(tool: Open) -> None:
    page = tool(unfocused=1)
    on_stage = "document.activeElement.classList.contains('stage')"
    page.keyboard.press("Tab")
    if not page.evaluate(on_stage):
        page.keyboard.press("Tab")
    assert page.evaluate(on_stage)
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    scale = picture(page)["width"] / PICTURE[0]
    assert near(edges(page)[0], [480, 320, 480 + 50 / scale, 320 + 250 / scale])
    assert classes(page) == ["wbc"]
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Enter")
    assert len(boxes(page)) == 2
    page.keyboard.press(".")
    page.keyboard.press("1")
    assert classes(page) == ["rbc", "wbc"]


def test_question_mark_shows_the_keys_and_escape_closes_them(tool: Open) -> None:
    page = tool()
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    page.keyboard.press("1")
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog", name="Keys").is_visible()


def test_a_key_of_ones_own_works_at_once_and_after_a_reload(tool: Open) -> None:
    page = tool(boxes=2)
    page.keyboard.press("?")
    page.get_by_role("button", name="Change keys").click()
    page.get_by_role("button", name="Key for Delete the selected box").click()
    page.keyboard.press("q")
    page.get_by_text("Q now stands for Delete.").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press(".")
    page.keyboard.press("q")
    assert len(boxes(page)) == 1
    page = tool(boxes=2)
    page.keyboard.press(".")
    page.keyboard.press("q")
    assert len(boxes(page)) == 1


# Fingers


def touch(session: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    places = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})


def test_finger_draws_with_a_loupe(phone: Open) -> None:
    page = phone()
    hand = page.context.new_cdp_session(page)
    touch(hand, "touchStart", at(page, 300, 200))
    touch(hand, "touchMove", at(page, 450, 300))
    touch(hand, "touchMove", at(page, 600, 420))
    settle(page)
    assert page.locator(".loupe").is_visible()
    touch(hand, "touchEnd")
    settle(page)
    assert not page.locator(".loupe").is_visible()
    assert near(edges(page)[0], [300, 200, 600, 420], 3)


def test_two_taps_draw(phone: Open) -> None:
    page = phone()
    page.touchscreen.tap(*at(page, 300, 200))
    page.touchscreen.tap(*at(page, 600, 420))
    assert near(edges(page)[0], [300, 200, 600, 420], 3)


def test_two_fingers_zoom_and_draw_nothing(phone: Open) -> None:
    page = phone()
    hand = page.context.new_cdp_session(page)
    before = picture(page)
    x, y = at(page, 480, 320)
    touch(hand, "touchStart", (x - 30, y))
    touch(hand, "touchMove", (x - 45, y))
    touch(hand, "touchStart", (x - 45, y), (x + 30, y))
    touch(hand, "touchMove", (x - 90, y), (x + 90, y))
    touch(hand, "touchEnd")
    assert picture(page)["width"] > 2 * before["width"]
    assert boxes(page) == []


def test_pointer_taken_away_leaves_nothing_half_done(phone: Open) -> None:
    page = phone()
    hand = page.context.new_cdp_session(page)
    touch(hand, "touchStart", at(page, 300, 200))
    touch(hand, "touchMove", at(page, 500, 400))
    touch(hand, "touchCancel")
    settle(page)
    assert boxes(page) == []
    assert page.locator(".shape").is_hidden()
    touch(hand, "touchStart", at(page, 300, 200))
    touch(hand, "touchMove", at(page, 500, 400))
    touch(hand, "touchEnd")
    assert len(boxes(page)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_tool_fits_a_phone_without_scrolling_sideways(phone: Open, kind: str) -> None:
    page = phone(kind, boxes=5)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    if kind != "text_classification":
        stage = page.locator(".stage").bounding_box()
        assert stage is not None
        assert stage["height"] > 844 * 0.45


# Choosing a class


@pytest.mark.parametrize("kind", KINDS[1:])
def test_one_key_and_one_click_are_an_answer(tool: Open, kind: str) -> None:
    page = tool(kind)
    page.keyboard.press("1")
    page.get_by_role("button", name="No defect").click()
    assert page.evaluate("harness.submits") == [{"class": "defect"}, {"class": "fine"}]
    assert page.evaluate("harness.changes") == page.evaluate("harness.submits")
    assert page.get_by_role("button", name="No defect").get_attribute("aria-pressed") == "true"


def test_key_held_down_answers_once(tool: Open) -> None:
    page = tool("text_classification")
    page.keyboard.down("1")
    page.keyboard.down("1")
    page.keyboard.down("1")
    page.keyboard.up("1")
    assert page.evaluate("harness.submits.length") == 1


def test_keys_typed_into_a_field_are_no_answer(tool: Open) -> None:
    page = tool("text_classification")
    page.evaluate("document.querySelector('.harness-bar').append(document.createElement('input'))")
    page.locator("input").press("1")
    assert page.evaluate("harness.submits") == []


def test_double_click_does_not_answer_the_next_task_too(tool: Open) -> None:
    page = tool("text_classification")
    page.evaluate(
        """() => {
          harness.options.onSubmit = (value) => {
            harness.submits.push(value);
            harness.tool.destroy();
            harness.tool = harness.mount(document.getElementById('root'), harness.options);
          };
          harness.tool.destroy();
          harness.tool = harness.mount(document.getElementById('root'), harness.options);
        }"""
    )
    page.get_by_role("button", name="Defect", exact=False).first.dblclick()
    assert page.evaluate("harness.submits.length") == 1


def test_text_is_shown_as_text_in_its_own_direction(tool: Open) -> None:
    page = tool("text_classification", text="%3Cimg%20src%3Dx%3E%D7%A9%D7%9C%D7%95%D7%9D")
    reading = page.locator(".reading-text")
    assert reading.inner_text() == "<img src=x>שלום"
    assert page.locator(".reading img").count() == 0
    page = tool("text_classification", text="%D7%A9%D7%9C%D7%95%D7%9D")
    assert page.evaluate("getComputedStyle(document.querySelector('.reading-text')).direction") == "rtl"


def test_picture_to_classify_is_zoomed_and_moved(tool: Open) -> None:
    page = tool("image_classification")
    before = picture(page)
    drag(page, (400, 300), (440, 300))
    assert picture(page)["x"] > before["x"]
    page.keyboard.press("+")
    assert picture(page)["width"] > before["width"]
    assert page.evaluate("harness.submits") == []


# Looking only


def test_layers_show_every_answer_and_are_switched_by_person(tool: Open) -> None:
    page = tool("bounding_box", layers=1)
    pixels = "() => document.querySelector('canvas').getContext('2d').getImageData(0, 0, 1400, 900).data.reduce((a, b) => a + b, 0)"
    all_three = page.evaluate(pixels)
    page.get_by_label("Worker B").uncheck()
    settle(page)
    two = page.evaluate(pixels)
    assert 0 < two < all_three
    page.get_by_role("button", name="None").click()
    settle(page)
    assert page.evaluate(pixels) == 0
    drag(page, (100, 100), (300, 300))
    assert page.locator(".shape").count() == 0


def test_readonly_choice_shows_the_answer_and_takes_none(tool: Open) -> None:
    page = tool("text_classification", readonly=1)
    page.evaluate("harness.tool.setValue({class: 'fine'})")
    page.keyboard.press("1")
    assert page.get_by_role("button", name="No defect").is_disabled()
    assert page.evaluate("[harness.tool.value(), harness.submits]") == [{"class": "fine"}, []]


# Life


def test_picture_that_does_not_load_blocks_and_can_be_tried_again(tool: Open) -> None:
    page = tool(image="/nowhere.png")
    page.get_by_text("could not be loaded").wait_for()
    assert page.evaluate("harness.tool.problems().filter((row) => row.blocking).map((row) => row.code)") == [
        "no_picture"
    ]
    page.route("**/nowhere.png", lambda route: route.fulfill(path=ROOT / "static" / "img" / "demo" / "panel.svg"))
    page.get_by_role("button", name="Try again").click()
    page.wait_for_selector(".stage.is-loaded")
    assert not page.get_by_text("could not be loaded").is_visible()
    assert page.evaluate("harness.tool.problems().map((row) => row.code)") == ["nothing_drawn"]


@pytest.mark.parametrize("kind", KINDS)
def test_destroyed_tool_leaves_the_root_bare_and_hears_nothing(tool: Open, kind: str) -> None:
    page = tool(kind)
    page.evaluate("harness.tool.destroy()")
    page.keyboard.press("1")
    root = page.locator("#root")
    assert (root.inner_html(), root.get_attribute("class"), root.get_attribute("data-kind")) == ("", "", None)
    assert page.evaluate("harness.submits") == []


def test_draft_comes_back_and_set_value_replaces_it(tool: Open) -> None:
    page = tool(boxes=4)
    drafted = boxes(page)
    assert len(drafted) == 4
    assert page.evaluate("harness.changes") == []
    page.evaluate("(boxes) => harness.tool.setValue({boxes})", drafted[:1])
    assert boxes(page) == drafted[:1]
    assert page.get_by_role("button", name="Undo").is_disabled()


# Pages that show tools


def test_demos_of_every_kind_run_on_one_page(page: Page, address: str) -> None:
    page.goto(f"{address}/demos.html")
    page.locator("[data-tool-demo][data-ready]").nth(2).wait_for()
    demos = page.locator(".tool-demo")
    demos.nth(1).get_by_role("button", name="Mixed").click()
    assert "Answer: Mixed" in demos.nth(1).locator("[data-tool-demo-note]").inner_text()
    page.evaluate("document.activeElement.blur()")
    # With several tools on the page a key is nobody's until one has the focus.
    page.keyboard.press("1")
    assert "Answer" not in demos.nth(0).locator("[data-tool-demo-note]").inner_text()
    demos.nth(0).locator(".stage").focus()
    page.keyboard.press("1")
    assert "Answer: Crack" in demos.nth(0).locator("[data-tool-demo-note]").inner_text()
    demos.nth(0).locator("[data-tool-demo-note]").filter(has_text="Press 1, 2 or 3, or click.").wait_for()


def test_preview_follows_the_form(page: Page, address: str) -> None:
    page.goto(f"{address}/harness/preview.html")
    preview = page.locator("[data-tool-preview]")
    preview.get_by_role("button", name="Red").wait_for()
    page.get_by_label("Class 2").fill("Green")
    preview.get_by_role("button", name="Green").wait_for()
    page.get_by_label("Question").fill("Which colour?")
    preview.get_by_text("Which colour?").wait_for()
    page.get_by_label("Remove 2").check()
    preview.get_by_role("button", name="Green").wait_for(state="detached")
    page.get_by_label("Class 1").fill("")
    preview.get_by_text("Add a class").wait_for()


def test_answers_are_shown_for_reading_and_one_that_fails_spoils_no_other(page: Page, address: str) -> None:
    page.goto(f"{address}/harness/answers.html")
    page.locator("[data-answers-view][data-ready]").nth(2).wait_for()
    assert page.locator("#many .layer-row").all_inner_texts() == ["Worker A\n1 box", "Worker B\n0 boxes"]
    assert page.locator("#one [role=option]").all_inner_texts() == ["1. Bee\n80 × 80"]
    assert page.locator("#class .choice[aria-pressed=true]").inner_text() == "Bee"
    assert "could not be loaded" in page.locator("#broken [role=alert]").inner_text()


# Numbers


def test_stage_takes_sixty_percent_of_a_desktop_page(tool: Open) -> None:
    for kind in KINDS[:2]:
        page = tool(kind, width=640, height=480)
        box = page.locator(".stage-image").bounding_box()
        assert box is not None
        assert box["width"] * box["height"] >= 0.6 * 1440 * 1000


def test_dragging_paints_once_a_frame_and_never_the_500_boxes_at_rest(tool: Open) -> None:
    page = tool(boxes=500)
    page.evaluate(
        """() => {
          window.counts = {strokes: 0, frames: 0, styles: 0};
          const stroke = CanvasRenderingContext2D.prototype.stroke;
          CanvasRenderingContext2D.prototype.stroke = function (...a) { counts.strokes += 1; return stroke.apply(this, a); };
          new MutationObserver((records) => { counts.styles += 1; })
            .observe(document.querySelector('.shape'), {attributes: true, attributeFilter: ['style']});
          const frame = () => { counts.frames += 1; requestAnimationFrame(frame); };
          requestAnimationFrame(frame);
        }"""
    )
    start = at(page, 100, 100)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 20, start[1] + 20)
    settle(page)
    page.evaluate("Object.assign(counts, {strokes: 0, frames: 0, styles: 0})")
    page.mouse.move(start[0] + 220, start[1] + 160, steps=60)
    settle(page)
    counts = page.evaluate("counts")
    page.mouse.up()
    assert counts["strokes"] == 0
    assert 0 < counts["styles"] <= counts["frames"] + 1
    settle(page)
    assert len(boxes(page)) == 501
    # Two strokes a class: shapes of one class are one path.
    assert page.evaluate("counts.strokes") <= 6


# Everybody


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds. It looks into imported sheets by writing styles of its own, which our policy refuses."""
    found: list[dict[str, Any]] = Axe().run(page, options={"preload": False}).response["violations"]
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1440", "390"])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_and_targets_are_24_pixels(tool: Open, kind: str, size: dict[str, int], theme: str) -> None:
    page = tool(kind, size=size, theme=theme, boxes=6)
    if kind == "bounding_box":
        page.keyboard.press(".")
    assert violations(page) == []
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, summary, [role=option], input')]
          .filter((node) => node.checkVisibility() && !node.closest('dialog'))
          .map((node) => [node.className, node.getBoundingClientRect()])
          .filter(([, box]) => box.width < 24 || box.height < 24).map(([name]) => name)"""
    )
    assert small == []
    page.keyboard.press("?")
    assert violations(page) == []
