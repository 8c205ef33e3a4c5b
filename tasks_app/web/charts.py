"""Charts as server-rendered SVG: pure functions from numbers to a figure with a title, a description and a table twin.

Colours come from CSS classes, so that a chart follows the theme; sizes are SVG attributes, so that no inline style is needed.
Every text that comes from outside is escaped. Coordinates are in a plane 480 wide that the page scales down.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tasks_app.web.chart_frame import (
    Form,
    HeatWords,
    Plane,
    Value,
    as_number,
    coord,
    figure,
    legend_of,
    moment_text,
    nice_ticks,
    plain,
    round_top,
    series_tone,
    shorten,
    time_ticks,
)

HEAT_STEPS = 8


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a stacked bar. `tone`: "1".."6", "success", "warning", "danger", "accent" or "rest"."""

    label: str
    value: float
    tone: str


@dataclass(frozen=True, slots=True)
class Series:
    """A named line; points in ascending x."""

    label: str
    points: Sequence[tuple[Value, float]]


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a scatter plot; `size` ≥ 0 grows its area; `low`/`high` draw an interval around y."""

    x: float
    y: float
    label: str
    size: float = 1.0
    low: float | None = None
    high: float | None = None
    tone: str = "1"


def as_percent(value: float) -> str:
    """0.874 → "87 %"; one decimal where it says more (0.9412 → "94.1 %")."""
    return f"{value * 100:.1f}".removesuffix(".0") + "\u202f%"


# --- Progress ---------------------------------------------------------------------------------------------------------
def stacked(
    parts: Sequence[Part], *, label: str, total: float | None = None, noun: str = "", large: bool = True
) -> SafeString:
    """A bar in parts with its legend, which carries all the numbers. `total` above the sum leaves a rest, named "to go"."""
    filled = sum(part.value for part in parts)
    whole = max(total or 0, filled)
    rest = whole - filled
    shown = [*parts, *([Part("to go", rest, "rest")] if rest > 0 else [])]
    legend = format_html_join(
        "",
        '<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="fill-{}" width="10" height="10" rx="2"/></svg><b>{}</b> {}</li>',
        ((part.tone, plain(part.value), part.label) for part in shown),
    )
    words = ", ".join(f"{plain(part.value)} {part.label}" for part in shown)
    return format_html(
        '<div class="progress">{}<ul class="legend">{}</ul></div>',
        _bar(shown, whole, f"{label}: {words}{' of ' + plain(whole) + ' ' + noun if noun else ''}", large=large),
        legend,
    )


def meter(done: float, total: float, *, label: str, tone: str = "accent", large: bool = False) -> SafeString:
    """One bar without legend, for cards and table cells; put the numbers beside it. An empty total draws an empty bar."""
    text = f"{label}: {plain(done)} of {plain(total)}"
    return _bar([Part("done", min(done, total), tone)], total, text, large=large)


def _bar(parts: Iterable[Part], whole: float, title: str, *, large: bool) -> SafeString:
    rects: list[tuple[str, str, str]] = []
    left = 0.0
    for part in parts:
        width = 100 * part.value / whole if whole > 0 else 0.0
        if width > 0:
            rects.append((part.tone, coord(left), coord(width)))
        left += width
    return format_html(
        '<svg class="bar{}" viewBox="0 0 100 8" preserveAspectRatio="none" role="img"><title>{}</title>'
        '<rect class="fill-rest" width="100" height="8"/>{}</svg>',
        " bar-large" if large else "",
        title,
        format_html_join("", '<rect class="fill-{}" x="{}" width="{}" height="8"/>', rects),
    )


# --- Bars -------------------------------------------------------------------------------------------------------------
def bars(
    title: str,
    data: Sequence[tuple[str, float]],
    *,
    x: str,
    y: str,
    form: Form = plain,
    tone: str = "1",
    marker: tuple[float, str] | None = None,
) -> SafeString:
    """A bar chart or histogram: (label, height ≥ 0) from left to right.

    `marker` is (position, words): a vertical line at that many bars from the left edge, such as a threshold between two bins.
    """
    plane = Plane(0, max(1, len(data)), 0, round_top(value for _, value in data))
    step = plane.width / max(1, len(data))
    gap = min(step * 0.25, 10)
    marks = format_html_join(
        "",
        '<rect class="fill-{}" x="{}" y="{}" width="{}" height="{}" rx="1.5"><title>{}: {}</title></rect>',
        (
            (
                tone,
                coord(plane.x(i) + gap / 2),
                coord(plane.y(v)),
                coord(step - gap),
                coord(plane.bottom - plane.y(v)),
                name,
                form(v),
            )
            for i, (name, v) in enumerate(data)
        ),
    )
    every = max(1, math.ceil(len(data) / 8))
    labels = [(plane.x(i + 0.5), name) for i, (name, _) in enumerate(data) if i % every == 0]
    highest = max(data, key=lambda pair: pair[1], default=None)
    says = f"Highest: {highest[0]} with {form(highest[1])}." if highest and highest[1] > 0 else "Nothing to show yet."
    body = format_html("{}{}{}", plane.axes(x_labels=labels, form=form, x=x, y=y), marks, _marker(plane, marker))
    return figure(title, f"Bar chart of {y} by {x}. {says}", body, plane.size, [x, y], [(n, form(v)) for n, v in data])


def _marker(plane: "Plane", marker: tuple[float, str] | None) -> SafeString:
    if marker is None:
        return SafeString("")
    place = plane.x(marker[0])
    late = place > plane.left + plane.width / 2
    return format_html(
        '<line class="marker" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/><text class="value" x="{3}" y="{4}" text-anchor="{5}">{6}</text>',
        coord(place),
        plane.top,
        plane.bottom,
        coord(place + (-5 if late else 5)),
        plane.top + 9,
        "end" if late else "start",
        marker[1],
    )


# --- Lines ------------------------------------------------------------------------------------------------------------
def line(
    title: str,
    series: Sequence[Series],
    *,
    x: str,
    y: str,
    form: Form = plain,
    x_form: Form = plain,
    low: float = 0.0,
    high: float | None = None,
) -> SafeString:
    """Lines over a number or over time (aware datetimes, shown in UTC). y runs from `low` to `high` or to a round number."""
    points = [(as_number(at), value) for one in series for at, value in one.points]
    timed = any(isinstance(at, datetime) for one in series for at, _ in one.points)
    first, last = min((p[0] for p in points), default=0.0), max((p[0] for p in points), default=1.0)
    plane = Plane(
        first, last if last > first else first + 1, low, high if high is not None else round_top(p[1] for p in points)
    )
    ticks = time_ticks(first, last) if timed else [(t, x_form(t)) for t in nice_ticks(first, last)]
    drawn = format_html_join("", "{}", ((_path(plane, one, number),) for number, one in enumerate(series)))
    body = format_html(
        "{}{}", plane.axes(x_labels=[(plane.x(t), text) for t, text in ticks], form=form, x=x, y=y), drawn
    )
    rows = [(one.label, moment_text(at, x_form), form(value)) for one in series for at, value in one.points]
    latest = "; ".join(f"{one.label} ends at {form(one.points[-1][1])}" for one in series if one.points)
    legend = (
        legend_of([(one.label, series_tone(number)) for number, one in enumerate(series)])
        if len(series) > 1
        else SafeString("")
    )
    says = f"{latest}." if latest else "Nothing to show yet."
    return figure(title, f"Line chart of {y} over {x}. {says}", body, plane.size, ["Line", x, y], rows, legend)


def _path(plane: "Plane", one: Series, number: int) -> SafeString:
    places = [(plane.x(as_number(at)), plane.y(value)) for at, value in one.points]
    if len(places) == 1:  # a line of one point would be invisible
        return format_html(
            '<circle class="dot fill-{}" cx="{}" cy="{}" r="3.5"/>',
            series_tone(number),
            coord(places[0][0]),
            coord(places[0][1]),
        )
    way = " ".join(f"{coord(left)},{coord(top)}" for left, top in places)
    return format_html(
        '<polyline class="line stroke-{}" points="{}"><title>{}</title></polyline>', series_tone(number), way, one.label
    )


def sparkline(values: Sequence[float], *, label: str, form: Form = plain, tone: str = "1") -> SafeString:
    """A small line for a table cell; its title says first, last, least and most."""
    if not values:
        return format_html('<span class="muted">{}</span>', "–")
    least, most = min(values), max(values)
    span = (most - least) or 1.0
    step = 96 / max(1, len(values) - 1)
    way = " ".join(f"{coord(2 + i * step)},{coord(22 - 20 * (value - least) / span)}" for i, value in enumerate(values))
    says = f"{label}: from {form(values[0])} to {form(values[-1])}, least {form(least)}, most {form(most)}"
    return format_html(
        '<svg class="sparkline" viewBox="0 0 100 24" preserveAspectRatio="none" role="img"><title>{}</title>'
        '<polyline class="line stroke-{}" points="{}" vector-effect="non-scaling-stroke"/></svg>',
        says,
        tone,
        way,
    )


# --- Heat map ---------------------------------------------------------------------------------------------------------
def heat_map(
    title: str,
    labels: Sequence[str],
    rows: Sequence[Sequence[float]],
    *,
    supports: Sequence[float] | None = None,
    words: HeatWords = HeatWords(),  # noqa: B008 - it is frozen
) -> SafeString:
    """A confusion matrix: row = true class, column = what was answered, each row summing to 1 (or to 0: never seen).

    Percentages stand inside the cells up to 20 classes, above that only in titles and table. `supports`: answers per true class.
    """
    count = len(labels)
    cell = 46 if count <= 8 else 34 if count <= 20 else 16
    side, head = 112, 78
    cells = format_html_join(
        "",
        "{}",
        (
            (_cell(labels, (i, j), value, (side + j * cell, head + i * cell), cell, words.cell),)
            for i, row in enumerate(rows)
            for j, value in enumerate(row)
        ),
    )
    names = format_html_join(
        "",
        '<text class="value" x="{}" y="{}" text-anchor="end"><title>{}</title>{}</text>',
        ((side - 6, coord(head + (i + 0.5) * cell + 4), name, shorten(name, 16)) for i, name in enumerate(labels)),
    )
    columns = format_html_join(
        "",
        '<text class="value" transform="translate({} {}) rotate(-40)"><title>{}</title>{}</text>',
        ((coord(side + (j + 0.5) * cell), head - 6, name, shorten(name, 14)) for j, name in enumerate(labels)),
    )
    hits = [row[i] for i, row in enumerate(rows) if any(row)]
    says = f"On average {as_percent(sum(hits) / len(hits))} {words.hit}." if hits else "Nothing to show yet."
    twin = [
        (
            name,
            *([plain(round(supports[i], 1))] if supports else []),
            *(as_percent(v) if any(row) else "–" for v in row),
        )
        for i, (name, row) in enumerate(zip(labels, rows, strict=True))
    ]
    size = (side + count * cell + 60, head + count * cell + 8)
    head_row = [words.head, *(["Answers"] if supports else []), *(f"{words.column} {name}" for name in labels)]
    # One over the other: side by side the second would run into the first column's name.
    axis = format_html(
        '<text x="2" y="{}">{} →</text><text x="2" y="{}">{} ↓</text>', head - 26, words.column, head - 8, words.row
    )
    body = format_html("{}{}{}{}", axis, names, columns, cells)
    return figure(title, f"{words.figure} {says}", body, size, head_row, twin, fixed=True)


def _cell(
    labels: Sequence[str], place: tuple[int, int], value: float, corner: tuple[int, int], size: int, words: str
) -> SafeString:
    (row, column), (left, top) = place, corner
    step = min(HEAT_STEPS, max(0, math.ceil(value * HEAT_STEPS - 1e-9)))
    text = SafeString("")
    if size > 20:
        text = format_html(
            '<text class="{}" x="{}" y="{}" text-anchor="middle">{}</text>',
            "heat-text-strong" if step >= 5 else "heat-text",
            coord(left + size / 2),
            coord(top + size / 2 + 4),
            f"{value * 100:.0f}" if value >= 0.005 else "·",
        )
    frame = SafeString("")
    if row == column:
        frame = format_html(
            '<rect class="heat-diagonal" x="{}" y="{}" width="{}" height="{}" rx="2"/>',
            left + 2,
            top + 2,
            size - 4,
            size - 4,
        )
    return format_html(
        '<g><title>{} {} {}: {}</title><rect class="heat-cell heat-{}" x="{}" y="{}" width="{}" height="{}" rx="3"/>{}{}</g>',
        labels[row],
        words,
        labels[column],
        as_percent(value),
        step,
        left,
        top,
        size,
        size,
        frame,
        text,
    )


# --- Scatter ----------------------------------------------------------------------------------------------------------
def scatter(
    title: str,
    dots: Sequence[Dot],
    *,
    x: str,
    y: str,
    x_form: Form = plain,
    form: Form = plain,
    low: float = 0.0,
    high: float | None = None,
) -> SafeString:
    """Points with an area by `size` and an interval where given. x starts at 0."""
    plane = Plane(
        0, round_top(dot.x for dot in dots), low, high if high is not None else round_top(dot.y for dot in dots)
    )
    biggest = max((dot.size for dot in dots), default=1.0) or 1.0
    ticks = [(plane.x(t), x_form(t)) for t in nice_ticks(0, plane.x_high)]
    marks = format_html_join("", "{}", ((_dot(plane, dot, biggest, x_form, form),) for dot in dots))
    body = format_html("{}{}", plane.axes(x_labels=ticks, form=form, x=x, y=y), marks)
    rows = [(dot.label, x_form(dot.x), form(dot.y), _interval(dot, form), plain(dot.size)) for dot in dots]
    says = f"{len(dots)} points." if dots else "Nothing to show yet."
    return figure(
        title, f"Scatter plot of {y} by {x}. {says}", body, plane.size, ["Name", x, y, "Interval", "Size"], rows
    )


def _interval(dot: Dot, form: Form) -> str:
    return "–" if dot.low is None or dot.high is None else f"{form(dot.low)} to {form(dot.high)}"


def _dot(plane: "Plane", dot: Dot, biggest: float, x_form: Form, form: Form) -> SafeString:
    left, top = plane.x(dot.x), plane.y(dot.y)
    whisker = SafeString("")
    if dot.low is not None and dot.high is not None:
        whisker = format_html(
            '<line class="whisker stroke-{0}" x1="{1}" x2="{1}" y1="{2}" y2="{3}"/>',
            dot.tone,
            coord(left),
            coord(plane.y(dot.low)),
            coord(plane.y(dot.high)),
        )
    return format_html(
        '{}<circle class="dot fill-{}" cx="{}" cy="{}" r="{}"><title>{}: {}, {}</title></circle>',
        whisker,
        dot.tone,
        coord(left),
        coord(top),
        coord(3.5 + 5 * math.sqrt(max(0.0, dot.size) / biggest)),
        dot.label,
        x_form(dot.x),
        form(dot.y),
    )
