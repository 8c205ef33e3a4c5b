"""Media in an S3-compatible bucket: the settings build, and files go in, out and away through Quorate's own verbs."""

import runpy
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image
from pytest_django import Settings

from quorate.accounts.models import User
from quorate.common.clock import database_now
from tasks_app.domain import keeping_media, uploading
from tasks_app.domain.adding_tasks import NewTask, add_tasks
from tasks_app.domain.projects import create_project
from tasks_app.domain.storing_images import store_image
from tasks_app.domain.storing_recordings import store_media
from tasks_app.models import MediaFile, Project
from tasks_app.queries.media import media_url, thumb_name
from tests.conftest import ClientFor
from tests.factories import QUESTIONS
from tests.s3_server import Bucket, serve
from tests.tasks_app.recordings import wav

SETTINGS = Path(__file__).resolve().parents[3] / "platform/quorate/settings.py"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[Bucket]:
    """Storage as the environment of such an installation makes it."""
    with serve() as (address, content):
        for name, value in {
            "QUORATE_S3_BUCKET": "photos",
            "QUORATE_S3_ENDPOINT": address,
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            monkeypatch.setenv(name, value)
        built = runpy.run_path(str(SETTINGS))["STORAGES"]
        settings.STORAGES = {**settings.STORAGES, "default": built["default"]}
        yield content


@pytest.fixture
def photos(alice: User) -> Project:
    kind = "image_classification"
    return create_project(owner=alice, kind=kind, name="Photos", question=QUESTIONS[kind])


def photo() -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (40, 30), (200, 10, 10)).save(out, "PNG")
    out.seek(0)
    return out


def test_files_are_put_read_and_deleted(bucket: Bucket) -> None:
    assert default_storage.save("uploads/a/ä b.bin", ContentFile(b"0123456789")) == "uploads/a/ä b.bin"
    assert bucket == {"photos/uploads/a/ä b.bin": b"0123456789"}
    assert (default_storage.exists("uploads/a/ä b.bin"), default_storage.size("uploads/a/ä b.bin")) == (True, 10)
    with default_storage.open("uploads/a/ä b.bin") as file:
        file.seek(7)
        assert file.read() == b"789"
    default_storage.delete("uploads/a/ä b.bin")
    default_storage.delete("uploads/a/ä b.bin")
    assert (default_storage.exists("uploads/a/ä b.bin"), bucket) == (False, {})
    with pytest.raises(FileNotFoundError):
        default_storage.open("uploads/a/ä b.bin")


def test_an_image_goes_in_is_shown_and_goes_with_its_item(
    bucket: Bucket, photos: Project, alice: User, client_for: ClientFor
) -> None:
    media = store_image(project=photos, data=photo(), name="photo.png")
    again = store_image(project=photos, data=photo(), name="photo.png")
    names = {f"photos/{media.storage_name}", f"photos/{thumb_name(media.sha256)}"}
    assert (again, set(bucket)) == (media, names)

    pool = photos.pools.select_related("project").get()
    item = {"image": media.sha256, "width": 40, "height": 30, "name": "photo.png"}
    add_tasks(pool=pool, items=[NewTask(item, "photo.png")], actor=None)
    shown = client_for(alice).get(media_url(project_id=photos.pk, sha256=media.sha256, user_id=alice.pk))
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")
    assert b"".join(shown.streaming_content) == bucket[f"photos/{media.storage_name}"]  # type: ignore[attr-defined]

    uploading.delete_items(pool=pool, actor=alice, public_ids=None)
    MediaFile.objects.update(kept_until=database_now() - timedelta(seconds=1))
    assert (keeping_media.sweep(), bucket) == (1, {})
    missing = client_for(alice).get(media_url(project_id=photos.pk, sha256=media.sha256, user_id=alice.pk))
    assert missing.status_code == 404


def test_a_part_of_a_sound_is_fetched_alone(
    bucket: Bucket, photos: Project, alice: User, client_for: ClientFor
) -> None:
    media = store_media(project=photos, data=BytesIO(wav(956)), name="a.wav")
    url = media_url(project_id=photos.pk, sha256=media.sha256, user_id=alice.pk)
    part = client_for(alice).get(url, headers={"Range": "bytes=20-29"})
    assert (part.status_code, part["Content-Range"]) == (206, "bytes 20-29/1000")
    assert b"".join(part.streaming_content) == wav(956)[20:30]  # type: ignore[attr-defined]
    bucket.clear()
    assert client_for(alice).get(url, headers={"Range": "bytes=20-29"}).status_code == 404
