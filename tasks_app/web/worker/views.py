"""The worker's pages: find work, look at it, do it, see what became of it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from quorate.accounts.models import User
from quorate.common import markdown
from quorate.common.money import SYMBOLS
from tasks_app import tools
from tasks_app.enums import AssignmentState, PoolState
from tasks_app.errors import Forbidden
from tasks_app.models import Assignment, Pool
from tasks_app.queries import earnings as money
from tasks_app.queries import gate, market
from tasks_app.queries.media import media_url
from tasks_app.web import charts
from tasks_app.web.asked import asked_row
from tasks_app.web.worker.words import decision, money_number

P = ParamSpec("P")

PAGE_SIZE = 25
SORTS = (("pay", "Best paid"), ("new", "Newest"), ("left", "Most left"))


def worker_page(
    view: Callable[Concatenate[HttpRequest, User, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for signed-in workers, who are handed to it; read-only. Others are told that they are none."""

    @require_safe
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or not user.is_worker:
            raise Forbidden("This account takes no work. An admin can change that.")
        return view(request, user, *args, **kwargs)

    return guarded  # type: ignore[return-value]  # the decorators' stubs forget the parameters


@worker_page
def market_page(request: HttpRequest, worker: User) -> HttpResponse:
    """The task list."""
    sort = request.GET.get("sort", "")
    sort = sort if sort in dict(SORTS) else "pay"
    page = Paginator(market.offers(worker, sort=sort), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "offers": [market.offer(pool) for pool in page],
        "sort": sort,
        "sorts": SORTS,
        "restrictions": market.restrictions(worker),
    }
    return render(request, "worker/market.html", context)


@worker_page
def preview(request: HttpRequest, worker: User, pool: str) -> HttpResponse:
    """What a task is, pays and looks like, before it is accepted."""
    met = gate.market(worker, pool)
    found = met.pool
    project = found.project
    offer = market.one_offer(worker, found)
    item = market.example_item(found)
    tool = tools.get(project.kind)
    context = {
        "offer": offer,
        "pool": found,
        "project": project,
        "instructions": markdown.render(project.instructions, top=3),
        "restrictions": market.restrictions(worker) if met.restricted else [],
        "can_work": not met.restricted and found.state == PoolState.OPEN and not _is_over(met),
        "is_over": _is_over(met),
        "example": None
        if item is None
        else {
            "script": static(tool.script),
            "question": project.question,
            "item": item,
            "mediaUrl": _media(found, worker, item),
        },
    }
    return render(request, "worker/preview.html", context)


# Going back in the browser must ask anew: a kept page does not know what the worker holds by now.
@never_cache
@worker_page
def do(request: HttpRequest, worker: User, pool: str) -> HttpResponse:
    """The tool. The page takes, shows and hands in assignments by itself, through the API."""
    found = gate.market(worker, pool).pool
    tool = tools.get(found.project.kind)
    work = {
        "person": worker.public_id,
        "pool": found.public_id,
        "active": market.unfinished(worker, found),
        "limit": settings.MAX_ACTIVE_ASSIGNMENTS,
        "secondsPerTask": found.median_seconds,
        "currency": settings.CURRENCY,
        "symbol": SYMBOLS.get(settings.CURRENCY, ""),
        "examples": _class_examples(found, worker),
        "signIn": f"{reverse('accounts:sign_in')}?next={request.path}",
    }
    context = {
        "pool": found,
        "project": found.project,
        "tool": tool,
        "work": work,
        "instructions": markdown.render(found.project.instructions, top=3),
    }
    return render(request, "worker/do.html", context)


@worker_page
def answers(request: HttpRequest, worker: User) -> HttpResponse:
    """The worker's own pages with what was said and what became of them."""
    state = request.GET.get("state", "")
    rows = money.own_assignments(worker, state=state)
    page = Paginator(rows.prefetch_related("answers"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_own(assignment) for assignment in page],
        "state": state,
        "states": AssignmentState.choices,
        "counts": money.counts_by_state(worker),
    }
    return render(request, "worker/answers.html", context)


@worker_page
def earnings(request: HttpRequest, worker: User) -> HttpResponse:
    """Money: sums, days, statement."""
    before = asked_row(request, "before")
    rows = money.statement(worker, before=before, limit=PAGE_SIZE + 1)
    days = money.by_day(worker)
    chart = charts.bars(
        "Earned by day",
        [(f"{day:%d %b}", micro / 1_000_000) for day, micro in days],
        x="day (UTC)",
        y=f"{settings.CURRENCY}",
        form=money_number,
    )
    context = {
        "sums": money.earnings(worker),
        "rows": rows[:PAGE_SIZE],
        "older": f"?before={rows[PAGE_SIZE - 1].entry}" if len(rows) > PAGE_SIZE else "",
        "newer": "?" if before is not None else "",
        "chart": chart if any(micro for _, micro in days) else "",
    }
    return render(request, "worker/earnings.html", context)


def _own(assignment: Assignment) -> dict[str, Any]:
    """A row of the answers page. No query: pool, project and answers were fetched with it."""
    project = assignment.pool.project
    tool = tools.get(project.kind)
    given = sorted(assignment.answers.all(), key=lambda answer: answer.pk)
    return {
        "assignment": assignment,
        "title": assignment.pool.title,
        "said": [tool.summary_of(project.question, answer.value) for answer in given],
        "decision": decision(assignment),
        "in_work": assignment.state == AssignmentState.ACTIVE,
    }


def _is_over(met: gate.Market) -> bool:
    ends = met.pool.expires_at
    return met.pool.state == PoolState.CLOSED or (ends is not None and ends <= met.now)


def _class_examples(pool: Pool, worker: User) -> dict[str, str]:
    """Addresses of the classes' example pictures, by their hash."""
    shown = [row["example"] for row in pool.project.question["classes"] if row.get("example")]
    return {sha256: media_url(project_id=pool.project_id, sha256=sha256, user_id=worker.pk) for sha256 in shown}


def _media(pool: Pool, worker: User, item: dict[str, Any]) -> str | None:
    if "image" not in item:
        return None
    return media_url(project_id=pool.project_id, sha256=item["image"], user_id=worker.pk)
