"""Each kind that draws nothing, in a real browser with its demo content: by key, by click, by finger, and for axe."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tasks_app import tools
from tests.e2e.pages import Pages, demo_options, serve

KINDS = [tool.kind for tool in tools.all_tools() if tool.kind != "bounding_box"]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serve(type("Demos", (Pages,), {"kinds": demo_options()})) as at:
        yield at


@pytest.fixture
def show(browser: Browser, address: str) -> Iterator[Open]:
    """Opens the harness with a kind's demo, as in `show("text_labels", phone=True, theme="dark")`."""
    contexts = []

    def open_kind(
        kind: str,
        *,
        phone: bool = False,
        question: dict[str, Any] | None = None,
        item: dict[str, Any] | None = None,
        **query: object,
    ) -> Page:
        context = browser.new_context(viewport=PHONE if phone else DESKTOP, has_touch=phone, is_mobile=phone)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        if question is not None or item is not None:

            def changed(route: Any) -> None:
                options = route.fetch().json()
                options["question"] = tools.get(kind).clean_question({**options["question"], **(question or {})})
                options["item"] |= item or {}
                route.fulfill(json=options)

            page.route(f"**/demos/{kind}.json", changed)
        rest = "".join(f"&{name}={value}" for name, value in query.items())
        page.goto(f"{address}/harness/index.html?kind={kind}&demo=1{rest}")
        page.wait_for_selector("html[data-ready]", state="attached")
        return page

    yield open_kind
    for context in contexts:
        context.close()


def value(page: Page) -> Any:
    return page.evaluate("harness.tool.value()")


def problems(page: Page) -> list[str]:
    return [problem["code"] for problem in page.evaluate("harness.tool.problems()")]


def submits(page: Page) -> Any:
    return page.evaluate("harness.submits")


