"""What an uploaded file is, from its first bytes alone: nothing is decoded and nothing is believed of its name."""

import struct
import zlib
from dataclasses import dataclass
from typing import IO

from PIL.JpegImagePlugin import JpegImageFile, get_sampling
from PIL.PngImagePlugin import PngImageFile

from tasks_app.errors import InvalidInput

# The longest signature below; read this much to call `kind_of`.
SNIFF_BYTES = 512

# What people send in place of a photo, and what to tell them.
_REFUSED = (
    (b"GIF8", "This is a GIF. Save it as PNG, JPEG or WEBP."),
    (b"BM", "This is a BMP. Save it as PNG, JPEG or WEBP."),
    (b"II*\x00", "This is a TIFF. Save it as PNG, JPEG or WEBP."),
    (b"MM\x00*", "This is a TIFF. Save it as PNG, JPEG or WEBP."),
    (b"%PDF", "This is a PDF. Save its pages as PNG, JPEG or WEBP."),
    (b"PK\x03\x04", "This is an archive, not an image."),
)
# What Pillow's parsers and decoders raise when they meet broken or hostile bytes.
DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    MemoryError,
    ZeroDivisionError,
    struct.error,
    zlib.error,
)
NOT_AN_IMAGE = "This is not an image that can be read: send PNG, JPEG or WEBP."


@dataclass(frozen=True, slots=True)
class Header:
    """An image as its header describes it. `lossless`: how it was compressed, which its copy keeps."""

    format: str  # PNG, JPEG, WEBP
    width: int
    height: int
    animated: bool
    lossless: bool
    # JPEG only: the chroma subsampling as Pillow numbers it (0: 4:4:4, 1: 4:2:2, 2: 4:2:0), and whether it can be decoded
    # smaller in memory for a few rows: what comes in several scans is held whole.
    subsampling: int = 2
    by_rows: bool = False


def kind_of(start: bytes) -> str:
    """PNG, JPEG or WEBP by signature; "" for anything else."""
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if start.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "WEBP"
    return ""


def why_refused(start: bytes) -> str:
    """A sentence about a file that is none of the three kinds."""
    if not start:
        return "The file is empty."
    for signature, reason in _REFUSED:
        if start.startswith(signature):
            return reason
    if start[4:8] == b"ftyp" and start[8:12] in {b"heic", b"heix", b"mif1", b"avif", b"msf1", b"hevc"}:
        return "This is a HEIC or AVIF photo. Save it as PNG, JPEG or WEBP."
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in text:
        return "SVG drawings are not accepted, as they can carry scripts. Save it as PNG."
    if text.startswith((b"<!doctype", b"<html", b"<?xml", b"<script")):
        return "This is a web page or XML, not an image."
    return NOT_AN_IMAGE


def read_header(file: IO[bytes]) -> Header:
    """The header of an image; `file` is left anywhere. Decodes no pixel.

    Raises InvalidInput with a reason for people.
    """
    file.seek(0)
    start = file.read(SNIFF_BYTES)
    file.seek(0)
    kind = kind_of(start)
    try:
        # The plugins' classes are called, not Image.open: that tries to recognise forty formats, and warns by itself.
        if kind == "PNG":
            png = PngImageFile(file)
            return Header("PNG", *png.size, animated=bool(getattr(png, "is_animated", False)), lossless=True)
        if kind == "JPEG":
            jpeg = JpegImageFile(file)
            sampling = max(get_sampling(jpeg), -1)
            sampling = 0 if sampling == 0 else 2
            rows = _in_one_scan(jpeg, file)
            return Header("JPEG", *jpeg.size, animated=False, lossless=False, subsampling=sampling, by_rows=rows)
        if kind == "WEBP":
            return _webp(file)
    except DAMAGED:
        raise InvalidInput(f"This {kind} is damaged: its header cannot be read.") from None
    raise InvalidInput(why_refused(start))


def _in_one_scan(jpeg: JpegImageFile, file: IO[bytes]) -> bool:
    """Whether a JPEG whose header was read, up to its first scan, has all its colours there, each row once."""
    colours = len(jpeg.layer)
    begin = b"\xff\xda" + struct.pack(">HB", 6 + 2 * colours, colours)
    file.seek(-(len(begin) + 2 * colours + 3), 1)
    return file.read(len(begin)) == begin and not jpeg.info.get("progressive")


def _webp(file: IO[bytes]) -> Header:
    """Read by hand: Pillow's own class makes room for the whole canvas before it tells its size."""
    file.seek(12)
    size: tuple[int, int] | None = None
    animated = lossless = False
    for _ in range(64):  # a still image has a handful of chunks
        head = file.read(8)
        if len(head) < 8:
            break
        name, length = struct.unpack("<4sI", head)
        body = file.read(min(length, 10))
        if name == b"VP8X":
            animated = bool(body[0] & 0x02)
            size = (int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1)
        elif name == b"VP8L":
            bits = int.from_bytes(body[1:5], "little")
            size, lossless = size or ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1), True
            break
        elif name == b"VP8 ":
            width, height = struct.unpack("<HH", body[6:10])
            size = size or (width & 0x3FFF, height & 0x3FFF)
            break
        file.seek(length + (length & 1) - len(body), 1)
    if size is None:
        raise ValueError
    return Header("WEBP", *size, animated=animated, lossless=lossless)
