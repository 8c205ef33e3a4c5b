"""Every requester page and every person: owner, editor, viewer, stranger, admin, nobody."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from quorate.accounts.models import User
from tasks_app.enums import Role
from tasks_app.models import Pool, Project
from tests import factories
from tests.conftest import ClientFor

WHO = ("owner", "editor", "viewer", "stranger", "admin", "anonymous")
SEEN = {"owner": 200, "editor": 200, "viewer": 200, "admin": 200, "stranger": 404, "anonymous": 302}
EDIT = {"owner": 303, "editor": 303, "viewer": 403, "admin": 403, "stranger": 404, "anonymous": 302}
OWN = EDIT | {"editor": 403}

QUESTION = {
    "do": "save",
    "version": "1",
    "prompt": "Which?",
    "classes-0-key": "cat",
    "classes-0-name": "Cat",
    "classes-1-key": "dog",
    "classes-1-name": "Dog",
}
PRICE = {
    "reward": "0.07",
    "tasks_per_assignment": "1",
    "assignment_minutes": "5",
    "lifetime_days": "10",
    "overlap_min": "2",
    "overlap_max": "4",
    "confidence": "85",
    "overlap_mode": "confidence",
    "overlap_votes": "2",
    "overlap_worth": "1",
    "accept_automatically": "on",
    "accept_delay_hours": "1.5",
}
PAGES = [
    "project",
    "question",
    "instructions",
    "price",
    "price_estimate",
    "launch",
    "live",
    "live_numbers",
    "money",
    "history",
    "settings",
]
# Name, more arguments, what is posted, who may.
CHANGES: list[tuple[str, list[str], dict[str, str], dict[str, int]]] = [
    ("question", [], QUESTION, EDIT),
    ("instructions", [], {"instructions": "Look."}, EDIT),
    ("price", [], PRICE, EDIT),
    ("act", ["start"], {}, EDIT),
    ("settings", [], {"name": "Zoo", "title": "Name it"}, EDIT),
    ("member_add", [], {"email": "dora@example.org", "role": "viewer"}, OWN),
    ("member_change", ["{bob}"], {"role": "viewer"}, OWN),
    ("member_remove", ["{bob}"], {}, OWN | {"editor": 303}),  # the editor is Bob: he leaves
    ("member_remove", ["{viv}"], {}, OWN | {"viewer": 303}),  # the viewer is Viv: she leaves
    ("archive", [], {}, OWN),
    ("clone", [], {"name": "Copy"}, EDIT | {"viewer": 303, "admin": 403}),
]


@pytest.fixture
def people(
    project: Project, alice: User, bob: User, charlie: User, admin: User, client_for: ClientFor
) -> dict[str, Client]:
    """A signed-in client for each."""
    viv = User.objects.create(email="viv@example.org", name="Viv", is_requester=True)
    User.objects.create(email="dora@example.org", name="Dora")
    factories.join(project, viv, Role.VIEWER)
    named = {"owner": alice, "editor": bob, "viewer": viv, "stranger": charlie, "admin": admin}
    return {who: client_for(user) for who, user in named.items()} | {"anonymous": Client()}


def address(project: Project, name: str, *rest: str) -> str:
    ids = {f"{{{user.email.split('@')[0]}}}": user.public_id for user in User.objects.all()}
    return reverse(f"requester:{name}", args=[project.public_id, *(ids.get(part, part) for part in rest)])


@pytest.mark.parametrize("who", WHO)
def test_pages_are_seen_by_members_and_admins_only(project: Project, people: dict[str, Client], who: str) -> None:
    found = {name: people[who].get(address(project, name)).status_code for name in PAGES}
    assert found == dict.fromkeys(PAGES, SEEN[who])


@pytest.mark.parametrize("who", WHO)
def test_pages_of_a_running_project_are_seen_by_members_and_admins_only(
    project: Project, people: dict[str, Client], who: str
) -> None:
    assert people["owner"].post(address(project, "act", "start")).status_code == 303
    found = {name: people[who].get(address(project, name)).status_code for name in PAGES}
    assert found == dict.fromkeys(PAGES, SEEN[who])


@pytest.mark.parametrize(
    ("name", "rest", "data", "allowed"), CHANGES, ids=[f"{c[0]}-{'-'.join(c[1]).strip('{}')}" for c in CHANGES]
)
def test_changes_need_the_role(
    project: Project,
    people: dict[str, Client],
    name: str,
    rest: list[str],
    data: dict[str, str],
    allowed: dict[str, int],
) -> None:
    found = {}
    for who in WHO:
        with transaction.atomic():
            response = people[who].post(address(project, name, *rest), data)
            transaction.set_rollback(True)  # the next one finds what this one found
        found[who] = response.status_code
        assert who != "anonymous" or response["Location"].startswith("/sign-in/")
    assert found == allowed


@pytest.mark.parametrize(
    ("who", "status"), [("owner", 400), ("editor", 400), ("viewer", 403), ("stranger", 404), ("anonymous", 302)]
)
def test_example_images_are_taken_from_editors_only(
    project: Project, people: dict[str, Client], who: str, status: int
) -> None:
    assert people[who].post(address(project, "example")).status_code == status


@pytest.mark.parametrize(("who", "status"), [("owner", 200), ("viewer", 403), ("stranger", 404)])
def test_markdown_is_rendered_for_editors_only(
    project: Project, people: dict[str, Client], who: str, status: int
) -> None:
    assert people[who].post(address(project, "instructions_preview"), {"instructions": "a"}).status_code == status


@pytest.mark.parametrize("name", ["act", "archive", "clone", "member_add", "example", "instructions_preview"])
def test_changes_are_never_made_by_looking(project: Project, people: dict[str, Client], name: str) -> None:
    rest = ["start"] if name == "act" else []
    assert people["owner"].get(address(project, name, *rest)).status_code == 405


def test_changes_need_the_forms_token(project: Project, alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    for name, rest, data, _ in CHANGES:
        assert client.post(address(project, name, *rest), data).status_code == 403
    assert project.pools.get().state == "draft"


def test_viewers_get_no_buttons(project: Project, people: dict[str, Client]) -> None:
    for name in ("question", "instructions", "price", "launch", "settings"):
        html = people["viewer"].get(address(project, name)).content.decode()
        main = html[html.index("<main") : html.index("</main>")]
        left = {"launch": 1, "settings": 1}  # a copy of their own; leaving
        assert main.count('method="post"') - left.get(name, 0) <= 1
        assert 'value="save"' not in main
        assert "Save and continue" not in main


@pytest.mark.parametrize("who", ["owner", "stranger"])
def test_ids_that_are_none_are_not_found(people: dict[str, Client], who: str) -> None:
    for odd in ("nothing-here", "a%00b", "%F0%9F%92%A9", "x" * 3000, "..%2f..", "1%27or%271"):
        assert people[who].get(f"/p/{odd}/question/").status_code == 404


def test_lists_are_for_people_who_are_signed_in(people: dict[str, Client], worker: User, client_for: ClientFor) -> None:
    found: dict[str, Any] = {
        path: (Client().get(path).status_code, client_for(worker).get(path).status_code)
        for path in ("/projects/", "/projects/new/", "/money/")
    }
    assert found == {"/projects/": (302, 200), "/projects/new/": (302, 403), "/money/": (302, 404)}


def test_another_projects_member_is_not_reached(project: Project, people: dict[str, Client], alice: User) -> None:
    other = factories.make_project(alice)
    response = people["owner"].post(address(other, "member_remove", "{bob}"))
    assert response.status_code == 404
    assert project.memberships.count() == 3


def test_a_strangers_projects_are_not_listed(open_pool: Pool, charlie: User, client_for: ClientFor) -> None:
    assert open_pool.project.name not in client_for(charlie).get("/projects/").content.decode()
