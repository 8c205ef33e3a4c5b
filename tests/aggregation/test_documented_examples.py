"""What the pages about aggregation show is what comes out: their Python and console examples are run."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from aggregation.cli import main
from aggregation.methods import METHODS

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [DOCS / "aggregation.md", *sorted((DOCS / "aggregation").glob("*.md"))]
COMMAND = "python -m aggregation "
LIKE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def blocks(page: Path, language: str) -> list[tuple[int, str]]:
    """First line and text of the fenced blocks of `language`."""
    text = page.read_text()
    found = re.finditer(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [(text.count("\n", 0, match.start(1)), match[1]) for match in found]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_python_examples_give_what_they_show(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    told: list[str] = []
    for line, text in blocks(page, "python"):
        assert ">>> " in text, f"{page.name}:{line}: an example without >>> is not run"
        examples = doctest.DocTestParser().get_doctest(text, names, page.name, str(page), line)
        runner = doctest.DocTestRunner(optionflags=LIKE)
        runner.run(examples, out=told.append, clear_globs=False)
        names = examples.globs
    assert "".join(told) == ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_console_examples_print_what_they_show(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    check = doctest.OutputChecker()
    for line, text in blocks(page, "console"):
        for call in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, wanted = call.partition("\n")
            assert command.startswith(COMMAND), f"{page.name}:{line}: {command} is not run"
            code = main(shlex.split(command.removeprefix(COMMAND), comments=True))
            captured = capsys.readouterr()
            got = captured.out + captured.err
            assert check.check_output(wanted, got, LIKE), f"{page.name}:{line}: {command} (exit {code}):\n{got}"


def test_every_method_has_its_section_with_an_example() -> None:
    missing = []
    for name, method in METHODS.items():
        file, _, anchor = method.page.partition("#")
        sections = re.split(r"^## ", (DOCS / "aggregation" / file).read_text(), flags=re.MULTILINE)[1:]
        mine = [section for section in sections if slug(section.partition("\n")[0]) == anchor]
        if not any("```python" in section or "```console" in section for section in mine):
            missing.append(f"{name}: {method.page}")
    assert missing == []


def slug(title: str) -> str:
    """Anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


def method_table() -> str:
    rows = [
        f"| `{name}` | [{method.title}](aggregation/{method.page}) | {method.source} |"
        for name, method in METHODS.items()
    ]
    return "\n".join(["| name | method | source |", "|---|---|---|", *rows])


def test_the_table_of_methods_is_that_of_the_list() -> None:
    shown = re.search(r"<!-- methods -->\n(.*)\n<!-- /methods -->", (DOCS / "aggregation.md").read_text(), re.DOTALL)
    assert shown is not None
    assert shown[1].strip() == method_table()
