"""Price and overlap, with what it comes to."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tasks_app import rules
from tasks_app.domain import pricing
from tasks_app.enums import PoolState
from tasks_app.errors import DomainError, InvalidInput
from tasks_app.models import Pool, Project
from tasks_app.queries.pools import current_pool
from tasks_app.web.requester.forms import PriceForm, data_of, locked
from tasks_app.web.requester.page import REFUSED, me, project_context, project_view, role_of, see_other, shows_balance

# Until answers are measured: what an hour would pay if one item took this many seconds.
SUPPOSED_SECONDS = (3, 10, 30, 120)


@project_view("form")
def edit(request: HttpRequest, project: Project) -> HttpResponse:
    """GET shows, POST saves."""
    pool = current_pool(project)
    form = PriceForm(data_of(request), initial=PriceForm.initial_of(pool))
    status = 200
    if form.is_bound and form.is_valid():
        try:
            pricing.set_price(pool=pool, actor=me(request), **form.prices())
        except DomainError as error:
            form.take(error)
            status = REFUSED if error.fields else error.status
        else:
            messages.success(request, "Price saved.")
            onward = "requester:launch" if "onward" in request.POST else "requester:price"
            return see_other(reverse(onward, args=[project.public_id]))
    if form.errors:
        status = REFUSED if status == 200 else status
    _mark_fixed(form, pool)
    if not rules.edit(role_of(project), False):
        locked(form)
    context = project_context(
        project, "price", pool, form=form, **_panel(request, pool, form if form.is_bound else None)
    )
    return render(request, "requester/price.html", context, status=status)


@project_view()
def recalculate(request: HttpRequest, project: Project) -> HttpResponse:
    """The panel for what stands in the form now. Saves nothing."""
    pool = current_pool(project)
    context = {"project": project, "pool": pool, **_panel(request, pool, PriceForm(request.GET))}
    return render(request, "requester/price_panel.html", context)


def _mark_fixed(form: PriceForm, pool: Pool) -> None:
    """What workers were told at the launch is shown, not offered."""
    if pool.state == PoolState.DRAFT:
        return
    for name in pricing.FIXED_ONCE_OPEN:
        form.fields[name].widget.attrs["readonly"] = True
        form.fields[name].help_text = "Fixed since the launch: workers were told it. Clone the project to change it."


def _panel(request: HttpRequest, pool: Pool, form: PriceForm | None) -> dict[str, Any]:
    """What the panel shows: the estimate for the form's prices, or why there is none."""
    shown, unpriced = pool, False
    if form is not None:
        try:
            unpriced = not form.is_valid()
            shown = pool if unpriced else pricing.preview(pool, **form.prices())
        except InvalidInput:
            unpriced = True
    cost = pricing.estimate(shown)
    return {
        "shown": shown,
        "cost": cost,
        "unpriced": unpriced,
        "per_item": shown.reward // shown.tasks_per_assignment,
        "supposed": [
            (seconds, round(shown.reward / shown.tasks_per_assignment * 3600 / seconds)) for seconds in SUPPOSED_SECONDS
        ],
        "shows_balance": shows_balance(request, pool.project),
        "payer": pool.project.created_by,
        "currency": settings.CURRENCY,
    }
