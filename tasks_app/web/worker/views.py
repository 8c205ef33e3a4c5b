"""The worker's pages: find work, look at it, do it, see what became of it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from quorate.accounts.models import User
from quorate.common import markdown
from quorate.common.device import device_of
from quorate.common.money import SYMBOLS
from tasks_app import tools
from tasks_app.domain import rejecting
from tasks_app.domain.rating import rate
from tasks_app.enums import AssignmentState, Guard, PoolState
from tasks_app.errors import DomainError, NotFound
from tasks_app.models import Assignment, Pool, Project
from tasks_app.queries import earnings as money
from tasks_app.queries import gate, market, reviews
from tasks_app.queries.audiences import belongs, in_words, outside, price_steps, reward_for
from tasks_app.queries.courses import open_course
from tasks_app.queries.media import media_url, media_urls
from tasks_app.queries.ratings import ASPECTS, may_rate, own_rating, ratings_of
from tasks_app.web import charts
from tasks_app.web.asked import asked_row
from tasks_app.web.worker.page import worker_action, worker_page
from tasks_app.web.worker.words import decision, money_number

PAGE_SIZE = 25
RATINGS = ("1", "2", "3", "4", "5")
SORTS = (("pay", "Best paid"), ("new", "Newest"), ("left", "Most left"))


@worker_page
def market_page(request: HttpRequest, worker: User) -> HttpResponse:
    """The task list."""
    sort = request.GET.get("sort", "")
    sort = sort if sort in dict(SORTS) else "pay"
    away = outside(worker, device_of(request.headers))
    page = Paginator(market.offers(worker, away, sort=sort), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "offers": [market.offer(pool) for pool in page],
        "sort": sort,
        "sorts": SORTS,
        "restrictions": market.restrictions(worker),
        "outside": away,
    }
    return render(request, "worker/market.html", context)


@worker_page
def preview(request: HttpRequest, worker: User, pool: str) -> HttpResponse:
    """What a task is, pays and looks like, before it is accepted."""
    met = gate.market(worker, pool)
    found = met.pool
    project = found.project
    inside = belongs(worker, found, device_of(request.headers))
    if not inside and found.guard == Guard.SEE:
        raise NotFound
    offer = market.one_offer(worker, found)
    item = market.example_item(found) if inside or found.guard == Guard.ACCEPT else None
    addresses = media_urls(found.project_id, item or {}, worker.pk)
    tool = tools.get(project.kind)
    context = {
        "offer": offer,
        "pool": found,
        "project": project,
        "inside": inside,
        "course": open_course(found),
        "audience": "" if inside else in_words(found),
        "shown": inside or found.guard == Guard.ACCEPT,
        "instructions": markdown.render(project.instructions, top=3),
        "restrictions": (restrictions := market.restrictions(worker) if met.restricted else []),
        "excluded": met.restricted and not restrictions,
        "reward": reward_for(worker, found),
        "steps": price_steps(found),
        "rated": ratings_of(project),
        "rating": _rating(worker, project),
        "can_work": inside and not met.restricted and found.state == PoolState.OPEN and not _is_over(met),
        "is_over": _is_over(met),
        "example": None
        if item is None
        else {
            "script": static(tool.script),
            "question": project.question,
            "item": item,
            "mediaUrl": addresses.pop("", None),
            "mediaUrls": addresses,
        },
    }
    return render(request, "worker/preview.html", context)


# Going back in the browser must ask anew: a kept page does not know what the worker holds by now.
@never_cache
@worker_page
def do(request: HttpRequest, worker: User, pool: str) -> HttpResponse:
    """The tool. The page takes, shows and hands in assignments by itself, through the API."""
    found = gate.market(worker, pool).pool
    unfinished = market.unfinished(worker, found)
    # A page that was taken may be finished, whoever the pool is for by now.
    if not unfinished and not belongs(worker, found, device_of(request.headers)):
        if found.guard == Guard.SEE:
            raise NotFound
        return redirect("worker:preview", pool=found.public_id)
    tool = tools.get(found.project.kind)
    work = {
        "person": worker.public_id,
        "pool": found.public_id,
        "active": unfinished,
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
        "reworks": reviews.rework_in(worker, found),
        "instructions": markdown.render(found.project.instructions, top=3),
    }
    response = render(request, "worker/do.html", context)
    # A question may ask where somebody is; the browser asks them first, and only when they press the button.
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(self), microphone=()"
    return response


@worker_page
def answers(request: HttpRequest, worker: User) -> HttpResponse:
    """The worker's own pages with what was said and what became of them."""
    state = request.GET.get("state", "")
    rows = money.own_assignments(worker, state=state)
    rows = reviews.with_reviews(rows).prefetch_related("answers")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_own(assignment) for assignment in page],
        "state": state,
        "states": AssignmentState.choices,
        "counts": money.counts_by_state(worker),
        "longest": rejecting.MAX_DISPUTE,
        "now": timezone.now(),
    }
    return render(request, "worker/answers.html", context)


