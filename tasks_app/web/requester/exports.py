"""Exports: streamed at once when small, prepared by a job when large."""

from typing import cast

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from tasks_app import rules
from tasks_app.domain import exporting
from tasks_app.enums import ExportState
from tasks_app.errors import NotFound
from tasks_app.models import Export, Project
from tasks_app.queries import gate
from tasks_app.queries.export import task_count
from tasks_app.web.requester.page import me, posted, project_context, project_view, see_other


@project_view()
def page(request: HttpRequest, project: Project) -> HttpResponse:
    """The formats, and what has been prepared."""
    return render(request, "requester/export/page.html", _context(project))


@project_view()
def prepared(request: HttpRequest, project: Project) -> HttpResponse:
    """The prepared files alone, polled while one is in the making."""
    return render(request, "requester/export/prepared.html", _context(project))


@project_view(see=rules.view)
def direct(request: HttpRequest, project: Project, form: str) -> HttpResponseBase:
    """A small export, streamed. A large one is asked for with `prepare`."""
    wanted = exporting.format_of(project, form)
    if not exporting.is_direct(project):
        return see_other(reverse("requester:exports", args=[project.public_id]))
    response = StreamingHttpResponse(exporting.chunks(project, wanted), content_type=wanted.content_type)
    return _as_download(response, exporting.file_name(project, wanted))


@project_view("write", change=rules.view)
def prepare(request: HttpRequest, project: Project) -> HttpResponse:
    """Have a large export prepared. Reading is all it takes: whoever sees results may take them along."""
    exporting.prepare_export(project=project, actor=me(request), key=posted(request, "format", 20))
    return see_other(reverse("requester:exports", args=[project.public_id]))


@project_view()
def download(request: HttpRequest, project: Project, export: str) -> HttpResponseBase:
    """A prepared file."""
    found = gate.export(me(request), export)
    if found.project_id != project.pk or found.state != ExportState.DONE:
        raise NotFound
    try:
        file = default_storage.open(found.storage_name)
    except FileNotFoundError:
        raise NotFound from None
    form = exporting.format_of(project, found.format)
    response = FileResponse(file, content_type=form.content_type)
    return _as_download(response, found.storage_name.rsplit("/", 1)[-1])


def _as_download(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _context(project: Project) -> dict[str, object]:
    count = task_count(project)
    files = list(Export.objects.filter(project=project).select_related("created_by").order_by("-id"))
    return project_context(
        project,
        "export",
        formats=exporting.formats_of(project),
        task_count=count,
        is_direct=count < exporting.DIRECT_TASKS,
        files=[(one, cast(exporting.Format, exporting.FORMATS.get(one.format))) for one in files],
        polled=any(one.state == ExportState.RUNNING for one in files),
    )
