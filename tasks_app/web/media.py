"""Serves uploaded images: to the person the address was signed for, as an image and as nothing else."""

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponseBase
from rest_framework.decorators import api_view, permission_classes, throttle_classes
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from tasks_app.errors import NotFound
from tasks_app.models import MediaFile
from tasks_app.queries.media import BUCKET_SECONDS, signed_project, thumb_name

CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
HEADERS = {
    # The name is the hash of the bytes, so they never change; private: no shared cache serves it to somebody else.
    "Cache-Control": f"private, max-age={BUCKET_SECONDS}, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


# Called by a page's <img> with the session or by a program with its API key, both of which DRF's frame knows.
# A page of a hundred thumbnails is no abuse: not counted by the API's rate limit.
@api_view(["GET"])
@permission_classes([IsAuthenticated])
@throttle_classes([])
def image(request: Request, token: str, sha256: str) -> HttpResponseBase:
    """The image as stored. Raises NotFound unless the address was signed for this caller and is not out of date."""
    media = _opened(request, token, sha256)
    return _send(media.storage_name, CONTENT_TYPES[media.extension])


@api_view(["GET"])
@permission_classes([IsAuthenticated])
@throttle_classes([])
def thumb(request: Request, token: str, sha256: str) -> HttpResponseBase:
    """Its thumbnail."""
    return _send(thumb_name(_opened(request, token, sha256).sha256), CONTENT_TYPES["webp"])


def _opened(request: Request, token: str, sha256: str) -> MediaFile:
    project_id = signed_project(token=token, sha256=sha256, user_id=request.user.pk)
    media = MediaFile.objects.filter(project_id=project_id, sha256=sha256).first() if project_id else None
    if media is None or media.extension not in CONTENT_TYPES:
        raise NotFound
    return media


def _send(name: str, content_type: str) -> HttpResponseBase:
    try:
        file = default_storage.open(name)
    except FileNotFoundError:
        raise NotFound from None
    return FileResponse(file, content_type=content_type, headers=HEADERS)
