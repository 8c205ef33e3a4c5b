"""What modules call their own things, asked of a real browser: modules share a scope where a page is served whole."""

from pathlib import Path

from playwright.sync_api import Page

from quorate.common.modules import read_module
from quorate.common.one_scope import OF_THE_WINDOW, own_names
from tests.e2e.pages import ROOT

JS = ROOT / "static" / "js"


def names_of(path: Path) -> set[str]:
    return own_names(read_module(path.name, path.read_text()))


def test_the_names_that_every_window_has_are_known(page: Page) -> None:
    ours = set[str]().union(*(names_of(path) for path in JS.rglob("*.js") if "vendor" not in path.parts))
    assert {"mount", "createStage"} <= ours
    assert set(page.evaluate("names => names.filter((name) => name in window)", sorted(ours))) == OF_THE_WINDOW
