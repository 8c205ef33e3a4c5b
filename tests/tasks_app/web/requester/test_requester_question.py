"""The question's editor: rows added, moved and removed without losing anything; errors at their rows; example images."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from quorate.accounts.models import User
from tasks_app.domain.projects import create_project
from tasks_app.models import MediaFile, Project
from tests import factories
from tests.conftest import ClientFor


@pytest.fixture
def client(alice: User, client_for: ClientFor) -> Client:
    """Alice's browser."""
    return client_for(alice)


def png(color: str = "red") -> SimpleUploadedFile:
    data = BytesIO()
    Image.new("RGB", (8, 6), color).save(data, "PNG")
    return SimpleUploadedFile("example.png", data.getvalue(), "image/png")


def opened(client: Client, address: str) -> bool:
    """Whether an image is served there."""
    response = client.get(address)
    b"".join(response.streaming_content)  # reading to the end closes the file
    return response.status_code == 200 and response["Content-Type"].startswith("image/")


def form(*names: str, do: str = "save", version: Any = 1, **more: Any) -> dict[str, Any]:
    """A posted form with one row a name, numbered from 0; `more` adds or replaces fields ("classes-0-color")."""
    data: dict[str, Any] = {"prompt": "Which animal is it about?", "version": str(version), "do": do}
    for number, name in enumerate(names):
        data |= {f"classes-{number}-name": name, f"classes-{number}-key": name.lower()}
    return data | more


def post(client: Client, project: Project, data: dict[str, Any]) -> HttpResponse:
    response: HttpResponse = client.post(f"/p/{project.public_id}/question/", data)  # type: ignore[assignment]
    return response


def rows(response: HttpResponse) -> list[tuple[str, str]]:
    """(number, name) of the class rows as they stand in the page."""
    html = response.content.decode().partition("<template")[0]
    return re.findall(r'name="classes-(\d+)-name" value="([^"]*)"', html)


def stored(project: Project) -> list[str]:
    project.refresh_from_db()
    return [row["name"] for row in project.question["classes"]]


# --- Saving -----------------------------------------------------------------------------------------------------------
def test_question_is_saved_in_the_order_of_the_page(client: Client, project: Project) -> None:
    data = {
        "version": "1",
        "prompt": "Now which?",
        "classes-7-name": "Cow",
        "classes-7-color": "#112233",
        "classes-7-hotkey": "w",
        "classes-7-description": "Says moo.",
        "classes-2-name": "Cat",
        "classes-2-key": "cat",
    }
    response = post(client, project, data)
    assert (response.status_code, response["Location"]) == (303, f"/p/{project.public_id}/question/")
    project.refresh_from_db()
    assert project.question["prompt"] == "Now which?"
    assert [(row["key"], row["name"]) for row in project.question["classes"]] == [("cow", "Cow"), ("cat", "Cat")]
    assert project.question["classes"][0] == {
        "key": "cow",
        "name": "Cow",
        "color": "#112233",
        "hotkey": "w",
        "description": "Says moo.",
        "example": None,
    }


def test_question_goes_on_to_the_instructions(client: Client, project: Project) -> None:
    response = post(client, project, form("Cat", "Dog", do="onward"))
    assert response["Location"] == f"/p/{project.public_id}/instructions/"


def test_question_of_boxes_has_its_smallest_side(client: Client, alice: User) -> None:
    boxes = create_project(owner=alice, kind="bounding_box", name="Cells")
    assert 'name="min_size"' in client.get(f"/p/{boxes.public_id}/question/").content.decode()
    assert post(client, boxes, form("Cell", min_size="12,5")).status_code == 303
    boxes.refresh_from_db()
    assert boxes.question["min_size"] == 12.5


@pytest.mark.parametrize(("given", "said"), [("0", "Must be between 1 and 500."), ("wide", "Must be a number.")])
def test_question_says_what_is_wrong_with_the_smallest_side(client: Client, alice: User, given: str, said: str) -> None:
    boxes = create_project(owner=alice, kind="bounding_box", name="Cells")
    response = post(client, boxes, form("Cell", min_size=given))
    assert response.status_code == 422
    assert f'<ul class="field-error" id="id_min_size_error"><li>{said}</li></ul>' in response.content.decode()


