"""What a sound or film file is, from its own structure: nothing is decoded and nothing is believed of its name.

A recording is stored as it was sent, since Quorate has no decoder for it; so it is taken only where it is of a kind that
browsers play, and it is served as that kind and as nothing else (web/media.py).
"""

import struct
from dataclasses import dataclass
from typing import IO

from tasks_app.domain import ebml_headers, film_headers
from tasks_app.errors import InvalidInput

# The frames of an MP3 that are looked at for its length where its own table does not tell it.
_MP3_FRAMES = 2_000_000
_CHUNK = 1 << 16
_MPEG1_BITRATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG2_BITRATES = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
# PCM, float, A-law, µ-law.
_WAV_CODES = {1, 3, 6, 7}
_EXTENSIBLE = 0xFFFE
SENTENCE = "Send WAV, MP3, OGG, FLAC or M4A."


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording as its header describes it. `milliseconds` is None where the file does not tell; a sound has no sides."""

    extension: str
    media: str  # "audio" or "video"
    milliseconds: int | None
    width: int = 0
    height: int = 0


def is_recording(start: bytes) -> bool:
    """Whether a file's first bytes are those of a container that sounds and films come in."""
    return (
        (start[:4] == b"RIFF" and start[8:12] == b"WAVE")
        or start[:4] in {b"fLaC", b"OggS", b"\x1a\x45\xdf\xa3"}
        or start[:3] == b"ID3"
        or (start[4:8] == b"ftyp" and start[8:11] not in {b"hei", b"avi", b"mif", b"msf", b"hev"})
        or _frame_length(start[:4]) > 0
    )


def read_recording(file: IO[bytes]) -> Recording:
    """The header of a recording; `file` is left anywhere. Raises InvalidInput with a reason for people."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    start = file.read(512)
    try:
        if start[:4] == b"RIFF" and start[8:12] == b"WAVE":
            return Recording("wav", "audio", _wav(file, size))
        if start[:4] == b"fLaC":
            return Recording("flac", "audio", _flac(start))
        if start[:4] == b"OggS":
            return Recording("ogg", "audio", _ogg(file, start, size))
        if start[:4] == b"\x1a\x45\xdf\xa3":
            return _webm(file, size)
        if start[4:8] == b"ftyp":
            return _mp4(file, size)
        if start[:3] == b"ID3" or _frame_length(start[:4]):
            return Recording("mp3", "audio", _mp3(file, start, size))
    except (struct.error, IndexError, ZeroDivisionError, OverflowError):
        raise InvalidInput("This recording is damaged or cut off: its header cannot be read.") from None
    raise InvalidInput("This is no sound or film that browsers play.")


def _webm(file: IO[bytes], size: int) -> Recording:
    found = ebml_headers.read(file, size)
    if found.video:
        return Recording("webm", "video", found.milliseconds, found.width, found.height)
    return Recording("weba", "audio", found.milliseconds)


def _mp4(file: IO[bytes], size: int) -> Recording:
    found = film_headers.read(file, size)
    if found.video:
        return Recording("mp4", "video", found.milliseconds, found.width, found.height)
    return Recording("m4a", "audio", found.milliseconds)


# --- WAV --------------------------------------------------------------------------------------------------------------
def _wav(file: IO[bytes], size: int) -> int | None:
    """Walks the chunks, some dozens at most."""
    place, bytes_a_second = 12, 0
    for _ in range(200):
        file.seek(place)
        name, length = struct.unpack("<4sI", file.read(8))
        if name == b"fmt ":
            code, channels, _, bytes_a_second = struct.unpack("<HHII", file.read(12))
            if code == _EXTENSIBLE:
                (code,) = struct.unpack("<12xH", file.read(14))
            if code not in _WAV_CODES or not channels or not bytes_a_second:
                raise InvalidInput("This WAV is compressed in a way that browsers do not play. Save it as plain PCM.")
        elif name == b"data":
            if not bytes_a_second:
                break
            return round(int(min(length, size - place - 8)) * 1000 / int(bytes_a_second))
        place += 8 + length + (length & 1)
    raise struct.error


# --- FLAC -------------------------------------------------------------------------------------------------------------
def _flac(start: bytes) -> int | None:
    """STREAMINFO is the first block: 20 bits of rate, 36 of samples."""
    packed = int.from_bytes(start[18:26], "big")
    rate, samples = packed >> 44, packed & ((1 << 36) - 1)
    if not rate:
        raise struct.error
    return round(samples * 1000 / rate) or None


# --- OGG --------------------------------------------------------------------------------------------------------------
def _ogg(file: IO[bytes], start: bytes, size: int) -> int | None:
    """The last page tells how many samples there are. A film, or a codec that browsers do not play, is refused."""
    packet = start[27 + start[26] :]
    if packet.startswith(b"OpusHead"):
        rate, skipped = 48_000, int.from_bytes(packet[10:12], "little")
    elif packet.startswith(b"\x01vorbis"):
        rate, skipped = int.from_bytes(packet[12:16], "little"), 0
    elif packet.startswith(b"\x7fFLAC"):
        rate, skipped = int.from_bytes(packet[27:30], "big") >> 4, 0
    else:
        raise InvalidInput("This OGG holds neither Opus nor Vorbis nor FLAC. " + SENTENCE)
    file.seek(max(size - _CHUNK * 2, 0))
    tail = file.read()
    place = tail.rfind(b"OggS")
    if place < 0 or not rate:
        raise struct.error
    granule = int.from_bytes(tail[place + 6 : place + 14], "little", signed=True)
    return round(max(granule - skipped, 0) * 1000 / rate) if granule > 0 else None


# --- MP3 --------------------------------------------------------------------------------------------------------------
def _frame(head: bytes) -> tuple[int, int, int]:
    """(bytes, samples, samples a second) of an MP3 frame by its four first bytes; (0, 0, 1) for anything else."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0, 0, 1
    version, bitrate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or not 0 < bitrate < 15 or rate == 3:
        return 0, 0, 1
    first = version == 3
    hertz = _RATES[version][rate]
    bits = (_MPEG1_BITRATES if first else _MPEG2_BITRATES)[bitrate] * 1000
    samples = 1152 if first else 576
    return samples // 8 * bits // hertz + (head[2] >> 1 & 1), samples, hertz


