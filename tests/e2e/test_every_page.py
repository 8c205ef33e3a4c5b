"""Every page of a running Quorate with demo content and answers: accessible, within its policy, its width and its weight.

Each page is opened once with an empty cache (that is what it weighs) and then looked at in both sizes and both themes.
"""

import functools
import gzip
import html
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.running import PATIENCE, Quorate, clean_environment, quorate

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, StorageState, ViewportSize

SIZES: "list[ViewportSize]" = [{"width": 1440, "height": 1000}, {"width": 390, "height": 844}]
# What a page may weigh and fetch, the page itself among it.
KILOBYTES, REQUESTS = 80, 10
# The goal for pictures is 25 as well; it is not reached yet (docs/front-end.md).
KILOBYTES_OF = {"/work/{texts_pool}/do/": 25, "/work/{cracks_pool}/do/": 30, "/work/{cells_pool}/do/": 40}
AXE = Axe().axe_script  # half a megabyte: into each page once
# What depends on the theme. Everything else is the same in both and looked for in one.
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
# Not every element that is in order: on long tables that is most of the work.
BRIEF = {"resultTypes": ["violations"]}

NOBODY = ["/", "/sign-in/", "/sign-up/", "/invite/no-such-invitation/", "/no-such-page/", "/api/v1/docs/"]
REQUESTER = [
    "/projects/",
    "/projects/?q=nothing",
    "/projects/new/",
    "/money/",
    "/me/",
    "/no-such-page/",
    "/control/",
    *[
        f"/p/{{draft}}/{page}"
        for page in ("", "question/", "instructions/", "items/", "price/", "launch/", "live/", "results/")
    ],
    *[f"/p/{{texts}}/{page}" for page in ("", "question/", "instructions/", "items/", "price/", "launch/")],
    "/p/{texts}/known-answers/",
    "/p/{texts}/who/",
    "/p/{texts}/training/",
    "/p/{texts}/crowd/",
    "/p/{cells}/crowd/",
    "/p/{texts}/disagree/",
    "/p/{cells}/disagree/",
    "/p/{texts}/review/",
    "/p/{texts}/review/?only=accepted",
    "/p/{texts}/quality/?try=results",
    "/skills/",
    "/p/{draft}/known-answers/",
    "/p/{cells}/try/",
    *[f"/p/{{texts}}/{page}" for page in ("live/", "results/", "export/", "money/", "history/", "settings/")],
    "/p/{texts}/items/{texts_task}/",
    "/p/{texts}/results/{texts_task}/",
    "/p/{cells}/results/",
    "/p/{cells}/results/{cells_task}/",
]
WORKER = [
    "/work/",
    "/work/answers/",
    "/work/earnings/",
    "/work/skills/",
    "/work/notices/",
    "/work/{texts_pool}/",
    "/work/{texts_pool}/do/",
    "/work/{texts_pool}/learn/",
    "/work/{cells_pool}/",
    "/work/{cells_pool}/do/",
    "/work/{cracks_pool}/do/",
    "/me/",
    "/projects/",
]
ADMIN = [
    *[
        f"/control/{page}"
        for page in (
            *("", "projects/", "workers/", "crowd/", "disputes/", "pairs/"),
            *("people/", "money/", "log/", "settings/"),
        )
    ],
    "/control/projects/{texts}/alike/",
    "/control/workers/{person}/",
    "/control/people/{person}/",
]
# Two halves of like size, each in one test process: a Quorate with its answers is started once for each half.
PAGES = [
    pytest.param(role, path, id=f"{role}-{path}", marks=pytest.mark.xdist_group(f"pages {half}"))
    for half, role, paths in (
        (1, "requester", REQUESTER),
        (2, "nobody", NOBODY),
        (2, "worker", WORKER),
        (2, "admin", ADMIN),
    )
    for path in paths
]
# What pages that say no answer with; everything else is 200. The admin's pages are nobody else's business.
STATUS = {"/no-such-page/": 404, "/sign-up/": 404, "/invite/no-such-invitation/": 404, "/control/": 404}


@dataclass(frozen=True)
class Place:
    """A running Quorate, who is signed in how, and the ids that the paths name."""

    url: str
    sessions: "dict[str, StorageState | None]"
    ids: dict[str, str]


def signed_in(url: str, email: str, password: str) -> httpx.Client:
    client = httpx.Client(base_url=url, follow_redirects=True, trust_env=False, timeout=PATIENCE)
    submit(client, "/sign-in/", email=email, password=password)
    return client


