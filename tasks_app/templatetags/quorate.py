"""What templates may call: how money, shares, durations, times, states and people are written. `{% load quorate %}`."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django import template
from django.http import QueryDict
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from quorate.common import money as amounts
from tasks_app.web import icons

register = template.Library()

NOTHING = "–"
THIN = "\u202f"  # narrow no-break space between a number and its unit
COLOR = re.compile(r"#[0-9a-fA-F]{6}")

# state → (tone, shape, words). The same state looks the same on every page.
STATES: dict[str, tuple[str, str, str]] = {
    "draft": ("neutral", "dashed", "Draft"),
    "open": ("neutral", "ring", "Open"),
    "pool:open": ("success", "play", "Live"),
    "live": ("success", "play", "Live"),
    "paused": ("warning", "pause", "Paused"),
    "closed": ("neutral", "square", "Closed"),
    "settled": ("success", "check", "Settled"),
    "contested": ("warning", "diamond", "Contested"),
    "active": ("info", "half", "In work"),
    "submitted": ("info", "dot", "Submitted"),
    "accepted": ("success", "check", "Accepted"),
    "rejected": ("danger", "cross", "Rejected"),
    "returned": ("neutral", "back", "Returned"),
    "expired": ("neutral", "slash", "Expired"),
    "banned": ("danger", "slash", "Banned"),
    "uploading": ("info", "half", "Uploading"),
    "running": ("info", "half", "Running"),
    "done": ("success", "check", "Done"),
    "failed": ("danger", "cross", "Failed"),
    "ok": ("success", "check", "OK"),
    "late": ("warning", "triangle", "Late"),
    "down": ("danger", "cross", "Down"),
    "revoked": ("neutral", "slash", "Revoked"),
    "used": ("success", "check", "Used"),
    "gold": ("accent", "diamond", "Known answer"),
    "training": ("accent", "triangle", "Training"),
}


# --- Numbers ----------------------------------------------------------------------------------------------------------
@register.filter
def money(micro: int | str | None) -> str:
    """Micro-units of the instance's currency as people write it: 50_000 → "$0.05"; None → "–"."""
    if micro is None or micro == "":  # "" is what a template passes for a missing variable
        return NOTHING
    return amounts.written(int(micro))


@register.filter
def percent(value: float | str | None, digits: int = 0) -> str:
    """A share from 0 to 1: 0.874 → "87 %". Never rounds what is short of 1 up to 100 %, nor what is above 0 down to 0 %."""
    if value is None or value == "":
        return NOTHING
    share = float(value) * 100
    text = f"{share:.{digits}f}"
    smallest = 10.0**-digits
    if share < 100 and float(text) >= 100:
        return f">{THIN}{100 - smallest:.{digits}f}{THIN}%"
    if share > 0 and float(text) <= 0:
        return f"<{THIN}{smallest:.{digits}f}{THIN}%"
    return f"{text}{THIN}%"


@register.filter
def number(value: float | str | None, digits: int | None = None) -> str:
    """Thousands parted by commas; `digits` decimals, by default none for whole numbers and two for others. None → "–"."""
    if value is None or value == "":
        return NOTHING
    places = digits if digits is not None else (0 if float(value).is_integer() else 2)
    return f"{float(value):,.{places}f}" if places or isinstance(value, float) else f"{int(value):,}"


@register.filter
def duration(seconds: float | str | None) -> str:
    """Seconds as at most two units: 3.24 → "3.2 s", 200 → "3 min 20 s", 9000 → "2 h 30 min", 200000 → "2 d 7 h"."""
    if seconds is None or seconds == "":
        return NOTHING
    total = float(seconds)
    if total < 10:
        return f"{total:.1f}".removesuffix(".0") + f"{THIN}s"
    left = round(total)
    units = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
    for position, (size, name) in enumerate(units):
        if left >= size or size == 1:
            text = f"{left // size}{THIN}{name}"
            smaller, smaller_name = units[position + 1] if position + 1 < len(units) else (1, "")
            rest = left % size // smaller
            return f"{text} {rest}{THIN}{smaller_name}" if rest and smaller_name else text
    raise AssertionError  # the last unit always matches


