"""Images nothing shows go; those that something shows, or is about to show, stay, whoever does what at the same time."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from quorate.accounts.models import User
from quorate.common.clock import database_now
from tasks_app.domain import keeping_media, projects, uploading
from tasks_app.domain.adding_tasks import NewTask, add_tasks
from tasks_app.domain.storing_images import store_image
from tasks_app.models import MediaFile, Project
from tasks_app.queries.media import thumb_name
from tests.factories import QUESTIONS


@pytest.fixture(autouse=True)
def media_root(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def photos(alice: User) -> Project:
    return make(alice, "Photos")


def make(owner: User, name: str) -> Project:
    kind = "image_classification"
    return projects.create_project(owner=owner, kind=kind, name=name, question=QUESTIONS[kind])


def photo(colour: int = 0) -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (8, 8), (colour, 0, 0)).save(out, "PNG")
    out.seek(0)
    return out


def stored(project: Project, colour: int = 0) -> MediaFile:
    return store_image(project=project, data=photo(colour), name="photo")


def shown(project: Project, media: MediaFile) -> None:
    """An item of this image."""
    pool = project.pools.select_related("project").get()
    item = {"image": media.sha256, "width": 8, "height": 8, "name": "photo"}
    add_tasks(pool=pool, items=[NewTask(item, "photo")], actor=None)


def a_day_passes() -> None:
    MediaFile.objects.filter(kept_until__isnull=False).update(kept_until=database_now() - timedelta(seconds=1))


def there(media: MediaFile) -> tuple[bool, bool, bool]:
    """Row, image, thumbnail."""
    files = default_storage.exists(media.storage_name), default_storage.exists(thumb_name(media.sha256))
    return MediaFile.objects.filter(pk=media.pk).exists(), *files


def test_an_image_nothing_shows_goes_after_a_day(photos: Project) -> None:
    media = stored(photos)
    assert keeping_media.sweep() == 0
    assert there(media) == (True, True, True)
    a_day_passes()
    assert keeping_media.sweep() == 1
    assert there(media) == (False, False, False)


def test_an_items_image_stays_until_a_day_after_the_item(photos: Project, alice: User) -> None:
    media = stored(photos)
    shown(photos, media)
    for _ in range(2):
        a_day_passes()
        assert keeping_media.sweep() == 0
    uploading.delete_items(pool=photos.pools.get(), actor=alice, public_ids=None)
    assert keeping_media.sweep() == 0
    assert there(media) == (True, True, True)
    a_day_passes()
    assert keeping_media.sweep() == 1
    assert there(media) == (False, False, False)


def test_images_of_an_item_that_shows_two_stay_as_long_as_it(photos: Project, alice: User) -> None:
    media = [stored(photos, colour) for colour in (1, 2)]
    picture = {"image": media[0].sha256, "width": 8, "height": 8, "name": "photo"}
    pool = photos.pools.select_related("project").get()
    both = NewTask(picture | {"second": picture | {"image": media[1].sha256}}, "pair")
    added = add_tasks(pool=pool, items=[both, both, NewTask(picture, "alone")], actor=None)
    assert (added.created, added.duplicates) == (2, 1)
    for _ in range(2):
        a_day_passes()
        assert keeping_media.sweep() == 0
    uploading.delete_items(pool=pool, actor=alice, public_ids=None)
    assert keeping_media.sweep() == 0
    a_day_passes()
    assert keeping_media.sweep() == 2


def test_an_example_stays_until_a_day_after_its_class_shows_another(photos: Project, alice: User) -> None:
    first, second = stored(photos, 1), stored(photos, 2)
    for media in (first, second):
        photos.refresh_from_db()
        question = photos.question | {"classes": [dict(row) for row in photos.question["classes"]]}
        question["classes"][0]["example"] = media.sha256
        projects.set_question(project=photos, actor=alice, question=question, seen_version=photos.question_version)
    a_day_passes()
    assert keeping_media.sweep() == 1
    assert (there(first), there(second)) == ((False, False, False), (True, True, True))


def test_a_file_goes_with_the_last_project_that_shows_it(photos: Project, alice: User) -> None:
    mine, theirs = stored(photos), stored(make(alice, "Others"))
    assert mine.storage_name == theirs.storage_name
    shown(photos, mine)
    a_day_passes()
    assert keeping_media.sweep() == 1
    assert (there(mine), there(theirs)) == ((True, True, True), (False, True, True))


def test_the_same_photo_again_begins_a_new_day(photos: Project) -> None:
    media = stored(photos)
    a_day_passes()
    assert stored(photos).pk == media.pk
    assert keeping_media.sweep() == 0


def test_an_image_whose_file_is_gone_is_stored_again(photos: Project) -> None:
    media = stored(photos)
    default_storage.delete(media.storage_name)
    assert stored(photos).pk == media.pk
    assert there(media) == (True, True, True)


def test_an_import_writes_again_what_was_swept_between_its_file_and_its_row(
    photos: Project, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same content is swept for another project when this one has found the file there and not yet made its row."""
    stored(make(alice, "Others"))
    a_day_passes()
    lock = keeping_media.lock_content

    def sweep_first(sha256: str) -> None:
        monkeypatch.setattr("tasks_app.domain.storing.lock_content", lock)
        assert keeping_media.sweep() == 1
        lock(sha256)

    monkeypatch.setattr("tasks_app.domain.storing.lock_content", sweep_first)
    assert there(stored(photos)) == (True, True, True)


def test_a_tick_with_nothing_to_sweep_costs_one_query(
    photos: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    stored(photos)
    with django_assert_num_queries(3):  # with the transaction's begin and end
        keeping_media.sweep()
