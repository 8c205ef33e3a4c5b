"""Starting, pausing, resuming, closing; and a copy of the project."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from quorate.accounts.models import User
from tasks_app import rules
from tasks_app.domain import pricing, publishing
from tasks_app.domain.projects import clone_project
from tasks_app.enums import PoolState
from tasks_app.errors import DomainError, InvalidInput, NotFound
from tasks_app.models import Pool, Project
from tasks_app.queries import dashboards
from tasks_app.queries.audiences import price_steps
from tasks_app.queries.pools import current_pool
from tasks_app.queries.terms import too_little
from tasks_app.web.requester.forms import CloneForm
from tasks_app.web.requester.page import REFUSED, me, project_context, project_view, see_other, shows_balance
from tasks_app.web.requester.projects import progress_bar


def _launch(pool: Pool, actor: User) -> None:
    publishing.launch(pool=pool, actor=actor)


def _pause(pool: Pool, actor: User) -> None:
    publishing.pause(pool=pool, actor=actor)


def _resume(pool: Pool, actor: User) -> None:
    publishing.resume(pool=pool, actor=actor)


def _close(pool: Pool, actor: User) -> None:
    publishing.close(pool=pool, actor=actor)


# Action in the address → verb, what is said afterwards, where to go.
ACTIONS: dict[str, tuple[Callable[[Pool, User], None], str, str]] = {
    "start": (_launch, "Launched. Workers can take it from now on.", "requester:live"),
    "pause": (_pause, "Paused. What is in work may still be finished.", "requester:launch"),
    "resume": (_resume, "Resumed.", "requester:live"),
    "close": (_close, "Closed. What was not spent is back on the balance.", "requester:launch"),
}


@project_view()
def page(request: HttpRequest, project: Project) -> HttpResponse:
    """Checklist before the launch; afterwards where it stands and what can be done."""
    return _show(request, project)


@project_view("write")
def act(request: HttpRequest, project: Project, action: str) -> HttpResponse:
    """One step of the pool's life. What refuses it is said on the page."""
    if action not in ACTIONS:
        raise NotFound
    verb, said, onward = ACTIONS[action]
    try:
        verb(current_pool(project), me(request))
    except DomainError as error:
        return _show(request, project, refusal=error.message, status=error.status)
    messages.success(request, said)
    return see_other(reverse(onward, args=[project.public_id]))


@project_view("write", change=rules.view)
def clone(request: HttpRequest, project: Project) -> HttpResponse:
    """A copy of one's own; whoever may see a project may copy what is asked in it."""
    form = CloneForm(request.POST)
    if form.is_valid():
        try:
            copy = clone_project(project=project, actor=me(request), name=form.cleaned_data["name"])
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(request, f"“{copy.name}” is a new draft with the same question, instructions and price.")
            return see_other(reverse("requester:project", args=[copy.public_id]))
    return _show(request, project, clone_form=form, status=REFUSED)


def _show(
    request: HttpRequest, project: Project, *, refusal: str = "", clone_form: CloneForm | None = None, status: int = 200
) -> HttpResponse:
    pool = current_pool(project)
    draft = pool.state == PoolState.DRAFT
    progress = dashboards.progress([pool]).get(pool.pk, dashboards.Progress())
    more: dict[str, Any] = (
        {"checks": publishing.checklist(pool)}
        if draft
        else {"money": dashboards.money([pool]).get(pool.public_id, dashboards.PoolMoney())}
    )
    context = project_context(
        project,
        "launch",
        pool,
        cost=pricing.estimate(pool),
        progress=progress,
        bar=progress_bar(progress),
        refusal=refusal,
        ready=draft and all(check.ok for check in more["checks"]),
        waits=draft and any(check.passing for check in more["checks"]),
        clone_form=clone_form or CloneForm(initial={"name": f"{project.name[:112]} (copy)"}),
        can_clone=me(request).is_requester,
        shows_balance=shows_balance(request, project),
        payer=project.created_by,
        steps=price_steps(pool),
        too_little=too_little(pool) if draft else None,
        **more,
    )
    return render(request, "requester/launch.html", context, status=status)
