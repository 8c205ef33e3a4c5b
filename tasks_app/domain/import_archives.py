"""Reading a ZIP somebody sent: bounded before it is opened, while it is opened and while an entry is read."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import IO

from django.conf import settings

from tasks_app.domain.storing_recordings import largest_file
from tasks_app.errors import InvalidInput

MAX_ENTRIES = 50_000
# Python reads the whole directory of a ZIP into memory, some 500 bytes an entry, whatever its header says it holds.
MAX_DIRECTORY_BYTES = 16 << 20
# Files that unpack to more than this many times the upload limit are bombs, not photos: those hardly shrink.
MAX_GROWTH = 4
_CHUNK = 1 << 20
_SPOOL = 8 << 20
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_JUNK = {"thumbs.db", "desktop.ini", "__macosx"}
_EOCD = struct.Struct("<4s4H2LH")
_BROKEN = "This ZIP is damaged or cut off."


class Archive:
    """An opened ZIP. `entries` are its files in a fixed order: folders and what operating systems add are left out.

    Names are only ever compared and shown: nothing is unpacked to a path, so `../` in a name leads nowhere.
    """

    def __init__(self, file: IO[bytes]) -> None:
        """Raises InvalidInput with the reason for a ZIP that is damaged, too large or no ZIP of files."""
        _check_directory(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError):
            raise InvalidInput(_BROKEN) from None
        infos = self._zip.infolist()
        if len(infos) > MAX_ENTRIES:
            raise InvalidInput(f"This ZIP holds more than {MAX_ENTRIES:,} files; split it.")
        if any(info.filename == "[Content_Types].xml" for info in infos[:50]):
            raise InvalidInput("This is an office document. Save the table as CSV.")
        self.entries = [info for info in infos if not info.is_dir() and not _is_junk(info.filename)]
        # What an entry declares is a promise that reading holds it to (zipfile stops there), so the sum is the bound.
        if sum(info.file_size for info in self.entries) > MAX_GROWTH * settings.MAX_UPLOAD_BYTES:
            raise InvalidInput("This ZIP unpacks to far more than it is; it looks like a ZIP bomb and was not opened.")

    @contextmanager
    def open(self, info: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
        """An entry's bytes, unpacked to memory or a temporary file. Raises InvalidInput with the reason."""
        if info.flag_bits & 0x1:
            raise InvalidInput("This file is encrypted inside the ZIP.")
        if info.compress_type not in _METHODS:
            raise InvalidInput("This file is compressed in an unusual way. Make the ZIP with Deflate, as is usual.")
        with SpooledTemporaryFile(max_size=_SPOOL) as copy:
            try:
                with self._zip.open(info) as packed:
                    _copy_bounded(packed, copy)
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
                raise InvalidInput("This file is damaged inside the ZIP.") from None
            copy.seek(0)
            yield copy


def _copy_bounded(packed: IO[bytes], copy: IO[bytes]) -> None:
    total = 0
    while chunk := packed.read(_CHUNK):
        total += len(chunk)
        if total > largest_file():
            raise InvalidInput(f"The file is larger than {largest_file() // 1_000_000} MB.")
        copy.write(chunk)


def _is_junk(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return any(part.lower() in _JUNK or (part.startswith(".") and part != "..") for part in parts)


def _check_directory(file: IO[bytes]) -> None:
    """Refuses a directory that would fill memory, before zipfile reads it."""
    file.seek(0, 2)
    length = file.tell()
    tail_size = min(length, _EOCD.size + 65_535)
    file.seek(length - tail_size)
    tail = file.read(tail_size)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _EOCD.size:
        raise InvalidInput(_BROKEN)
    directory = _EOCD.unpack_from(tail, place)[5]
    if directory == 0xFFFFFFFF:
        # ZIP64: the locator before the end record points at a record that holds the true size.
        locator = tail.rfind(b"PK\x06\x06", 0, place)
        if locator < 0 or len(tail) - locator < 48:
            raise InvalidInput(_BROKEN)
        directory = struct.unpack_from("<Q", tail, locator + 40)[0]
    if directory > MAX_DIRECTORY_BYTES:
        raise InvalidInput(f"This ZIP holds more than {MAX_ENTRIES:,} files; split it.")
    file.seek(0)
