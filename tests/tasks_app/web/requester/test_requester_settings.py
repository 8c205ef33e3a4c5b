"""Settings: texts and members, from the page."""

import pytest
from django.test import Client

from quorate.accounts.models import User
from tasks_app.enums import Role
from tasks_app.models import Project
from tasks_app.queries.pools import current_pool
from tests.conftest import ClientFor


@pytest.fixture
def client(alice: User, client_for: ClientFor) -> Client:
    """Alice's browser."""
    return client_for(alice)


def roles(project: Project) -> dict[str, str]:
    return {row.user.name: row.role for row in project.memberships.select_related("user")}


def test_texts_are_saved(client: Client, project: Project) -> None:
    data = {"name": "Zoo", "title": "Name the animal", "description": "One key each.", "keywords": "zoo, animals"}
    assert client.post(f"/p/{project.public_id}/settings/", data).status_code == 303
    project.refresh_from_db()
    pool = current_pool(project)
    assert (project.name, pool.title, pool.description, pool.keywords) == tuple(data.values())


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "\x00"), ("title", "x" * 121), ("description", "x" * 501), ("keywords", "a\x07b")],
)
def test_texts_that_cannot_be_are_named_and_kept(client: Client, project: Project, field: str, value: str) -> None:
    data = {"name": "Zoo", "title": "Name it", "description": "", "keywords": ""} | {field: value}
    response = client.post(f"/p/{project.public_id}/settings/", data)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    project.refresh_from_db()
    assert project.name == "Animals"


def test_members_come_change_and_go(client: Client, project: Project, bob: User, charlie: User) -> None:
    base = f"/p/{project.public_id}/settings/members/"
    assert client.post(base, {"email": charlie.email, "role": "viewer"}).status_code == 303
    assert client.post(f"{base}{bob.public_id}/", {"role": "owner"}).status_code == 303
    assert client.post(f"{base}{charlie.public_id}/remove/").status_code == 303
    assert roles(project) == {"Alice": Role.OWNER, "Bob": Role.OWNER}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"email": "nobody@example.org", "role": "viewer"}, "email"),
        ({"email": "bob@example.org", "role": "viewer"}, "email"),
        ({"email": "", "role": "viewer"}, "email"),
        ({"email": "a\x00", "role": "viewer"}, "email"),
        ({"email": "x" * 5000, "role": "viewer"}, "email"),
        ({"email": "charlie@example.org", "role": "god"}, "role"),
        ({"email": "charlie@example.org"}, "role"),
    ],
)
def test_a_member_who_cannot_be_added_is_said_at_the_field(
    client: Client, project: Project, charlie: User, data: dict[str, str], field: str
) -> None:
    response = client.post(f"/p/{project.public_id}/settings/members/", data)
    assert response.status_code == 422
    assert list(response.context["member_form"].errors) == [field]
    assert roles(project) == {"Alice": "owner", "Bob": "editor"}


def test_the_last_owner_cannot_leave(client: Client, project: Project, alice: User) -> None:
    base = f"/p/{project.public_id}/settings/members/{alice.public_id}/"
    for response in (client.post(f"{base}remove/"), client.post(base, {"role": "viewer"})):
        assert response.status_code == 409
        assert "Alice is the last owner" in response.content.decode()
    assert roles(project) == {"Alice": "owner", "Bob": "editor"}


def test_a_role_that_is_none_is_refused(client: Client, project: Project, bob: User) -> None:
    response = client.post(f"/p/{project.public_id}/settings/members/{bob.public_id}/", {"role": "god\x00"})
    assert response.status_code == 400
    assert roles(project)["Bob"] == "editor"


def test_who_leaves_sees_the_project_no_longer(project: Project, bob: User, client_for: ClientFor) -> None:
    client = client_for(bob)
    response = client.post(f"/p/{project.public_id}/settings/members/{bob.public_id}/remove/")
    assert response["Location"] == "/projects/"
    assert client.get(f"/p/{project.public_id}/").status_code == 404
