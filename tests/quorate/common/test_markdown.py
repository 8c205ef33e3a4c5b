"""Markdown of requesters: what it may say on a page, and what it may not."""

import pytest

from quorate.common.markdown import render


def test_render_writes_headings_below_those_of_the_page() -> None:
    assert render("# One\n\n###### Six", top=3) == "<h3>One</h3>\n<h6>Six</h6>\n"


def test_render_writes_lists_tables_and_emphasis() -> None:
    assert render("1. **a**\n2. ~~b~~") == ("<ol>\n<li><strong>a</strong></li>\n<li><s>b</s></li>\n</ol>\n")
    assert render("|a|\n|:-:|\n|1|") == (
        "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n</tr>\n</tbody>\n</table>\n"
    )


def test_render_opens_links_apart_and_tells_them_nothing() -> None:
    assert render("[a](https://example.org/x)") == (
        '<p><a href="https://example.org/x" target="_blank" rel="noopener noreferrer nofollow">a</a></p>\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "![a](https://tracker.example/x.png)",
        '<a href="#" style="position:fixed">a</a>',
        "<iframe src=https://example.org></iframe>",
        "<svg/onload=alert(1)>",
        '[a](https://example.org "x\\" onmouseover=\\"alert(1)")',
        "|a|\n|:-:|\n|1|",
    ],
)
def test_render_lets_no_script_style_or_picture_through(text: str) -> None:
    from html.parser import HTMLParser

    class Seen(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.tags: set[str] = set()
            self.attributes: set[str] = set()
            self.addresses: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.tags.add(tag)
            self.attributes |= {name for name, _ in attrs}
            self.addresses += [value or "" for name, value in attrs if name == "href"]

    seen = Seen()
    seen.feed(render(text))
    assert not seen.tags & {"script", "img", "iframe", "svg", "style"}
    assert seen.attributes <= {"href", "title", "rel", "target"}
    assert all(address.startswith("https://") for address in seen.addresses)


@pytest.mark.parametrize("part", ["[", ">", "*a ", "- ", "![[]()", "|a", "<", "&", "\u202e", "\n\n#"])
def test_render_ends_on_hostile_text(part: str) -> None:
    assert isinstance(render(part * (20_000 // len(part))), str)
