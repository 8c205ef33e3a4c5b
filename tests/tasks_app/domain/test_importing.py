"""Imports: every row becomes a task, a counted duplicate or a named problem, exactly once, whatever is killed."""

import hashlib
import json
import random
import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from itertools import count
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from pytest_django import Settings

from quorate.accounts.models import User
from quorate.common.clock import database_now
from quorate.events.models import Dirty, Event
from quorate.ledger import book
from tasks_app.domain import adding_tasks, import_rows, importing, uploading
from tasks_app.domain.importing import run_import_slice
from tasks_app.domain.keeping_uploads import sweep_uploads
from tasks_app.domain.projects import create_project, set_instructions, set_question
from tasks_app.domain.publishing import close, launch
from tasks_app.domain.uploading import add_file, delete_items, give_up, open_import, start_import, take_up_again
from tasks_app.enums import ImportState, PoolState
from tasks_app.errors import Conflict, InvalidInput
from tasks_app.models import Import, ImportFile, MediaFile, Pool, Task
from tasks_app.queries.pools import current_pool

pytestmark = pytest.mark.django_db
Files = list[tuple[str, bytes]]


@pytest.fixture(autouse=True)
def media_root(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def alice() -> User:
    return User.objects.create(email="alice@import.test", name="Alice", is_requester=True)


@pytest.fixture
def texts(alice: User) -> Pool:
    return current_pool(create_project(owner=alice, kind="text_classification", name="Mails"))


@pytest.fixture
def images(alice: User) -> Pool:
    return current_pool(create_project(owner=alice, kind="image_classification", name="Panels"))


def photo(number: int, kind: str = "PNG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (12, 9), (number % 256, number // 256, 7)).save(out, kind)
    return out.getvalue()


def packed(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


def upload(pool: Pool, files: Files, column: str = "") -> Import:
    batch = open_import(pool=pool, actor=pool.project.created_by, name="batch")
    for number, (name, data) in enumerate(files):
        add_file(batch=batch, file=ContentFile(data), name=name, upload_key=str(number))
    return start_import(batch=batch, actor=pool.project.created_by, column=column)


def finish(batch: Import, *, steps: int = 200) -> Import:
    for _ in range(steps):
        if run_import_slice(batch.pk):
            break
    else:
        raise AssertionError("the import does not end")
    batch.refresh_from_db()
    return batch


def bring(pool: Pool, files: Files, column: str = "") -> Import:
    return finish(upload(pool, files, column))


def counts(batch: Import) -> tuple[str, int | None, int, int, int, int]:
    return (
        batch.state,
        batch.total_rows,
        batch.done_rows,
        batch.good_rows,
        batch.duplicate_rows,
        batch.bad_rows,
    )


def problems(batch: Import) -> list[tuple[str, str]]:
    return list(batch.problems.order_by("row").values_list("place", "reason"))


def names(pool: Pool) -> list[str]:
    return list(Task.objects.filter(pool=pool).order_by("source_row").values_list("name", flat=True))


# --- What comes in ----------------------------------------------------------------------------------------------------
def test_import_of_image_files_makes_a_task_of_each(images: Pool) -> None:
    batch = bring(images, [("a.png", photo(1)), ("b.jpg", photo(2, "JPEG")), ("deep/er/c.webp", photo(3, "WEBP"))])
    assert counts(batch) == ("done", 3, 3, 3, 0, 0)
    assert names(images) == ["a.png", "b.jpg", "c.webp"]
    task = Task.objects.get(name="a.png")
    media = MediaFile.objects.get(source_sha256=hashlib.sha256(photo(1)).hexdigest())
    assert task.data == {"image": media.sha256, "width": 12, "height": 9, "name": "a.png"}
    assert (task.slots_free, task.overlap_max, task.lane, task.fingerprint) == (0, 7, 0, media.sha256)


def test_import_of_a_zip_takes_nested_images_and_ignores_what_systems_add(images: Pool) -> None:
    data = packed(
        [
            ("photos/a.png", photo(1)),
            ("photos/more/b.png", photo(2)),
            ("__MACOSX/photos/._a.png", b"junk"),
            ("photos/.DS_Store", b"junk"),
            ("Thumbs.db", b"junk"),
            ("empty/", b""),
        ]
    )
    batch = bring(images, [("photos.zip", data)])
    assert counts(batch) == ("done", 2, 2, 2, 0, 0)
    assert names(images) == ["a.png", "b.png"]


def test_import_keeps_good_rows_and_lists_bad_ones_with_place_and_reason(images: Pool) -> None:
    data = packed([("a.png", photo(1)), ("evil.png", b"<svg onload=alert(1)>"), ("notes.txt", b"hello")])
    batch = bring(images, [("x.zip", data), ("page.png", b"<!doctype html><script>1</script>"), ("b.png", photo(2))])
    assert counts(batch) == ("done", 5, 5, 2, 0, 3)
    assert problems(batch) == [
        ("x.zip: evil.png", "SVG drawings are not accepted, as they can carry scripts. Save it as PNG."),
        ("x.zip: notes.txt", "This is a table: bring it beside the ZIP, not inside."),
        ("page.png", "This is a web page or XML, not an image."),
    ]


def test_import_counts_and_skips_what_the_pool_has(images: Pool) -> None:
    first = bring(images, [("a.png", photo(1)), ("same.png", photo(1)), ("b.png", photo(2))])
    assert counts(first) == ("done", 3, 3, 2, 1, 0)
    again = bring(images, [("other name.png", photo(2)), ("c.png", photo(3))])
    assert counts(again) == ("done", 2, 2, 1, 1, 0)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16", b""),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("cp1252", b""),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_import_reads_what_spreadsheets_write(texts: Pool, encoding: str, mark: bytes, delimiter: str) -> None:
    lines = [["id", "text", "lang"], ["7", "Größe, naïve; “ok”", "de"], ["8", 'He said "no"\nand left', "en"]]
    body = "\r\n".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in lines)
    batch = bring(texts, [("mails.csv", mark + body.encode(encoding))], "text")
    assert counts(batch) == ("done", 2, 2, 2, 0, 0)
    assert list(Task.objects.order_by("source_row").values_list("name", "data")) == [
        ("7", {"text": "Größe, naïve; “ok”", "meta": {"id": "7", "lang": "de"}}),
        ("8", {"text": 'He said "no"\nand left', "meta": {"id": "8", "lang": "en"}}),
    ]


def test_import_of_jsonl_takes_other_fields_as_meta(texts: Pool) -> None:
    rows = [
        json.dumps({"text": "one", "n": 3, "deep": {"a": [1, None]}, "none": None}),
        "",
        "[1, 2]",
        "{broken",
        json.dumps({"other": "no text"}),
        "[" * 100_000,
        '{"text": "\\ud800"}',
        '{"text": "nul \\u0000 here"}',
        '{"text": 12}',
    ]
    batch = bring(texts, [("rows.jsonl", "\n".join(rows).encode())], "text")
    assert counts(batch)[3:] == (2, 0, 6)
    assert Task.objects.get(source_row=0).data == {"text": "one", "meta": {"n": "3", "deep": '{"a":[1,null]}'}}
    assert Task.objects.get(data__text="12").name == "Line 9"
    assert [place for place, _ in problems(batch)] == [f"rows.jsonl line {line}" for line in (3, 4, 5, 6, 7, 8)]


def test_import_of_a_table_finds_its_images_by_name(images: Pool) -> None:
    table = (
        "file,site\na.png,north\nPHOTOS/B.PNG,south\nmissing.png,east\ntwice.png,west\none/twice.png,x\n,none\n"
        "https://x.test/a.png,web\n"
    )
    data = packed([("photos/b.png", photo(2)), ("one/twice.png", photo(3)), ("two/twice.png", photo(4))])
    batch = bring(images, [("items.csv", table.encode()), ("a.png", photo(1)), ("p.zip", data)], "file")
    assert counts(batch) == ("done", 7, 7, 3, 0, 4)
    assert Task.objects.get(name="a.png").data["meta"] == {"site": "north"}
    assert problems(batch) == [
        ("items.csv line 4", "No image called “missing.png” was uploaded with this table."),
        ("items.csv line 5", "2 images are called “twice.png”: write the folder too."),
        ("items.csv line 7", "The column “file” is empty."),
        ("items.csv line 8", "Images are not fetched from addresses: upload them beside the table."),
    ]


# --- What hostile or broken files do ----------------------------------------------------------------------------------
def test_import_of_odd_csv_names_the_lines(texts: Pool) -> None:
    body = (
        b"text,n\ngood,1\ntoo,many,cells\nnul \x00 here,2\n\n"
        + b"x" * 1_000_000
        + b',3\n"a"b,4\nfine,5\n"never closed,6\nlost,7\n'
    )
    batch = bring(texts, [("odd.csv", body)], "text")
    assert names(texts) == ["Line 2", "Line 8"]
    assert problems(batch) == [
        ("odd.csv line 3", "3 cells, but the first line names 2 columns."),
        ("odd.csv line 4", "Contains characters that cannot be stored."),
        ("odd.csv line 6", "At most 100000 characters."),
        ("odd.csv line 7", "A quotation mark inside a cell is not doubled."),
        ("odd.csv line 9", "A quotation mark is opened here and never closed; the rest of the file was not read."),
    ]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.csv", b"", "The file is empty."),
        ("head.csv", b"text\n", "This table has no rows below its first line."),
        ("blank.csv", b"\n\n \n", "This table has no rows below its first line."),
        ("other.csv", b"body\nhello\n", "There is no column “text” here; there are: body."),
        ("list.json", b'[{"text": "a"}]', "A JSON list: write one object a line instead (JSONL)."),
        ("photo.png", photo(1), "This project asks about texts: bring CSV, TSV or JSONL."),
        ("all.zip", packed([("a.csv", b"text\nhi\n")]), "This project asks about texts: bring CSV, TSV or JSONL."),
        ("a.exe", b"MZ\x90", "This is no table: bring CSV, TSV or JSONL."),
        ("wide.csv", b"a," * 600 + b"\n1\n", "More than 500 columns."),
        ("long.csv", b"text" * 1_100_000, "Line has more than 4,000,000 characters: this is not a table."),
        (
            "long.jsonl",
            b"1" * 4_100_000,
            "The line has more than 4,000,000 characters; the rest of the file was not read.",
        ),
    ],
)
def test_import_says_what_is_wrong_with_a_whole_file(texts: Pool, name: str, data: bytes, reason: str) -> None:
    batch = bring(texts, [("good.csv", b"text\nhello\n"), (name, data)], "text")
    assert counts(batch) == ("done", 2, 2, 1, 0, 1)
    assert problems(batch)[0][1] == reason


