"""The work page in a real browser: nothing a worker did is lost or done twice, whatever happens to page and network."""

import io
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from pytest_django.live_server_helper import LiveServer

from quorate.accounts.models import User
from tasks_app.domain import publishing, quality
from tasks_app.domain.consensus import aggregate_project
from tasks_app.enums import AssignmentState
from tasks_app.models import Answer, Assignment, Pool, Report, Slot
from tests import factories
from tests.running import PATIENCE
from tests.wiping import wipe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize

SIZES: "list[ViewportSize]" = [{"width": 1440, "height": 1000}, {"width": 390, "height": 844}]
SUBMIT = "**/api/v1/assignments/*/submit/"


@pytest.fixture(autouse=True)
def wiped(transactional_db: None) -> Iterator[None]:
    """What the server committed is gone before the next test."""
    yield
    wipe()


@pytest.fixture
def pool(alice: User) -> Pool:
    """Texts, one a page."""
    return factories.make_open_pool(alice, tasks=12, overlap_min=1, overlap_max=3)


def sign_in(context: "BrowserContext", user: User) -> "Page":
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    return page


@pytest.fixture
def context(browser: "Browser", live_server: LiveServer) -> "Iterator[BrowserContext]":
    """A browser of a worker's own; scripts of its pages must not fail."""
    made = browser.new_context(base_url=live_server.url, viewport=SIZES[0])
    failures: list[str] = []
    made.on("weberror", lambda error: failures.append(str(error.error)))
    yield made
    made.close()
    assert failures == []


@pytest.fixture
def work(context: "BrowserContext", worker: User, pool: Pool) -> "Page":
    """Willa at work."""
    page = sign_in(context, worker)
    begin(page, pool)
    return page


def begin(page: "Page", pool: Pool) -> None:
    page.goto(f"/work/{pool.public_id}/do/")
    page.locator(".tool").wait_for()


def text_of(page: "Page") -> str:
    return page.locator(".reading-text").inner_text()


def answer(page: "Page", key: str) -> None:
    """Answer by one key; returns when the next text is there."""
    before = text_of(page)
    page.keyboard.press(key)
    page.wait_for_function("before => document.querySelector('.reading-text')?.innerText !== before", arg=before)


def eventually(page: "Page", fact: Callable[[], bool]) -> None:
    """Waits, with the page running, until `fact` holds."""
    deadline = time.monotonic() + PATIENCE
    while not fact():
        assert time.monotonic() < deadline, "It never came to be."
        page.wait_for_timeout(100)


def given(worker: User) -> list[str]:
    """What the worker said, in the order it was said."""
    return [row.value["class"] for row in Answer.objects.filter(worker=worker).order_by("assignment__pk", "pk")]


def send_now(page: "Page") -> None:
    """Ends the time in which the last answer may be taken back, as leaving the page does."""
    page.goto("/work/answers/")


def test_one_key_answers_and_the_next_task_is_there(work: "Page", worker: User) -> None:
    for key in "121":
        answer(work, key)
    send_now(work)
    eventually(work, lambda: len(given(worker)) == 3)
    assert given(worker) == ["cat", "dog", "cat"]


def test_an_answer_is_taken_back_and_given_anew(work: "Page", worker: User) -> None:
    first = text_of(work)
    answer(work, "1")
    second = text_of(work)
    work.keyboard.press("u")
    work.wait_for_function("text => document.querySelector('.reading-text')?.innerText === text", arg=first)
    assert work.locator(".choice[aria-pressed=true]").inner_text().split() == ["1", "Cat"]
    answer(work, "2")
    assert text_of(work) == second
    send_now(work)
    eventually(work, lambda: given(worker) == ["dog"])


def test_without_network_answers_wait_and_go_off_once(work: "Page", worker: User) -> None:
    eventually(work, lambda: Assignment.objects.filter(worker=worker).count() == 3)
    work.context.set_offline(True)
    answer(work, "1")
    answer(work, "2")
    work.get_by_text("kept in this browser and sent").wait_for()
    assert given(worker) == []
    work.context.set_offline(False)
    eventually(work, lambda: given(worker) == ["cat", "dog"])
    work.get_by_text("No connection").wait_for(state="detached")


def test_an_answer_whose_receipt_is_lost_counts_once(work: "Page", worker: User) -> None:
    lost: list[int] = []

    def lose_the_first(route: "Route") -> None:
        response = route.fetch()
        if lost:
            route.fulfill(response=response)
        else:
            lost.append(response.status)
            route.abort()

    work.route(SUBMIT, lose_the_first)
    answer(work, "1")
    answer(work, "2")
    eventually(work, lambda: given(worker) == ["cat", "dog"])
    assert lost == [200]
    work.get_by_text("Saved", exact=True).wait_for()
    assert Answer.objects.count() == 2


