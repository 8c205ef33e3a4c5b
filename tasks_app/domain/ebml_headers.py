"""WebM: the elements that tell what is in one, how long it is and how large its picture."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from tasks_app.errors import InvalidInput

MAX_SIDE = 8192
# What stands before the first picture: more than this is no header.
_MAX_HEAD = 4 << 20
_MAX_ELEMENTS = 2_000
_EBML, _DOCTYPE, _SEGMENT, _CLUSTER = 0x1A45DFA3, 0x4282, 0x18538067, 0x1F43B675
_INFO, _SCALE, _DURATION = 0x1549A966, 0x2AD7B1, 0x4489
_TRACKS, _ENTRY, _TYPE, _CODEC, _VIDEO, _WIDTH, _HEIGHT = 0x1654AE6B, 0xAE, 0x83, 0x86, 0xE0, 0xB0, 0xBA
_INSIDE = {_EBML, _SEGMENT, _INFO, _TRACKS, _ENTRY, _VIDEO}
_PLAYED = {b"V_VP8", b"V_VP9", b"V_AV1", b"A_OPUS", b"A_VORBIS"}


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
    file.seek(0)
    data = file.read(min(size, _MAX_HEAD))
    found, kind, scale, duration = Film(), b"", 1_000_000, 0.0
    for name, body in _elements(data):
        if name == _DOCTYPE:
            kind = body.rstrip(b"\x00")
        elif name == _SCALE:
            scale = int.from_bytes(body, "big")
        elif name == _DURATION:
            duration = struct.unpack(">d" if len(body) == 8 else ">f", body)[0]
        elif name == _CODEC:
            codec = body.rstrip(b"\x00")
            if codec not in _PLAYED:
                raise InvalidInput(
                    "This film or sound is compressed in a way that WebM does not know. Save it as WebM or MP4."
                )
            found.video |= codec.startswith(b"V_")
            found.sound |= codec.startswith(b"A_")
        elif name == _WIDTH:
            found.width = int.from_bytes(body, "big")
        elif name == _HEIGHT:
            found.height = int.from_bytes(body, "big")
    if kind != b"webm":
        raise InvalidInput("This is a Matroska file. Save it as WebM or MP4, which browsers play.")
    if not found.video and not found.sound:
        raise InvalidInput("This WebM is damaged or cut off: it holds neither a film nor a sound.")
    if found.video and not (1 <= found.width <= MAX_SIDE and 1 <= found.height <= MAX_SIDE):
        raise InvalidInput(f"A film's sides are 1 to {MAX_SIDE:,} pixels.")
    milliseconds = duration * scale / 1_000_000
    found.milliseconds = round(milliseconds) if 0 < milliseconds < float("inf") else None
    return found


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Name and body of each element up to the first cluster, those inside others too."""
    place = 0
    for _ in range(_MAX_ELEMENTS):
        if place >= len(data):
            return
        name, place = _number(data, place, keep=True)
        length, place = _number(data, place, keep=False)
        if name == _CLUSTER:
            return
        if name in _INSIDE:
            continue  # its elements follow
        yield name, data[place : place + length]
        place += length


def _number(data: bytes, place: int, *, keep: bool) -> tuple[int, int]:
    """An EBML number of variable length and where the next byte stands; `keep` leaves its length marker in."""
    first = data[place]
    if not first:
        raise struct.error
    width = 9 - first.bit_length()
    value = int.from_bytes(data[place : place + width], "big")
    return (value if keep else value & ((1 << 7 * width) - 1)), place + width
