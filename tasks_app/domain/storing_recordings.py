"""Taking a sound or a film in: bounded, of a kind that browsers play, named by content; its bytes stay as they were sent."""

from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, Literal, cast

from django.conf import settings

from tasks_app.domain.image_headers import NOT_AN_IMAGE, SNIFF_BYTES, kind_of, why_refused
from tasks_app.domain.recording_headers import Recording, is_recording, read_recording
from tasks_app.domain.storing import SPOOL, keep_row, known_source, put, read_bounded
from tasks_app.domain.storing_images import max_file_bytes, store_image
from tasks_app.errors import InvalidInput
from tasks_app.models import MediaFile, Project
from tasks_app.queries.media import SOUNDS

Media = Literal["image", "audio", "video"]
_WANTED = {"image": "pictures", "audio": "sounds", "video": "films"}
_ADVICE = {
    "audio": "This is not a sound that can be read: send WAV, MP3, OGG, FLAC or M4A.",
    "video": "This is not a film that can be read: send MP4 or WebM.",
}
# A day and a night: nobody answers about more, and a header that tells more is nonsense.
MAX_MILLISECONDS = 24 * 3600 * 1000


def largest_file() -> int:
    """The most bytes that any stored file may have."""
    return max(max_file_bytes(), settings.MAX_RECORDING_BYTES)


class _Rejoined:
    """A stream of which the beginning has been read already: what comes from the network cannot be wound back."""

    def __init__(self, start: bytes, rest: BinaryIO | IO[bytes]) -> None:
        self._start, self._rest = start, rest

    def read(self, size: int) -> bytes:
        start, self._start = self._start, b""
        return start or self._rest.read(size)


def store_media(*, project: Project, data: BinaryIO | IO[bytes], name: str, media: Media | None = None) -> MediaFile:
    """The stored image, sound or film of an uploaded file, read from where `data` stands; `media` is what alone is wanted.

    Raises InvalidInput as `store_image` does, and where something else came than was wanted.
    """
    start = data.read(SNIFF_BYTES)
    whole = cast(IO[bytes], _Rejoined(start, data))
    if media == "image" or (media is None and not is_recording(start)):
        return store_image(project=project, data=whole, name=name)
    try:
        _check_start(start, media)
        return _store(project, whole, media)
    except InvalidInput as error:
        raise InvalidInput(error.message, fields={name[:200] or "file": error.message}) from None


def _check_start(start: bytes, media: Media | None) -> None:
    if kind_of(start):
        raise InvalidInput(f"This is a picture; {_WANTED[media or 'audio']} are asked about here.")
    if not is_recording(start):
        raise InvalidInput(why_wrong(start, media))


def why_wrong(start: bytes, media: str | None) -> str:
    """A sentence about a file that is nothing we store, by its beginning, where `media` is wanted."""
    reason = why_refused(start)
    return _ADVICE[media] if media in _ADVICE and reason == NOT_AN_IMAGE else reason


def _store(project: Project, data: BinaryIO | IO[bytes], media: Media | None) -> MediaFile:
    with SpooledTemporaryFile(max_size=SPOOL) as copy:
        # What is stored is what was sent: source and content have one hash.
        digest = read_bounded(data, copy, settings.MAX_RECORDING_BYTES)
        known = known_source(project, digest)
        if known is not None:
            _check_wanted("audio" if known.extension in SOUNDS else "video", media)
            return known
        found = read_recording(copy)
        _check_wanted(found.media, media)
        _check_length(found)
        copy.seek(0, 2)
        row = MediaFile(
            project=project,
            sha256=digest,
            source_sha256=digest,
            extension=found.extension,
            width=found.width,
            height=found.height,
            milliseconds=found.milliseconds,
            size=copy.tell(),
        )
        return keep_row(row, lambda: put(row.storage_name, copy, row.size))


def _check_wanted(found: str, wanted: str | None) -> None:
    if wanted is not None and found != wanted:
        there = "a film" if found == "video" else "a sound without a picture"
        raise InvalidInput(f"This is {there}; {_WANTED[wanted]} are asked about here.")


def _check_length(found: Recording) -> None:
    if found.milliseconds is None:
        return
    if found.milliseconds < 1:
        raise InvalidInput("This recording is empty: it lasts no time.")
    if found.milliseconds > MAX_MILLISECONDS:
        raise InvalidInput("This recording is longer than 24 hours.")