def test_a_reload_at_the_moment_of_the_answer_loses_nothing(work: "Page", worker: User) -> None:
    for count in range(1, 4):
        work.keyboard.press("1")
        work.reload()
        work.locator(".tool").wait_for()
        eventually(work, lambda count=count: len(given(worker)) == count)
    assert Answer.objects.count() == 3


def test_leaving_gives_back_what_was_taken_ahead(work: "Page", worker: User) -> None:
    active = Assignment.objects.filter(worker=worker, state=AssignmentState.ACTIVE)
    eventually(work, lambda: active.count() == 3)
    shown = text_of(work)
    send_now(work)
    eventually(work, lambda: active.count() == 1)
    assert Slot.objects.filter(worker=worker).count() == 1
    work.go_back()
    work.locator(".tool").wait_for()
    assert text_of(work) == shown
    eventually(work, lambda: active.count() == 3)


def test_a_reload_whose_giving_back_is_lost_gives_back_again(work: "Page", worker: User) -> None:
    active = Assignment.objects.filter(worker=worker, state=AssignmentState.ACTIVE)
    eventually(work, lambda: active.count() == 3)
    ahead = set(active.order_by("pk").values_list("public_id", flat=True)[1:])
    shown, lost = text_of(work), []

    def lose(route: "Route") -> None:
        lost.append(route.request.url)
        route.abort()

    work.context.route("**/return/", lose, times=2)
    work.reload()
    work.locator(".tool").wait_for()
    assert text_of(work) == shown
    returned = Assignment.objects.filter(public_id__in=ahead, state=AssignmentState.RETURNED)
    eventually(work, lambda: returned.count() == 2)
    eventually(work, lambda: active.count() == 3)


def test_a_double_click_answers_one_task(work: "Page", worker: User) -> None:
    work.locator(".choice").first.dblclick()
    send_now(work)
    eventually(work, lambda: given(worker) == ["cat"])


def test_a_box_drawn_by_keyboard_survives_a_reload_and_is_handed_in(
    context: "BrowserContext", worker: User, alice: User
) -> None:
    pool = factories.make_open_pool(alice, kind="bounding_box", tasks=2)
    page = sign_in(context, worker)
    data = io.BytesIO()
    Image.new("RGB", (640, 480), "grey").save(data, "PNG")
    page.route("**/media/**", lambda route: route.fulfill(body=data.getvalue(), content_type="image/png"))
    begin(page, pool)
    for key in ("Enter", *["Shift+ArrowRight"] * 3, *["Shift+ArrowDown"] * 2, "Enter"):
        page.keyboard.press(key)
    page.get_by_text("Boxes: 1").wait_for()
    page.reload()
    page.get_by_text("Boxes: 1").wait_for()
    page.keyboard.press("Control+Enter")
    page.get_by_text("Boxes: 0").wait_for()
    send_now(page)
    eventually(page, lambda: Answer.objects.filter(worker=worker).count() == 1)
    (box,) = Answer.objects.get().value["boxes"]
    assert (box["class"], box["x2"] > box["x1"], box["y2"] > box["y1"]) == ("cat", True, True)


def test_an_empty_picture_is_asked_about_once(context: "BrowserContext", worker: User, alice: User) -> None:
    pool = factories.make_open_pool(alice, kind="bounding_box", tasks=1)
    page = sign_in(context, worker)
    data = io.BytesIO()
    Image.new("RGB", (640, 480), "grey").save(data, "PNG")
    page.route("**/media/**", lambda route: route.fulfill(body=data.getvalue(), content_type="image/png"))
    begin(page, pool)
    page.keyboard.press("Control+Enter")
    page.get_by_text("Is there really nothing to mark? Press Submit again if so.").wait_for()
    page.keyboard.press("Control+Enter")
    page.get_by_role("heading", name="No tasks for you just now").wait_for()
    send_now(page)
    eventually(page, lambda: [row.value for row in Answer.objects.all()] == [{"boxes": []}])


def test_skip_and_give_back_free_the_places(work: "Page", worker: User) -> None:
    before = text_of(work)
    work.keyboard.press("s")
    work.wait_for_function("before => document.querySelector('.reading-text')?.innerText !== before", arg=before)
    eventually(work, lambda: Slot.objects.filter(release_reason__startswith="skipped").count() == 1)
    work.get_by_label("More").click()
    work.get_by_role("button", name="Give this page back").click()
    work.get_by_role("dialog").get_by_role("button", name="Give back").click()
    eventually(work, lambda: Assignment.objects.filter(state=AssignmentState.RETURNED).count() == 2)
    work.locator(".tool").wait_for()


