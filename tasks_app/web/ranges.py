"""Parts of a stored file, as players ask for them: `Range` of RFC 9110, one range a request."""

import re
from collections.abc import Iterable, Iterator
from typing import IO, cast

from django.core.files.storage import default_storage

CHUNK = 1 << 16
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Unsatisfiable(Exception):
    """The range lies beyond the end of the file."""


def asked_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte that a `Range` header asks for; None where the whole is the answer (none, several, nonsense).

    Raises Unsatisfiable.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        if not int(last) or not size:
            raise Unsatisfiable
        return max(size - int(last), 0), size - 1
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise Unsatisfiable
    return int(first), min(int(last), size - 1) if last else size - 1


class FilePart:
    """The bytes from `first` to `last` of an open file, which closes with the response, read or not."""

    def __init__(self, file: IO[bytes], first: int, last: int) -> None:
        self._file, self._left = file, last - first + 1
        file.seek(first)

    def __iter__(self) -> Iterator[bytes]:
        while self._left and (chunk := self._file.read(min(CHUNK, self._left))):
            self._left -= len(chunk)
            yield chunk

    def close(self) -> None:
        """Called by Django when the response ends, however it does."""
        self._file.close()


def part_of(name: str, first: int, last: int) -> Iterable[bytes]:
    """The bytes from `first` to `last` of a stored file. Raises FileNotFoundError at once, not when it is read.

    From a bucket only these are fetched: opening a file there would fetch all of it.
    """
    bucket = getattr(default_storage, "bucket", None)
    if bucket is None:
        return FilePart(cast(IO[bytes], default_storage.open(name)), first, last)
    if not default_storage.exists(name):
        raise FileNotFoundError(name)
    body = bucket.Object(name).get(Range=f"bytes={first}-{last}")["Body"]
    return cast(Iterable[bytes], body.iter_chunks(CHUNK))