def submit(client: httpx.Client, page: str, *, to: str = "", **fields: str) -> httpx.Response:
    """Sends a form of a page as a browser does, to that page or another."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(page).text)
    assert token is not None, page
    return client.post(to or page, data={"csrfmiddlewaretoken": token.group(1), **fields}).raise_for_status()


def session_of(client: httpx.Client) -> "StorageState":
    cookies: list[Any] = [
        {"name": one.name, "value": one.value, "domain": one.domain, "path": one.path, "expires": -1}
        | {"httpOnly": False, "secure": False, "sameSite": "Lax"}
        for one in client.cookies.jar
    ]
    return {"cookies": cookies, "origins": []}


def crowd(running: Quorate) -> None:
    """Four people answer for some seconds, so that there is something to see."""
    options = ["--workers", "4", "--mix", "hammer=.75,spammer=.25", "--rate", "12", "--minutes", "0.1"]
    command = [sys.executable, "-m", "quorate", "crowd", "--project", "all", "--url", running.url, *options]
    subprocess.run(command, env=running.environment, check=True, capture_output=True)


def offer_training(requester: httpx.Client, project: str) -> None:
    """A training of one item, so that there is something to learn."""
    shown = requester.get(f"/p/{project}/results/?sort=-confidence").text
    item = re.findall(rf'/p/{project}/results/([^/"?]+)/', shown)[0]
    here, form = f"/p/{project}/results/{item}/", r'name="value" value="([^"]+)"'
    value = html.unescape(find(requester, here, form))
    submit(requester, here, to=f"/p/{project}/known-answers/{item}/", value=value, kind="training")
    settings = {"enabled": "on", "feedback": "1", "questions": "1", "pass_mark": "80", "retry_hours": "0"}
    submit(requester, f"/p/{project}/training/", **settings)


def find(client: httpx.Client, page: str, pattern: str) -> str:
    found = re.search(pattern, client.get(page).text)
    assert found is not None, (page, pattern)
    return found.group(1)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    data = tmp_path_factory.mktemp("every-page")
    with quorate(clean_environment(data), "--demo") as running, ExitStack() as clients:
        lines = Path(data / "first-passwords.txt").read_text().splitlines()
        passwords = dict(line.split() for line in lines if line.strip())
        people = {
            email.split("@")[0]: clients.enter_context(closing(signed_in(running.url, email, word)))
            for email, word in passwords.items()
        }
        requester, worker, admin = people["requester"], people["worker"], people["admin"]
        crowd(running)
        ids = {}
        for name, title in (
            ("texts", "Messages to a repair shop"),
            ("cells", "Cells in a blood smear"),
            ("cracks", "Cracks in solar cells"),
        ):
            ids[name] = find(requester, "/projects/", rf'href="/p/([^/"]+)/[^"]*"[^>]*>\s*{title}')
            ids[f"{name}_task"] = find(requester, f"/p/{ids[name]}/results/", rf'/p/{ids[name]}/results/([^/"?]+)/')
            ids[f"{name}_pool"] = find(worker, "/work/", rf'href="/work/([^/"]+)/"[^>]*>\s*{title}')
        offer_training(requester, ids["texts"])
        made = submit(requester, "/projects/new/", name="Draft", kind="image_classification")
        ids["draft"] = made.url.path.split("/")[2]
        ids["person"] = find(admin, "/control/workers/", r'href="/control/workers/([^/"]+)/"')
        sessions: dict[str, StorageState | None] = {role: session_of(client) for role, client in people.items()}
        yield Place(running.url, {**sessions, "nobody": None}, ids)


def settled(page: "Page", path: str) -> None:
    """Returns when what the page's scripts put there is there."""
    page.wait_for_load_state("networkidle")
    if path.endswith("/do/"):
        page.locator(".tool").wait_for()


def weight(page: "Page", html: bytes) -> tuple[float, int]:
    """Kilobytes as gzip sends them and number of files, the page itself among them.

    Polls and the requester's photos are left out: they are what the page is about, not the page. The browser itself is
    sent something smaller than gzip where it can read it.
    """
    fetched: list[str] = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    files = [
        name for name in fetched if not re.search(r"/media/|/numbers/|/live/$|/api/v1/|/prepared/|/imports/$", name)
    ]
    return (len(gzip.compress(html, 6)) + sum(map(sent, files))) / 1024, len(files) + 1


@functools.cache
def sent(address: str) -> int:
    """Bytes of the body over the wire."""
    with httpx.stream("GET", address, headers={"Accept-Encoding": "gzip"}, trust_env=False) as reply:
        return sum(len(part) for part in reply.iter_raw())


def faults(page: "Page", rules: dict[str, Any]) -> list[str]:
    """Rules of axe (which is in the page) that it breaks, and whether it scrolls sideways; with its colours at rest."""
    # Not waited for: one in a closed <details> never runs.
    page.evaluate(
        "document.getAnimations().filter((one) => one instanceof CSSTransition).forEach((one) => one.finish())"
    )
    broken = page.evaluate("async (options) => (await axe.run(options)).violations", {**BRIEF, **rules})
    found = [f"{rule['id']} at {rule['nodes'][0]['target']}" for rule in broken]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*found, "scrolls sideways"] if wide else found


@pytest.mark.parametrize(("role", "path"), PAGES)
def test_a_page_is_accessible_within_policy_width_and_weight(
    browser: "Browser", place: Place, role: str, path: str
) -> None:
    wrong: list[str] = []
    context = browser.new_context(base_url=place.url, viewport=SIZES[0], storage_state=place.sessions[role])
    context.on("weberror", lambda error: wrong.append(f"uncaught: {error.error}"))
    context.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
    page = context.new_page()
    reply = page.goto(path.format(**place.ids))
    assert reply is not None
    assert reply.status == 200 if role == "admin" else STATUS.get(path, 200)
    settled(page, path)
    kilobytes, requests = weight(page, reply.body())
    if kilobytes > KILOBYTES_OF.get(path, KILOBYTES):
        wrong.append(f"{kilobytes:.1f} KB")
    if requests > REQUESTS:
        wrong.append(f"{requests} requests")
    page.evaluate(AXE)
    for size in SIZES:
        page.set_viewport_size(size)
        for scheme, rules in (("light", {}), ("dark", CONTRAST)):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            wrong += [f"{size['width']} {scheme}: {fault}" for fault in faults(page, rules)]
    context.close()
    assert wrong == []
