"""The live page: where a running project stands, a few seconds old at most."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from quorate.common.money import MICRO
from tasks_app.enums import PoolState
from tasks_app.models import Pool, Project
from tasks_app.queries import dashboards
from tasks_app.queries.pools import current_pool
from tasks_app.queries.reopened import reopened_lately
from tasks_app.web import charts
from tasks_app.web.requester.page import project_context, project_view
from tasks_app.web.requester.projects import progress_bar


@project_view()
def page(request: HttpRequest, project: Project) -> HttpResponse:
    """The page around the numbers."""
    pool = current_pool(project)
    return render(request, "requester/live.html", project_context(project, "live", pool, **_numbers(pool)))


@project_view()
def numbers(request: HttpRequest, project: Project) -> HttpResponse:
    """The numbers alone, polled every three seconds."""
    pool = current_pool(project)
    context = {"project": project, "pool": pool, **_numbers(pool)}
    return render(request, "requester/live_numbers.html", context)


def _numbers(pool: Pool) -> dict[str, Any]:
    live = dashboards.live(pool)
    return {
        "live": live,
        "bar": progress_bar(live.progress, min(live.in_work, live.progress.open)),
        "pace": charts.line(
            "Answers a minute",
            [charts.Series("answers", [(place - dashboards.MINUTES, n) for place, n in enumerate(live.per_minute)])],
            x="minutes ago",
            y="answers",
            x_form=lambda minutes: f"{-minutes:g}",
        ),
        "histogram": charts.bars(
            "Answers used for an item",
            [(str(n), live.spread.counts.get(n, 0)) for n in range(max(pool.overlap_max, *live.spread.counts, 0) + 1)],
            x="answers",
            y="items",
        ),
        "budget": charts.meter(
            live.money.spent / MICRO, (live.money.spent + live.money.held) / MICRO, label="Money spent of what was held"
        ),
        "saved": _saved(pool, live.spread),
        "saved_money": dashboards.saved_money(pool, live.spread),
        "ending": dashboards.ending(pool, live.spread),
        "reopened": reopened_lately(pool, live.at),
        # A closed project can still receive what was in work; a draft has nothing to show.
        "polled": pool.state != PoolState.DRAFT and (pool.state != PoolState.CLOSED or live.in_work > 0),
    }


def _saved(pool: Pool, spread: dashboards.Spread) -> float | None:
    """The share of answers that stopping early has saved on finished items, against the maximum for each; None before."""
    return None if spread.per_done is None else max(0.0, 1 - spread.per_done / pool.overlap_max)
