"""Every requester form against bodies that no browser sends: 4xx or a shown form, never a 500, nothing changed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from quorate.accounts.models import User
from tasks_app.models import Membership, Pool, Project
from tests.conftest import ClientFor

FORMS = [
    "question/",
    "question/example/",
    "instructions/",
    "instructions/preview/",
    "price/",
    "settings/",
    "settings/members/",
    "settings/members/{bob}/",
    "clone/",
]
FIELDS = [
    *("prompt", "version", "do", "classes-0-name", "classes-0-key", "classes-0-color", "classes-0-hotkey"),
    *("classes-0-description", "classes-0-example", "classes-0-file", "classes-0-drop_example", "min_size", "file"),
    *("instructions", "onward", "reward", "tasks_per_assignment", "assignment_minutes", "lifetime_days"),
    *(
        "overlap_min",
        "overlap_max",
        "overlap_mode",
        "overlap_votes",
        "overlap_worth",
        "confidence",
        "accept_automatically",
        "accept_delay_hours",
    ),
    *("title", "description", "keywords", "email", "role", "kind"),
]
FORM_TYPE = "application/x-www-form-urlencoded"


def every(value: str) -> str:
    return "&".join(f"{name}={value}" for name in FIELDS)


BODIES: dict[str, tuple[Callable[[], Any], str]] = {
    "empty": (lambda: b"", FORM_TYPE),
    "json": (lambda: b'{"prompt": ["\\u0000"]}', "application/json"),
    "broken json": (lambda: b"{" * 1000, "application/json"),
    "broken multipart": (lambda: b"--x\r\nContent-Disposition: form-data; na", "multipart/form-data; boundary=x"),
    "no boundary": (lambda: b"abc", "multipart/form-data"),
    "nul everywhere": (lambda: every("a%00b"), FORM_TYPE),
    "lone surrogate": (lambda: every("%ED%A0%80"), FORM_TYPE),
    "not utf-8": (lambda: every("%FF%FE"), FORM_TYPE),
    "twice": (lambda: every("1") + "&" + every("2"), FORM_TYPE),
    "long": (lambda: every("x" * 30_000), FORM_TYPE),
    "right to left": (lambda: every("%E2%80%AE%F0%9F%92%A9"), FORM_TYPE),
    "huge number": (lambda: every("9" * 5000), FORM_TYPE),
    "exponent": (lambda: every("1e999"), FORM_TYPE),
    "minus": (lambda: every("-1"), FORM_TYPE),
    "not a number": (lambda: every("nan"), FORM_TYPE),
    "template": (lambda: every("%7B%7B7*7%7D%7D%3Cscript%3E"), FORM_TYPE),
    "too many fields": (lambda: "&".join(f"classes-{n}-name=a" for n in range(6000)), FORM_TYPE),
    "many rows": (lambda: "&".join(f"classes-{n}-name=a{n}" for n in range(3000)), FORM_TYPE),
    "odd row numbers": (
        lambda: "classes--1-name=a&classes-99999999999999-name=b&classes-x-name=c&classes-%D9%A3-name=d",
        FORM_TYPE,
    ),
    "buttons": (lambda: "do=remove:999999999&do=up:-1&do=down:%00", FORM_TYPE),
}


@pytest.mark.parametrize("body", BODIES)
def test_forms_answer_hostile_bodies_calmly(
    project: Project, alice: User, bob: User, client_for: ClientFor, body: str
) -> None:
    make, content_type = BODIES[body]
    client = client_for(alice)
    before = (list(Membership.objects.values()), Pool.objects.values().get())
    asked = project.question
    answers = {
        form: client.generic(
            "POST", f"/p/{project.public_id}/{form.format(bob=bob.public_id)}", make(), content_type
        ).status_code
        for form in FORMS
        if (form, body) not in FINE
    }
    assert {form: status for form, status in answers.items() if status not in {200, 400, 409, 413, 422}} == {}
    project.refresh_from_db()
    assert (list(Membership.objects.values()), Pool.objects.values().get()) == before
    assert project.question == asked


# Bodies that happen to be right for a form: any text is good Markdown and a good name.
FINE = {
    *(("instructions/", body) for body in BODIES),
    *(("clone/", body) for body in BODIES),
    *(("settings/", body) for body in BODIES),
}


@pytest.mark.parametrize("form", ["instructions/", "clone/", "settings/"])
@pytest.mark.parametrize("body", BODIES)
def test_forms_that_take_any_text_answer_calmly(
    project: Project, alice: User, client_for: ClientFor, form: str, body: str
) -> None:
    make, content_type = BODIES[body]
    response = client_for(alice).generic("POST", f"/p/{project.public_id}/{form}", make(), content_type)
    assert response.status_code in {200, 303, 400, 413, 422}


@pytest.mark.parametrize("form", FORMS)
def test_a_body_above_the_limit_is_refused(
    project: Project, alice: User, bob: User, client_for: ClientFor, form: str
) -> None:
    body = b"prompt=" + b"a" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    address = f"/p/{project.public_id}/{form.format(bob=bob.public_id)}"
    assert client_for(alice).generic("POST", address, body, FORM_TYPE).status_code in {400, 413}


@pytest.mark.parametrize(
    "query",
    ["reward=%00", "reward=" + "9" * 5000, "overlap_min=%FF", "confidence=nan", "", "reward=1&reward=2", "a[]=b"],
)
def test_the_estimate_takes_any_query(project: Project, alice: User, client_for: ClientFor, query: str) -> None:
    assert client_for(alice).get(f"/p/{project.public_id}/price/estimate/?{query}").status_code == 200


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=" + "9" * 5000, "page=%00", "archived=%00", "page=x"])
def test_the_list_takes_any_query(project: Project, alice: User, client_for: ClientFor, query: str) -> None:
    assert client_for(alice).get(f"/projects/?{query}").status_code == 200


def test_what_was_typed_is_never_markup(project: Project, alice: User, client_for: ClientFor) -> None:
    evil = '"><script>alert(1)</script>'
    client: Client = client_for(alice)
    data = {
        "prompt": evil,
        "version": "1",
        "classes-0-name": evil,
        "classes-1-name": "b",
        "classes-1-description": evil,
    }
    assert client.post(f"/p/{project.public_id}/question/", data).status_code == 303
    client.post(f"/p/{project.public_id}/instructions/", {"instructions": evil})
    client.post(f"/p/{project.public_id}/settings/", {"name": evil, "title": evil, "description": evil})
    for page in ("", "question/", "instructions/", "launch/", "settings/", "history/", "price/"):
        assert "<script>alert" not in client.get(f"/p/{project.public_id}/{page}").content.decode()
    assert "<script>alert" not in client.get("/projects/").content.decode()