# --- Rows without a script --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("button", "expected"),
    [
        ("add", [("0", "Cat"), ("1", "Dog"), ("2", "Cow"), ("3", "")]),
        ("remove:1", [("0", "Cat"), ("2", "Cow")]),
        ("up:2", [("0", "Cat"), ("2", "Cow"), ("1", "Dog")]),
        ("up:0", [("0", "Cat"), ("1", "Dog"), ("2", "Cow")]),
        ("down:0", [("1", "Dog"), ("0", "Cat"), ("2", "Cow")]),
        ("down:2", [("0", "Cat"), ("1", "Dog"), ("2", "Cow")]),
        ("remove:99", [("0", "Cat"), ("1", "Dog"), ("2", "Cow")]),
        ("dance", [("0", "Cat"), ("1", "Dog"), ("2", "Cow")]),
    ],
)
def test_question_rows_move_and_nothing_is_saved_or_lost(
    client: Client, project: Project, button: str, expected: list[tuple[str, str]]
) -> None:
    typed = {"classes-0-description": "Soft & <small>", "prompt": "Typed & kept?"}
    response = post(client, project, form("Cat", "Dog", "Cow", do=button, **typed))
    assert response.status_code == 200
    assert rows(response) == expected
    html = response.content.decode()
    assert "Soft &amp; &lt;small&gt;</textarea>" in html
    assert "Typed &amp; kept?</textarea>" in html
    assert stored(project) == ["Cat", "Dog"]


def test_question_gives_a_new_row_the_first_free_colour_and_key(client: Client, project: Project) -> None:
    typed = {
        "classes-0-color": "#E69F00",
        "classes-0-hotkey": "1",
        "classes-1-color": "#009E73",
        "classes-1-hotkey": "3",
    }
    html = post(client, project, form("Cat", "Dog", do="add", **typed)).content.decode()
    assert 'name="classes-2-color" value="#56B4E9"' in html
    assert 'name="classes-2-hotkey" value="2"' in html


@pytest.mark.parametrize(("count", "warned"), [(7, False), (8, True)])
def test_question_advises_steps_above_seven_classes(client: Client, project: Project, count: int, warned: bool) -> None:
    names = [f"Animal {number}" for number in range(count)]
    html = post(client, project, form(*names, do="dance")).content.decode()
    assert ('id="many-classes" data-above="7" hidden' in html) is not warned
    assert "Split into steps" in html


# --- What is wrong ----------------------------------------------------------------------------------------------------
def test_question_shows_errors_at_their_rows_and_keeps_what_was_typed(client: Client, project: Project) -> None:
    data = form(
        "Cat", "cat", "", prompt="", **{"classes-0-color": "red", "classes-1-hotkey": "?", "classes-1-key": "c t"}
    )
    response = post(client, project, data)
    assert response.status_code == 422
    draft = response.context["draft"]  # type: ignore[attr-defined]
    assert draft.errors == {"prompt": "This field is required."}
    assert [dict(row.errors) for row in draft.rows] == [
        {"color": "Must be a colour such as #E69F00."},
        {
            "name": "Another class has this name.",
            "hotkey": "Must be one of 1-9 or a-z.",
            "key": "Letters, digits, - and _ only, beginning with a letter or digit.",
        },
        {"name": "This field is required."},
    ]
    assert rows(response) == [("0", "Cat"), ("1", "cat"), ("2", "")]
    assert '<a href="#id_classes-1-hotkey">Class 2, hotkey</a>' in response.content.decode()
    assert stored(project) == ["Cat", "Dog"]


def test_question_without_classes_says_so(client: Client, project: Project) -> None:
    response = post(client, project, form())
    assert response.status_code == 422
    assert "At least 2 entries are needed, got 0." in response.content.decode()


def test_question_with_too_many_classes_says_so_and_keeps_them(client: Client, project: Project) -> None:
    response = post(client, project, form(*[f"Animal {number}" for number in range(120)]))
    assert response.status_code == 422
    assert "At most 100 entries, got 120." in response.content.decode()
    assert len(rows(response)) == 120


def test_question_does_not_undo_a_colleagues_save(
    client: Client, project: Project, bob: User, client_for: ClientFor
) -> None:
    assert post(client_for(bob), project, form("Cat", "Cow")).status_code == 303
    response = post(client, project, form("Cat", "Yak"))
    html = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else saved this question" in html
    assert rows(response) == [("0", "Cat"), ("1", "Yak")]
    assert 'name="version" value="1"' in html
    assert stored(project) == ["Cat", "Cow"]


