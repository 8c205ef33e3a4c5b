"""What the tests stand on. A plugin loaded before Django's settings are read (`-p tests.plumbing` in pyproject.toml).

It gives each test process a data folder, a database and a Redis number of its own, says which tests need a database and
which a browser, and turns a skip into a failure where nothing may be left out. Fixtures about people, projects and
answers are in conftest.py.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings as hypothesis_settings

from scripts.services import find_chromium
from tests.running import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

ROOT = Path(__file__).resolve().parent.parent
REQUIRE_ALL = os.environ.get("QUORATE_REQUIRE_ALL") == "1"
HOME = Path(tempfile.mkdtemp(prefix="quorate-test-"))
KEPT = ("QUORATE_TEST_", "QUORATE_REQUIRE_ALL", "QUORATE_SHARED_DATA")
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "django_db_setup", "live_server"}
BROWSER_FIXTURES = {"browser", "page"}
# The one reason to leave a test out that is accepted everywhere: sample data that lie beside the checkout, not in it.
ABSENT_DATA = "shared data"
# Without these Chromium calls home at every start, which a closed network answers late or never.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
WIDE: "ViewportSize" = {"width": 1280, "height": 900}


def prepare_environment() -> None:
    """Settings come from the environment: nobody's own may reach a test, and each process has its own places."""
    for name in list(os.environ):
        if name.startswith("QUORATE_") and not name.startswith(KEPT):
            del os.environ[name]
    os.environ["QUORATE_DATA"] = str(HOME)
    (HOME / "static").mkdir()  # WhiteNoise warns where nothing was collected, and a warning is an error
    os.environ["SECRET_KEY"] = "a key for tests alone, as long as a key has to be: 0123456789"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker and os.environ.get("REDIS_URL"):
        # Numbered from 1: database 0 is for whatever runs outside the workers.
        os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rsplit('/', 1)[0]}/{int(worker.removeprefix('gw')) + 1}"


prepare_environment()
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
# Chance stays out of a run that decides about a change; at the desk each run tries something new.
hypothesis_settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis_settings.register_profile("desk", deadline=None)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "desk")


# --- Which tests run --------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--part",
        choices=["all", "unit", "database", "browser"],
        default="all",
        help="unit: tests that need no database; database: those that do; browser: those that drive Chromium",
    )


def pytest_configure(config: pytest.Config) -> None:
    for line in (
        "database: uses a database by other means than pytest-django, such as processes of its own",
        "browser: drives Chromium by other means than the fixtures `browser` and `page`",
        "long: takes over ten seconds; begun before the others",
        "sqlite_only: about SQLite or the embedded mode; left out of the run on PostgreSQL",
        "postgres_only: about PostgreSQL or Redis; left out of the run on SQLite",
    ):
        config.addinivalue_line("markers", line)

    config.pluginmanager.import_plugin(
        "tests.plumbing_database"
    )  # now: after pytest-django, a fixture of which it replaces


def part_of(item: pytest.Item) -> str:
    """unit, database or browser."""
    fixtures = set(getattr(item, "fixturenames", ()))
    if item.get_closest_marker("browser") or fixtures & BROWSER_FIXTURES:
        return "browser"
    marked = any(item.get_closest_marker(name) for name in ("database", "django_db", "sqlite_only", "postgres_only"))
    return "database" if marked or fixtures & DATABASE_FIXTURES else "unit"


def wanted(item: pytest.Item, part: str) -> bool:
    """Whether the test belongs to this run. One for the other database does not; it has its place in the other part."""
    other = "sqlite_only" if os.environ.get("DATABASE_URL") else "postgres_only"
    return part in {"all", part_of(item)} and not item.get_closest_marker(other)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    part = config.getoption("--part")
    left_out = [item for item in items if not wanted(item, part)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if wanted(item, part)]
    # Those that take long begin first, so that no test process is left alone with one at the end.
    items.sort(key=lambda item: not item.get_closest_marker("long"))


# --- Nothing left out -------------------------------------------------------------------------------------------------


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Where QUORATE_REQUIRE_ALL=1, makes a failure of a skip, unless it is for want of the shared data."""
    if not REQUIRE_ALL or not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if ABSENT_DATA not in reason:
        report.outcome = "failed"
        report.longrepr = f"Nothing may be left out of this run, and this test was. {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    report: pytest.TestReport = yield  # type: ignore[assignment]
    refuse_skip(report)
    return report  # type: ignore[return-value]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    report: pytest.CollectReport = yield  # type: ignore[assignment]
    refuse_skip(report)
    return report  # type: ignore[return-value]


# --- Data beside the checkout -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of sample data beside the checkout (or QUORATE_SHARED_DATA); without it the test is left out."""
    place = Path(os.environ.get("QUORATE_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not place.is_dir():
        pytest.skip(f"{ABSENT_DATA}: no folder {place}")
    return place


# --- Browser ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Chromium, without a window, started once for each test process."""
    from playwright.sync_api import sync_playwright

    program = find_chromium()
    if not program:
        pytest.skip("Chromium is not installed")
    # Playwright's loop runs in this very thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS, timeout=PATIENCE * 1000)
        make_patient(running)
        yield running
        running.close()


def make_patient(browser: "Browser") -> None:
    """Contexts of this browser wait for what a test expects as long as a slow machine may need, not Playwright's 30 s."""
    make = browser.new_context

    def new_context(**options: Any) -> "BrowserContext":
        context = make(**options)
        context.set_default_timeout(PATIENCE * 1000)
        return context

    browser.new_context = new_context  # type: ignore[method-assign]


@pytest.fixture
def page_problems() -> list[str]:
    """What went wrong inside `page`: uncaught errors and refusals of the content security policy.

    Must be empty at the end; a test that provokes one takes it out.
    """
    return []


@pytest.fixture
def page(browser: "Browser", page_problems: list[str]) -> "Iterator[Page]":
    """A page in a context of its own (no cookies, no storage), 1280 × 900. Problems of the page fail the test."""
    context = browser.new_context(viewport=WIDE)
    context.on("weberror", lambda error: page_problems.append(f"uncaught: {error.error}"))
    context.on(
        "console",
        lambda message: page_problems.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield context.new_page()
    context.close()
    assert page_problems == []
