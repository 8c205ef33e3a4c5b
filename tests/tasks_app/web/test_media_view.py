"""Uploaded images: for the person the address was made for, as an image and as nothing else."""

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image
from pytest_django import Settings

from quorate.accounts.models import User, make_api_key
from tasks_app.domain.storing_images import store_image
from tasks_app.domain.storing_recordings import store_media
from tasks_app.models import MediaFile, Project
from tasks_app.queries import media as addresses
from tasks_app.queries.media import media_url, signed_project
from tests import factories
from tests.conftest import ClientFor
from tests.tasks_app.recordings import wav


@pytest.fixture(autouse=True)
def media_root(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def stored(alice: User) -> MediaFile:
    project = factories.make_project(alice, kind="image_classification", tasks=0)
    out = BytesIO()
    Image.new("RGB", (600, 400), "red").save(out, "JPEG")
    return store_image(project=project, data=BytesIO(out.getvalue()), name="a.jpg")


def address(stored: MediaFile, user: User, *, thumb: bool = False) -> str:
    return media_url(project_id=stored.project_id, sha256=stored.sha256, user_id=user.pk, thumb=thumb)


def body(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_media_is_served_to_the_person_it_was_signed_for(
    client_for: ClientFor, stored: MediaFile, worker: User
) -> None:
    response = client_for(worker).get(address(stored, worker))
    with default_storage.open(stored.storage_name) as file:
        assert body(response) == file.read()
    assert {name: response.headers[name] for name in ("Content-Type", "X-Content-Type-Options")} == {
        "Content-Type": "image/jpeg",
        "X-Content-Type-Options": "nosniff",
    }
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Cache-Control"] == "private, max-age=86400, immutable"


def test_media_thumbnail_is_small(client_for: ClientFor, stored: MediaFile, worker: User) -> None:
    response = client_for(worker).get(address(stored, worker, thumb=True))
    image = Image.open(BytesIO(body(response)))
    assert (response.headers["Content-Type"], image.format, image.size) == ("image/webp", "WEBP", (256, 171))


@pytest.fixture
def sound(alice: User) -> MediaFile:
    project = factories.make_project(alice, kind="image_classification", tasks=0)
    return store_media(project=project, data=BytesIO(wav(956)), name="a.png")


def test_media_of_a_recording_is_served_as_what_it_is(client_for: ClientFor, sound: MediaFile, worker: User) -> None:
    response = client_for(worker).get(address(sound, worker))
    assert (response.status_code, len(body(response))) == (200, 1000)
    assert {
        name: response.headers[name]
        for name in (
            "Content-Type",
            "Content-Length",
            "Accept-Ranges",
            "X-Content-Type-Options",
            "Content-Security-Policy",
        )
    } == {
        "Content-Type": "audio/wav",
        "Content-Length": "1000",
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    assert client_for(worker).get(address(sound, worker, thumb=True)).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "told", "sent"),
    [
        ("bytes=0-", 206, "bytes 0-999/1000", slice(0, 1000)),
        ("bytes=10-19", 206, "bytes 10-19/1000", slice(10, 20)),
        ("bytes=990-5000", 206, "bytes 990-999/1000", slice(990, 1000)),
        ("bytes=-4", 206, "bytes 996-999/1000", slice(996, 1000)),
        ("bytes=-4000", 206, "bytes 0-999/1000", slice(0, 1000)),
        ("bytes=1000-", 416, "bytes */1000", slice(0, 0)),
        ("bytes=-0", 416, "bytes */1000", slice(0, 0)),
        ("bytes=20-10", 200, None, slice(0, 1000)),
        ("bytes=0-1,5-6", 200, None, slice(0, 1000)),
        ("bytes=-", 200, None, slice(0, 1000)),
        ("lines=0-5", 200, None, slice(0, 1000)),
        ("bytes=" + "9" * 30 + "-", 200, None, slice(0, 1000)),
    ],
)
def test_media_of_a_recording_comes_in_parts(
    client_for: ClientFor, sound: MediaFile, worker: User, asked: str, status: int, told: str | None, sent: slice
) -> None:
    response = client_for(worker).get(address(sound, worker), headers={"Range": asked})
    assert (response.status_code, response.headers.get("Content-Range")) == (status, told)
    assert (body(response) if response.streaming else b"") == wav(956)[sent]


def test_media_of_a_recording_that_changed_comes_whole(client_for: ClientFor, sound: MediaFile, worker: User) -> None:
    for tag, status in ((f'"{sound.sha256}"', 206), ('"other"', 200)):
        headers = {"Range": "bytes=0-9", "If-Range": tag}
        response = client_for(worker).get(address(sound, worker), headers=headers)
        assert (response.status_code, len(body(response))) == (status, 10 if status == 206 else 1000)


def test_media_of_a_recording_whose_file_is_gone_is_not_there(
    client_for: ClientFor, sound: MediaFile, worker: User
) -> None:
    default_storage.delete(sound.storage_name)
    assert client_for(worker).get(address(sound, worker)).status_code == 404


def test_media_of_somebody_else_is_not_there(
    client_for: ClientFor, stored: MediaFile, worker: User, alice: User, admin: User
) -> None:
    for other in (alice, admin):
        assert client_for(other).get(address(stored, worker)).status_code == 404
    assert Client().get(address(stored, worker)).status_code == 401


def test_media_answers_an_api_key(stored: MediaFile, worker: User) -> None:
    key, text = make_api_key(worker, name="script")
    key.save()
    ok = Client().get(address(stored, worker), headers={"Authorization": f"Bearer {text}"})
    assert (ok.status_code, Image.open(BytesIO(body(ok))).size) == (200, (600, 400))
    bad = Client().get(address(stored, worker), headers={"Authorization": "Bearer q_wrong"})
    assert bad.status_code == 401


def test_media_cannot_be_changed_by_the_address(client_for: ClientFor, stored: MediaFile, worker: User) -> None:
    client = client_for(worker)
    path = address(stored, worker)
    prefix, token, sha256 = path.rsplit("/", 2)
    changed = [
        f"{prefix}/{token[:-1]}{'A' if token[-1] != 'A' else 'B'}/{sha256}",
        f"{prefix}/{token}/{'0' * 64}",
        f"{prefix}/{token}A/{sha256}",
        f"{prefix}//{sha256}",
        f"{prefix}/ü/{sha256}",
        f"{prefix}/{token}/..%2f..%2fsecret_key",
        f"{prefix}/{'A' * 32}/{sha256}",
    ]
    assert [client.get(url).status_code for url in changed] == [404] * len(changed)
    assert client.post(path).status_code == 405


def test_media_address_tells_no_row_number_and_is_stable_for_a_day(
    stored: MediaFile, worker: User, alice: User
) -> None:
    token = address(stored, worker).rsplit("/", 2)[1]
    assert address(stored, worker).rsplit("/", 2)[1] == token
    assert address(stored, alice).rsplit("/", 2)[1][:10] != token[:10]
    assert signed_project(token=token, sha256=stored.sha256, user_id=worker.pk) == stored.project_id


@pytest.mark.parametrize(("later", "opens"), [(0, True), (86_400, True), (2 * 86_400, False)])
def test_media_address_lives_24_to_48_hours(
    stored: MediaFile, worker: User, monkeypatch: pytest.MonkeyPatch, later: int, opens: bool
) -> None:
    moment = 1_800_000_000 // 86_400 * 86_400
    monkeypatch.setattr(addresses.time, "time", lambda: moment + 86_399)
    token = address(stored, worker).rsplit("/", 2)[1]
    monkeypatch.setattr(addresses.time, "time", lambda: moment + 86_399 + later)
    assert (signed_project(token=token, sha256=stored.sha256, user_id=worker.pk) is not None) is opens


def test_media_of_another_project_needs_its_own_address(
    client_for: ClientFor, stored: MediaFile, worker: User, project: Project
) -> None:
    foreign = media_url(project_id=project.pk, sha256=stored.sha256, user_id=worker.pk)
    assert client_for(worker).get(foreign).status_code == 404
