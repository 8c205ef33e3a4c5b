"""MP4 and M4A: the boxes that tell what is in one, how long it is and how large its picture."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from tasks_app.errors import InvalidInput

MAX_SIDE = 8192
_MAX_MOOV = 64 << 20
_MAX_BOXES = 10_000
_CONTAINERS = {b"trak", b"mdia", b"minf", b"stbl", b"mvex"}
_VIDEO = {b"avc1", b"avc3", b"vp08", b"vp09", b"av01"}
_SOUND = {b"mp4a", b"Opus", b"fLaC", b".mp3"}
_ADVICE = {
    b"hvc1": "This film is H.265, which not every browser plays. Save it as H.264 (AVC).",
    b"hev1": "This film is H.265, which not every browser plays. Save it as H.264 (AVC).",
    b"alac": "This is Apple Lossless, which not every browser plays. Save it as AAC, MP3 or FLAC.",
}


@dataclass(slots=True)
class Film:
    """What was found; sides are 0 without a picture."""

    video: bool = False
    sound: bool = False
    milliseconds: int | None = None
    width: int = 0
    height: int = 0


def read(file: IO[bytes], size: int) -> Film:
    """Raises InvalidInput with a reason, struct.error or IndexError for a file that is damaged."""
    found = Film()
    for name, body in _inside(_moov(file, size)):
        if name == b"mvhd":
            found.milliseconds = _duration(body, 12, 20) or found.milliseconds
        elif name == b"mehd" and not found.milliseconds:
            found.milliseconds = None  # in pieces: the whole is known to whoever plays it
        elif name == b"stsd":
            _note_codec(body, found)
    if not found.video and not found.sound:
        raise InvalidInput("This MP4 holds neither a film nor a sound that browsers play.")
    if found.video and not (1 <= found.width <= MAX_SIDE and 1 <= found.height <= MAX_SIDE):
        raise InvalidInput(f"A film's sides are 1 to {MAX_SIDE:,} pixels.")
    return found


def _moov(file: IO[bytes], size: int) -> bytes:
    """The box that describes the rest; it may stand at either end."""
    place = 0
    for _ in range(_MAX_BOXES):
        file.seek(place)
        head = file.read(16)
        if len(head) < 8:
            break
        length, name = struct.unpack(">I4s", head[:8])
        header = 8
        if length == 1:
            length, header = struct.unpack(">Q", head[8:16])[0], 16
        elif length == 0:
            length = size - place
        if length < header:
            break
        if name == b"moov":
            if length > _MAX_MOOV or place + length > size:
                break
            file.seek(place + header)
            return file.read(length - header)
        place += length
    raise InvalidInput("This MP4 is damaged or cut off: what tells its contents is missing.")


def _inside(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Every box, those in containers too, outer first. A box larger than what holds it ends its list."""
    parts = [data]
    left = _MAX_BOXES
    while parts:
        part, place = parts.pop(), 0
        while place + 8 <= len(part) and left:
            left -= 1
            length, name = struct.unpack_from(">I4s", part, place)
            if length < 8 or place + length > len(part):
                break
            body = part[place + 8 : place + length]
            yield name, body
            if name in _CONTAINERS:
                parts.append(body)
            place += length


def _duration(body: bytes, narrow: int, wide: int) -> int | None:
    """Milliseconds of an mvhd; None where it is 0 or unknown."""
    if body[0] == 1:
        scale, length = struct.unpack_from(">IQ", body, wide)
        unknown = (1 << 64) - 1
    else:
        scale, length = struct.unpack_from(">II", body, narrow)
        unknown = (1 << 32) - 1
    return round(length * 1000 / scale) if scale and length not in {0, unknown} else None


def _note_codec(body: bytes, found: Film) -> None:
    """The first sample entry of a track: version and flags, count, then a box named by its codec."""
    codec = body[12:16]
    if codec in _ADVICE:
        raise InvalidInput(_ADVICE[codec])
    if codec in _VIDEO:
        width, height = struct.unpack_from(">HH", body, 8 + 8 + 24)
        found.video, found.width, found.height = True, width, height
    elif codec in _SOUND:
        found.sound = True