def bomb_zip() -> bytes:
    """64 MB of zeros said, and packed, as a few kilobytes, forty times over."""
    return packed([(f"{number}.png", b"\0" * (2 << 20)) for number in range(40)])


def lying_zip() -> bytes:
    """Declares ten bytes for an entry that unpacks to two million."""
    data = bytearray(packed([("a.png", b"\0" * 2_000_000)]))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.find(signature)
        data[place + offset : place + offset + 4] = (10).to_bytes(4, "little")
    return bytes(data)


def crowded_zip() -> bytes:
    """An end record that speaks of a directory of 500 MB."""
    data = bytearray(packed([("a.png", photo(1))]))
    place = data.rfind(b"PK\x05\x06")
    data[place + 12 : place + 16] = (500 << 20).to_bytes(4, "little")
    return bytes(data)


def encrypted_zip() -> bytes:
    data = bytearray(packed([("a.png", photo(1))]))
    data[data.find(b"PK\x03\x04") + 6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (bomb_zip(), "This ZIP unpacks to far more than it is; it looks like a ZIP bomb and was not opened."),
        (lying_zip(), "This file is damaged inside the ZIP."),
        (crowded_zip(), "This ZIP holds more than 50,000 files; split it."),
        (encrypted_zip(), "This file is encrypted inside the ZIP."),
        (
            packed([("a.png", photo(1))], zipfile.ZIP_LZMA),
            "This file is compressed in an unusual way. Make the ZIP with Deflate, as is usual.",
        ),
        (packed([("a.png", photo(1))])[:-30], "This ZIP is damaged or cut off."),
        (b"PK\x03\x04" + b"\0" * 100, "This ZIP is damaged or cut off."),
        (packed([]), "This ZIP holds no files."),
        (
            packed([("[Content_Types].xml", b"<x/>"), ("xl/a.xml", b"")]),
            "This is an office document. Save the table as CSV.",
        ),
    ],
)
def test_import_refuses_hostile_zips(images: Pool, settings: Settings, data: bytes, reason: str) -> None:
    settings.MAX_UPLOAD_BYTES = 1 << 20
    batch = bring(images, [("a.zip", data)])
    assert counts(batch) == ("done", 1, 1, 0, 0, 1)
    assert problems(batch)[0][1] == reason


