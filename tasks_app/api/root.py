"""The document, the page that shows it, and the answer of every address that is none."""

from typing import Any

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from quorate.common.middleware import POLICY
from tasks_app.errors import NotFound

# Swagger UI draws its icons from data: addresses. Scripts and styles stay our own files.
DOCS_POLICY = POLICY.replace("img-src 'self' blob:", "img-src 'self' data:")


class Schema(SpectacularAPIView):
    permission_classes = (AllowAny,)


class Docs(SpectacularSwaggerSplitView):
    permission_classes = (AllowAny,)
    url_name = "api:schema"
    template_name = "api/docs.html"

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        response["Content-Security-Policy"] = DOCS_POLICY
        return response


class Nowhere(APIView):
    """404 in the shape of every error, whatever the method."""

    permission_classes = (AllowAny,)
    schema = None  # no entry in the document

    def get(self, request: Request) -> Response:
        raise NotFound("There is no such address. /api/v1/docs/ lists them all.")

    post = put = patch = delete = get
