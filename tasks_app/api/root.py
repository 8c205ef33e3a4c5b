"""The document, the page that shows it, and the answer of every address that is none."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tasks_app.api.reference import reference
from tasks_app.errors import NotFound


class Schema(SpectacularAPIView):
    permission_classes = (AllowAny,)


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The document for people."""
    return render(request, "api/docs.html", {"reference": reference(request.build_absolute_uri("/").rstrip("/"))})


class Nowhere(APIView):
    """404 in the shape of every error, whatever the method."""

    permission_classes = (AllowAny,)
    schema = None  # no entry in the document

    def get(self, request: Request) -> Response:
        raise NotFound("There is no such address. /api/v1/docs/ lists them all.")

    post = put = patch = delete = get
