"""Price and overlap, with what it comes to."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tasks_app import rules, tools
from tasks_app.domain import pricing
from tasks_app.domain.funding import cost_of
from tasks_app.enums import OverlapMode, PoolState
from tasks_app.errors import DomainError, InvalidInput
from tasks_app.models import Pool, Project
from tasks_app.queries.audiences import price_steps
from tasks_app.queries.forecasts import duration_of, outlook_of
from tasks_app.queries.pools import current_pool
from tasks_app.queries.terms import too_little
from tasks_app.web import charts
from tasks_app.web.requester.forms import OVERLAP_MODES, PriceForm, data_of, locked
from tasks_app.web.requester.page import REFUSED, me, project_context, project_view, role_of, see_other, shows_balance
from tasks_app.web.requester.price_steps import form_for

# Until answers are measured: what an hour would pay if one item took this many seconds.
SUPPOSED_SECONDS = (3, 10, 30, 120)
# Workers supposed to be at it together, in a forecast of time.
AT_ONCE = 10


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
    offer_modes(form, project)
    if form.errors:
        status = REFUSED if status == 200 else status
    _mark_fixed(form, pool)
    if not rules.edit(role_of(project), False):
        locked(form)
    context = project_context(
        project,
        "price",
        pool,
        form=form,
        steps_form=form_for(project, pool) if pool.state == PoolState.DRAFT else None,
        steps=price_steps(pool),
        **_panel(request, pool, form if form.is_bound else None),
    )
    return render(request, "requester/price.html", context, status=status)


@project_view()
def recalculate(request: HttpRequest, project: Project) -> HttpResponse:
    """The panel for what stands in the form now. Saves nothing."""
    pool = current_pool(project)
    context = {"project": project, "pool": pool, **_panel(request, pool, PriceForm(request.GET))}
    return render(request, "requester/price_panel.html", context)


def offer_modes(form: PriceForm, project: Project) -> None:
    """Rules that count equal answers are offered where answers can be equal."""
    if not tools.get(project.kind).counts_votes:
        field = form.fields["overlap_mode"]
        field.choices = [choice for choice in OVERLAP_MODES if choice[0] not in pricing.COUNTING]  # type: ignore[attr-defined]


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
        "too_little": too_little(shown),
        **_forecast(shown, cost),
    }


def _forecast(pool: Pool, cost: pricing.Estimate) -> dict[str, Any]:
    """Cost against quality before anybody is asked; nothing where the rule does not ask for confidence."""
    found = outlook_of(pool) if pool.overlap_mode == OverlapMode.CONFIDENCE else None
    if found is None:
        return {}
    curve = charts.line(
        "What a right result costs",
        [charts.Series("results that are right", [(one.answers, one.right) for one in found.curve])],
        x="answers an item",
        y="right",
        form=charts.as_percent,
        x_form=lambda answers: f"{answers:.1f}",
        low=0.5,
        high=1.0,
    )
    asked = found.asked
    return {
        "curve": curve,
        "outlook": found,
        "likely_cost": tuple(
            cost_of(pool, round(cost.tasks * answers)) for answers in (asked.least, asked.answers, asked.most)
        ),
        "saved": 1 - asked.answers / pool.overlap_max,
        "duration": duration_of(pool, cost.tasks, asked) if cost.tasks else None,
        "at_once": AT_ONCE,
    }
