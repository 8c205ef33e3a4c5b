"""Histograms of a crowd, for requesters and admins alike."""

from django.utils.safestring import SafeString

from tasks_app.queries.crowds import BINS, Crowd
from tasks_app.web import charts


def information(crowd: Crowd) -> SafeString:
    """The spam-score histogram with its threshold."""
    marker = (crowd.threshold * BINS, f"threshold {crowd.threshold:g}")
    return shares("Workers by information", crowd.information, "information (spam score)", "workers", marker=marker)


def shares(title: str, counts: list[int], x: str, y: str, *, marker: tuple[float, str] | None = None) -> SafeString:
    """A histogram over 0..1 in equal parts."""
    step = 1 / len(counts)
    named = [(f"{place * step:.1f}–{(place + 1) * step:.1f}", float(number)) for place, number in enumerate(counts)]
    return charts.bars(title, named, x=x, y=y, marker=marker)
