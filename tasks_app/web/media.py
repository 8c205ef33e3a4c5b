"""Serves uploaded images, sounds and films: to the person the address was signed for, as what they are and as nothing else."""

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from rest_framework.decorators import api_view, permission_classes, throttle_classes
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from tasks_app.errors import NotFound
from tasks_app.models import MediaFile
from tasks_app.queries.media import BUCKET_SECONDS, CONTENT_TYPES, IMAGES, signed_project, thumb_name
from tasks_app.web.ranges import Unsatisfiable, asked_range, part_of

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
    """The file as stored, of a recording also a part. Raises NotFound unless the address was signed for this caller and is not out of date."""
    media = _opened(request, token, sha256)
    content_type = CONTENT_TYPES[media.extension]
    if media.extension in IMAGES:
        return _send(media.storage_name, content_type)
    return _send_part(request, media, content_type)


@api_view(["GET"])
@permission_classes([IsAuthenticated])
@throttle_classes([])
def thumb(request: Request, token: str, sha256: str) -> HttpResponseBase:
    """Its thumbnail."""
    media = _opened(request, token, sha256)
    if media.extension not in IMAGES:
        raise NotFound
    return _send(thumb_name(media.sha256), CONTENT_TYPES["webp"])


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


def _send_part(request: Request, media: MediaFile, content_type: str) -> HttpResponseBase:
    """A recording, or the part that a player asks for: it seeks, and a phone never asks for all of a long film."""
    headers = {**HEADERS, "Accept-Ranges": "bytes", "ETag": f'"{media.sha256}"'}
    # Somebody who has a part of another file is sent the whole of this one.
    stale = request.headers.get("If-Range", headers["ETag"]) != headers["ETag"]
    try:
        part = None if stale else asked_range(request.headers.get("Range", ""), media.size)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{media.size}"})
    first, last = part or (0, media.size - 1)
    headers["Content-Length"] = str(last - first + 1)
    if part is not None:
        headers["Content-Range"] = f"bytes {first}-{last}/{media.size}"
    try:
        chunks = part_of(media.storage_name, first, last)
    except FileNotFoundError:
        raise NotFound from None
    return StreamingHttpResponse(chunks, status=206 if part else 200, content_type=content_type, headers=headers)
