import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from quorate.accounts import people
from quorate.accounts.models import ApiKey, Invite, User, token_digest
from quorate.common.errors import Conflict, InvalidInput, NotFound
from quorate.events.models import Event

GOOD = "a long enough phrase"


def test_create_user_keeps_one_spelling_of_an_address(db: None) -> None:
    user = people.create_user(email=" Dora@Example.ORG ", name="  Dora   D ", password=GOOD)
    assert (user.email, user.name) == ("dora@example.org", "Dora D")
    assert (user.is_worker, user.is_requester, user.is_admin) == (True, False, False)
    assert user.check_password(GOOD)


def test_create_user_refuses_an_address_that_is_taken_in_another_spelling(alice: User) -> None:
    with pytest.raises(Conflict) as caught:
        people.create_user(email="ALICE@example.org", name="Other", password=GOOD)
    assert caught.value.code == "email_taken"
    assert User.objects.filter(email="alice@example.org").count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "a" * 250 + "@example.org"}, "email"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "tab\x07bell"}, "name"),
        ({"password": "short"}, "password"),
        ({"password": "1234567890123"}, "password"),
        ({"password": "dora@example.org"}, "password"),
    ],
)
def test_create_user_names_the_field_that_is_wrong(db: None, values: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        people.create_user(**{"email": "dora@example.org", "name": "Dora", "password": GOOD, **values})
    assert list(caught.value.fields) == [field]
    assert User.objects.count() == 0


def test_a_user_without_password_cannot_sign_in(db: None) -> None:
    assert not people.create_user(email="d@example.org", name="D", password=None).has_usable_password()


def test_an_invitation_makes_one_account_with_its_roles_once(admin: User) -> None:
    row, token = people.invite(by=admin, email="Dora@example.org", roles=people.Roles(requester=True, worker=False))
    assert row.token_hash == token_digest(token)
    user = people.accept_invite(token=token, name="Dora", password=GOOD, email="eve@example.org")
    assert (user.email, user.is_requester, user.is_worker, user.is_admin) == ("dora@example.org", True, False, False)
    row.refresh_from_db()
    assert row.used_by == user
    with pytest.raises(NotFound):
        people.accept_invite(token=token, name="Eve", password=GOOD, email="eve@example.org")
    assert not User.objects.filter(email="eve@example.org").exists()


def test_an_open_invitation_takes_the_address_of_whoever_holds_it(admin: User) -> None:
    _, token = people.invite(by=admin)
    assert (
        people.accept_invite(token=token, name="Eve", password=GOOD, email="eve@example.org").email == "eve@example.org"
    )


def test_a_refused_acceptance_leaves_the_invitation_open(admin: User, alice: User) -> None:
    row, token = people.invite(by=admin)
    with pytest.raises(Conflict):
        people.accept_invite(token=token, name="Alice", password=GOOD, email=alice.email)
    with pytest.raises(InvalidInput):
        people.accept_invite(token=token, name="Eve", password="short", email="eve@example.org")
    row.refresh_from_db()
    assert row.is_open


@pytest.mark.parametrize("end", ["expired", "withdrawn", "unknown"])
def test_an_invitation_that_is_over_makes_nobody(admin: User, end: str) -> None:
    row, token = people.invite(by=admin)
    if end == "expired":
        Invite.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    if end == "withdrawn":
        people.withdraw_invite(public_id=row.public_id)
    if end == "unknown":
        token += "x"
    with pytest.raises(NotFound):
        people.accept_invite(token=token, name="Eve", password=GOOD, email="eve@example.org")
    assert User.objects.get() == admin


def test_an_invitation_needs_a_role(admin: User) -> None:
    with pytest.raises(InvalidInput) as caught:
        people.invite(by=admin, roles=people.Roles(worker=False))
    assert list(caught.value.fields) == ["roles"]


def test_withdrawing_a_used_invitation_changes_nothing(admin: User) -> None:
    row, token = people.invite(by=admin)
    people.accept_invite(token=token, name="Eve", password=GOOD, email="eve@example.org")
    people.withdraw_invite(public_id=row.public_id)
    before = row.expires_at
    row.refresh_from_db()
    assert row.expires_at == before


def test_change_password_asks_for_the_old_one(alice: User) -> None:
    with pytest.raises(InvalidInput) as caught:
        people.change_password(user=alice, old="wrong", new=GOOD)
    assert list(caught.value.fields) == ["old_password"]
    people.change_password(user=alice, old="correct horse battery", new=GOOD)
    alice.refresh_from_db()
    assert alice.check_password(GOOD)


def test_change_password_names_a_weak_new_one(alice: User) -> None:
    with pytest.raises(InvalidInput) as caught:
        people.change_password(user=alice, old="correct horse battery", new="password12")
    assert list(caught.value.fields) == ["new_password"]
    alice.refresh_from_db()
    assert alice.check_password("correct horse battery")


def test_an_api_key_is_stored_as_its_digest_only(alice: User) -> None:
    key, text = people.create_api_key(user=alice, name=" nightly  export ")
    stored = ApiKey.objects.get()
    assert (stored.name, stored.token_hash) == ("nightly export", token_digest(text))
    assert text.startswith(key.prefix)
    assert text not in "".join(str(value) for value in vars(stored).values())


def test_keys_are_counted_while_in_force(alice: User) -> None:
    keys = [people.create_api_key(user=alice, name=f"key {number}")[0] for number in range(people.MOST_KEYS)]
    with pytest.raises(Conflict) as caught:
        people.create_api_key(user=alice, name="one more")
    assert caught.value.code == "too_many_keys"
    people.revoke_api_key(user=alice, public_id=keys[0].public_id)
    people.create_api_key(user=alice, name="one more")


def test_revoking_keeps_the_first_time_and_is_for_the_owner_alone(alice: User, charlie: User) -> None:
    key, _ = people.create_api_key(user=alice, name="k")
    with pytest.raises(NotFound):
        people.revoke_api_key(user=charlie, public_id=key.public_id)
    people.revoke_api_key(user=alice, public_id=key.public_id)
    key.refresh_from_db()
    first = key.revoked_at
    people.revoke_api_key(user=alice, public_id=key.public_id)
    key.refresh_from_db()
    assert first is not None
    assert key.revoked_at == first


# --- Events -----------------------------------------------------------------------------------------------------------
def told() -> list[tuple[str | None, str, str, str, dict[str, Any]]]:
    """The log: (actor's address, verb, object's type and id, data), oldest first."""
    return [
        (row.actor.email if row.actor else None, row.verb, row.object_type, row.object_id, row.data)
        for row in Event.objects.select_related("actor").order_by("pk")
    ]


def test_joining_by_invitation_is_told_with_the_roles(admin: User) -> None:
    row, token = people.invite(by=admin, roles=people.Roles(requester=True))
    user = people.accept_invite(token=token, name="Eve", password=GOOD, email="eve@example.org")
    assert told() == [
        (user.email, "user.joined", "user", user.public_id, {"roles": ["requester", "worker"]}),
        (user.email, "invite.accepted", "invite", row.public_id, {"user": user.public_id}),
    ]


def test_what_is_refused_is_not_told(admin: User) -> None:
    _, token = people.invite(by=admin)
    people.accept_invite(token=token, name="Eve", password=GOOD, email="eve@example.org")
    before = told()
    with pytest.raises(NotFound):
        people.accept_invite(token=token, name="Dora", password=GOOD, email="dora@example.org")
    with pytest.raises(Conflict):
        people.create_user(email="eve@example.org", name="Eve", password=GOOD)
    with pytest.raises(InvalidInput):
        people.change_password(user=admin, old="wrong", new=GOOD)
    assert told() == before


def test_a_new_name_and_a_new_password_are_told_once(alice: User) -> None:
    seen = len(told())
    before = alice.name
    people.rename(user=alice, name="Alice  B")
    people.rename(user=alice, name="Alice B")
    people.change_password(user=alice, old="correct horse battery", new=GOOD)
    assert told()[seen:] == [
        (alice.email, "user.renamed", "user", alice.public_id, {"before": before, "after": "Alice B"}),
        (alice.email, "password.changed", "user", alice.public_id, {}),
    ]


def test_a_key_is_told_by_its_name_made_and_revoked_once(alice: User) -> None:
    seen = len(told())
    key, text = people.create_api_key(user=alice, name="nightly")
    people.revoke_api_key(user=alice, public_id=key.public_id)
    people.revoke_api_key(user=alice, public_id=key.public_id)
    events = told()[seen:]
    assert events == [
        (alice.email, "key.created", "api_key", key.public_id, {"name": "nightly"}),
        (alice.email, "key.revoked", "api_key", key.public_id, {"name": "nightly"}),
    ]
    assert not any(part in str(events) for part in (text, key.prefix, key.token_hash))


# --- The first admin --------------------------------------------------------------------------------------------------
def test_the_first_admin_gets_a_password_that_is_shown_once(db: None) -> None:
    out = StringIO()
    call_command("admin", "Ada@Example.org", stdout=out)
    user = User.objects.get()
    password = re.search(r"Password: (\S+)", out.getvalue())
    assert password is not None
    assert user.check_password(password[1])
    assert (user.email, user.name, user.is_admin, user.is_worker, user.is_requester) == (
        "ada@example.org",
        "Ada",
        True,
        False,
        False,
    )
    assert told() == [(user.email, "user.joined", "user", user.public_id, {"roles": ["admin"]})]


def test_somebody_who_is_here_is_made_admin_and_keeps_the_password(alice: User) -> None:
    User.objects.update(is_active=False)
    seen = len(told())
    out = StringIO()
    call_command("admin", alice.email, stdout=out)
    call_command("admin", alice.email, stdout=out)
    alice.refresh_from_db()
    assert (alice.is_admin, alice.is_active, alice.is_requester) == (True, True, True)
    assert alice.check_password("correct horse battery")
    assert "Password:" not in out.getvalue()
    assert told()[seen:] == [(None, "user.made_admin", "user", alice.public_id, {})]


def test_the_admin_command_names_what_is_wrong(db: None) -> None:
    with pytest.raises(CommandError, match="email: Write an address"):
        call_command("admin", "nobody")
