"""Images in: what is stored, what is refused and with which words."""

import json
import struct
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageCms, PngImagePlugin
from pytest_django import DjangoAssertNumQueries, Settings

from quorate.accounts.models import User
from tasks_app import tools
from tasks_app.domain import storing_images
from tasks_app.domain.image_headers import read_header
from tasks_app.domain.projects import create_project
from tasks_app.domain.storing_images import store_image
from tasks_app.errors import InvalidInput
from tasks_app.models import MediaFile, Project
from tasks_app.queries.media import thumb_name

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_root(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def project() -> Project:
    alice = User.objects.create(email="alice@images.test", name="Alice", is_requester=True)
    return create_project(owner=alice, kind="image_classification", name="Panels")


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def gradient(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", (width, height))
    image.putdata([(x * 4 % 256, y * 5 % 256, (x + y) % 256) for y in range(height) for x in range(width)])
    return image.convert(mode)


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def huge_png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", head)
        + png_chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + png_chunk(b"IEND", b"")
    )


def huge_webp(width: int, height: int) -> bytes:
    body = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunks = b"VP8X" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


def stored(media: MediaFile) -> Image.Image:
    with default_storage.open(media.storage_name) as file:
        image = Image.open(BytesIO(file.read()))
    image.load()
    return image


def refusal(project: Project, data: bytes, name: str = "a.png") -> str:
    with pytest.raises(InvalidInput) as caught:
        store_image(project=project, data=BytesIO(data), name=name)
    assert MediaFile.objects.count() == 0
    return caught.value.message


@pytest.mark.parametrize(("kind", "extension"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
def test_store_image_keeps_size_and_kind_whatever_the_name_says(project: Project, kind: str, extension: str) -> None:
    media = store_image(project=project, data=BytesIO(encode(gradient(), kind)), name="photo.exe")
    image = stored(media)
    assert (media.extension, media.width, media.height, image.format, image.size) == (extension, 60, 40, kind, (60, 40))
    assert media.size == default_storage.size(media.storage_name)
    assert media.storage_name == f"images/{media.sha256[:2]}/{media.sha256}.{extension}"


def test_store_image_keeps_every_pixel_of_a_png(project: Project) -> None:
    media = store_image(project=project, data=BytesIO(encode(gradient(), "PNG")), name="a.png")
    assert stored(media).tobytes() == gradient().tobytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_store_image_takes_the_modes_of_png(project: Project, mode: str) -> None:
    source = Image.new("I;16", (8, 6), 40_000) if mode == "I;16" else gradient(8, 6, mode)
    media = store_image(project=project, data=BytesIO(encode(source, "PNG")), name="a.png")
    image = stored(media)
    assert (image.size, image.mode) == ((8, 6), {"P": "RGB"}.get(mode, mode))
    with default_storage.open(thumb_name(media.sha256)) as file:
        assert Image.open(BytesIO(file.read())).format == "WEBP"


def test_store_image_keeps_the_depth_of_16_bit_grey(project: Project) -> None:
    media = store_image(project=project, data=BytesIO(encode(Image.new("I;16", (4, 4), 40_001), "PNG")), name="a.png")
    assert stored(media).getpixel((1, 1)) == 40_001


def test_store_image_turns_a_photo_upright_and_drops_what_the_camera_wrote(project: Project) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "Camera of Alice"
    data = encode(gradient(), "JPEG", exif=exif, comment=b"secret comment", dpi=(300, 300))
    media = store_image(project=project, data=BytesIO(data), name="a.jpg")
    with default_storage.open(media.storage_name) as file:
        raw = file.read()
    assert (media.width, media.height) == (40, 60)
    assert b"Camera of Alice" not in raw
    assert b"secret comment" not in raw
    assert not stored(media).getexif()


def test_store_image_drops_text_and_what_follows_the_end(project: Project) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "Alice in plain text")
    data = encode(gradient(), "PNG", pnginfo=info) + b"<script>alert(1)</script>"
    media = store_image(project=project, data=BytesIO(data), name="a.png")
    with default_storage.open(media.storage_name) as file:
        raw = file.read()
    assert b"Alice" not in raw
    assert b"script" not in raw


def test_store_image_makes_a_thumbnail_of_at_most_256_pixels(project: Project) -> None:
    media = store_image(project=project, data=BytesIO(encode(gradient(900, 300), "JPEG")), name="a.jpg")
    with default_storage.open(thumb_name(media.sha256)) as file:
        thumb = Image.open(BytesIO(file.read()))
    assert (thumb.format, thumb.size) == ("WEBP", (256, 85))


def test_store_image_stores_the_same_bytes_once_a_project(
    project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    data = encode(gradient(), "JPEG")
    first = store_image(project=project, data=BytesIO(data), name="a.jpg")
    with django_assert_num_queries(2):
        again = store_image(project=project, data=BytesIO(data), name="b.jpg")
    assert again == first
    other = create_project(owner=project.created_by, kind="bounding_box", name="Cells")
    elsewhere = store_image(project=other, data=BytesIO(data), name="a.jpg")
    assert (elsewhere.sha256, elsewhere.pk == first.pk) == (first.sha256, False)
    assert len(default_storage.listdir(f"images/{first.sha256[:2]}")[1]) == 1


def test_store_image_mends_a_file_that_a_killed_process_left_short(project: Project) -> None:
    data = encode(gradient(), "PNG")
    media = store_image(project=project, data=BytesIO(data), name="a.png")
    whole = default_storage.size(media.storage_name)
    media.delete()
    default_storage.delete(media.storage_name)
    default_storage.save(media.storage_name, ContentFile(b"\x89PNG half"))
    again = store_image(project=project, data=BytesIO(data), name="a.png")
    assert default_storage.size(again.storage_name) == whole


def test_store_image_turns_wide_gamut_colours_into_srgb(project: Project) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    odd = encode(gradient(), "PNG", icc_profile=profile)  # a profile that does not fit: the pixels stay as they are
    media = store_image(project=project, data=BytesIO(odd), name="a.png")
    assert stored(media).tobytes() == gradient().tobytes()
    assert "icc_profile" not in stored(media).info


HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (HTML, "web page"),
        (SVG, "SVG"),
        (b"  \n" + SVG, "SVG"),
        (b"GIF89a" + b"\0" * 40, "GIF"),
        (b"BM" + b"\0" * 40, "BMP"),
        (b"II*\0" + b"\0" * 40, "TIFF"),
        (b"%PDF-1.4", "PDF"),
        (b"PK\x03\x04" + b"\0" * 40, "archive"),
        (b"\0\0\0\x20ftypheic" + b"\0" * 40, "HEIC"),
        (b"\x00" * 1000, "not an image"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
        (b"\x89PNG\r\n\x1a\n" + HTML, "damaged"),
        (b"\xff\xd8\xff", "damaged"),
        (b"\xff\xd8\xff\xe0" + b"\xff" * 4000, "damaged"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "damaged"),
        (b"RIFF\x10\0\0\0WEBP", "damaged"),
    ],
)
def test_store_image_refuses_what_is_no_image_and_says_what_it_is(project: Project, data: bytes, words: str) -> None:
    assert words in refusal(project, data)


def test_store_image_refuses_every_cut_of_a_file(project: Project) -> None:
    for kind in ("PNG", "JPEG", "WEBP"):
        whole = encode(gradient(), kind)
        # The last bytes are checksums and end marks: without them every pixel is still there.
        for cut in range(1, len(whole) - 24, max(1, len(whole) // 20)):
            assert refusal(project, whole[:cut])


def test_store_image_survives_flipped_bytes(project: Project) -> None:
    """Never anything but a stored image or a reason."""
    for kind in ("PNG", "JPEG", "WEBP"):
        whole = encode(gradient(), kind)
        for place in range(0, len(whole), max(1, len(whole) // 60)):
            broken = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
            with suppress(InvalidInput):
                store_image(project=project, data=BytesIO(broken), name="x")


@pytest.mark.parametrize("data", [huge_png(50_000, 50_000), huge_webp(16_000, 16_000)])
def test_store_image_refuses_a_bomb_by_its_header(
    project: Project, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decoded(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(storing_images, "_encode", decoded)
    assert "megapixels" in refusal(project, data)


def test_store_image_refuses_more_pixels_than_the_setting(project: Project, settings: Settings) -> None:
    settings.MAX_IMAGE_PIXELS = 2399
    assert "megapixels" in refusal(project, encode(gradient(), "PNG"))
    settings.MAX_IMAGE_PIXELS = 2400
    store_image(project=project, data=BytesIO(encode(gradient(), "PNG")), name="a.png")


@pytest.mark.parametrize(("most", "size"), [(2400, (60, 40)), (2399, (30, 20)), (600, (30, 20)), (300, (15, 10))])
def test_store_image_stores_a_large_jpeg_smaller_and_keeps_the_size_that_marks_are_in(
    project: Project, settings: Settings, most: int, size: tuple[int, int]
) -> None:
    settings.MAX_IMAGE_PIXELS = most
    media = store_image(project=project, data=BytesIO(encode(gradient(), "JPEG")), name="a.jpg")
    assert (media.width, media.height) == (60, 40)
    assert stored(media).size == size


def test_store_image_stores_a_large_turned_jpeg_upright(project: Project, settings: Settings) -> None:
    settings.MAX_IMAGE_PIXELS = 620
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encode(gradient(61, 39), "JPEG", exif=exif)
    media = store_image(project=project, data=BytesIO(data), name="a.jpg")
    assert (media.width, media.height) == (39, 61)
    assert stored(media).size == (20, 31)


@pytest.mark.parametrize("options", [{"progressive": True}, {"quality": 80, "separate": True}])
def test_store_image_refuses_a_large_jpeg_that_would_be_held_whole(
    project: Project, settings: Settings, options: dict[str, object]
) -> None:
    separate = options.pop("separate", False)
    data = encode(gradient(), "JPEG", **options)
    if separate:
        # The first scan has one colour of three: what follows is another scan.
        place = data.index(b"\xff\xda")
        data = data[:place] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + data[place + 14 :]
    settings.MAX_IMAGE_PIXELS = 2399
    assert "JPEG that is not progressive" in refusal(project, data)
    settings.MAX_IMAGE_PIXELS = 239
    assert "megapixels" in refusal(project, encode(gradient(), "JPEG"))


def test_store_image_refuses_a_side_that_no_page_can_show(project: Project) -> None:
    assert "side" in refusal(project, huge_png(30_001, 1))


def test_store_image_reads_no_more_than_its_bound(project: Project, settings: Settings) -> None:
    settings.MAX_IMAGE_PIXELS = 100
    assert "larger than" in refusal(project, b"\x89PNG\r\n\x1a\n" + b"\0" * 2_000_000)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_store_image_refuses_animations(project: Project, kind: str) -> None:
    frames = [gradient(), gradient().rotate(180)]
    assert "animation" in refusal(project, encode(frames[0], kind, save_all=True, append_images=frames[1:]))


@pytest.mark.parametrize("lossless", [True, False])
def test_store_image_keeps_how_a_webp_was_compressed(project: Project, lossless: bool) -> None:
    media = store_image(project=project, data=BytesIO(encode(gradient(), "WEBP", lossless=lossless)), name="a.webp")
    with default_storage.open(media.storage_name) as file:
        assert read_header(BytesIO(file.read())).lossless is lossless


def test_store_image_converts_cmyk_photos(project: Project) -> None:
    media = store_image(project=project, data=BytesIO(encode(gradient(mode="CMYK"), "JPEG")), name="a.jpg")
    assert stored(media).mode == "RGB"


def test_pixels_of_a_turned_photo_are_those_of_the_upright_picture_in_every_export(project: Project) -> None:
    tool = tools.get("bounding_box")
    question = tool.clean_question({"prompt": "Mark.", "classes": [{"name": "Cat"}]})
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    photo = encode(Image.new("RGB", (80, 40), "white"), "JPEG", exif=exif)
    stored = store_image(project=project, data=BytesIO(photo), name="turned.jpg")
    item = tool.clean_item({"image": stored.sha256, "width": stored.width, "height": stored.height, "name": "t.jpg"})
    # Lower right of the upright picture; in the file's own pixels it would lie outside.
    value = tool.clean_answer(question, item, {"boxes": [{"class": "cat", "x1": 20, "y1": 60, "x2": 40, "y2": 80}]})
    found = json.loads("".join(tool.coco(question, [(item, value, 0.9)])))

    assert (stored.width, stored.height) == (40, 80)
    assert (found["images"][0]["width"], found["images"][0]["height"]) == (40, 80)
    assert found["annotations"][0]["bbox"] == [20.0, 60.0, 20.0, 20.0]
    assert json.loads(str(tool.csv_row(question, value)[-1])) == value["boxes"]
