"""Markdown written by requesters, as HTML that is safe on every page."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

# Raw HTML is text; the sanitiser behind it is the second wall, not the first.
_PARSER = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
# No pictures: the policy of every page forbids other hosts, and a picture would tell them who reads.
_TAGS = {
    *("p", "br", "hr", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "s", "a"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}


# A millisecond or more of work, for a text that every worker of a project is shown at every page.
@lru_cache(maxsize=256)
def render(text: str, *, top: int = 2) -> SafeString:
    """HTML of Markdown: no scripts, no styles, no pictures, links to http(s) and mail only, which open apart.

    `top` is the level that a "#" heading gets, so that it fits under the headings of its page.
    """
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + top - 1)}"
        elif token.type in {"th_open", "td_open"}:
            token.attrs.pop("style", None)  # alignment comes as an inline style, which the policy refuses
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return mark_safe(clean)  # noqa: S308 - cleaned one line above
