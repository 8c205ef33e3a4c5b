"""Taking an image in: bounded before it is decoded, turned upright, stripped of metadata, re-encoded, named by content.

What is stored is our own encoder's output, never the bytes somebody sent: no script, no location and no trick in the file
survives. Animations are refused rather than cut to their first frame: people would be asked about less than was sent.
"""

import hashlib
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO

from django.conf import settings
from PIL import ExifTags, Image, ImageCms, ImageOps
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from tasks_app.domain.image_headers import DAMAGED, Header, read_header
from tasks_app.domain.storing import SPOOL, keep_row, known_source, put, read_bounded
from tasks_app.errors import InvalidInput
from tasks_app.models import MediaFile, Project
from tasks_app.queries.media import thumb_name

THUMB_SIDE = 256
MAX_SIDE = 30_000
# A JPEG of up to so many times the pixels is taken: it is decoded at a half or a quarter, row by row.
TIMES = 10
QUALITY = 92
# Orientations whose upright picture has its sides exchanged.
_SIDEWAYS = {5, 6, 7, 8}
_EXTENSIONS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
_PLUGINS: dict[str, type[ImageFile]] = {"PNG": PngImageFile, "JPEG": JpegImageFile, "WEBP": WebPImageFile}


def max_file_bytes() -> int:
    """An image file is never larger than its pixels at four bytes each, so neither may an upload be."""
    return 4 * settings.MAX_IMAGE_PIXELS


def store_image(*, project: Project, data: BinaryIO | IO[bytes], name: str) -> MediaFile:
    """The stored image of an uploaded file (PNG, JPEG or WEBP), read from where `data` stands.

    A JPEG with more pixels than settings.MAX_IMAGE_PIXELS is stored with fewer; its width and height stay what they were, and
    whatever is marked on it is in those pixels.
    The same bytes in the same project are stored once: two queries, nothing decoded. Memory stays under some 12 bytes a
    pixel of settings.MAX_IMAGE_PIXELS. Raises InvalidInput whose message tells why a file is not taken; `name` is only
    for that message's field.
    """
    try:
        with SpooledTemporaryFile(max_size=SPOOL) as copy:
            source = read_bounded(data, copy, max_file_bytes())
            known = known_source(project, source)
            if known is not None:
                return known
            header = read_header(copy)
            _check_bounds(header)
            encoded, thumb, size = _encode(copy, header)
    except InvalidInput as error:
        raise InvalidInput(error.message, fields={name[:200] or "image": error.message}) from None
    digest = hashlib.sha256(encoded).hexdigest()
    media = MediaFile(
        project=project,
        sha256=digest,
        source_sha256=source,
        extension=_EXTENSIONS[header.format],
        width=size[0],
        height=size[1],
        size=len(encoded),
    )

    def write() -> None:
        put(thumb_name(digest), thumb, len(thumb))
        put(media.storage_name, encoded, len(encoded))

    return keep_row(media, write)


def _check_bounds(header: Header) -> None:
    width, height = header.width, header.height
    if width < 1 or height < 1:
        raise InvalidInput("The image has no pixels.")
    most = settings.MAX_IMAGE_PIXELS
    if width * height > (TIMES * most if header.by_rows else most):
        raise InvalidInput(
            f"The image has {width:,} × {height:,} pixels ({width * height / 1e6:,.0f} megapixels); at most {most // 1_000_000} "
            f"are taken, and {TIMES * most // 1_000_000} of a JPEG that is not progressive."
        )
    if max(width, height) > MAX_SIDE:
        raise InvalidInput(f"The image is {width:,} × {height:,} pixels; a side may have at most {MAX_SIDE:,}.")
    if header.animated:
        raise InvalidInput("This is an animation. Save the frame you mean as a still image.")


def _encode(file: IO[bytes], header: Header) -> tuple[bytes, bytes, tuple[int, int]]:
    """The image and its thumbnail as bytes, and (width, height) as turned upright, before anything was made smaller."""
    file.seek(0)
    size = header.width, header.height
    try:
        image = _PLUGINS[header.format](file)
        _make_smaller(image, header)
        turned = image.getexif().get(ExifTags.Base.Orientation) in _SIDEWAYS
        plain = _plain(image, header)
    except DAMAGED:
        raise InvalidInput(f"This {header.format} is damaged or cut off: it cannot be decoded.") from None
    encoded = BytesIO()
    if header.format == "PNG":
        plain.save(encoded, "PNG")
    elif header.format == "JPEG":
        plain.save(encoded, "JPEG", quality=QUALITY, subsampling=header.subsampling)
    else:
        plain.save(encoded, "WEBP", quality=QUALITY, lossless=header.lossless, method=2)
    return encoded.getvalue(), _thumb(plain), size[::-1] if turned else size


def _make_smaller(image: ImageFile, header: Header) -> None:
    """Sets a JPEG with too many pixels to be decoded at the half, quarter or eighth that has few enough."""
    width, height = image.size
    step = next(
        one for one in (1, 2, 4, 8) if -(-width // one) * -(-height // one) <= settings.MAX_IMAGE_PIXELS or one == 8
    )
    if step > 1:
        image.draft(image.mode, (max(width // step, 1), max(height // step, 1)))


def _plain(image: Image.Image, header: Header) -> Image.Image:
    """Decoded, upright, in sRGB, in a mode that browsers show, with nothing but pixels."""
    profile = image.info.get("icc_profile")
    if header.format == "PNG" and image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif "transparency" in image.info and image.mode in {"L", "RGB", "1"}:
        image = image.convert("RGBA" if image.mode == "RGB" else "LA")
    image.load()
    ImageOps.exif_transpose(image, in_place=True)
    wanted = _mode(image.mode, header.format)
    coloured = _to_srgb(image, profile, wanted) if profile and wanted in {"RGB", "RGBA"} else None
    plain = coloured or (image if image.mode == wanted else image.convert(wanted))
    # Encoders write what they find here: profiles, comments, resolution, text.
    plain.info = {}
    return plain


def _mode(mode: str, kind: str) -> str:
    if kind == "JPEG":
        return "L" if mode == "L" else "RGB"
    if kind == "WEBP":
        return "RGBA" if mode in {"RGBA", "LA", "PA", "RGBa"} else "RGB"
    # 16-bit grey, as scanners and cameras of laboratories write it, keeps its depth.
    return mode if mode in {"1", "L", "LA", "RGB", "RGBA", "I;16"} else ("I;16" if mode.startswith("I") else "RGB")


def _to_srgb(image: Image.Image, profile: bytes, mode: str) -> Image.Image | None:
    """Colours as the profile means them, since the profile itself does not stay; None where it cannot be used."""
    try:
        return ImageCms.profileToProfile(image, BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _thumb(image: Image.Image) -> bytes:
    """WEBP of at most THUMB_SIDE a side. Shrinks `image` itself: a copy of a large one would cost its size again."""
    if image.mode == "I;16":
        image = image.point(lambda value: value / 256).convert("L")
    elif image.mode == "1":
        image = image.convert("L")
    image.thumbnail((THUMB_SIDE, THUMB_SIDE), reducing_gap=2.0)
    out = BytesIO()
    image.convert("RGBA" if image.mode in {"LA", "RGBA"} else "RGB").save(out, "WEBP", quality=80, method=2)
    return out.getvalue()
