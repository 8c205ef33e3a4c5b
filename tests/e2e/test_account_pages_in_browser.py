"""The pages that belong to no section, and what app.js does on every page, in a real browser."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from pytest_django.live_server_helper import LiveServer

from quorate.accounts import people
from quorate.accounts.models import ApiKey, User
from tests import factories

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route, ViewportSize

PASSWORD = "correct horse battery"
SIZES: "list[ViewportSize]" = [{"width": 1440, "height": 1000}, {"width": 390, "height": 844}]
Visit = Callable[[str], "Page"]


@pytest.fixture
def alice(transactional_db: None) -> User:
    """Alice without money: these pages know none."""
    return factories.make_user("alice", is_requester=True)


@pytest.fixture(
    params=[(theme, size) for theme in ("light", "dark") for size in SIZES], ids=lambda p: f"{p[0]}-{p[1]['width']}"
)
def look(request: pytest.FixtureRequest, browser: "Browser", live_server: LiveServer) -> "Iterator[Visit]":
    """Opens an address of the server in one theme and width."""
    theme, size = request.param
    context = browser.new_context(viewport=size, color_scheme=theme, reduced_motion="reduce", base_url=live_server.url)
    page = context.new_page()

    def visit(path: str) -> "Page":
        page.goto(path)
        page.wait_for_load_state("load")
        return page

    yield visit
    context.close()


def sign_in(page: "Page", user: User) -> None:
    page.goto("/sign-in/?next=/me/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/me/")


def assert_good(page: "Page") -> None:
    """No violation, no sideways scroll."""
    assert [(v["id"], [node["target"] for node in v["nodes"]]) for v in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


@pytest.fixture
def opened(browser: "Browser", live_server: LiveServer, alice: User) -> "Iterator[Page]":
    """Alice's settings, signed in."""
    context = browser.new_context(base_url=live_server.url, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    sign_in(page, alice)
    yield page
    context.close()


def test_pages_for_strangers_have_no_violation_in_any_theme_and_width(look: Visit, admin: User) -> None:
    _, token = people.invite(by=admin)
    for path in ("/", "/sign-in/", "/sign-up/", f"/invite/{token}/", "/invite/over/", "/nothing/here/"):
        assert_good(look(path))


def test_settings_have_no_violation_in_any_theme_and_width(look: Visit, alice: User) -> None:
    people.create_api_key(user=alice, name="nightly export with a rather long name that has to wrap somewhere")
    page = look("/")
    sign_in(page, alice)
    assert_good(page)
    page.locator(".topbar summary").click()
    assert_good(page)


def test_a_key_is_made_copied_and_revoked_only_after_asking(opened: "Page") -> None:
    opened.get_by_label("Name of the key").fill("nightly")
    opened.get_by_role("button", name="Make a key").click()
    text = opened.locator("#key-text").inner_text()
    opened.get_by_role("button", name="Copy").click()
    opened.locator(".toast", has_text="Copied.").wait_for()
    assert opened.evaluate("navigator.clipboard.readText()") == text
    revoke = opened.get_by_role("button", name="Revoke nightly")
    revoke.click()
    assert opened.evaluate("document.activeElement.textContent") == "Cancel"
    opened.keyboard.press("Escape")
    opened.locator("dialog[open]").wait_for(state="detached")
    assert ApiKey.objects.get().revoked_at is None
    revoke.click()
    opened.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    opened.locator(".badge", has_text="Revoked").wait_for()
    assert ApiKey.objects.get().revoked_at is not None


def test_the_theme_is_remembered_and_goes_round(opened: "Page") -> None:
    toggle = opened.locator("[data-theme-toggle]")
    seen = []
    for _ in range(3):
        toggle.click()
        opened.reload()
        seen.append(
            (opened.evaluate("document.documentElement.dataset.theme ?? null"), toggle.get_attribute("aria-label"))
        )
    assert seen == [("light", "Theme: light"), ("dark", "Theme: dark"), (None, "Theme: as the system")]


def test_a_form_is_sent_once_however_often_it_is_clicked(opened: "Page") -> None:
    opened.get_by_label("Name of the key").fill("nightly")
    opened.get_by_role("button", name="Make a key").dblclick(no_wait_after=True)
    opened.locator("#key-text").wait_for()
    assert ApiKey.objects.count() == 1


# --- Polled parts -----------------------------------------------------------------------------------------------------
PART = '<div id="live" hx-get="/polled/" hx-trigger="every 100ms" hx-swap="outerHTML"><b>{}</b><details><summary>x</summary>y</details></div>'


@pytest.fixture
def renewing(opened: "Page", alice: User) -> "Page":
    """A page that carries htmx; most do not."""
    opened.goto(f"/p/{factories.make_project(alice).public_id}/instructions/")
    return opened


class Polled:
    """Answers the polls of a part put into the page; `status` may be changed under way."""

    def __init__(self, page: "Page") -> None:
        self.page, self.count, self.status = page, 0, 200
        page.route("**/polled/", self.answer)
        page.evaluate(
            "html => { document.querySelector('main').innerHTML = html; htmx.process(document.querySelector('main')); }",
            PART.format(0),
        )

    def answer(self, route: "Route") -> None:
        self.count += 1
        route.fulfill(status=self.status, body=PART.format(self.count), content_type="text/html")

    def wait_for(self, more: int) -> None:
        self.page.wait_for_function(
            "least => Number(document.querySelector('#live b').textContent) >= least", arg=self.count + more
        )


def hide(page: "Page", *, hidden: bool) -> None:
    page.evaluate(
        "hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true}); document.dispatchEvent(new Event('visibilitychange')); }",
        hidden,
    )


def test_what_is_unfolded_in_a_polled_part_stays_unfolded(renewing: "Page") -> None:
    polled = Polled(renewing)
    # In one step: between finding the element and unfolding it, a poll may replace it.
    renewing.evaluate("() => { document.querySelector('#live details').open = true; }")
    polled.wait_for(2)
    assert renewing.evaluate("document.querySelector('#live details').open") is True


def test_polling_rests_while_hidden_and_is_caught_up_when_seen(renewing: "Page") -> None:
    polled = Polled(renewing)
    polled.wait_for(1)
    hide(renewing, hidden=True)
    # Five periods without a request: time is the very thing measured here.
    before = renewing.evaluate(
        "new Promise(done => setTimeout(() => done(document.querySelector('#live b').textContent), 100))"
    )
    after = renewing.evaluate(
        "new Promise(done => setTimeout(() => done(document.querySelector('#live b').textContent), 500))"
    )
    assert after == before
    hide(renewing, hidden=False)
    polled.wait_for(1)


def test_a_polled_part_that_fails_is_dimmed_without_a_toast(renewing: "Page") -> None:
    polled = Polled(renewing)
    polled.status = 503
    renewing.locator("#live.is-stale").wait_for()
    assert renewing.locator(".toast").count() == 0
    polled.status = 200
    renewing.locator("#live:not(.is-stale)").wait_for()