def test_import_of_a_zip_with_paths_that_climb_writes_nothing_there(images: Pool, tmp_path: Path) -> None:
    batch = bring(images, [("a.zip", packed([("../../../climb.png", photo(1)), ("/etc/abs.png", photo(2))]))])
    assert counts(batch) == ("done", 2, 2, 2, 0, 0)
    assert sorted(names(images)) == ["abs.png", "climb.png"]
    assert not list(tmp_path.parent.rglob("*climb*"))
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} <= {"images", "thumbs", "uploads"}


def test_import_of_names_no_database_stores(images: Pool) -> None:
    batch = bring(images, [("nul\x00\ud800\n.png", photo(1)), ("x" * 400 + ".png", photo(2))])
    assert counts(batch) == ("done", 2, 2, 2, 0, 0)
    assert all(len(name) <= 200 for name in names(images))


# --- Slices, kills, races ---------------------------------------------------------------------------------------------
def jumping_clock() -> Callable[[], float]:
    """Every look at it is ten seconds later: a slice is one row."""
    ticks = count(step=10)
    return lambda: float(next(ticks))


def test_import_works_in_slices_and_shows_how_far_it_is(texts: Pool) -> None:
    batch = upload(texts, [("a.csv", b"text\n" + b"".join(b"row %d\n" % n for n in range(4)))], "text")
    seen = []
    while not run_import_slice(batch.pk, clock=jumping_clock()):
        batch.refresh_from_db()
        seen.append((batch.state, batch.total_rows, batch.done_rows))
    assert seen[0] == ("running", 4, 0)
    assert [done for _, _, done in seen] == sorted(done for _, _, done in seen)
    assert len({done for _, _, done in seen}) > 2
    assert counts(finish(batch)) == ("done", 4, 4, 4, 0, 0)