# Every kind


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("phone", "theme"), [(False, "light"), (True, "dark")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(show: Open, kind: str, phone: bool, theme: str) -> None:
    page = show(kind, phone=phone, theme=theme)
    found = Axe().run(page, options={"rules": {"region": {"enabled": False}}})
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    small = page.evaluate(
        """() => [...document.querySelectorAll("#root :is(button, input, select, textarea)")]
        .map((node) => [node.outerHTML.slice(0, 80), node.closest("label")?.getBoundingClientRect() ?? node.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.width < 24 || box.height < 24)).map(([html]) => html)"""
    )
    assert small == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_tool_taken_down_leaves_nothing(show: Open, kind: str) -> None:
    page = show(kind)
    page.evaluate("harness.tool.destroy()")
    page.keyboard.press("1")
    root = page.locator("#root")
    assert (root.inner_html(), root.get_attribute("class"), root.get_attribute("data-kind")) == ("", "", None)


@pytest.mark.parametrize("kind", KINDS)
def test_a_tool_to_look_at_takes_no_answer(show: Open, kind: str) -> None:
    page = show(kind, readonly=1)
    page.keyboard.press("1")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("[harness.changes, harness.submits]") == [[], []]


# Several classes


@pytest.mark.parametrize("kind", ["image_labels", "text_labels"])
def test_keys_and_clicks_switch_classes_and_none_is_asked_about(show: Open, kind: str) -> None:
    page = show(kind)
    keys = [row["key"] for row in tools.get(kind).demo.question["classes"]]
    assert problems(page) == ["nothing_chosen"]
    page.keyboard.press("3")
    page.keyboard.press("1")
    assert value(page) == {"classes": [keys[0], keys[2]]}
    page.locator(".choice").nth(2).click()
    assert value(page) == {"classes": [keys[0]]}
    assert problems(page) == []
    # The keyboard is back at what is judged: Enter hands in, and does not press the button again.
    assert page.evaluate("document.activeElement.closest('.choice')") is None


# Checks


def test_boxes_to_judge_are_painted_and_told(show: Open) -> None:
    page = show("image_check")
    page.wait_for_selector(".stage.is-loaded")
    assert page.get_by_label("Boxes to judge").locator("li").all_inner_texts() == [
        "White cell, from 383, 214 to 563, 392"
    ]
    painted = """() => { const canvas = document.querySelector(".stage-canvas");
        return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((one) => one > 0); }"""
    page.wait_for_function(painted)
    page.keyboard.press("2")
    assert submits(page) == [{"class": "too-large-or-too-small"}]


def test_label_to_judge_stands_above_the_text(show: Open) -> None:
    page = show("text_check")
    assert page.locator(".claim").inner_text().split() == ["Label", "Delivery"]
    page.get_by_role("button", name="Wrong").click()
    assert submits(page) == [{"class": "wrong"}]


@pytest.mark.parametrize(("kind", "phone"), [("image_classification", False), ("image_check", True)])
def test_a_part_to_judge_is_shown_enlarged_and_the_whole_by_one_press(show: Open, kind: str, phone: bool) -> None:
    item = {"x1": 383.0, "y1": 214.0, "x2": 563.0, "y2": 392.0}
    page = show(kind, phone=phone, item=item)
    toggle = page.locator(".part-toggle")
    toggle.wait_for()
    width = """() => new Promise((told) => requestAnimationFrame(() => requestAnimationFrame(() =>
        told(["part-frame", "stage"].map((name) => document.querySelector(`.${name}`).getBoundingClientRect().width)))))"""
    near, room = page.evaluate(width)
    assert near > 0.35 * room
    toggle.click()
    assert toggle.inner_text() == "The part to judge"
    assert page.evaluate(width)[0] < near / 2
    toggle.click()
    assert page.evaluate(width)[0] == near
    assert page.evaluate("document.activeElement.className").startswith("stage")
    assert Axe().run(page, options={"rules": {"region": {"enabled": False}}}).response["violations"] == []


# Scales


@pytest.mark.parametrize("kind", ["image_rating", "text_rating"])
def test_one_digit_or_click_is_a_rating(show: Open, kind: str) -> None:
    page = show(kind)
    page.keyboard.press("4")
    page.keyboard.press("6")
    page.get_by_role("button", name="2", exact=True).click()
    assert submits(page) == [{"rating": 4}, {"rating": 2}]


def test_ten_steps_have_all_digits_and_a_mean_is_told(show: Open) -> None:
    page = show("text_rating", question={"lowest": 1, "highest": 10})
    page.keyboard.press("0")
    page.keyboard.press("1")
    assert submits(page) == [{"rating": 10}, {"rating": 1}]
    page.evaluate("harness.tool.setValue({rating: 3.7})")
    assert page.get_by_text("Mean: 3.7").is_visible()


# Comparisons


@pytest.mark.parametrize("kind", ["image_comparison", "text_comparison"])
def test_either_may_stand_first_and_the_answer_says_which_did(show: Open, kind: str) -> None:
    seen = set()
    for _ in range(12):
        page = show(kind)
        page.keyboard.press("ArrowLeft")
        [said] = submits(page)
        assert said["better"] == said["shown"]
        seen.add(said["shown"])
        page.context.close()
        if len(seen) == 2:
            break
    assert seen == {"first", "second"}


def test_a_pair_is_answered_by_arrow_digit_and_click(show: Open) -> None:
    page = show("text_comparison")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("2")
    page.get_by_role("button", name="Left is better").click()
    first, second, third = submits(page)
    assert first["better"] == "tie"
    assert second["better"] != second["shown"]
    assert third["better"] == third["shown"]


def test_a_pair_without_ties_must_be_decided(show: Open) -> None:
    page = show("text_comparison", question={"ties": False}, phone=True)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("3")
    assert submits(page) == []
    page.get_by_role("button", name="Lower is better").tap()
    assert submits(page)[0]["better"] != submits(page)[0]["shown"]


# Ranking


def test_texts_are_ranked_in_the_order_of_keys_and_taps_and_the_last_falls_into_place(show: Open) -> None:
    page = show("text_ranking")
    assert problems(page) == ["no_answer"]
    page.keyboard.press("3")
    assert value(page) is None
    page.locator(".rank-card").nth(0).click()
    assert value(page) == {"order": ["third", "first", "second"]}
    page.keyboard.press("3")
    assert value(page) is None
    page.keyboard.press("3")
    assert value(page) == {"order": ["first", "second", "third"]}
    page.keyboard.press("Delete")
    assert problems(page) == ["no_answer"]


# Writing


@pytest.mark.parametrize("kind", ["free_text", "image_transcription"])
def test_what_is_typed_is_counted_and_handed_in_by_control_enter(show: Open, kind: str) -> None:
    page = show(kind, question={"shortest": 5, "longest": 10})
    assert value(page) is None
    page.keyboard.type("ab c")
    assert problems(page) == ["wrong_length"]
    page.keyboard.press("Enter")
    page.keyboard.type("d?1")
    assert value(page) == {"text": "ab c\nd?1"}
    assert page.locator(".writing-count").inner_text() == "8 of 5 to 10 characters"
    assert submits(page) == []
    page.keyboard.press("Control+Enter")
    assert submits(page) == [{"text": "ab c\nd?1"}]
    page.keyboard.type(" 🙂🙂")
    assert problems(page) == ["wrong_length"]


@pytest.mark.parametrize("allowed", [True, False])
def test_pasting_follows_the_rule_of_the_question(show: Open, allowed: bool) -> None:
    page = show("free_text", question={"paste": allowed})
    pasted = """() => { const area = document.querySelector("textarea");
        const data = new DataTransfer(); data.setData("text/plain", "x");
        return area.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); }"""
    assert page.evaluate(pasted) is allowed
    assert page.get_by_text("Pasting is not allowed here").is_visible() is not allowed


# Passages


def words_of(page: Page) -> list[tuple[str, str]]:
    text = tools.get("text_spans").demo.item["text"]
    return [(span["class"], text[span["start"] : span["end"]]) for span in value(page)["spans"]]


def test_passages_are_marked_by_key_overlap_and_are_taken_back(show: Open) -> None:
    page = show("text_spans")
    assert words_of(page) == [("person", "Ada Byron")]
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "3"):
        page.keyboard.press(key)
    assert words_of(page) == [("time", "Tuesday morning"), ("person", "Ada Byron")]
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("2")
    assert ("place", "Tuesday morning Ada") in words_of(page)
    page.keyboard.press("Delete")
    page.keyboard.press("Control+z")
    assert len(words_of(page)) == 3
    page.get_by_role("button", name="Remove Ada Byron, Person").click()
    assert len(words_of(page)) == 2