def test_question_keeps_classes_that_workers_chose(client: Client, alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice)
    factories.answer(worker, pool, "cat")
    project = pool.project
    html = client.get(f"/p/{project.public_id}/question/").content.decode()
    assert "Workers have answered" in html
    assert html.count("Fixed: answers may name it.") == 2
    response = post(client, project, form("Dog", "Cow"))
    assert response.status_code == 409
    assert "Workers have answered “Cat”" in response.content.decode()
    assert rows(response) == [("0", "Dog"), ("1", "Cow")]
    assert post(client, project, form("Cat", "Dog", "Cow")).status_code == 303
    assert stored(project) == ["Cat", "Dog", "Cow"]


# --- Example images ---------------------------------------------------------------------------------------------------
def test_question_stores_an_example_with_the_form(client: Client, project: Project) -> None:
    post(client, project, form("Cat", "Dog", **{"classes-1-file": png()}))
    project.refresh_from_db()
    stored_image = MediaFile.objects.get(project=project)
    assert [row["example"] for row in project.question["classes"]] == [None, stored_image.sha256]
    html = client.get(f"/p/{project.public_id}/question/").content.decode()
    address = re.search(r'src="(/media/[^"]+/thumb)" alt="Example of class 2"', html)
    assert address is not None
    assert opened(client, address[1])


def test_question_keeps_an_example_of_a_form_that_was_refused(client: Client, project: Project) -> None:
    response = post(client, project, form("Cat", "", **{"classes-0-file": png()}))
    sha256 = MediaFile.objects.get(project=project).sha256
    assert response.status_code == 422
    assert f'name="classes-0-example" value="{sha256}"' in response.content.decode()


def test_question_drops_an_example(client: Client, project: Project) -> None:
    post(client, project, form("Cat", "Dog", **{"classes-0-file": png()}))
    sha256 = MediaFile.objects.get(project=project).sha256
    kept = {"classes-0-example": sha256, "classes-0-drop_example": "1"}
    assert post(client, project, form("Cat", "Dog", version=2, **kept)).status_code == 303
    project.refresh_from_db()
    assert project.question["classes"][0]["example"] is None


def test_question_says_why_an_example_is_not_taken(client: Client, project: Project) -> None:
    text = SimpleUploadedFile("cat.png", b"this is no picture", "image/png")
    response = post(client, project, form("Cat", "Dog", **{"classes-1-file": text, "classes-0-hotkey": "?"}))
    draft = response.context["draft"]  # type: ignore[attr-defined]
    assert response.status_code == 422
    assert [set(row.errors) for row in draft.rows] == [{"hotkey"}, {"example"}]
    assert stored(project) == ["Cat", "Dog"]


def test_question_refuses_the_image_of_another_project(client: Client, project: Project, alice: User) -> None:
    other = factories.make_project(alice)
    client.post(f"/p/{other.public_id}/question/example/", {"file": png()})
    foreign = MediaFile.objects.get(project=other).sha256
    response = post(client, project, form("Cat", "Dog", **{"classes-0-example": foreign}))
    assert response.status_code == 422
    assert "This image is not stored here" in response.content.decode()


def test_example_is_stored_when_chosen(client: Client, project: Project) -> None:
    answer = client.post(f"/p/{project.public_id}/question/example/", {"file": png()}).json()
    assert answer["sha256"] == MediaFile.objects.get(project=project).sha256
    assert all(opened(client, answer[name]) for name in ("url", "thumb"))


@pytest.mark.parametrize("upload", [b"", b"GIF89a", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50])
def test_example_that_is_no_image_is_refused_with_a_reason(client: Client, project: Project, upload: bytes) -> None:
    response = client.post(
        f"/p/{project.public_id}/question/example/", {"file": SimpleUploadedFile("x.png", upload, "image/png")}
    )
    assert response.status_code == 400
    assert response.json()["message"]
    assert not MediaFile.objects.exists()


# --- The preview ------------------------------------------------------------------------------------------------------
def test_preview_shows_the_projects_own_item(client: Client, project: Project) -> None:
    html = client.get(f"/p/{project.public_id}/question/").content.decode()
    assert "Text number 0: it sat on the mat." in html
    assert 'data-module="/static/js/tools/text_classification.js"' in html


def test_preview_of_an_empty_project_shows_the_kinds_own(client: Client, alice: User) -> None:
    boxes = create_project(owner=alice, kind="bounding_box", name="Cells")
    html = client.get(f"/p/{boxes.public_id}/question/").content.decode()
    assert 'data-media="/static/img/demo/cells.svg"' in html
    assert html.partition("<template")[0].count('<li class="class-row"') == 2
