"""The instructions: Markdown at the left, as workers read it at the right."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from quorate.common.markdown import render as markdown
from tasks_app import rules
from tasks_app.domain.projects import MAX_INSTRUCTIONS, set_instructions
from tasks_app.domain.reporting import settle_report
from tasks_app.errors import DomainError
from tasks_app.models import Project
from tasks_app.queries.reports import reports_of
from tasks_app.web.requester.forms import InstructionsForm, data_of, locked
from tasks_app.web.requester.page import REFUSED, me, posted, project_context, project_view, role_of, see_other


@project_view("form")
def edit(request: HttpRequest, project: Project) -> HttpResponse:
    """GET shows, POST saves."""
    form = InstructionsForm(data_of(request), initial={"instructions": project.instructions})
    if form.is_bound and form.is_valid():
        try:
            set_instructions(project=project, actor=me(request), instructions=form.cleaned_data["instructions"])
        except DomainError as error:
            form.take(error)
        else:
            messages.success(request, "Instructions saved.")
            onward = "requester:items" if "onward" in request.POST else "requester:instructions"
            return see_other(reverse(onward, args=[project.public_id]))
    if not rules.edit(role_of(project), False):
        locked(form)
    text = str(form["instructions"].value() or "")[:MAX_INSTRUCTIONS]
    context = project_context(
        project, "instructions", form=form, html=markdown(text, top=3), reports=reports_of(project)
    )
    return render(request, "requester/instructions.html", context, status=REFUSED if form.errors else 200)


@project_view("write")
def settle(request: HttpRequest, project: Project, report: str) -> HttpResponse:
    """A worker's report was read and dealt with."""
    settle_report(project=project, actor=me(request), report=report)
    return see_other(reverse("requester:instructions", args=[project.public_id]) + "#reports")


@project_view("write")
def preview(request: HttpRequest, project: Project) -> HttpResponse:
    """The typed Markdown as HTML, for the pane at the right. Saves nothing."""
    text = posted(request, "instructions", MAX_INSTRUCTIONS)
    context = {"html": markdown(text, top=3)}
    return render(request, "requester/instructions_preview.html", context)
