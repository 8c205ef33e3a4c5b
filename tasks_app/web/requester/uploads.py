"""Files on their way in, sent one by one by static/js/requester/upload.js or all at once by a plain form."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from tasks_app import rules, tools
from tasks_app.domain import uploading
from tasks_app.domain.exporting import csv_lines
from tasks_app.domain.import_preview import Preview, preview
from tasks_app.enums import ImportState
from tasks_app.errors import DomainError, InvalidInput, NotFound
from tasks_app.models import Import, Project
from tasks_app.queries import gate
from tasks_app.queries.pools import current_pool
from tasks_app.web.requester.page import REFUSED, me, posted, project_context, project_view, see_other

# What surrounds a file in a multipart body.
_FRAME_BYTES = 1 << 20


class Quota(FileUploadHandler):
    """Stops reading a body that is larger than it said, before it fills the disk."""

    def __init__(self, request: HttpRequest, most: int) -> None:
        super().__init__(request)
        self._left = most

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._left -= len(raw_data)
        if self._left < 0:
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def bounded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Checks who sends and how much before the body is read; the CSRF check, which reads it, comes after.

    Django's own middleware would read the body first, so these views are exempt from it and checked here.
    """
    checked = csrf_protect(view)

    @csrf_exempt
    @project_view("write")
    @wraps(view)
    def inner(request: HttpRequest, project: Project, *args: Any, **kwargs: Any) -> HttpResponseBase:
        most = settings.MAX_UPLOAD_BYTES + _FRAME_BYTES
        if int(request.META.get("CONTENT_LENGTH") or 0) > most:
            raise uploading.TooLarge
        request.upload_handlers.insert(0, Quota(request, most))
        return checked(request, project, *args, **kwargs)

    return inner


@bounded
def begin(request: HttpRequest, project: Project) -> HttpResponse:
    """A new import. With files in the form (no script): takes them all and goes on to the next step."""
    pool = current_pool(project)
    files = request.FILES.getlist("files")
    if not files and not wants_json(request):
        messages.error(request, "Choose at least one file.")
        return see_other(reverse("requester:items", args=[project.public_id]))
    try:
        batch = uploading.open_import(
            pool=pool,
            actor=me(request),
            name=posted(request, "name", 200) or _name([file.name or "" for file in files]),
        )
        for number, file in enumerate(files):
            uploading.add_file(batch=batch, file=file, name=file.name or "", upload_key=f"form-{number}")
    except DomainError as error:
        return refused(request, project, error)
    if wants_json(request):
        return JsonResponse(_state(project, batch), status=201)
    return _onward(request, project, batch)


@bounded
def add(request: HttpRequest, project: Project, upload: str) -> HttpResponse:
    """One file. `upload_key` tells a retry; `path` is the file's name with its folders."""
    batch = import_of(request, project, upload)
    file = request.FILES.get("file")
    try:
        if file is None:
            raise InvalidInput(fields={"file": "No file was sent."})
        uploading.add_file(
            batch=batch,
            file=file,
            name=posted(request, "path", 1000) or file.name or "",
            upload_key=posted(request, "upload_key", 100),
        )
    except DomainError as error:
        return refused(request, project, error)
    return JsonResponse({"received": True}, status=201)


@project_view(see=rules.edit)
def show(request: HttpRequest, project: Project, upload: str) -> HttpResponse:
    """The step between upload and import: which column holds the item. As JSON: which files have arrived."""
    batch = import_of(request, project, upload)
    if wants_json(request):
        return JsonResponse(_state(project, batch))
    if batch.state != ImportState.UPLOADING:
        return see_other(reverse("requester:items", args=[project.public_id]))
    return _show(request, project, batch, preview(batch))


@project_view("write")
def start(request: HttpRequest, project: Project, upload: str) -> HttpResponse:
    """Begin to read what was uploaded."""
    batch = import_of(request, project, upload)
    try:
        started = uploading.start_import(
            batch=batch,
            actor=me(request),
            column=posted(request, "column", 200),
            without_tables=request.POST.get("without_tables") == "1",
        )
    except InvalidInput as error:
        if wants_json(request):
            return refused(request, project, error)
        return _show(request, project, batch, preview(batch), error.message, status=REFUSED)
    if wants_json(request):
        return JsonResponse(_state(project, started))
    return see_other(reverse("requester:items", args=[project.public_id]))


@project_view("write")
def act(request: HttpRequest, project: Project, upload: str, action: str) -> HttpResponse:
    """Take up a stopped import again ("resume"), or drop what is not in yet ("drop")."""
    batch = import_of(request, project, upload)
    verbs = {"resume": uploading.take_up_again, "drop": uploading.give_up}
    if action not in verbs:
        raise NotFound
    try:
        verbs[action](batch=batch, actor=me(request))
    except DomainError as error:
        messages.error(request, error.message)
    return see_other(reverse("requester:items", args=[project.public_id]))


@project_view()
def problems(request: HttpRequest, project: Project, upload: str) -> HttpResponseBase:
    """Every row that was not taken, as CSV."""
    batch = import_of(request, project, upload, write=False)
    rows = batch.problems.order_by("row").values_list("place", "reason").iterator(chunk_size=2000)
    response = StreamingHttpResponse(csv_lines(["where", "why"], (list(row) for row in rows)), content_type="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="not-imported-{batch.public_id}.csv"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def import_of(request: HttpRequest, project: Project, upload: str, *, write: bool = True) -> Import:
    """An import of this very project, through the gate. Raises NotFound or Forbidden."""
    batch = gate.import_(me(request), upload, rules.edit if write else rules.view)
    if batch.pool.project_id != project.pk:
        raise NotFound
    return batch


def wants_json(request: HttpRequest) -> bool:
    """Whether our script asks rather than a person."""
    return request.headers.get("Accept", "").startswith("application/json")


def refused(request: HttpRequest, project: Project, error: DomainError) -> HttpResponse:
    """A named error as JSON for the script, as a message on the items page for a person."""
    if wants_json(request):
        body = {"error": {"code": error.code, "message": error.message, "fields": error.fields}}
        return JsonResponse(body, status=error.status)
    messages.error(request, error.message)
    return see_other(reverse("requester:items", args=[project.public_id]))


def _name(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names):,} files"


def _state(project: Project, batch: Import) -> dict[str, Any]:
    """What the script needs to go on, after an interruption too."""
    places = {"project": project.public_id, "upload": batch.public_id}
    return {
        "id": batch.public_id,
        "state": batch.state,
        "received": list(batch.files.values_list("upload_key", flat=True)),
        "files_url": reverse("requester:upload_file", kwargs=places),
        "next_url": reverse("requester:upload", kwargs=places),
        "start_url": reverse("requester:upload_start", kwargs=places),
    }


def _onward(request: HttpRequest, project: Project, batch: Import) -> HttpResponse:
    """To the choice of the column where there is a table; else the import starts."""
    if preview(batch).needed:
        return see_other(reverse("requester:upload", args=[project.public_id, batch.public_id]))
    uploading.start_import(batch=batch, actor=me(request))
    return see_other(reverse("requester:items", args=[project.public_id]))


def _show(
    request: HttpRequest, project: Project, batch: Import, seen: Preview, error: str = "", *, status: int = 200
) -> HttpResponse:
    words = tools.get(project.kind).items
    context = project_context(project, "items", batch.pool, batch=batch, preview=seen, error=error, words=words)
    return render(request, "requester/items/preview.html", context, status=status)
