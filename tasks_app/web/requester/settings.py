"""Name, what workers read in the list, members, putting the project away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tasks_app import rules
from tasks_app.domain.projects import archive, describe, unarchive
from tasks_app.enums import Role
from tasks_app.errors import DomainError
from tasks_app.models import Project
from tasks_app.queries.pools import current_pool
from tasks_app.web.requester.forms import DescriptionForm, MemberForm, data_of, locked
from tasks_app.web.requester.page import REFUSED, me, project_context, project_view, role_of, see_other


@project_view("form")
def edit(request: HttpRequest, project: Project) -> HttpResponse:
    """GET shows, POST saves the texts."""
    pool = current_pool(project)
    initial = {"name": project.name, "title": pool.title, "description": pool.description, "keywords": pool.keywords}
    form = DescriptionForm(data_of(request), initial=initial)
    if form.is_bound and form.is_valid():
        try:
            describe(pool=pool, actor=me(request), **form.cleaned_data)
        except DomainError as error:
            form.take(error)
        else:
            messages.success(request, "Saved.")
            return see_other(reverse("requester:settings", args=[project.public_id]))
    return show(request, project, form=form, status=REFUSED if form.errors else 200)


@project_view("write", change=rules.own)
def archive_project(request: HttpRequest, project: Project) -> HttpResponse:
    """Put away, or take back with `back`."""
    if "back" in request.POST:
        unarchive(project=project, actor=me(request))
        messages.success(request, "The project is back in the list.")
        return see_other(reverse("requester:settings", args=[project.public_id]))
    try:
        archive(project=project, actor=me(request))
    except DomainError as error:
        return show(request, project, refusal=error.message, status=error.status)
    messages.success(request, f"“{project.name}” is archived.")
    return see_other(reverse("requester:projects"))


def show(
    request: HttpRequest,
    project: Project,
    *,
    form: DescriptionForm | None = None,
    member_form: MemberForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """The settings page, with one of its forms as it was refused."""
    pool = current_pool(project)
    initial = {"name": project.name, "title": pool.title, "description": pool.description, "keywords": pool.keywords}
    shown = form or DescriptionForm(initial=initial)
    if not rules.edit(role_of(project), False):
        locked(shown)
    members = list(project.memberships.select_related("user").order_by("id"))
    owners = [member for member in members if member.role == Role.OWNER]
    context = project_context(
        project,
        "settings",
        pool,
        form=shown,
        member_form=member_form or MemberForm(),
        members=[(member, member.role == Role.OWNER and len(owners) == 1) for member in members],
        roles=Role.choices,
        me=me(request),
        refusal=refusal,
    )
    return render(request, "requester/settings.html", context, status=status)
