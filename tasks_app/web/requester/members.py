"""Adding, changing and removing members, from the settings page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from tasks_app import rules
from tasks_app.domain.members import add_member, change_role, remove_member
from tasks_app.errors import DomainError, Forbidden
from tasks_app.models import Project
from tasks_app.web.requester.forms import MemberForm
from tasks_app.web.requester.page import REFUSED, me, posted, project_view, role_of, see_other
from tasks_app.web.requester.settings import show


@project_view("write", change=rules.own)
def add(request: HttpRequest, project: Project) -> HttpResponse:
    """A member by e-mail address."""
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            member = add_member(project=project, actor=me(request), **form.cleaned_data)
        except DomainError as error:
            form.take(error)
        else:
            messages.success(request, f"{member.user.name} is {member.get_role_display().lower()} now.")
            return _back(project)
    return show(request, project, member_form=form, status=REFUSED)


@project_view("write", change=rules.own)
def change(request: HttpRequest, project: Project, user: str) -> HttpResponse:
    """Another role."""
    try:
        change_role(project=project, actor=me(request), user=user, role=posted(request, "role", 20))
    except DomainError as error:
        return show(request, project, refusal=error.message, status=error.status)
    messages.success(request, "Role changed.")
    return _back(project)


@project_view("write", change=rules.view)
def remove(request: HttpRequest, project: Project, user: str) -> HttpResponse:
    """Out of the project: anybody by an owner, oneself by anyone."""
    own = user == me(request).public_id
    if not own and not rules.own(role_of(project), False):
        raise Forbidden
    try:
        remove_member(project=project, actor=me(request), user=user)
    except DomainError as error:
        return show(request, project, refusal=error.message, status=error.status)
    if own:
        messages.success(request, f"You have left “{project.name}”.")
        return see_other(reverse("requester:projects"))
    messages.success(request, "Removed.")
    return _back(project)


def _back(project: Project) -> HttpResponse:
    return see_other(reverse("requester:settings", args=[project.public_id]))
