"""`{% load reference %}`: what the page of the API needs to say things."""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

TICKED = re.compile(r"`([^`]+)`")


@register.filter
def ticked(text: str) -> SafeString:
    """The text with what stands between backticks as code."""
    parts = TICKED.split(text)
    return format_html_join(
        "", "{}{}", ((plain, code(word)) for plain, word in zip(parts[::2], [*parts[1::2], ""], strict=True))
    )


def code(word: str) -> SafeString:
    return format_html("<code>{}</code>", word) if word else SafeString("")
