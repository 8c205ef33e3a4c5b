"""What holds for all templates, stylesheets and scripts: nothing inline, nothing unknown, readable in both themes."""

import hashlib
import re
from pathlib import Path

import pytest
from django.template import engines

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SHEETS = sorted((STATIC / "css").rglob("*.css"))
TOKENS = [STATIC / "css" / "parts" / name for name in ("tokens.css", "chart_tokens.css")]
INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "script with a body": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=.application/json.)[^>]*>", re.IGNORECASE),
    "style element": re.compile(r"<style", re.IGNORECASE),
    "address with data or script": re.compile(
        r"""(?:href|src|action)\s*=\s*["']\s*(?:data|javascript):""", re.IGNORECASE
    ),
    "address elsewhere": re.compile(
        r"""<(?:script|link|img|iframe)[^>]*(?:src|href)\s*=\s*["'](?:https?:)?//""", re.IGNORECASE
    ),
}
# htmx configured without eval refuses these; better told here than by silence in a browser.
NO_EVAL = re.compile(r"""\shx-on|hx-(?:vals|headers)\s*=\s*["']js:|hx-trigger\s*=\s*["'][^"']*\[""")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_compiles_and_holds_nothing_inline(path: Path) -> None:
    source = path.read_text()
    engines["django"].from_string(source)
    # A conditional attribute is a tag inside a tag: without template tags, what is left is HTML.
    html = re.sub(r"\{%.*?%\}|\{#.*?#\}", "", source)
    assert [name for name, pattern in INLINE.items() if pattern.search(html)] == []
    assert NO_EVAL.search(html) is None


def test_the_rules_above_find_what_they_look_for() -> None:
    samples = {
        "style attribute": '<p class="a" style="x">',
        "event handler": '<a href="#" onclick="x()">',
        "script with a body": "<script>x()</script>",
        "style element": "<style>p{}</style>",
        "address with data or script": '<a href="javascript:x()">',
        "address elsewhere": '<script src="//cdn.example/x.js"></script>',
    }
    assert {
        name: [rule for rule, pattern in INLINE.items() if pattern.search(html)] for name, html in samples.items()
    } == {name: [name] for name in samples}


def test_vendored_files_are_those_of_the_table() -> None:
    readme = (STATIC / "vendor" / "README.md").read_text()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in readme.splitlines() if line.startswith("|")
    ][2:]
    told = {row[0]: row[-1] for row in rows}
    there = {
        str(path.relative_to(STATIC / "vendor")): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (STATIC / "vendor").rglob("*")
        if path.is_file() and path.name != "README.md"
    }
    assert there == told
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", row[2]) and row[4] for row in rows)


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: str(path.relative_to(STATIC)))
def test_sheet_names_only_tokens_that_exist(path: Path) -> None:
    known = set(re.findall(r"(--[\w-]+)\s*:", "".join(sheet.read_text() for sheet in SHEETS)))
    # Values that are data are set by scripts, through the CSSOM.
    scripts = "".join(script.read_text() for script in (STATIC / "js").rglob("*.js"))
    known |= set(re.findall(r"""setProperty\(["'](--[\w-]+)""", scripts))
    used = set(re.findall(r"var\((--[\w-]+)\s*\)", path.read_text()))
    assert sorted(used - known) == []


@pytest.mark.parametrize(
    "path", [sheet for sheet in SHEETS if sheet not in TOKENS], ids=lambda path: str(path.relative_to(STATIC))
)
def test_colours_are_written_in_tokens_alone(path: Path) -> None:
    # What is printed is on white paper, whatever the theme.
    source = path.read_text().split("@media print", maxsplit=1)[0]
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{};]*\{)", source) == []
    assert re.findall(r"url\(\s*[\"']?(?:data|https?):", source) == []


# --- Contrast ---------------------------------------------------------------------------------------------------------
PAIRS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)", "".join(sheet.read_text() for sheet in TOKENS)
    )
}
SURFACES = ["bg", "surface", "surface-sunken", "surface-raised", "surface-hover", "surface-selected"]
TONES = ["success", "warning", "danger", "info"]


def luminance(color: str) -> float:
    """WCAG 2.2, relative luminance."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


READABLE = [
    *[
        (text, surface, 4.5)
        for text in ("text", "text-soft", "text-muted", "accent", "accent-hover")
        for surface in SURFACES
    ],
    *[
        (tone, surface, 4.5)
        for tone in TONES
        for surface in ("bg", "surface", "surface-raised", "surface-hover", f"{tone}-soft")
    ],
    *[("text", f"{tone}-soft", 4.5) for tone in TONES],
    *[("text", "neutral-soft", 4.5), ("text-soft", "neutral-soft", 4.5), ("accent", "accent-soft", 4.5)],
    *[("line-control", surface, 3.0) for surface in SURFACES],
    *[("focus", surface, 3.0) for surface in SURFACES],
    *[(f"series-{number}", "surface", 3.0) for number in range(1, 7)],
    *[("text", f"heat-{step}", 4.5) for step in range(5)],
    *[("heat-text-strong", f"heat-{step}", 4.5) for step in range(5, 9)],
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), READABLE)
def test_tokens_contrast(front: str, back: str, least: float, theme: int) -> None:
    assert contrast(PAIRS[front][theme], PAIRS[back][theme]) >= least


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("solid", ["accent-solid", "accent-solid-hover", "danger-solid", "danger-solid-hover"])
def test_white_text_on_solid_colours_contrasts(solid: str, theme: int) -> None:
    assert contrast("#ffffff", PAIRS[solid][theme]) >= 4.5
