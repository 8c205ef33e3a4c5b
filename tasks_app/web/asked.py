"""What an address asks for: texts and numbers of its query, made safe for a database to compare."""

from django.http import HttpRequest


def asked(request: HttpRequest, name: str, longest: int) -> str:
    """A text of the address's query, bounded, without the NUL that no database compares."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:longest]


def asked_row(request: HttpRequest, name: str) -> int | None:
    """A row id to page on from; None for none or nonsense."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