# --- Times ------------------------------------------------------------------------------------------------------------
@register.filter
def length_of(milliseconds: float | str | None) -> str:
    """The length of a sound or film as players write it: 3:07, 1:02:09; nothing where it is unknown."""
    if not milliseconds:
        return ""
    minutes, seconds = divmod(round(float(milliseconds) / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def spoken_distance(then: datetime, now: datetime) -> str:
    """In words: "just now", "5 min ago", "in 2 h"; one unit, rounded down; what app.js writes too when it refreshes the page."""
    seconds = (now - then).total_seconds()
    size = abs(seconds)
    if size < 45:
        return "just now" if seconds >= 0 else "in a moment"
    for limit, unit, name in ((3_600, 60, "min"), (86_400, 3_600, "h"), (30 * 86_400, 86_400, "d")):
        if size < limit:
            text = f"{max(1, int(size // unit))} {name}"
            return f"{text} ago" if seconds >= 0 else f"in {text}"
    return then.strftime("%Y-%m-%d")


@register.simple_tag
def ago(then: datetime | None) -> SafeString | str:
    """A moment relative to now, exact on hover and for machines; app.js keeps it true while the page is open."""
    if then is None:
        return NOTHING
    moment = then.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC" data-relative>{}</time>',
        moment.isoformat(timespec="seconds"),
        moment.strftime("%Y-%m-%d %H:%M:%S"),
        spoken_distance(moment, timezone.now()),
    )


@register.simple_tag
def moment(then: datetime | None) -> SafeString | str:
    """A moment as date and minute in UTC; app.js shows it in the reader's own zone."""
    if then is None:
        return NOTHING
    point = then.astimezone(UTC)
    return format_html(
        '<time datetime="{}" data-local>{} UTC</time>',
        point.isoformat(timespec="seconds"),
        point.strftime("%Y-%m-%d %H:%M"),
    )


# --- Signs ------------------------------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, label: str = "", css: str = "icon") -> SafeString:
    """An inline SVG icon of tasks_app/web/icons.py."""
    return icons.icon(name, label=label, css=css)


@register.simple_tag
def badge(state: str, label: str = "", kind: str = "") -> SafeString:
    """A state as text, shape and colour; an unknown one is shown plainly under its own name.

    `kind` tells states of one name apart: a task that is open waits, a pool that is open is live.
    """
    plain = ("neutral", "ring", str(state).replace("_", " ").capitalize())
    tone, shape, words = STATES.get(f"{kind}:{state}") or STATES.get(str(state), plain)
    return format_html('<span class="badge badge-{}">{}{}</span>', tone, icons.shape(shape), label or words)


@register.simple_tag
def swatch(color: str) -> SafeString:
    """A class's colour, always beside its name. Anything but #rrggbb is shown as grey."""
    fill = color if COLOR.fullmatch(str(color)) else "#999999"
    return format_html(
        '<svg class="swatch" viewBox="0 0 14 14" aria-hidden="true"><rect width="14" height="14" rx="3" fill="{}"/></svg>',
        fill,
    )


def initials(name: str) -> str:
    """First letters of the first and last word: "Ada Byron Lovelace" → "AL"; "?" for none."""
    words = [word for word in re.split(r"[\s@._-]+", name) if word]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.simple_tag
def avatar(name: str, css: str = "") -> SafeString:
    """A person's initials in a disc; hidden from assistive technology, the name stands beside it."""
    return format_html('<span class="avatar {}" aria-hidden="true">{}</span>', css, initials(str(name)))


# --- Addresses --------------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def section(context: Context) -> str:
    """Which part of the site this page belongs to: requester, work, control or nothing. Decided by its address."""
    path = context["request"].path if "request" in context else ""
    prefixes = {"requester": ("/projects/", "/p/"), "work": ("/work/",), "control": ("/control/",)}
    return next((name for name, starts in prefixes.items() if path.startswith(starts)), "")


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The page's own query string with some parameters changed; None or "" drops one: `{% query page=2 sort=None %}`."""
    params: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            params.pop(name, None)
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}" if params else "?"


@register.simple_tag(takes_context=True)
def sort_th(context: Context, key: str, label: str, css: str = "") -> SafeString:
    """A heading that sorts by `?sort=key`, or by `?sort=-key` when that is on already; back to the first page."""
    current = context["request"].GET.get("sort", "")
    state = {key: "ascending", f"-{key}": "descending"}.get(current, "none")
    address = query(context, sort=f"-{key}" if state == "ascending" else key, page=None, cursor=None)
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}"><a class="sort" href="{}">{}</a></th>', css, state, address, label
    )


@register.filter(name="json")
def as_json(value: Any) -> str:
    """A value as JSON text, for a form's hidden field."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@register.filter
def get(mapping: dict[Any, Any] | None, key: Any) -> Any:
    """`mapping[key]`, None where either is missing: for tables whose columns are data."""
    return None if mapping is None else mapping.get(key)


@register.filter
def sentence(parts: Iterable[Any]) -> str:
    """Parts as words of one sentence: "a", "a and b", "a, b and c"."""
    words = [str(part) for part in parts]
    return words[0] if len(words) == 1 else " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
