"""The requester's pages in a real browser: from nothing to a running project, by keyboard where it matters."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from pytest_django.live_server_helper import LiveServer

from quorate.accounts.models import User
from tasks_app.domain.projects import create_project
from tasks_app.models import AggregationState, Pool, Project, Task
from tasks_app.queries.pools import current_pool
from tests import factories
from tests.wiping import wipe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FilePayload, Page, ViewportSize

SIZES: "list[ViewportSize]" = [{"width": 1440, "height": 1000}, {"width": 390, "height": 844}]


@pytest.fixture(autouse=True)
def wiped(transactional_db: None) -> Iterator[None]:
    """What the server committed is gone before the next test."""
    yield
    wipe()


def sign_in(page: "Page", user: User) -> None:
    page.goto("/sign-in/?next=/projects/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/projects/")


@pytest.fixture
def desk(browser: "Browser", live_server: LiveServer, alice: User) -> "Iterator[Page]":
    """Alice at her desk, signed in; scripts of pages must not fail."""
    context = browser.new_context(base_url=live_server.url, viewport=SIZES[0])
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    sign_in(page, alice)
    yield page
    assert failures == []
    context.close()


def names(page: "Page") -> list[str]:
    return [box.input_value() for box in page.locator("#class-rows input[name$=-name]").all()]


def focused(page: "Page") -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.id"))


def png() -> "FilePayload":
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, "PNG")
    return {"name": "example.png", "mimeType": "image/png", "buffer": data.getvalue()}


# --- From nothing to running ------------------------------------------------------------------------------------------
def test_a_new_requester_gets_from_nothing_to_a_running_project(desk: "Page", alice: User) -> None:
    desk.get_by_role("link", name="New project").click()
    desk.get_by_label("Name").fill("Press releases")
    desk.get_by_role("region", name="Text classification").get_by_role("button", name="Use this").click()
    desk.wait_for_url("**/question/")
    desk.get_by_label("Question", exact=True).fill("What is it about?")
    desk.get_by_label("Name of class 1").fill("Politics")
    desk.get_by_label("Name of class 2").fill("Sports")
    desk.get_by_role("button", name="Save and continue").click()
    desk.wait_for_url("**/instructions/")
    desk.get_by_label("Instructions", exact=True).fill("# Read\n\nThe **first** line decides.")
    desk.locator("#instructions-preview h3", has_text="Read").wait_for()
    desk.get_by_role("button", name="Save and continue").click()
    desk.wait_for_url("**/items/")
    project = Project.objects.get(name="Press releases")
    factories.add_tasks(current_pool(project), 4)
    desk.get_by_role("link", name="Price").click()
    desk.get_by_label("Reward for one assignment").fill("0.20")
    desk.locator("#price-panel", has_text="$2.40 to $5.60").wait_for()
    desk.get_by_role("button", name="Save and continue").click()
    desk.wait_for_url("**/launch/")
    desk.get_by_role("button", name="Launch").click()
    dialog = desk.get_by_role("dialog")
    assert "$5.60 will be held for 4 items" in dialog.inner_text()
    dialog.get_by_role("button", name="Cancel").click()
    assert current_pool(project).state == "draft"
    desk.get_by_role("button", name="Launch").click()
    dialog.get_by_role("button", name="Launch").click()
    desk.wait_for_url("**/live/")
    assert current_pool(project).state == "open"


def test_enter_in_the_name_chooses_no_kind(desk: "Page", alice: User) -> None:
    desk.goto("/projects/new/")
    desk.get_by_label("Name").fill("Cells")
    desk.get_by_label("Name").press("Enter")
    desk.get_by_text("Choose a kind of task: “Use this” under one of them.").wait_for()
    assert desk.get_by_label("Name").input_value() == "Cells"
    assert not Project.objects.exists()


# --- The editor -------------------------------------------------------------------------------------------------------
@pytest.fixture
def editor(desk: "Page", alice: User) -> "Page":
    """The question of a new project, with two named classes."""
    made = create_project(owner=alice, kind="image_classification", name="Cells")
    desk.goto(f"/p/{made.public_id}/question/")
    desk.get_by_label("Name of class 1").fill("Crack")
    desk.get_by_label("Name of class 2").fill("Dirt")
    return desk


def test_rows_are_edited_by_keyboard_alone(editor: "Page") -> None:
    editor.get_by_role("button", name="Add a class").focus()
    editor.keyboard.press("Enter")
    assert focused(editor) == "Name of class 3"
    editor.keyboard.type("Snow")
    editor.get_by_role("button", name="Move class 3 up").focus()
    editor.keyboard.press("Enter")
    assert (names(editor), focused(editor)) == (["Crack", "Snow", "Dirt"], "Move class 2 up")
    editor.keyboard.press("Enter")
    assert (names(editor), focused(editor)) == (["Snow", "Crack", "Dirt"], "Move class 1 down")
    assert editor.locator("#rows-status").inner_text() == "Snow is number 1 of 3 now."
    editor.get_by_role("button", name="Remove class 2").focus()
    editor.keyboard.press("Enter")
    assert (names(editor), focused(editor)) == (["Snow", "Dirt"], "Remove class 2")
    editor.get_by_role("button", name="Undo").click()
    assert names(editor) == ["Snow", "Crack", "Dirt"]
    editor.get_by_label("Question", exact=True).fill("What is it?")
    editor.get_by_role("button", name="Save", exact=True).click()
    editor.get_by_text("Question saved.").wait_for()
    assert names(editor) == ["Snow", "Crack", "Dirt"]


def test_a_new_row_gets_a_free_colour_and_key(editor: "Page") -> None:
    editor.get_by_label("Key of class 1").fill("3")
    editor.get_by_label("Key of class 2").fill("1")
    editor.get_by_role("button", name="Add a class").click()
    assert editor.get_by_label("Key of class 3").input_value() == "2"
    assert editor.get_by_label("Colour of class 3").input_value() == "#009e73"


def test_the_preview_follows_what_is_written(editor: "Page") -> None:
    editor.get_by_label("Question", exact=True).fill("Is it broken?")
    preview = editor.locator("[data-question-preview]")
    preview.get_by_text("Is it broken?").wait_for()
    preview.get_by_role("button", name="Crack").wait_for()
    editor.get_by_label("Name of class 1").fill("Scratch")
    preview.get_by_role("button", name="Scratch").wait_for()
    editor.get_by_role("button", name="Remove class 2").click()
    preview.get_by_role("button", name="Dirt").wait_for(state="detached")
    editor.get_by_role("button", name="Phone").click()
    assert editor.locator(".preview-device").bounding_box()["width"] == 390  # type: ignore[index]


def test_an_example_is_stored_when_chosen_and_kept(editor: "Page") -> None:
    editor.get_by_text("Example and export key").first.click()
    editor.get_by_label("Example image").first.set_input_files(png())
    editor.get_by_role("img", name="Example of class 1").wait_for()
    # The question is still missing: the form is refused, the image stays.
    editor.get_by_role("button", name="Save", exact=True).click()
    editor.get_by_text("One thing needs attention").wait_for()
    editor.get_by_label("Question", exact=True).fill("What is it?")
    editor.get_by_role("button", name="Save", exact=True).click()
    editor.get_by_text("Question saved.").wait_for()
    assert [bool(row["example"]) for row in Project.objects.get().question["classes"]] == [True, False]


def test_an_example_that_is_no_image_is_said_at_its_row(editor: "Page") -> None:
    editor.get_by_text("Example and export key").nth(1).click()
    editor.get_by_label("Example image").nth(1).set_input_files(
        {"name": "x.png", "mimeType": "image/png", "buffer": b"no image"}
    )
    editor.locator(".class-row").nth(1).get_by_text("not an image").wait_for()
    assert editor.get_by_label("Example image").nth(1).input_value() == ""


def test_the_eighth_class_brings_the_advice_to_split(editor: "Page") -> None:
    advice = editor.get_by_text("Split into steps")
    for _ in range(5):
        editor.get_by_role("button", name="Add a class").click()
    assert not advice.is_visible()
    editor.get_by_role("button", name="Add a class").click()
    assert advice.is_visible()


# --- Live -------------------------------------------------------------------------------------------------------------
def test_live_moves_on_and_keeps_what_was_opened(desk: "Page", open_pool: Pool, worker: User) -> None:
    desk.goto(f"/p/{open_pool.project.public_id}/live/")
    table = desk.locator("#live details").first
    table.locator("summary").click()
    table.locator("summary").focus()
    factories.answer(worker, open_pool)
    desk.locator("#live .stat", has_text="Answers").first.get_by_text("1", exact=True).wait_for()
    assert table.evaluate("node => node.open") is True
    assert desk.evaluate("document.activeElement.tagName") == "SUMMARY"


# --- Every page -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
def test_pages_have_no_violation_and_no_sideways_scroll(
    browser: "Browser", live_server: LiveServer, alice: User, bob: User, size: "ViewportSize", theme: str
) -> None:
    factories.make_project(alice, kind="bounding_box", name="Blood cells")
    project = factories.make_open_pool(alice).project
    factories.join(project, bob, "editor")  # type: ignore[arg-type]
    context = browser.new_context(
        base_url=live_server.url,
        viewport=size,
        color_scheme=theme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    sign_in(page, alice)
    tabs = ["", "question", "instructions", "price", "launch", "live", "money", "history", "settings"]
    paths = [
        "/projects/",
        "/projects/new/",
        "/money/",
        *(f"/p/{project.public_id}/{tab}{'/' if tab else ''}" for tab in tabs),
    ]
    for path in paths:
        page.goto(path)
        page.wait_for_load_state("load")
        violations = Axe().run(page).response["violations"]
        assert (path, [(one["id"], [node["target"] for node in one["nodes"]]) for one in violations]) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    context.close()


# --- Confidence -------------------------------------------------------------------------------------------------------
def test_the_picture_of_confidence_and_the_forecasts_fit_every_screen(desk: "Page", alice: User) -> None:
    pool = factories.make_open_pool(alice, tasks=6)
    factories.answer_all(factories.make_workers(3), pool, ["cat"] * 3)
    factories.aggregate(pool)
    Task.objects.filter(pool=pool, name="item-1").update(state="open")
    Pool.objects.filter(pk=pool.pk).update(median_seconds=8.0)
    bins = [(0.66, 0.61, 0.58, 9.5), (0.82, 0.74, 0.71, 14.0), (0.93, 0.86, 0.88, 21.5), (0.98, 0.94, 0.92, 15.0)]
    AggregationState.objects.filter(project=pool.project).update(
        honesty={"temperature": 0.72, "tasks": 60.0, "bins": bins}
    )
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme, size in zip(schemes, SIZES, strict=True):
        desk.emulate_media(color_scheme=scheme)
        desk.set_viewport_size(size)
        for place in ("known-answers", "live", "price"):
            desk.goto(f"/p/{pool.project.public_id}/{place}/")
            assert desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
            found = Axe().run(desk).response["violations"]
            assert [(v["id"], [node["target"] for node in v["nodes"]]) for v in found] == [], (place, size)
    desk.goto(f"/p/{pool.project.public_id}/known-answers/")
    assert "surer than it is right, so it is shown lower" in desk.locator("#honesty").inner_text()


# --- The fields of a form ---------------------------------------------------------------------------------------------
def test_fields_of_a_form_are_edited_without_their_json_and_nothing_is_lost(desk: "Page", alice: User) -> None:
    asked = [
        {
            "name": "open",
            "label": "Is it open?",
            "kind": "choice",
            "options": ["Yes", {"key": "No", "label": "Closed"}],
        },
        {
            "name": "hour",
            "label": "Until when?",
            "kind": "number",
            "maximum": 24,
            "when": {"field": "open", "is": ["Yes"]},
        },
    ]
    project = create_project(
        owner=alice, kind="questionnaire", name="Shops", question={"prompt": "Look it up.", "fields": asked}
    )
    desk.goto(f"/p/{project.public_id}/question/")
    rows = desk.locator(".field-row")
    rows.nth(1).wait_for()
    before = project.question["fields"]

    # The first is renamed: the condition of the second follows it. Another choice is added.
    rows.nth(0).locator("summary").first.click()
    rows.nth(0).get_by_label("Name in exports").fill("is_open")
    rows.nth(0).get_by_label("Choices, one a line").fill("Yes\nNo | Closed\nIt does not say")
    # A new one, named after what it asks; then it stands first.
    desk.get_by_role("button", name="Add a field").click()
    rows.nth(2).get_by_label("What is asked").fill("Address of its page")
    rows.nth(2).get_by_label("Kind").select_option("link")
    rows.nth(2).get_by_label("Must be filled in").uncheck()
    rows.nth(2).get_by_role("button", name="Move up").click()
    rows.nth(1).get_by_role("button", name="Move up").click()
    assert focused(desk) == "Move down field 1"
    # Removed and brought back.
    rows.nth(2).get_by_role("button", name="Remove").click()
    desk.locator(".rows-undo").get_by_role("button", name="Undo").click()
    preview = desk.locator("[data-question-preview]")
    preview.get_by_text("It does not say").wait_for()
    for size in SIZES:
        desk.set_viewport_size(size)
        found = Axe().run(desk)
        assert [(rule["id"], rule["nodes"][0]["target"]) for rule in found.response["violations"]] == []
        assert not desk.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    desk.get_by_role("button", name="Save and continue").click()
    desk.wait_for_url("**/instructions/")
    project.refresh_from_db()
    assert project.question["fields"] == [
        {"name": "address_of_its_page", "label": "Address of its page", "kind": "link", "required": False, "help": ""},
        {
            **before[0],
            "name": "is_open",
            "options": [*before[0]["options"], {"key": "It does not say", "label": "It does not say"}],
        },
        {**before[1], "when": {"field": "is_open", "is": ["Yes"]}},
    ]


def test_json_of_a_form_that_is_no_list_waits_to_be_put_right(desk: "Page", alice: User) -> None:
    project = create_project(owner=alice, kind="questionnaire", name="Shops")
    desk.goto(f"/p/{project.public_id}/question/")
    desk.locator(".field-row").first.wait_for()
    desk.get_by_text("The same as JSON").click()
    text = desk.locator("textarea[name=fields]")
    text.fill('[{"name": "a", "kind": "text"')
    desk.get_by_text("This is not a list of fields yet").wait_for()
    assert desk.locator(".field-row").first.is_hidden()
    text.fill('[{"name": "a", "kind": "text"}]')
    assert desk.locator(".field-row-title").all_inner_texts() == ["1. a"]
