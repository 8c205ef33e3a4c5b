"""Exports: asked for, prepared by a job, fetched as a file."""

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from tasks_app.api import lists, payloads
from tasks_app.api import serializers as shapes
from tasks_app.api.reading import AnyRenderer, body, caller
from tasks_app.api.schema import described
from tasks_app.domain import exporting
from tasks_app.enums import ExportState
from tasks_app.errors import Conflict, NotFound
from tasks_app.models import Export
from tasks_app.queries import api_lists, gate


class Exports(APIView):
    @described("exports_list", tag="results", returns=lists.paged("Export", shapes.Export), query=(lists.Filters,))
    def get(self, request: Request, project: str) -> Response:
        """A project's exports, newest first."""
        found = gate.project(caller(request), project)
        lists.filters(request, lists.Filters)
        return lists.page(self, request, api_lists.exports_of(found), lambda row: described_export(row, request))

    @described("exports_create", tag="results", takes=shapes.NewExport, returns=shapes.Export, status=201)
    def post(self, request: Request, project: str) -> Response:
        """Have the results prepared as a file. Whoever may see them may take them along."""
        user = caller(request)
        found = gate.project(user, project)
        made = exporting.prepare_export(project=found, actor=user, key=body(request, shapes.NewExport)["format"])
        return Response(described_export(gate.export(user, made.public_id), request), status=201)


class OneExport(APIView):
    @described("exports_read", tag="results", returns=shapes.Export)
    def get(self, request: Request, export: str) -> Response:
        """An export: `state` is done when `file` can be fetched."""
        return Response(described_export(gate.export(caller(request), export), request))


class ExportFile(APIView):
    renderer_classes = (AnyRenderer,)

    @described(
        "exports_file",
        tag="results",
        returns={
            (200, "text/csv"): OpenApiTypes.BINARY,
            (200, "application/x-ndjson"): OpenApiTypes.BINARY,
            (200, "application/json"): OpenApiTypes.OBJECT,
        },
    )
    def get(self, request: Request, export: str) -> FileResponse:
        """The file itself."""
        found = gate.export(caller(request), export)
        if found.state != ExportState.DONE:
            raise Conflict("This export is not ready.", code="not_ready")
        try:
            file = default_storage.open(found.storage_name)
        except FileNotFoundError:
            raise NotFound from None
        form = exporting.format_of(found.project, found.format)
        return FileResponse(
            file,
            as_attachment=True,
            filename=found.storage_name.rsplit("/", 1)[-1],
            content_type=form.content_type,
            headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"},
        )


def described_export(row: Export, request: Request) -> dict[str, Any]:
    ready = row.state == ExportState.DONE
    file = reverse("api:export_file", args=[row.public_id], request=request) if ready else None
    return payloads.export(row, file=file)
