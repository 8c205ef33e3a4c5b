"""Sounds and films in: what is taken, by its bytes alone, what is refused and with which words; and how it is kept."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from quorate.accounts.models import User
from quorate.common.clock import database_now
from tasks_app.domain import keeping_media
from tasks_app.domain.bringing_items import bring_items
from tasks_app.domain.importing import run_import_slice
from tasks_app.domain.projects import create_project
from tasks_app.domain.recording_headers import Recording, is_recording, read_recording
from tasks_app.domain.storing_recordings import store_media
from tasks_app.domain.uploading import add_file, delete_items, open_import, start_import
from tasks_app.errors import InvalidInput
from tasks_app.models import MediaFile, Project, Task
from tasks_app.queries.pools import current_pool
from tests.tasks_app.recordings import flac, mp3, mp4, ogg, opus, vorbis, wav, webm

GOOD = {
    "wav": (wav(1500), Recording("wav", "audio", 1500)),
    "wav as cameras write it": (wav(500)[:12] + b"LIST\x03\x00\x00\x00abc\x00" + wav(500)[12:], Recording("wav", "audio", 500)),
    "flac": (flac(66_150), Recording("flac", "audio", 1500)),
    "flac of unknown length": (flac(0), Recording("flac", "audio", None)),
    "opus": (opus(2000), Recording("ogg", "audio", 2000)),
    "vorbis": (vorbis(11_025), Recording("ogg", "audio", 500)),
    "mp3": (mp3(100), Recording("mp3", "audio", 2612)),
    "mp3 with a tag": (mp3(100, tag=3000), Recording("mp3", "audio", 2612)),
    "mp3 with a table": (mp3(1000, table=True), Recording("mp3", "audio", 26122)),
    "m4a": (mp4(b"mp4a", brand=b"M4A "), Recording("m4a", "audio", 3000)),
    "mp4": (mp4(b"avc1", b"mp4a"), Recording("mp4", "video", 3000, 320, 240)),
    "mp4 for streams": (mp4(b"mp4a", b"avc1", last=False), Recording("mp4", "video", 3000, 320, 240)),
    "mp4 of unknown length": (mp4(b"vp09", milliseconds=0), Recording("mp4", "video", None, 320, 240)),
    "webm": (webm(b"V_VP9", b"A_OPUS"), Recording("webm", "video", 2500, 320, 240)),
    "webm of unknown length": (webm(b"V_VP8", milliseconds=None), Recording("webm", "video", None, 320, 240)),
    "webm without a picture": (webm(b"A_OPUS"), Recording("weba", "audio", 2500)),
}  # fmt: skip
BAD = {
    "adpcm": (wav(code=2), "This WAV is compressed in a way that browsers do not play. Save it as plain PCM."),
    "wav without sound": (wav(1)[:36], "This recording is damaged or cut off: its header cannot be read."),
    "theora": (ogg(b"\x80theora", 5), "This OGG holds neither Opus nor Vorbis nor FLAC. Send WAV, MP3, OGG, FLAC or M4A."),
    "h265": (mp4(b"hvc1"), "This film is H.265, which not every browser plays. Save it as H.264 (AVC)."),
    "alac": (mp4(b"alac"), "This is Apple Lossless, which not every browser plays. Save it as AAC, MP3 or FLAC."),
    "mp4 of neither": (mp4(b"tx3g"), "This MP4 holds neither a film nor a sound that browsers play."),
    "mp4 cut off": (mp4(b"avc1")[:200], "This MP4 is damaged or cut off: what tells its contents is missing."),
    "too wide": (mp4(b"avc1", size=(9000, 20)), "A film's sides are 1 to 8,192 pixels."),
    "matroska": (webm(b"V_VP9", doctype=b"matroska"), "This is a Matroska file. Save it as WebM or MP4, which browsers play."),
    "mpeg in webm": (webm(b"V_MPEG4/ISO/AVC"), "This film or sound is compressed in a way that WebM does not know. Save it as WebM or MP4."),
    "one frame": (mp3(1), "This MP3 is damaged or cut off: it holds no sound."),
    "a tag alone": (mp3(0, tag=2000)[:2010], "This MP3 is damaged or cut off: it holds no sound."),
}  # fmt: skip


@pytest.fixture(autouse=True)
def media_root(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sounds(alice: User) -> Project:
    return create_project(owner=alice, kind="audio_classification", name="Birds")


@pytest.mark.parametrize("name", GOOD)
def test_a_recording_tells_what_it_is_and_how_long(name: str) -> None:
    data, found = GOOD[name]
    assert is_recording(data[:512])
    assert read_recording(io.BytesIO(data)) == found


@pytest.mark.parametrize("name", BAD)
def test_what_browsers_do_not_play_is_refused_in_words(name: str) -> None:
    data, words = BAD[name]
    with pytest.raises(InvalidInput) as caught:
        read_recording(io.BytesIO(data))
    assert caught.value.message == words


@given(st.sampled_from([data for data, _ in GOOD.values()]), st.data())
def test_broken_recordings_are_refused_or_read_and_nothing_else(data: bytes, draw: st.DataObject) -> None:
    broken = bytearray(data[: draw.draw(st.integers(0, len(data)))])
    for _ in range(3):
        if broken:
            broken[draw.draw(st.integers(0, min(len(broken), 600) - 1))] = draw.draw(st.integers(0, 255))
    try:
        found = read_recording(io.BytesIO(bytes(broken)))
    except InvalidInput:
        return
    assert found.milliseconds is None or found.milliseconds >= 0


@pytest.mark.parametrize("start", [b"\xff\xfe<\x00s\x00c\x00", b"\xff\xd8\xff\xe0", b"<html>", b"PK\x03\x04", b"\x00\x00\x00\x20ftypheic"])  # fmt: skip
def test_what_is_no_recording_is_not_taken_for_one(start: bytes) -> None:
    assert not is_recording(start + bytes(500))


@pytest.mark.django_db
def test_a_recording_is_kept_as_it_came_and_once(sounds: Project) -> None:
    data = opus()
    row = store_media(project=sounds, data=io.BytesIO(data), name="a.png", media="audio")
    assert (row.extension, row.milliseconds, row.size) == ("ogg", 2000, len(data))
    assert (row.width, row.height, row.storage_name) == (0, 0, f"recordings/{row.sha256[:2]}/{row.sha256}.ogg")
    with default_storage.open(row.storage_name) as file:
        assert file.read() == data
    assert store_media(project=sounds, data=io.BytesIO(data), name="b.ogg") == row
    assert MediaFile.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "media", "words"),
    [
        (mp4(b"avc1"), "audio", "This is a film; sounds are asked about here."),
        (opus(), "video", "This is a sound without a picture; films are asked about here."),
        (opus(), "image", "This is not an image that can be read: send PNG, JPEG or WEBP."),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "audio", "This is a picture; sounds are asked about here."),
        (b"hello", "audio", "This is not a sound that can be read: send WAV, MP3, OGG, FLAC or M4A."),
        (b"hello", "video", "This is not a film that can be read: send MP4 or WebM."),
        (b"<svg onload=alert(1)>", "audio", "SVG drawings are not accepted, as they can carry scripts. Save it as PNG."),
        (wav(0), "audio", "This recording is empty: it lasts no time."),
        (b"", "audio", "The file is empty."),
    ],
)  # fmt: skip
def test_what_was_not_asked_for_is_refused(sounds: Project, data: bytes, media: str, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        store_media(project=sounds, data=io.BytesIO(data), name="x", media=media)  # type: ignore[arg-type]
    assert caught.value.fields == {"x": [words]}
    assert not MediaFile.objects.exists()


@pytest.mark.django_db
def test_a_recording_that_is_too_large_is_refused(sounds: Project, settings: Settings) -> None:
    settings.MAX_RECORDING_BYTES = 1_000_000
    with pytest.raises(InvalidInput, match="larger than 1 MB"):
        store_media(project=sounds, data=io.BytesIO(wav(1_000_001)), name="x", media="audio")


@pytest.mark.django_db
def test_sounds_come_from_files_archives_and_tables_and_go_with_their_items(sounds: Project, alice: User) -> None:
    pool = current_pool(sounds)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("deep/b.flac", flac())
        archive.writestr("c.txt", "no sound")
    bring(
        pool,
        alice,
        [("a.wav", wav(700)), ("more.zip", packed.getvalue()), ("d.png", mp3()), ("e.gif", b"GIF89a" + bytes(20))],
    )
    tasks = {task.name: task.data for task in Task.objects.filter(pool=pool)}
    assert {name: data["milliseconds"] for name, data in tasks.items()} == {"a.wav": 700, "b.flac": 1000, "d.png": 2612}
    reasons = dict(pool.imports.get().problems.values_list("place", "reason"))
    assert reasons == {
        "more.zip: c.txt": "This is a table: bring it beside the ZIP, not inside.",
        "e.gif": "This is a GIF. Save it as PNG, JPEG or WEBP.",
    }
    bring(pool, alice, [("t.csv", b"clip,who\nA.WAV,me\nf.wav,you\ng.wav,you\n"), ("f.wav", wav(900))], column="clip")
    assert list(Task.objects.filter(pool=pool, name="f.wav").values_list("data__meta__who", flat=True)) == ["you"]
    last = pool.imports.order_by("-id")[0]
    assert list(last.problems.values_list("place", "reason")) == [
        ("t.csv line 2", "No file called “A.WAV” was uploaded with this table."),
        ("t.csv line 4", "No file called “g.wav” was uploaded with this table."),
    ]
    delete_items(pool=pool, actor=alice, public_ids=None)
    names = [row.storage_name for row in MediaFile.objects.all()]
    MediaFile.objects.update(kept_until=database_now() - timedelta(seconds=1))
    assert keeping_media.sweep() == 4
    assert [name for name in names if default_storage.exists(name)] == []


def bring(pool: object, who: User, files: list[tuple[str, bytes]], column: str = "") -> None:
    batch = open_import(pool=pool, actor=who, name="x")  # type: ignore[arg-type]
    for number, (name, data) in enumerate(files):
        add_file(batch=batch, file=ContentFile(data), name=name, upload_key=str(number))
    start_import(batch=batch, actor=who, column=column)
    while not run_import_slice(batch.pk):
        pass


@pytest.mark.django_db
def test_items_by_json_name_stored_sounds_and_nothing_else(sounds: Project, alice: User) -> None:
    pool = current_pool(sounds)
    sound = store_media(project=sounds, data=io.BytesIO(wav(800)), name="a")
    film = store_media(project=sounds, data=io.BytesIO(mp4(b"avc1")), name="b")
    bring_items(pool=pool, actor=alice, items=[{"audio": sound.sha256, "name": "one"}])
    assert Task.objects.get(pool=pool).data == {"audio": sound.sha256, "milliseconds": 800, "name": "one"}
    for wrong in (film.sha256, "0" * 64, 5, None):
        with pytest.raises(InvalidInput) as caught:
            bring_items(pool=pool, actor=alice, items=[{"audio": wrong}])
        assert caught.value.fields == {"items.0.audio": ["No such sound is stored in this project."]}