@worker_action
def rate_work(request: HttpRequest, worker: User, pool: str) -> HttpResponse:
    """What the worker says of a project's work."""
    found = gate.market(worker, pool).pool
    given = {name: request.POST.get(name, "") for name, _ in ASPECTS}
    try:
        values = {name: int(text) if text in RATINGS else None for name, text in given.items()}
        rate(worker=worker, project=found.project, **values)
    except DomainError as error:
        messages.error(request, "Choose 1 to 5 for each." if error.fields else error.message)
    else:
        messages.success(request, "Thank you. You can change it at any time.")
    return redirect("worker:preview", pool=found.public_id)


@worker_action
def dispute(request: HttpRequest, worker: User, rejection: str) -> HttpResponse:
    """One's word against a rejection."""
    try:
        text = request.POST.get("text", "")[: 2 * rejecting.MAX_DISPUTE]
        rejecting.dispute(worker=worker, rejection=reviews.rejection_on(worker, rejection), text=text)
    except DomainError as error:
        if error.status == 404:
            raise
        messages.error(request, next((texts[0] for texts in error.fields.values()), error.message))
    else:
        messages.success(
            request, "Your dispute is with the requester and the administrators. The answer will stand here."
        )
    return redirect("worker:answers")


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


def _rating(worker: User, project: Project) -> list[tuple[str, str, int]] | None:
    """(field, name, what was said or 0) for the form; None for whoever has handed nothing in."""
    if not may_rate(worker, project):
        return None
    said = own_rating(worker, project)
    return [(name, label, getattr(said, name, 0)) for name, label in ASPECTS]


def _own(assignment: Assignment) -> dict[str, Any]:
    """A row of the answers page. No query: pool, project and answers were fetched with it."""
    project = assignment.pool.project
    tool = tools.get(project.kind)
    given = sorted(
        (one for one in assignment.answers.all() if one.superseded_by_id is None), key=lambda answer: answer.pk
    )
    return {
        "assignment": assignment,
        "title": assignment.pool.title,
        "said": [tool.summary_of(project.question, answer.value) for answer in given],
        "decision": decision(assignment),
        "in_work": assignment.state == AssignmentState.ACTIVE,
        "due": reviews.due_at(assignment),
        "rejection": getattr(assignment, "rejection", None),
        "reworks": list(assignment.reworks.all()),
    }


def _is_over(met: gate.Market) -> bool:
    ends = met.pool.expires_at
    return met.pool.state == PoolState.CLOSED or (ends is not None and ends <= met.now)


def _class_examples(pool: Pool, worker: User) -> dict[str, str]:
    """Addresses of the classes' example pictures, by their hash."""
    shown = [row["example"] for row in pool.project.question["classes"] if row.get("example")]
    return {sha256: media_url(project_id=pool.project_id, sha256=sha256, user_id=worker.pk) for sha256 in shown}