class Killed(Exception):
    pass


@pytest.mark.parametrize("place", ["add_tasks", "_commit", "_ring_again", "item_of", "_clear"])
def test_import_killed_anywhere_goes_on_without_loss_or_double(
    images: Pool, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """A kill at each point of each slice, before it and after it: the next process finishes the same sequence."""
    files = [(f"{n}.png", photo(n)) for n in range(6)] + [("bad.png", b"no"), ("again.png", photo(3))]
    batch = upload(images, files)
    real = getattr(importing, place)
    chance = random.Random(place)

    def dies(*arguments: object, **named: object) -> object:
        if chance.random() < 0.3:
            raise Killed
        result = real(*arguments, **named)
        if chance.random() < 0.3:
            raise Killed
        return result

    monkeypatch.setattr(importing, place, dies)
    for _ in range(200):
        # The dead process's lease has run out.
        Dirty.objects.update(due_at="2020-01-01T00:00:00+00:00")
        try:
            if run_import_slice(batch.pk, clock=jumping_clock()):
                break
        except Killed:
            continue
    else:
        raise AssertionError("the import does not end")
    batch.refresh_from_db()
    assert counts(batch) == ("done", 8, 8, 6, 1, 1)
    assert sorted(names(images)) == [f"{n}.png" for n in range(6)]
    assert not ImportFile.objects.exists()
    assert Event.objects.filter(verb="import.finished", object_id=batch.public_id).count() == 1


def test_import_slice_that_lost_the_race_writes_nothing(texts: Pool) -> None:
    batch = upload(texts, [("a.csv", b"text\none\ntwo\n")], "text")
    run_import_slice(batch.pk)  # counts
    stale = Import.objects.select_related("pool__project", "created_by").get(pk=batch.pk)
    run_import_slice(batch.pk)
    importing._work(stale, lambda: 0.0)
    assert counts(finish(batch)) == ("done", 2, 2, 2, 0, 0)
    assert Task.objects.count() == 2


def test_import_that_another_process_holds_is_left_alone(texts: Pool) -> None:
    batch = upload(texts, [("a.csv", b"text\none\n")], "text")
    assert importing._claim(batch.pk)
    assert importing._claim(batch.pk) == []
    assert run_import_slice(batch.pk) is False
    batch.refresh_from_db()
    assert batch.total_rows is None


def test_import_leaves_no_upload_and_no_dirty_row_behind(images: Pool) -> None:
    bring(images, [("a.png", photo(1)), ("b.zip", packed([("c.png", photo(2))]))])
    assert not Dirty.objects.exists()
    assert not ImportFile.objects.exists()
    folders = default_storage.listdir("uploads")[0]
    assert [default_storage.listdir(f"uploads/{folder}")[1] for folder in folders] == [[]]


def test_import_of_ten_thousand_rows_needs_few_queries(texts: Pool) -> None:
    rows = b"".join(b"text number %d,%d\n" % (n, n) for n in range(10_000))
    batch = upload(texts, [("big.csv", b"text,n\n" + rows)], "text")
    with CaptureQueriesContext(connection) as captured:
        finish(batch)
    assert counts(batch) == ("done", 10_000, 10_000, 10_000, 0, 0)
    # SQLite takes 999 values a statement, some 60 rows.
    assert len(captured) < 400
    keys = Task.objects.values_list("queue_key", flat=True)
    assert len(set(keys)) == 10_000
    assert 0 <= min(keys) < 2**60 < max(keys) < 2**62


# --- Into a running pool ----------------------------------------------------------------------------------------------
def opened(pool: Pool, money: int) -> Pool:
    alice = pool.project.created_by
    book.deposit(requester=alice, amount=money, actor=alice, memo="", ref="test")
    question = {"prompt": "Which?", "classes": [{"name": "Yes"}, {"name": "No"}]}
    set_question(project=pool.project, actor=alice, question=question, seen_version=1)
    set_instructions(project=pool.project, actor=alice, instructions="Look.")
    bring(pool, [("first.csv", b"text\nfirst\n")], "text")
    return launch(pool=Pool.objects.select_related("project").get(pk=pool.pk), actor=alice)


def test_import_into_a_running_pool_holds_money_and_opens_places(texts: Pool) -> None:
    pool = opened(texts, 10_000_000)
    held = book.balance(book.held_account(pool.public_id))
    bring(pool, [("more.csv", b"text\none\ntwo\n")], "text")
    assert list(Task.objects.filter(name__startswith="Line").values_list("slots_free", "overlap_max")) == [(3, 7)] * 3
    assert book.balance(book.held_account(pool.public_id)) == held + 2 * 7 * 50_000


def test_import_without_money_stops_with_the_reason_and_goes_on_after_a_deposit(texts: Pool) -> None:
    pool = opened(texts, 7 * 50_000)
    batch = bring(pool, [("more.csv", b"text\none\n")], "text")
    assert (batch.state, batch.good_rows, bool(batch.error)) == (ImportState.FAILED, 0, True)
    alice = pool.project.created_by
    book.deposit(requester=alice, amount=7 * 50_000, actor=alice, memo="", ref="second")
    take_up_again(batch=batch, actor=alice)
    assert counts(finish(batch)) == ("done", 1, 1, 1, 0, 0)
    assert batch.error == ""


def test_import_into_a_closed_pool_is_refused(texts: Pool) -> None:
    pool = opened(texts, 10_000_000)
    batch = upload(pool, [("more.csv", b"text\none\n")], "text")
    close(pool=pool, actor=pool.project.created_by)
    finish(batch)
    assert (batch.state, batch.error) == (ImportState.FAILED, "This pool is closed: it takes no more items.")
    pool.refresh_from_db()
    with pytest.raises(Conflict):
        open_import(pool=pool, actor=pool.project.created_by, name="x")


# --- Uploading --------------------------------------------------------------------------------------------------------
def test_add_file_again_is_the_file_that_is_there(images: Pool) -> None:
    batch = open_import(pool=images, actor=images.project.created_by, name="b")
    first = add_file(batch=batch, file=ContentFile(photo(1)), name="a.png", upload_key="k")
    again = add_file(batch=batch, file=ContentFile(photo(1)), name="a.png", upload_key="k")
    assert first == again
    assert len(default_storage.listdir(f"uploads/{batch.public_id}")[1]) == 1


def test_add_file_bounds_the_upload_and_keeps_nothing_of_what_it_refuses(images: Pool, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 150
    batch = open_import(pool=images, actor=images.project.created_by, name="b")
    add_file(batch=batch, file=ContentFile(b"x" * 100), name="a.png", upload_key="1")
    with pytest.raises(uploading.TooLarge):
        add_file(batch=batch, file=ContentFile(b"x" * 51), name="b.png", upload_key="2")
    add_file(batch=batch, file=ContentFile(b"x" * 50), name="b.png", upload_key="3")
    assert len(default_storage.listdir(f"uploads/{batch.public_id}")[1]) == 2


@pytest.mark.parametrize("key", ["", "k" * 81, "a\x00b"])
def test_add_file_refuses_odd_keys(images: Pool, key: str) -> None:
    batch = open_import(pool=images, actor=images.project.created_by, name="b")
    with pytest.raises(InvalidInput) as caught:
        add_file(batch=batch, file=ContentFile(photo(1)), name="a.png", upload_key=key)
    assert list(caught.value.fields) == ["upload_key"]


def test_start_import_needs_files_and_a_column_and_happens_once(texts: Pool) -> None:
    actor = texts.project.created_by
    batch = open_import(pool=texts, actor=actor, name="b")
    with pytest.raises(InvalidInput) as caught:
        start_import(batch=batch, actor=actor)
    assert list(caught.value.fields) == ["files"]
    add_file(batch=batch, file=ContentFile(b"text\nhi\n"), name="a.csv", upload_key="1")
    with pytest.raises(InvalidInput) as caught:
        start_import(batch=batch, actor=actor)
    assert list(caught.value.fields) == ["column"]
    start_import(batch=batch, actor=actor, column="text")
    start_import(batch=batch, actor=actor, column="other")
    batch.refresh_from_db()
    assert (batch.state, batch.column) == (ImportState.RUNNING, "text")
    with pytest.raises(Conflict):
        add_file(batch=batch, file=ContentFile(b"text\nho\n"), name="b.csv", upload_key="2")


def test_start_import_may_leave_tables_out(images: Pool) -> None:
    actor = images.project.created_by
    batch = open_import(pool=images, actor=actor, name="b")
    add_file(batch=batch, file=ContentFile(b"file\na.png\n"), name="labels.csv", upload_key="1")
    with pytest.raises(InvalidInput) as caught:
        start_import(batch=batch, actor=actor, without_tables=True)
    assert list(caught.value.fields) == ["files"]
    for number in (1, 2):
        add_file(batch=batch, file=ContentFile(photo(number)), name=f"{number}.png", upload_key=f"p{number}")
    start_import(batch=batch, actor=actor, without_tables=True)
    assert len(default_storage.listdir(f"uploads/{batch.public_id}")[1]) == 2
    assert counts(finish(batch)) == ("done", 2, 2, 2, 0, 0)


def test_give_up_drops_the_upload_and_its_bytes(texts: Pool) -> None:
    actor = texts.project.created_by
    batch = open_import(pool=texts, actor=actor, name="b")
    add_file(batch=batch, file=ContentFile(b"text\nhi\n"), name="a.csv", upload_key="1")
    give_up(batch=batch, actor=actor)
    assert not Import.objects.exists()
    assert default_storage.listdir(f"uploads/{batch.public_id}")[1] == []
    done = bring(texts, [("a.csv", b"text\nhi\n")], "text")
    with pytest.raises(Conflict):
        give_up(batch=done, actor=actor)


def test_uploads_that_nobody_starts_go_after_a_day_without_a_file(texts: Pool) -> None:
    actor = texts.project.created_by
    left, awake, running = (open_import(pool=texts, actor=actor, name=name) for name in ("left", "awake", "running"))
    for batch in (left, awake, running):
        add_file(batch=batch, file=ContentFile(b"text\nhi\n"), name="a.csv", upload_key="1")
    start_import(batch=running, actor=actor, column="text")
    assert sweep_uploads() == 0
    Import.objects.update(active_at=database_now() - timedelta(days=1))
    add_file(batch=awake, file=ContentFile(b"text\nho\n"), name="b.csv", upload_key="2")
    assert (sweep_uploads(), sweep_uploads()) == (1, 0)
    assert set(Import.objects.values_list("name", flat=True)) == {"awake", "running"}
    assert default_storage.listdir(f"uploads/{left.public_id}")[1] == []
    assert Event.objects.get(verb="import.dropped").object_id == left.public_id
    with pytest.raises(Conflict):
        add_file(batch=left, file=ContentFile(b"text\nhi\n"), name="c.csv", upload_key="3")
    assert default_storage.listdir(f"uploads/{left.public_id}")[1] == []
    assert counts(finish(running))[3] == 1


def test_delete_items_works_in_a_draft_alone(texts: Pool) -> None:
    actor = texts.project.created_by
    bring(texts, [("a.csv", b"text\none\ntwo\nthree\n")], "text")
    one = Task.objects.get(data__text="one")
    assert delete_items(pool=texts, actor=actor, public_ids=[one.public_id, "nonsense"]) == 1
    assert delete_items(pool=texts, actor=actor, public_ids=None) == 2
    assert counts(bring(texts, [("a.csv", b"text\none\n")], "text"))[3] == 1
    Pool.objects.filter(pk=texts.pk).update(state=PoolState.OPEN)
    with pytest.raises(Conflict):
        delete_items(pool=texts, actor=actor, public_ids=None)


def test_fingerprint_tells_content_from_name(images: Pool) -> None:
    mark = adding_tasks.fingerprint
    assert mark({"image": "ab", "name": "x"}) == mark({"image": "ab", "name": "y", "meta": {"a": "b"}}) == "ab"
    assert mark({"text": "a"}) != mark({"text": "b"})
    assert len(mark({"text": "a"})) == 64


def test_too_many_rows_stop_the_import(texts: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "MAX_ROWS", 2)
    monkeypatch.setattr(import_rows, "MAX_ROWS", 2)
    batch = bring(texts, [("a.csv", b"text\none\ntwo\nthree\n")], "text")
    assert (batch.state, batch.error) == (ImportState.FAILED, "More than 2 rows: bring them in several parts.")