def test_words_selected_with_the_mouse_get_the_chosen_class_whole(show: Open) -> None:
    page = show("text_spans")
    page.locator(".choice").nth(1).click()
    where = page.evaluate(
        """() => { const [text] = [...document.querySelector(".spans-text").childNodes].filter((one) => one.textContent.includes("Turin"));
        const from = text.textContent.indexOf("Turin"), range = document.createRange();
        range.setStart(text, from + 1); range.setEnd(text, from + 4); const box = range.getBoundingClientRect();
        return [box.left, box.right, box.top + box.height / 2]; }"""
    )
    page.mouse.move(where[0], where[2])
    page.mouse.down()
    page.mouse.move(where[1], where[2], steps=4)
    page.mouse.up()
    page.wait_for_function("() => harness.changes.length === 1")
    assert ("place", "Turin") in words_of(page)


def test_a_finger_selects_and_taps_a_class(show: Open) -> None:
    page = show("text_spans", phone=True)
    page.evaluate(
        """() => { const text = document.querySelector(".spans-text").lastChild, from = text.textContent.indexOf("Mary");
        document.getSelection().setBaseAndExtent(text, from, text, from + "Mary Somerville".length); }"""
    )
    page.get_by_role("button", name="Person", exact=True).tap()
    assert ("person", "Mary Somerville") in words_of(page)


# Forms


