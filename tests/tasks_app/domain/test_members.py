"""Members: added by address, changed, removed; there is always an owner."""

import pytest

from quorate.accounts.models import User
from quorate.events.models import Event
from tasks_app.domain import members
from tasks_app.enums import Role
from tasks_app.errors import Conflict, InvalidInput, NotFound
from tasks_app.models import Project
from tests import factories


def roles(project: Project) -> dict[str, str]:
    return {row.user.name: row.role for row in project.memberships.select_related("user")}


def test_add_member_finds_the_address_however_it_is_written(project: Project, alice: User, charlie: User) -> None:
    members.add_member(project=project, actor=alice, email="  Charlie@Example.ORG ", role=Role.VIEWER)
    assert roles(project) == {"Alice": "owner", "Bob": "editor", "Charlie": "viewer"}
    event = Event.objects.get(verb="member.added")
    assert (event.scope, event.data["name"], event.data["role"]) == (project.public_id, charlie.name, "viewer")


@pytest.mark.parametrize(
    ("email", "role", "field"),
    [
        ("nobody@example.org", "viewer", "email"),
        ("", "viewer", "email"),
        ("a\x00@example.org", "viewer", "email"),
        ("x" * 300, "viewer", "email"),
        ("bob@example.org", "viewer", "email"),
        ("charlie@example.org", "boss", "role"),
        ("charlie@example.org", "", "role"),
    ],
)
def test_add_member_names_the_wrong_field(
    project: Project, alice: User, charlie: User, email: str, role: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        members.add_member(project=project, actor=alice, email=email, role=role)
    assert list(caught.value.fields) == [field]
    assert roles(project) == {"Alice": "owner", "Bob": "editor"}


def test_add_member_does_not_take_closed_accounts(project: Project, alice: User, charlie: User) -> None:
    User.objects.filter(pk=charlie.pk).update(is_active=False)
    with pytest.raises(InvalidInput):
        members.add_member(project=project, actor=alice, email=charlie.email, role=Role.VIEWER)


def test_change_role_and_remove(project: Project, alice: User, bob: User) -> None:
    members.change_role(project=project, actor=alice, user=bob.public_id, role=Role.OWNER)
    assert roles(project) == {"Alice": "owner", "Bob": "owner"}
    members.remove_member(project=project, actor=bob, user=alice.public_id)
    assert roles(project) == {"Bob": "owner"}


def test_change_role_to_the_same_is_no_event(project: Project, alice: User, bob: User) -> None:
    members.change_role(project=project, actor=alice, user=bob.public_id, role=Role.EDITOR)
    assert not Event.objects.filter(verb="member.role_changed").exists()


def test_the_last_owner_stays(project: Project, alice: User) -> None:
    with pytest.raises(Conflict, match="Alice is the last owner"):
        members.remove_member(project=project, actor=alice, user=alice.public_id)
    with pytest.raises(Conflict, match="Alice is the last owner"):
        members.change_role(project=project, actor=alice, user=alice.public_id, role=Role.EDITOR)
    assert roles(project) == {"Alice": "owner", "Bob": "editor"}


def test_strangers_are_no_members(project: Project, alice: User, charlie: User) -> None:
    for user in (charlie.public_id, "x" * 5000, "a\x00b", ""):
        with pytest.raises(NotFound):
            members.remove_member(project=project, actor=alice, user=user)


def test_members_of_another_project_are_not_touched(project: Project, alice: User, bob: User) -> None:
    other = factories.make_project(alice)
    with pytest.raises(NotFound):
        members.remove_member(project=other, actor=alice, user=bob.public_id)
    assert roles(project) == {"Alice": "owner", "Bob": "editor"}
