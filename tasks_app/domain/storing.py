"""What taking in an image and taking in a recording share: bounded reading, one row a source, files named by content."""

import hashlib
from collections.abc import Callable
from typing import IO, BinaryIO

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.functions import Now

from tasks_app.domain.keeping_media import KEPT, keep, lock_content
from tasks_app.errors import InvalidInput
from tasks_app.models import MediaFile, Project

CHUNK = 1 << 20
SPOOL = 8 << 20


def read_bounded(data: BinaryIO | IO[bytes], copy: IO[bytes], most: int) -> str:
    """Copies at most `most` bytes; the SHA-256 of what was read. Raises InvalidInput for more."""
    digest, total = hashlib.sha256(), 0
    while chunk := data.read(CHUNK):
        total += len(chunk)
        if total > most:
            raise InvalidInput(f"The file is larger than {most // 1_000_000} MB.")
        digest.update(chunk)
        copy.write(chunk)
    return digest.hexdigest()


def known_source(project: Project, source: str) -> MediaFile | None:
    """What these very bytes became before, kept for a day from now; None where it, or its file, is gone."""
    rows = MediaFile.objects.filter(project=project, source_sha256=source)
    known = rows.first() if keep(rows) else None
    return known if known is not None and default_storage.exists(known.storage_name) else None


def keep_row(media: MediaFile, write: Callable[[], None]) -> MediaFile:
    """The stored row of a new file, or the one that another process made of the same bytes; `write` puts its files.

    Files first: a row must never speak of a file that is not there. A file without a row harms nobody.
    """
    names = ("sha256", "extension", "width", "height", "milliseconds", "size")
    write()
    with transaction.atomic():
        # The row before the content, as a sweep does: the other way round the two could wait for each other in a ring.
        keep(MediaFile.objects.filter(project=media.project, source_sha256=media.source_sha256))
        lock_content(media.sha256)
        stored, _ = MediaFile.objects.get_or_create(
            project=media.project,
            source_sha256=media.source_sha256,
            defaults={**{name: getattr(media, name) for name in names}, "kept_until": Now() + KEPT},
        )
        # The same content may have been swept for another project before this lock was ours: then it is written again.
        write()
    return stored


def put(name: str, content: bytes | IO[bytes], size: int) -> None:
    """Stores `size` bytes under a name made of their hash, once.

    A process killed in the middle of writing leaves a file that is too short: the size tells, and it is written again.
    """
    if default_storage.exists(name):
        if default_storage.size(name) == size:
            return
        default_storage.delete(name)
    file: File[bytes] = ContentFile(content) if isinstance(content, bytes) else File(content)
    file.seek(0)
    taken = default_storage.save(name, file)
    if taken != name:
        # Somebody stored the same bytes meanwhile and storage gave ours another name.
        default_storage.delete(taken)
