"""What every chart stands on: the plane with its axes, the figure with its table twin, round numbers, short texts."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH = 480
SERIES = 6  # --series-1 … --series-6; a seventh line starts again and is told apart by its table
Value = float | datetime
Form = Callable[[float], str]


def plain(value: float) -> str:
    """12480 → "12,480"; 0.25 → "0.25"; at most three decimals."""
    return f"{value:,.3f}".rstrip("0").rstrip(".")


# --- The plane, the figure --------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class HeatWords:
    """What the rows and columns of a heat map are called."""

    row: str = "true"
    column: str = "answered"
    head: str = "True class"
    figure: str = "Confusion heat map, row is the true class."
    hit: str = "of a class is answered rightly"
    cell: str = "answered as"


@dataclass(frozen=True, slots=True)
class Plane:
    """Data coordinates to places on the drawing. Values outside are drawn on the border."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float
    left: int = 52
    top: int = 28
    width: int = WIDTH - 52 - 14
    height: int = 180

    @property
    def bottom(self) -> int:
        return self.top + self.height

    @property
    def size(self) -> tuple[int, int]:
        return WIDTH, self.bottom + 40

    def x(self, value: float) -> float:
        share = (value - self.x_low) / ((self.x_high - self.x_low) or 1)
        return self.left + self.width * min(1.0, max(0.0, share))

    def y(self, value: float) -> float:
        share = (value - self.y_low) / ((self.y_high - self.y_low) or 1)
        return self.bottom - self.height * min(1.0, max(0.0, share))

    def axes(self, *, x_labels: Sequence[tuple[float, str]], form: Form, x: str, y: str) -> SafeString:
        """Grid, tick texts, axis names."""
        right = self.left + self.width
        grid = format_html_join(
            "",
            '<line class="grid-line" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
            (
                (self.left, right, coord(self.y(t)), coord(self.y(t)), self.left - 6, coord(self.y(t) + 4), form(t))
                for t in nice_ticks(self.y_low, self.y_high)
            ),
        )
        below = format_html_join(
            "",
            '<text x="{}" y="{}" text-anchor="middle">{}</text>',
            ((coord(place), self.bottom + 16, text) for place, text in x_labels),
        )
        return format_html(
            '{0}{1}<line class="axis" x1="{2}" x2="{3}" y1="{4}" y2="{4}"/>'
            '<text x="{3}" y="{5}" text-anchor="end">{6}</text><text x="2" y="11">{7}</text>',
            grid,
            below,
            self.left,
            right,
            self.bottom,
            self.bottom + 34,
            x,
            y,
        )


def figure(
    title: str,
    description: str,
    body: SafeString,
    size: tuple[int, int],
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    legend: SafeString = SafeString(""),  # noqa: B008 — an empty text, immutable
    *,
    fixed: bool = False,
) -> SafeString:
    """The drawing under its heading, its legend, and the same numbers as a table. `fixed` keeps the size and scrolls instead."""
    return format_html(
        '<figure class="chart"><figcaption>{0}</figcaption><div class="chart-frame"{1}><svg class="chart-svg{2}" viewBox="0 0 {3} {4}"{5} role="img">'
        "<title>{0}</title><desc>{6}</desc>{7}</svg></div>{8}{9}</figure>",
        title,
        format_html(' tabindex="0" role="region" aria-label="{}"', title) if fixed else "",
        " chart-fixed" if fixed else "",
        *size,
        format_html(' width="{}" height="{}"', *size) if fixed else "",
        description,
        body,
        legend,
        _twin(title, head, rows),
    )


def _twin(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> SafeString:
    heads = format_html_join(
        "",
        '<th scope="col"{}>{}</th>',
        ((SafeString(' class="num"') if i else "", text) for i, text in enumerate(head)),
    )
    lines = format_html_join("", "<tr>{}</tr>", ((_row(row),) for row in rows))
    return format_html(
        '<details class="disclosure chart-table"><summary>As a table</summary>'
        '<div class="table-wrap" tabindex="0" role="region" aria-label="{}, table"><table class="table table-compact">'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div></details>",
        title,
        heads,
        lines,
    )


def _row(row: Sequence[str]) -> SafeString:
    first, *others = row
    cells = format_html_join("", '<td class="num">{}</td>', ((text,) for text in others))
    return format_html('<th scope="row">{}</th>{}', first, cells)


def legend_of(entries: Iterable[tuple[str, str]]) -> SafeString:
    items = format_html_join(
        "",
        '<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="fill-{}" width="10" height="10" rx="2"/></svg>{}</li>',
        ((tone, label) for label, tone in entries),
    )
    return format_html('<ul class="legend">{}</ul>', items)


# --- Numbers ----------------------------------------------------------------------------------------------------------
def nice_ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round numbers (1, 2, 2.5 or 5 times a power of ten) from `low` to `high`, about `count` steps apart."""
    if not high > low:
        return [low]
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * (1 - 1e-9))
    start = math.ceil(low / step - 1e-9)
    return [round(i * step, 10) for i in range(start, math.floor(high / step + 1e-9) + 1)]


def round_top(values: Iterable[float]) -> float:
    """The round number at or above the largest value; 1 for none."""
    most = max(values, default=0.0)
    if most <= 0:
        return 1.0
    ticks = nice_ticks(0, most)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else most
    return ticks[-1] if ticks[-1] >= most - 1e-9 else ticks[-1] + step


def time_ticks(first: float, last: float) -> list[tuple[float, str]]:
    span = last - first
    pattern = "%H:%M:%S" if span < 300 else "%H:%M" if span < 2 * 86_400 else "%m-%d"
    steps = 4 if span > 0 else 0
    places = [first + span * i / steps for i in range(steps + 1)] if steps else [first]
    return [(place, datetime.fromtimestamp(place, UTC).strftime(pattern)) for place in places]


def as_number(value: Value) -> float:
    return value.timestamp() if isinstance(value, datetime) else float(value)


def moment_text(value: Value, form: Form) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else form(value)


def series_tone(number: int) -> str:
    return str(number % SERIES + 1)


def shorten(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def coord(value: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