def test_a_broken_item_is_reported_and_skipped(work: "Page", worker: User) -> None:
    before = text_of(work)
    work.get_by_label("More").click()
    work.get_by_role("button", name="Report a problem").click()
    dialog = work.get_by_role("dialog", name="What is wrong?")
    dialog.get_by_label("The item is broken").check()
    assert dialog.get_by_label("Skip this task").is_checked()
    assert Axe().run(work).response["violations"] == []
    dialog.get_by_label("In your words").fill("It is cut off.")
    dialog.get_by_role("button", name="Tell the requester").click()
    work.wait_for_function("before => document.querySelector('.reading-text')?.innerText !== before", arg=before)
    eventually(work, lambda: list(Report.objects.values_list("about", "text")) == [("item", "It is cut off.")])
    eventually(work, lambda: Slot.objects.filter(release_reason__startswith="skipped").count() == 1)


def test_signals_go_with_the_answer(work: "Page", worker: User) -> None:
    answer(work, "1")
    send_now(work)
    eventually(work, lambda: len(given(worker)) == 1)
    signals = Answer.objects.get().signals
    assert signals is not None
    assert (signals["changes"], signals["pastes"]) == (1, 0)


def test_a_second_tab_waits_until_it_is_told_to_take_over(work: "Page", pool: Pool) -> None:
    other = work.context.new_page()
    other.goto(f"/work/{pool.public_id}/do/")
    other.get_by_text("This task is open in another tab").wait_for()
    other.get_by_role("button", name="Work here instead").click()
    other.locator(".tool").wait_for()
    work.get_by_text("This task is open in another tab").wait_for()


def test_pages_of_several_tasks_go_back_and_pay_once_complete(
    context: "BrowserContext", worker: User, alice: User
) -> None:
    pool = factories.make_open_pool(alice, tasks=3, tasks_per_assignment=3)
    page = sign_in(context, worker)
    begin(page, pool)
    answer(page, "1")
    answer(page, "1")
    assert page.locator("[data-progress-text]").inner_text() == "3 of 3"
    page.keyboard.press("Backspace")
    page.get_by_text("2 of 3", exact=True).wait_for()
    answer(page, "2")
    page.keyboard.press("1")
    page.get_by_text("Page handed in").wait_for()
    assert page.locator("[data-earned-text]").inner_text() == "$0.05"
    send_now(page)
    eventually(page, lambda: given(worker) == ["cat", "dog", "cat"])


def test_all_pictures_of_a_page_stand_side_by_side_and_are_handed_in_at_once(
    context: "BrowserContext", worker: User, alice: User
) -> None:
    pool = factories.make_open_pool(alice, kind="image_grid", tasks=7, tasks_per_assignment=7)
    page = sign_in(context, worker)
    data = io.BytesIO()
    Image.new("RGB", (640, 480), "grey").save(data, "PNG")
    page.route("**/media/**", lambda route: route.fulfill(body=data.getvalue(), content_type="image/png"))
    begin(page, pool)
    tiles = page.locator(".grid-tile")
    assert tiles.count() == 7
    assert page.locator("[data-progress]").is_hidden()
    # By key: the second one, then what it is of the third; by click: the last.
    for key in ("ArrowRight", " ", "ArrowRight", "1"):
        page.keyboard.press(key)
    tiles.last.click()
    page.get_by_text("3 of 7 selected").wait_for()
    page.reload()
    page.get_by_text("3 of 7 selected").wait_for()
    tiles.nth(2).click()
    tiles.nth(4).focus()
    skipped = page.locator(".grid-tile[tabindex='0']")
    assert skipped.get_attribute("aria-label") == "Picture 5 of 7: Cat"
    page.keyboard.press("s")
    page.get_by_text("2 of 6 selected").wait_for()
    for size in SIZES:
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Control+Enter")
    page.get_by_role("heading", name="No tasks for you just now").wait_for()
    send_now(page)
    eventually(page, lambda: sorted(given(worker)) == ["cat"] * 2 + ["dog"] * 4)
    seconds = [row.seconds for row in Answer.objects.filter(worker=worker)]
    assert max(seconds) - min(seconds) < 0.01