def _frame_length(head: bytes) -> int:
    return _frame(head)[0]


def _mp3(file: IO[bytes], start: bytes, size: int) -> int | None:
    place = 0
    if start[:3] == b"ID3":
        tag = start[6:10]
        place = 10 + (tag[0] << 21 | tag[1] << 14 | tag[2] << 7 | tag[3]) + (10 if start[5] & 0x10 else 0)
    file.seek(place)
    head = file.read(1024)
    skipped = next((at for at in range(len(head) - 4) if _frame_length(head[at : at + 4])), -1)
    if skipped < 0:
        raise InvalidInput("This MP3 is damaged or cut off: it holds no sound.")
    place += skipped
    length, samples, rate = _frame(head[skipped : skipped + 4])
    file.seek(place + length)
    if not _frame_length(file.read(4)):
        raise InvalidInput("This MP3 is damaged or cut off: it holds no sound.")
    file.seek(place)
    table = file.read(64)
    at = next((found for mark in (b"Xing", b"Info") if (found := table.find(mark)) >= 0), -1)
    if at >= 0 and len(table) >= at + 12 and table[at + 7] & 1:
        return round(int.from_bytes(table[at + 8 : at + 12], "big") * samples * 1000 / rate)
    return _counted(file, place, size)


def _counted(file: IO[bytes], place: int, size: int) -> int | None:
    """The length of all frames one after the other; None where there are too many to count."""
    seconds = 0.0
    window, start = b"", place
    for _ in range(_MP3_FRAMES):
        if place + 4 > size:
            return round(seconds * 1000)
        if place + 4 > start + len(window):
            file.seek(place)
            window, start = file.read(_CHUNK * 16), place
        length, samples, rate = _frame(window[place - start : place - start + 4])
        if not length:
            return round(seconds * 1000)
        seconds += samples / rate
        place += length
    return None
