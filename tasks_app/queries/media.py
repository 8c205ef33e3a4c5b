"""Addresses of uploaded images, sounds and films: signed for one person, stateless, the same for a day so that browsers keep the file."""

import base64
import hashlib
import hmac
import time

from django.conf import settings
from django.urls import reverse

from tasks_app.models import MediaFile
from tasks_app.tools import media_in
from tasks_app.tools.fields import Json

# An address made in the last second of a bucket still works through the next one: at least this long, at most twice.
BUCKET_SECONDS = 86_400
_MAC_BYTES = 16
_ID_BYTES = 8
# What is stored as what it ends in, and is served as it; nothing else is.
IMAGES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
SOUNDS = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "weba": "audio/webm",
}
FILMS = {"mp4": "video/mp4", "webm": "video/webm"}
CONTENT_TYPES = IMAGES | SOUNDS | FILMS


def media_url(*, project_id: int, sha256: str, user_id: int, thumb: bool = False) -> str:
    """Path at which this user, signed in or by API key, gets the stored file; nobody else does.

    Good for 24 to 48 hours, the same within a day (UTC). `thumb`: an image, at most 256 pixels a side. No query.
    """
    token = _token(project_id, sha256, user_id, int(time.time()) // BUCKET_SECONDS)
    return reverse("media:thumb" if thumb else "media:image", args=(token, sha256))


def media_urls(project_id: int, item: Json, user_id: int) -> dict[str, str]:
    """`media_url` of all files that an item shows, by column; "" is its content. No query."""
    shown = media_in(item).items()
    return {name: media_url(project_id=project_id, sha256=sha256, user_id=user_id) for name, sha256 in shown}


def shown(media: MediaFile) -> Json:
    """A stored file as an item shows it."""
    sides = {"width": media.width, "height": media.height}
    if media.extension in IMAGES:
        return {"image": media.sha256} | sides
    if media.extension in SOUNDS:
        return {"audio": media.sha256, "milliseconds": media.milliseconds}
    return {"video": media.sha256, "milliseconds": media.milliseconds} | sides


def thumb_url(*, project_id: int, sha256: str, user_id: int) -> str:
    """`media_url` of the thumbnail."""
    return media_url(project_id=project_id, sha256=sha256, user_id=user_id, thumb=True)


def thumb_name(sha256: str) -> str:
    """Where the thumbnail of a stored image lies; always WEBP."""
    return f"thumbs/{sha256[:2]}/{sha256}.webp"


def signed_project(*, token: str, sha256: str, user_id: int | None) -> int | None:
    """The project whose file this token opens for the user; None if it opens none (forged, foreign or out of date)."""
    if user_id is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    if len(raw) != _ID_BYTES + _MAC_BYTES:
        return None
    masked = int.from_bytes(raw[:_ID_BYTES], "big")
    project_id = masked ^ _mask(sha256, user_id)
    bucket = int(time.time()) // BUCKET_SECONDS
    for candidate in (bucket, bucket - 1):
        if project_id < 2**63 and hmac.compare_digest(_token(project_id, sha256, user_id, candidate), token):
            return project_id
    return None


def _token(project_id: int, sha256: str, user_id: int, bucket: int) -> str:
    # The project's row number is masked: addresses, like all public ids, tell nothing about how many there are.
    masked = (project_id ^ _mask(sha256, user_id)).to_bytes(_ID_BYTES, "big")
    mac = _digest(f"open:{project_id}:{sha256}:{user_id}:{bucket}")[:_MAC_BYTES]
    return base64.urlsafe_b64encode(masked + mac).decode().rstrip("=")


def _mask(sha256: str, user_id: int) -> int:
    return int.from_bytes(_digest(f"mask:{sha256}:{user_id}")[:_ID_BYTES], "big")


def _digest(text: str) -> bytes:
    key = hashlib.sha256(b"quorate.media:" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