def test_a_mask_survives_a_reload_is_handed_in_and_lies_on_the_results_page(
    context: "BrowserContext", worker: User, alice: User
) -> None:
    pool = factories.make_open_pool(alice, kind="mask", tasks=1, overlap_min=1)
    page = sign_in(context, worker)
    data = io.BytesIO()
    Image.new("RGB", (640, 480), "grey").save(data, "PNG")
    context.route("**/media/**", lambda route: route.fulfill(body=data.getvalue(), content_type="image/png"))
    begin(page, pool)
    page.keyboard.press("2")
    page.keyboard.press("ArrowRight")
    page.keyboard.down(" ")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.up(" ")
    painted = page.get_by_label("What is painted").get_by_text("Dog")
    painted.wait_for()
    page.reload()
    painted.wait_for()
    page.keyboard.press("Control+Enter")
    page.get_by_role("heading", name="No tasks for you just now").wait_for()
    send_now(page)
    eventually(page, lambda: Answer.objects.filter(worker=worker).exists())
    ((mask,),) = [row.value["masks"] for row in Answer.objects.all()]
    assert (mask["class"], mask["size"]) == ("dog", [480, 640])
    aggregate_project(pool.project_id)
    context.clear_cookies()
    page = sign_in(context, alice)
    task = pool.tasks.get()
    page.goto(f"/p/{pool.project.public_id}/results/{task.public_id}/")
    page.locator("[data-answers-view][data-ready] .mask-canvas").first.wait_for(state="attached")
    shown = "(all) => all.map((one) => [one.width, one.getContext('2d').getImageData(320, 240, 1, 1).data[3] > 0])"
    assert [640, True] in page.locator(".mask-canvas").evaluate_all(shown)
    assert Axe().run(page).response["violations"] == []


def test_time_running_out_is_said_and_the_next_task_offered(
    context: "BrowserContext", worker: User, alice: User
) -> None:
    pool = factories.make_open_pool(alice, tasks=6, assignment_seconds=600)
    page = sign_in(context, worker)
    page.clock.install()
    begin(page, pool)
    page.clock.fast_forward(601_000)
    page.get_by_text("The time for this page ran out").wait_for()
    Assignment.objects.update(state=AssignmentState.EXPIRED)
    page.get_by_role("button", name="Next task").click()
    page.locator(".tool").wait_for()


def test_a_paused_pool_is_waited_for(work: "Page", pool: Pool, alice: User, worker: User) -> None:
    eventually(work, lambda: Assignment.objects.filter(worker=worker).count() == 3)
    publishing.pause(pool=pool, actor=alice)
    for key in "11":
        answer(work, key)
    work.keyboard.press("1")
    work.get_by_role("heading", name="Paused").wait_for()
    publishing.resume(pool=pool, actor=alice)
    work.locator(".tool").wait_for()


def test_being_signed_out_keeps_the_answers(work: "Page", worker: User) -> None:
    work.context.clear_cookies(name="sessionid")
    answer(work, "1")
    work.get_by_text("You are signed out. An answer is kept").wait_for()
    sign_in(work.context, worker)
    work.reload()
    eventually(work, lambda: given(worker) == ["cat"])


def test_a_banned_worker_learns_it_at_the_next_task(work: "Page", worker: User, admin: User) -> None:
    eventually(work, lambda: Assignment.objects.filter(worker=worker).count() == 3)
    quality.ban_worker(worker=worker, actor=admin, reason="Because")
    work.keyboard.press("1")
    work.reload()
    work.get_by_role("heading", name="Your account takes no new work").wait_for()
    assert Answer.objects.filter(counts=True).count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=["wide", "narrow"])
def test_pages_are_accessible_and_fit(
    browser: "Browser",
    live_server: LiveServer,
    worker: User,
    pool: Pool,
    size: "ViewportSize",
    scheme: str,
) -> None:
    admin = factories.make_user("ada", is_admin=True)
    factories.answer(worker, pool)
    quality.pause_worker(worker=factories.make_user("wim"), actor=admin, reason="Because")
    context = browser.new_context(base_url=live_server.url, viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    page = sign_in(context, worker)
    work = f"/work/{pool.public_id}/"
    found = {}
    for path in ("/work/", work, f"{work}do/", "/work/answers/", "/work/earnings/"):
        found[path] = faults(page, path)
    page = sign_in(browser.new_context(base_url=live_server.url, viewport=size, color_scheme=scheme), admin)  # type: ignore[arg-type]
    people = (f"workers/{worker.public_id}/", f"people/{worker.public_id}/")
    for path in ("", "projects/", "workers/", "people/", "money/", "log/", "settings/", *people):
        found[path] = faults(page, f"/control/{path}")
    page.context.close()
    context.close()
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def faults(page: "Page", path: str) -> list[str]:
    """Rules of axe the page breaks, and whether it scrolls sideways."""
    page.goto(path)
    if path.endswith("/do/"):
        page.locator(".tool").wait_for()
    broken = [str(rule["id"]) for rule in Axe().run(page).response["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*broken, "scrolls sideways"] if wide else broken


def test_the_picture_takes_most_of_the_page(context: "BrowserContext", worker: User, alice: User) -> None:
    pool = factories.make_open_pool(alice, kind="image_classification")
    page = sign_in(context, worker)
    begin(page, pool)
    box = page.locator(".stage").bounding_box()
    assert box is not None
    assert box["width"] * box["height"] / (1440 * 1000) >= 0.6