def test_a_form_is_filled_in_and_asks_more_where_an_answer_calls_for_it(show: Open) -> None:
    page = show("questionnaire")
    assert value(page) is None
    page.keyboard.type("example.org")
    assert "wrong_value" in problems(page)
    page.get_by_label("Address of its website").fill("https://example.org")
    hour = page.get_by_label("From which hour?")
    assert not hour.is_visible()
    page.get_by_label("Yes").check()
    page.get_by_label("Cake").check()
    assert problems(page) == ["missing"]
    hour.fill("8.5")
    assert problems(page) == []
    hour.press("Control+Enter")
    filled = {"site": "https://example.org", "open": "Yes", "from_hour": 8.5, "sells": ["Cake"]}
    assert submits(page) == [{"fields": filled}]
    page.get_by_label("No", exact=True).check()
    assert value(page)["fields"] == {"site": "https://example.org", "open": "No", "sells": ["Cake"]}


def test_a_table_of_choices_and_a_position_are_answered(show: Open) -> None:
    fields = [
        {"name": "is", "label": "It is", "kind": "matrix", "rows": ["clean", "cheap"], "options": ["yes", "no"]},
        {"name": "at", "label": "Where is it?", "kind": "position"},
    ]
    page = show("questionnaire", question={"fields": fields}, phone=True)
    page.get_by_role("group", name="clean").get_by_label("no").check()
    assert problems(page) == ["missing"]
    page.get_by_role("group", name="cheap").get_by_label("yes").check()
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 52.51234567, "longitude": 13.4, "accuracy": 12})
    page.get_by_role("button", name="Use my position").tap()
    page.get_by_text("To about 12 m.").wait_for()
    at = {"latitude": 52.51235, "longitude": 13.4, "accuracy": 12}
    assert value(page) == {"fields": {"is": {"clean": "no", "cheap": "yes"}, "at": at}}
    page.get_by_label("Latitude").fill("95")
    assert problems(page) == ["wrong_value"]


# Long lists


def test_a_long_list_is_searched_and_its_groups_are_headings(show: Open) -> None:
    classes = [{"name": f"Animal > {name}"} for name in ("Cat", "Dog", "Caterpillar", "Bird", "Fish", "Élan")]
    classes += [{"name": f"Thing > Sort {number}"} for number in range(30)]
    page = show("image_classification", question={"classes": classes})
    assert page.locator(".choice-heading").all_inner_texts() == ["Animal", "Thing"]
    search = page.get_by_label("Find a class")
    search.wait_for()
    page.keyboard.press("/")
    page.keyboard.type("elan")
    assert page.locator(".choice-name").all_inner_texts() == ["Élan"]
    search.fill("cat")
    assert page.locator(".choice-name").all_inner_texts() == ["Cat", "Caterpillar"]
    search.press("Enter")
    assert submits(page) == [{"class": "animal-cat"}]
    assert page.locator(".choice").count() == 36
    page.keyboard.press("/")
    page.keyboard.type("zz")
    search.press("Escape")
    assert page.locator(".choice").count() == 36


# Swiping


