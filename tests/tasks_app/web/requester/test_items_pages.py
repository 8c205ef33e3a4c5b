"""The items pages: who may, what is refused, and that one form of files ends as items."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from pytest_django import Settings

from quorate.accounts.models import User
from tasks_app.domain.importing import run_import_slice
from tasks_app.domain.projects import create_project
from tasks_app.domain.uploading import open_import
from tasks_app.enums import ImportState, Role
from tasks_app.models import Import, ImportFile, Pool, Project, Task
from tasks_app.queries.pools import current_pool
from tests import factories
from tests.conftest import ClientFor

JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def media_root(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def photos(alice: User) -> Project:
    return create_project(owner=alice, kind="image_classification", name="Panels")


def image(number: int = 0) -> bytes:
    out = BytesIO()
    Image.new("RGB", (9, 9), (number, 1, 2)).save(out, "PNG")
    return out.getvalue()


def sent(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def work_off() -> None:
    for batch in Import.objects.filter(state=ImportState.RUNNING):
        while not run_import_slice(batch.pk):
            pass


def places(project: Project, batch: Import, task: Task) -> dict[str, tuple[str, str]]:
    """Every address of these pages: name → (method, path)."""
    root = f"/p/{project.public_id}"
    upload = f"{root}/items/upload/{batch.public_id}"
    return {
        "items": ("get", f"{root}/items/"),
        "items_list": ("get", f"{root}/items/list/"),
        "imports": ("get", f"{root}/items/imports/"),
        "item": ("get", f"{root}/items/{task.public_id}/"),
        "import_problems": ("get", f"{upload}/problems.csv"),
        "upload": ("get", f"{upload}/"),
        "items_delete": ("post", f"{root}/items/delete/"),
        "upload_begin": ("post", f"{root}/items/upload/"),
        "upload_file": ("post", f"{upload}/files/"),
        "upload_start": ("post", f"{upload}/start/"),
        "upload_act": ("post", f"{upload}/drop/"),
    }


READS = {"items", "items_list", "imports", "item", "import_problems"}


def statuses(client: Client, wanted: dict[str, tuple[str, str]]) -> dict[str, int]:
    return {name: getattr(client, method)(path).status_code for name, (method, path) in wanted.items()}


def test_items_pages_by_role(
    client_for: ClientFor, project: Project, alice: User, bob: User, charlie: User, admin: User, worker: User
) -> None:
    viewer = factories.make_user("vera", is_requester=True)
    factories.join(project, viewer, Role.VIEWER)
    batch = open_import(pool=current_pool(project), actor=alice, name="b")
    task = Task.objects.filter(pool__project=project)[0]
    wanted = places(project, batch, task)
    for stranger in (charlie, worker):
        assert set(statuses(client_for(stranger), wanted).values()) == {404}
    anonymous = statuses(Client(), wanted)
    assert set(anonymous.values()) == {302}
    for reader in (viewer, admin):
        found = statuses(client_for(reader), wanted)
        assert {name: code for name, code in found.items() if name in READS} == dict.fromkeys(READS, 200)
        assert {code for name, code in found.items() if name not in READS} == {403}
    assert statuses(client_for(bob), wanted) == {
        **dict.fromkeys(READS, 200),
        "upload": 200,
        "items_delete": 303,
        "upload_begin": 303,
        "upload_file": 303,
        "upload_start": 422,
        "upload_act": 303,
    }


def test_items_pages_find_nothing_of_another_project(
    client_for: ClientFor, project: Project, photos: Project, alice: User
) -> None:
    batch = open_import(pool=current_pool(photos), actor=alice, name="b")
    task = Task.objects.filter(pool__project=project)[0]
    client = client_for(alice)
    assert client.get(f"/p/{photos.public_id}/items/{task.public_id}/").status_code == 404
    for path in ("", "files/", "start/", "drop/", "problems.csv"):
        address = f"/p/{project.public_id}/items/upload/{batch.public_id}/{path}"
        assert (client.get if path in {"", "problems.csv"} else client.post)(address).status_code == 404
    assert Import.objects.get().state == ImportState.UPLOADING


def test_items_form_without_script_brings_images_in(client_for: ClientFor, photos: Project, alice: User) -> None:
    client = client_for(alice)
    address = f"/p/{photos.public_id}/items/upload/"
    response = client.post(address, {"files": [sent("a.png", image(1)), sent("b.png", image(2)), sent("c.png", b"no")]})
    assert (response.status_code, response.headers["Location"]) == (303, f"/p/{photos.public_id}/items/")
    work_off()
    page = client.get(f"/p/{photos.public_id}/items/").content.decode()
    assert "a.png" in page
    assert "This is not an image that can be read" in page
    assert page.count('<img src="/media/') == 2
    csv = b"".join(client.get(f"/p/{photos.public_id}/items/upload/{Import.objects.get().public_id}/problems.csv"))
    assert (
        csv.decode() == '\ufeffwhere,why\r\nc.png,"This is not an image that can be read: send PNG, JPEG or WEBP."\r\n'
    )


def test_items_form_with_a_table_asks_for_the_column(client_for: ClientFor, project: Project, alice: User) -> None:
    client = client_for(alice)
    data = "id;Comment;n\n1;Größe <b>;2\n".encode("cp1252")
    response = client.post(f"/p/{project.public_id}/items/upload/", {"files": [sent("a.csv", data)]})
    step = response.headers["Location"]
    shown = client.get(step)
    assert shown.context["preview"].guess == "Comment"
    page = shown.content.decode()
    assert "Windows-1252 (Latin-1), since it is no valid UTF-8, cells parted by semicolon" in page
    assert "Größe &lt;b&gt;" in page
    assert client.post(f"{step}start/", {}).status_code == 422
    assert client.post(f"{step}start/", {"column": "\x00"}).status_code == 422
    assert client.post(f"{step}start/", {"column": "Comment"}).status_code == 303
    work_off()
    assert Task.objects.get(name="1").data == {"text": "Größe <b>", "meta": {"id": "1", "n": "2"}}
    assert client.get(step).status_code == 303


def test_items_files_arrive_one_by_one_and_a_retry_is_the_same_file(
    client_for: ClientFor, photos: Project, alice: User
) -> None:
    client = client_for(alice)
    begun = client.post(f"/p/{photos.public_id}/items/upload/", {"name": "holiday"}, headers=JSON)
    assert begun.status_code == 201
    state = json.loads(begun.content)
    for key, path in (("k1", "trip/a.png"), ("k1", "trip/a.png"), ("k2", "trip/b.png")):
        file = sent("x.png", image(len(path) + int(key[1])))
        answer = client.post(state["files_url"], {"upload_key": key, "path": path, "file": file}, headers=JSON)
        assert answer.status_code == 201
    assert json.loads(client.get(state["next_url"], headers=JSON).content)["received"] == ["k1", "k2"]
    assert list(ImportFile.objects.values_list("name", flat=True)) == ["trip/a.png", "trip/b.png"]
    assert json.loads(client.post(state["start_url"], headers=JSON).content)["state"] == "running"
    work_off()
    assert list(Task.objects.order_by("pk").values_list("name", flat=True)) == ["a.png", "b.png"]
    late = client.post(
        state["files_url"], {"upload_key": "k3", "path": "c.png", "file": sent("c.png", image(9))}, headers=JSON
    )
    assert (late.status_code, json.loads(late.content)["error"]["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"upload_key": "k"}, 400, "file"),
        ({"upload_key": "", "file": True}, 400, "upload_key"),
        ({"upload_key": "k" * 200, "file": True}, 400, "upload_key"),
        ({"upload_key": "k\x00", "file": True}, 400, "upload_key"),
        ({"upload_key": "k", "file": "text, no file"}, 400, "file"),
    ],
)
def test_items_file_that_makes_no_sense_is_refused_by_name(
    client_for: ClientFor, photos: Project, alice: User, fields: dict[str, object], status: int, field: str
) -> None:
    batch = open_import(pool=current_pool(photos), actor=alice, name="b")
    if fields.get("file") is True:
        fields = {**fields, "file": sent("a.png", image())}
    answer = client_for(alice).post(
        f"/p/{photos.public_id}/items/upload/{batch.public_id}/files/", fields, headers=JSON
    )
    assert (answer.status_code, list(json.loads(answer.content)["error"]["fields"])) == (status, [field])


def test_items_upload_over_the_limit_is_refused_before_it_is_read(
    client_for: ClientFor, photos: Project, alice: User, settings: Settings
) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    batch = open_import(pool=current_pool(photos), actor=alice, name="b")
    address = f"/p/{photos.public_id}/items/upload/{batch.public_id}/files/"
    said = client_for(alice).post(address, {"upload_key": "k", "file": sent("a.png", b"x" * 2_000_000)}, headers=JSON)
    assert said.status_code == 413
    small = client_for(alice).post(address, {"upload_key": "k", "file": sent("a.png", b"x" * 1001)}, headers=JSON)
    assert (small.status_code, json.loads(small.content)["error"]["code"]) == (413, "too_large")
    assert not ImportFile.objects.exists()


def test_items_upload_needs_the_csrf_token(photos: Project, alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    batch = open_import(pool=current_pool(photos), actor=alice, name="b")
    root = f"/p/{photos.public_id}/items/upload/"
    for address in (root, f"{root}{batch.public_id}/files/", f"{root}{batch.public_id}/start/"):
        refused = client.post(address, {"upload_key": "k", "name": "x", "file": sent("a.png", image())})
        assert refused.status_code == 403
    client.get(f"/p/{photos.public_id}/items/")
    token = {"X-CSRFToken": client.cookies["csrftoken"].value, **JSON}
    taken = client.post(
        f"{root}{batch.public_id}/files/", {"upload_key": "k", "file": sent("a.png", image())}, headers=token
    )
    assert taken.status_code == 201


def test_items_are_removed_in_a_draft(client_for: ClientFor, project: Project, alice: User) -> None:
    first = Task.objects.filter(pool__project=project)[0]
    client = client_for(alice)
    client.post(f"/p/{project.public_id}/items/delete/", {"task": [first.public_id]})
    assert Task.objects.filter(pool__project=project).count() == 2
    client.post(f"/p/{project.public_id}/items/delete/", {"task": ["nonsense", "\x00"]})
    assert Task.objects.filter(pool__project=project).count() == 2
    client.post(f"/p/{project.public_id}/items/delete/", {"all": "1"})
    assert Task.objects.filter(pool__project=project).count() == 0


def test_items_of_a_running_project_stay(client_for: ClientFor, open_pool: Pool, alice: User) -> None:
    client_for(alice).post(f"/p/{open_pool.project.public_id}/items/delete/", {"all": "1"})
    assert open_pool.tasks.count() == 3


def test_items_page_through_and_back(client_for: ClientFor, project: Project, alice: User) -> None:
    factories.add_tasks(current_pool(project), 130, first=10)
    client = client_for(alice)
    root = f"/p/{project.public_id}/items/"
    first = client.get(root).context
    second = client.get(f"{root}?after={first['shown'].after}").context
    third = client.get(f"{root}?after={second['shown'].after}").context
    sizes = [len(page["items"]) for page in (first, second, third)]
    assert (sizes, first["shown"].before, third["shown"].after) == ([60, 60, 13], None, None)
    back = client.get(f"{root}?before={second['shown'].before}").context
    assert [task.pk for task, _ in back["items"]] == [task.pk for task, _ in first["items"]]
    assert [task.name for task, _ in client.get(f"{root}?q=item-139").context["items"]] == ["item-139"]
    assert [task.name for task, _ in client.get(f"{root}?q=ITEM-139").context["items"]] == ["item-139"]


@pytest.mark.parametrize(
    "query", ["?after=x", "?after=-1", "?after=99999999999999999999", "?before=%00", "?q=%00", "?q=%25_"]
)
def test_items_page_survives_any_query(client_for: ClientFor, project: Project, alice: User, query: str) -> None:
    assert client_for(alice).get(f"/p/{project.public_id}/items/{query}").status_code == 200


def queries_of(load: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        load()
    return len(captured)


def test_items_page_costs_the_same_with_one_item_and_with_many(client_for: ClientFor, alice: User) -> None:
    few = factories.make_project(alice, kind="image_classification", tasks=1)
    many = factories.make_project(alice, kind="image_classification", tasks=50)
    client = client_for(alice)
    client.get(f"/p/{few.public_id}/items/")
    costs = [
        queries_of(lambda project=project: client.get(f"/p/{project.public_id}/items/")) for project in (few, many)
    ]
    assert costs[0] == costs[1] <= 9


def test_imports_poll_while_one_runs_and_then_tell_the_page(
    client_for: ClientFor, photos: Project, alice: User
) -> None:
    client = client_for(alice)
    client.post(f"/p/{photos.public_id}/items/upload/", {"files": [sent("a.png", image(1))]})
    running = client.get(f"/p/{photos.public_id}/items/imports/")
    assert 'hx-trigger="every 1s, imports-changed from:body"' in running.content.decode()
    assert "HX-Trigger" not in running.headers
    work_off()
    done = client.get(f"/p/{photos.public_id}/items/imports/")
    assert 'hx-trigger="imports-changed from:body"' in done.content.decode()
    assert done.headers["HX-Trigger"] == "items-changed"


def test_item_page_shows_what_workers_do_not_see(client_for: ClientFor, project: Project, alice: User) -> None:
    task = Task.objects.filter(pool__project=project)[0]
    Task.objects.filter(pk=task.pk).update(data={"text": "Hi\n<script>", "meta": {"truth": "cat"}})
    page = client_for(alice).get(f"/p/{project.public_id}/items/{task.public_id}/").content.decode()
    assert "Hi<br>&lt;script&gt;" in page
    assert "truth" in page


@pytest.mark.parametrize("odd", ["%00", "a%00b", "%F0%9F%90%88", "x" * 300, "%27%3B--"])
def test_items_addresses_with_odd_ids_are_not_found(
    client_for: ClientFor, project: Project, alice: User, odd: str
) -> None:
    client = client_for(alice)
    root = f"/p/{project.public_id}"
    for path in (f"/p/{odd}/items/", f"{root}/items/{odd}/", f"{root}/results/{odd}/", f"{root}/export/files/{odd}/"):
        assert client.get(path).status_code == 404
    for path in (f"{root}/items/upload/{odd}/start/", f"{root}/items/upload/{odd}/drop/"):
        assert client.post(path).status_code == 404
