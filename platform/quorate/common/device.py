"""What somebody holds in their hands, as far as their browser says: for work that is meant for one or the other."""

from collections.abc import Mapping

HANDHELD = ("mobi", "android", "iphone", "ipad")


def device_of(headers: Mapping[str, str]) -> str:
    """Tell "phone" (tablets as well) from "desktop"; "" for what is no browser, such as a program with an API key."""
    if headers.get("Sec-CH-UA-Mobile") == "?1":
        return "phone"
    said = headers.get("User-Agent", "")[:500].lower()
    if any(word in said for word in HANDHELD):
        return "phone"
    return "desktop" if said.startswith("mozilla/") else ""