def swipe(page: Page, dx: int, dy: int) -> None:
    box = page.locator(".stage").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points: dict[str, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    send("touchStart", {"x": x, "y": y})
    for part in (0.25, 0.5, 0.75, 1):
        send("touchMove", {"x": x + dx * part, "y": y + dy * part})
    send("touchEnd")


@pytest.mark.parametrize(("dx", "dy", "key"), [(-120, 10, "crack"), (120, 10, "dirt"), (5, -130, "nothing")])
def test_a_finger_swipes_to_answer(show: Open, dx: int, dy: int, key: str) -> None:
    page = show("image_classification", phone=True)
    page.locator(".swipe-hint").wait_for()
    page.wait_for_selector(".stage.is-loaded")
    swipe(page, dx, dy)
    assert submits(page) == [{"class": key}]


def test_a_short_or_slanting_swipe_is_no_answer_and_one_on_a_zoomed_picture_moves_it(show: Open) -> None:
    page = show("image_classification", phone=True)
    page.locator(".swipe-hint").wait_for()
    page.wait_for_selector(".stage.is-loaded")
    swipe(page, -40, 0)
    swipe(page, -100, 90)
    page.get_by_role("button", name="Zoom in").click()
    swipe(page, -150, 0)
    assert submits(page) == []


# Recordings


def test_regions_are_marked_by_drag_and_by_key_and_moved_by_both(show: Open) -> None:
    page = show("audio_regions", question={"transcribe": True})
    page.wait_for_function("() => document.querySelector('audio').readyState > 2")
    box = page.locator(".time-box").bounding_box()
    assert box is not None
    second = box["width"] / 6
    top = box["y"] + 60

    page.keyboard.press("2")
    page.mouse.move(box["x"] + 2.3 * second, top)
    page.mouse.down()
    page.mouse.move(box["x"] + 3.2 * second, top, steps=4)
    page.mouse.up()
    drawn = value(page)["regions"][1]
    assert (drawn["class"], abs(drawn["start"] - 2300) < 20, abs(drawn["end"] - 3200) < 20) == ("knocking", True, True)
    # Its end is in hand, then its class: the arrows move the one, a class key changes the other.
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")
    assert value(page)["regions"][1]["end"] == drawn["end"] - 220
    page.keyboard.press("1")
    assert value(page)["regions"][1]["class"] == "bird"
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert value(page)["regions"][1] == drawn

    # By key alone: five seconds on, I, half a second on, O.
    page.keyboard.press("Escape")
    page.evaluate("document.querySelector('audio').currentTime = 4.2")
    page.keyboard.press("i")
    assert problems(page) == ["unfinished"]
    page.evaluate("document.querySelector('audio').currentTime = 4.8")
    page.keyboard.press("o")
    assert value(page)["regions"][2] == {"class": "bird", "start": 4200, "end": 4800}
    page.keyboard.press("t")
    page.keyboard.type("i o tweet")
    assert value(page)["regions"][2]["text"] == "i o tweet"
    page.keyboard.press("Escape")
    page.keyboard.press(",")
    page.keyboard.press("Delete")
    assert [row["start"] for row in value(page)["regions"]] == [690, 4200]
    assert [row.split(".")[0] for row in page.locator(".region-name").all_inner_texts()] == ["1", "2"]
    tools.get("audio_regions").clean_answer(
        tools.get("audio_regions").clean_question({"prompt": "x", "classes": [{"name": "Bird"}], "transcribe": True}),
        {"milliseconds": 6000},
        value(page),
    )


def test_a_recording_plays_stops_loops_and_slows_down(show: Open) -> None:
    page = show("audio_regions")
    page.wait_for_function("() => document.querySelector('audio').readyState > 2")
    page.keyboard.press(".")
    assert page.evaluate("document.querySelector('audio').currentTime") == pytest.approx(0.69)
    page.keyboard.press("l")
    page.wait_for_function("() => !document.querySelector('audio').paused")
    assert page.get_by_role("button", name="again and again").get_attribute("aria-pressed") == "true"
    page.wait_for_function(
        "() => document.querySelector('audio').played.length > 0 && document.querySelector('audio').currentTime < 1.3"
    )
    page.keyboard.press(" ")
    page.wait_for_function("() => document.querySelector('audio').paused")
    page.keyboard.press("s")
    assert page.evaluate("document.querySelector('audio').playbackRate") == 0.75


def test_regions_are_marked_by_finger(show: Open) -> None:
    page = show("audio_regions", phone=True)
    page.wait_for_function("() => document.querySelector('audio').readyState > 2")
    page.evaluate("document.querySelector('audio').currentTime = 2.3")
    page.get_by_role("button", name="A region begins here").tap()
    page.evaluate("document.querySelector('audio').currentTime = 2.6")
    page.get_by_role("button", name="It ends here").tap()
    page.get_by_role("radio", name="Knocking").tap()
    assert value(page)["regions"][1] == {"class": "knocking", "start": 2300, "end": 2600}


def test_one_of_two_recordings_plays_at_a_time(show: Open) -> None:
    page = show("audio_comparison")
    page.wait_for_function("() => [...document.querySelectorAll('audio')].every((one) => one.readyState > 2)")
    playing = "[...document.querySelectorAll('audio')].map((one) => !one.paused)"
    page.keyboard.press(" ")
    page.wait_for_function(f"() => {playing}.join() === 'true,false'")
    page.get_by_role("button", name="Play").last.click()
    page.wait_for_function(f"() => {playing}.join() === 'false,true'")
    page.keyboard.press("ArrowRight")
    assert submits(page)[0]["better"] != submits(page)[0]["shown"]


def test_a_recording_that_cannot_be_loaded_is_told(show: Open) -> None:
    page = show("audio_classification")
    page.evaluate("document.querySelector('audio').src = '/no-such.wav'")
    page.get_by_text("could not be loaded").wait_for()
    assert problems(page) == ["no_recording", "no_answer"]


# Films


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """By mouse, from one point of the film's picture to another."""
    layer = page.locator(".film-layer").bounding_box()
    assert layer is not None
    scale = layer["width"] / 480
    points = [(layer["x"] + x * scale, layer["y"] + y * scale) for x, y in (start, end)]
    page.mouse.move(*points[0])
    page.mouse.down()
    page.mouse.move(*points[1], steps=3)
    page.mouse.up()


def shown_at(page: Page, milliseconds: int) -> None:
    page.wait_for_function(
        "(at) => { const film = document.querySelector('video'); return !film.seeking && Math.floor(film.currentTime * 10 + 0.01) * 100 === at; }",
        arg=milliseconds,
    )


def test_a_thing_is_followed_through_a_film_by_mouse_and_by_key(show: Open) -> None:
    page = show("video_boxes")
    page.wait_for_function("() => document.querySelector('video').readyState > 2")
    page.keyboard.press("2")
    for _ in range(10):
        page.keyboard.press(".")
    shown_at(page, 1000)
    drag(page, (80, 160), (200, 220))
    cart = value(page)["tracks"][1]
    assert (cart["class"], [frame["at"] for frame in cart["frames"]]) == ("cart", [1000])
    assert [cart["frames"][0][name] for name in ("x1", "y1", "x2", "y2")] == pytest.approx([80, 160, 200, 220], abs=1)
    assert problems(page) == ["one_frame"]
    # Ten frames on the box is drawn elsewhere; half way it lies between the two.
    for _ in range(10):
        page.keyboard.press(".")
    shown_at(page, 2000)
    drag(page, (140, 190), (240, 190))
    page.keyboard.press("Shift+ArrowUp")
    for _ in range(5):
        page.keyboard.press(",")
    shown_at(page, 1500)
    page.keyboard.press("k")
    frames = value(page)["tracks"][1]["frames"]
    assert [frame["at"] for frame in frames] == [1000, 1500, 2000]
    assert [frames[1]["x1"], frames[1]["y1"]] == pytest.approx(
        [(frames[0]["x1"] + frames[2]["x1"]) / 2, frames[0]["y1"] - 5], abs=0.2
    )
    assert frames[2]["x1"] - frames[0]["x1"] == pytest.approx(100, abs=1)
    page.keyboard.press("o")
    assert [frame["at"] for frame in value(page)["tracks"][1]["frames"]] == [1000, 1500]
    # A box by key alone, and away with it.
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+Shift+ArrowRight")
    last = value(page)["tracks"][2]["frames"][0]
    assert (last["at"], last["x1"], last["x2"]) == (1500, 179, 309)
    page.keyboard.press("Delete")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert value(page)["tracks"][2]["frames"][0]["x2"] == 299
    kind = tools.get("video_boxes")
    kind.clean_answer(kind.demo.question, kind.demo.item, value(page))


def test_segments_of_a_film_are_marked_by_key(show: Open) -> None:
    page = show("video_segments")
    page.wait_for_function("() => document.querySelector('video').readyState > 2")
    page.keyboard.press("i")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("o")
    assert value(page)["segments"][0] == {"class": "moves", "start": 0, "end": 2000}
