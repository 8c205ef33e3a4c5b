"""The list of projects, a new one, and a project's first page."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from tasks_app import tools
from tasks_app.domain import pricing
from tasks_app.domain.projects import create_project
from tasks_app.enums import ImportState, PoolState
from tasks_app.errors import Forbidden, InvalidInput
from tasks_app.models import Import, Project
from tasks_app.queries import dashboards
from tasks_app.queries.pools import current_pool
from tasks_app.queries.projects import archived_count, cards, mine, next_step
from tasks_app.web import charts
from tasks_app.web.requester.forms import NewProjectForm, data_of
from tasks_app.web.requester.page import REFUSED, me, project_context, project_view, see_other

PER_PAGE = 24


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The person's projects as cards; `?archived=1` those put away."""
    archived = request.GET.get("archived") == "1"
    page = Paginator(mine(me(request), archived=archived), PER_PAGE).get_page(request.GET.get("page"))
    shown = cards(list(page), timezone.now())
    context = {
        "page": page,
        "cards": [(card, _card_bar(card.progress)) for card in shown],
        "archived": archived,
        "archived_count": archived_count(me(request)),
        "can_create": me(request).is_requester,
    }
    return render(request, "requester/projects.html", context)


def _card_bar(progress: dashboards.Progress) -> str:
    return charts.meter(progress.done, progress.total, label="Items done")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Kinds of task to try in place; "Use this" makes the project and goes on to its question."""
    if not me(request).is_requester:
        raise Forbidden("Only requesters create projects. An admin can make you one.")
    form = NewProjectForm(data_of(request))
    if form.is_bound and form.is_valid():
        try:
            made = create_project(owner=me(request), kind=form.cleaned_data["kind"], name=form.cleaned_data["name"])
        except InvalidInput as error:
            form.take(error)
        else:
            return see_other(reverse("requester:question", args=[made.public_id]))
    context = {"form": form, "kinds": [(tool, f"{tool.template_dir}/demo.html") for tool in tools.all_tools()]}
    return render(request, "requester/new.html", context, status=REFUSED if form.errors else 200)


@project_view()
def overview(request: HttpRequest, project: Project) -> HttpResponse:
    """Done and left, cost so far and at the end, what to do next."""
    pool = current_pool(project)
    progress = dashboards.progress([pool]).get(pool.pk, dashboards.Progress())
    importing = Import.objects.filter(pool=pool, state=ImportState.RUNNING).exists()
    cost = pricing.estimate(pool)
    money = dashboards.money([pool]).get(pool.public_id, dashboards.PoolMoney())
    context = project_context(
        project,
        "project",
        pool,
        progress=progress,
        bar=progress_bar(progress),
        cost=cost,
        step=next_step(pool, progress, now=timezone.now(), importing=importing),
        money=money,
        cost_at_the_end=pricing.cost_at_the_end(pool, spent=money.spent),
        tool=tools.get(project.kind),
        launched=pool.state != PoolState.DRAFT,
        currency=settings.CURRENCY,
    )
    return render(request, "requester/overview.html", context)


def progress_bar(progress: dashboards.Progress, in_work: int = 0) -> str:
    """Items by state as one bar with its legend."""
    parts = [
        charts.Part("settled", progress.settled, "success"),
        charts.Part("contested", progress.contested, "warning"),
    ]
    if in_work:
        parts.append(charts.Part("in work", in_work, "1"))
    parts.append(charts.Part("open", progress.open - in_work, "rest"))
    return charts.stacked(parts, label="Items by state", noun="items")
