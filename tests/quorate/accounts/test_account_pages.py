import re

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from quorate.accounts import people, throttle
from quorate.accounts.models import ApiKey, User

PASSWORD = "correct horse battery"
GOOD = "a long enough phrase"


@pytest.fixture(autouse=True)
def _no_failures_yet() -> None:
    cache.clear()


def signed_in(client: Client) -> str | None:
    return client.session.get("_auth_user_id") if client.session else None


# --- The landing page -------------------------------------------------------------------------------------------------
def test_landing_page_is_for_strangers(client: Client, db: None) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert 'href="/sign-in/"' in response.text
    assert "/sign-up/" not in response.text


@pytest.mark.parametrize(
    ("roles", "place"),
    [
        ({"is_requester": True, "is_worker": True}, "/projects/"),
        ({"is_worker": True}, "/work/"),
        ({"is_worker": False, "is_admin": True}, "/control/"),
        ({"is_worker": False}, "/me/"),
    ],
)
def test_landing_page_sends_people_where_they_work(
    client: Client, alice: User, roles: dict[str, bool], place: str
) -> None:
    User.objects.update(**{"is_requester": False, **roles})
    client.force_login(User.objects.get())
    response = client.get("/")
    assert (response.status_code, response.headers["Location"]) == (302, place)


# --- Signing in and out -----------------------------------------------------------------------------------------------
def test_sign_in_does_not_care_about_capitals(client: Client, alice: User) -> None:
    response = client.post("/sign-in/", {"email": "Alice@Example.org", "password": PASSWORD, "next": "/me/"})
    assert (response.status_code, response.headers["Location"]) == (302, "/me/")
    assert signed_in(client) == str(alice.pk)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"]
)
def test_sign_in_goes_on_to_no_other_site(client: Client, alice: User, target: str) -> None:
    response = client.post("/sign-in/", {"email": alice.email, "password": PASSWORD, "next": target})
    assert response.headers["Location"] == "/"


def test_sign_in_says_the_same_for_a_wrong_password_an_unknown_address_and_a_closed_account(
    client: Client, alice: User
) -> None:
    closed = people.create_user(email="closed@example.org", name="Closed", password=PASSWORD)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    answers = []
    for email, password in ((alice.email, "wrong"), ("nobody@example.org", PASSWORD), (closed.email, PASSWORD)):
        response = client.post("/sign-in/", {"email": email, "password": password})
        assert response.status_code == 422
        errors = re.search(r'<div class="form-errors".*?</div>', response.text, re.DOTALL)
        assert errors is not None
        answers.append(errors.group())
    assert answers == [answers[0]] * 3
    assert signed_in(client) is None


def test_sign_in_waits_after_ten_failures_from_one_place(client: Client, alice: User, charlie: User) -> None:
    for _ in range(throttle.MOST_FROM_ONE_PLACE):
        client.post("/sign-in/", {"email": alice.email, "password": "wrong"})
    refused = client.post("/sign-in/", {"email": alice.email, "password": PASSWORD})
    assert refused.status_code == 422
    assert "Too many attempts" in refused.text
    # Neither another place nor another person pays for it.
    elsewhere = Client(REMOTE_ADDR="192.0.2.7").post("/sign-in/", {"email": alice.email, "password": PASSWORD})
    other = client.post("/sign-in/", {"email": charlie.email, "password": PASSWORD})
    assert (elsewhere.status_code, other.status_code) == (302, 302)


def test_a_success_forgets_the_failures_before_it(client: Client, alice: User) -> None:
    for _ in range(2):
        for _ in range(throttle.MOST_FROM_ONE_PLACE - 1):
            client.post("/sign-in/", {"email": alice.email, "password": "wrong"})
        assert client.post("/sign-in/", {"email": alice.email, "password": PASSWORD}).status_code == 302
        client.post("/sign-out/")


def test_sign_out_is_by_post_alone(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/sign-out/").status_code == 405
    assert signed_in(client) == str(alice.pk)
    assert client.post("/sign-out/").headers["Location"] == "/"
    assert signed_in(client) is None


def test_signing_in_needs_the_csrf_token(alice: User) -> None:
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"email": alice.email, "password": PASSWORD})
    assert response.status_code == 403


# --- Joining ----------------------------------------------------------------------------------------------------------
def test_sign_up_is_closed_by_default(client: Client, db: None) -> None:
    for response in (
        client.get("/sign-up/"),
        client.post("/sign-up/", {"email": "d@example.org", "name": "D", "password": GOOD}),
    ):
        assert response.status_code == 404
        assert "Sign-up is closed" in response.text
    assert User.objects.count() == 0


def test_sign_up_makes_a_worker_when_open(client: Client, db: None, settings: Settings) -> None:
    settings.SIGNUP_OPEN = True
    data = {"email": "d@example.org", "name": "D", "password": GOOD, "is_admin": "on", "is_requester": "on"}
    assert client.post("/sign-up/", data).status_code == 302
    user = User.objects.get()
    assert (user.is_worker, user.is_requester, user.is_admin) == (True, False, False)
    assert signed_in(client) == str(user.pk)


def test_sign_up_names_what_is_wrong_beside_its_field(client: Client, alice: User, settings: Settings) -> None:
    settings.SIGNUP_OPEN = True
    response = client.post("/sign-up/", {"email": alice.email, "name": "D", "password": GOOD})
    assert response.status_code == 422
    assert 'aria-describedby="id_email_error"' in response.text
    assert 'id="id_email_error"' in response.text


def test_invitation_page_makes_the_account_and_signs_in(client: Client, admin: User) -> None:
    _, token = people.invite(by=admin, email="dora@example.org", roles=people.Roles(requester=True))
    page = client.get(f"/invite/{token}/")
    assert "dora@example.org" in page.text
    assert 'name="email"' not in page.text
    response = client.post(f"/invite/{token}/", {"name": "Dora", "password": GOOD, "email": "eve@example.org"})
    assert response.status_code == 302
    dora = User.objects.get(email="dora@example.org")
    assert signed_in(client) == str(dora.pk)
    assert client.get(f"/invite/{token}/").status_code == 404


def test_unknown_invitation_is_told_as_over(client: Client, db: None) -> None:
    response = client.get("/invite/nothing-like-it/")
    assert response.status_code == 404
    assert "This invitation is over" in response.text


# --- The page about oneself -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/me/", "/me/password/", "/me/keys/", "/me/keys/abc/revoke/"])
def test_pages_about_oneself_need_signing_in(client: Client, db: None, path: str) -> None:
    response = client.post(path)
    assert (response.status_code, response.headers["Location"]) == (302, f"/sign-in/?next={path}")


def test_settings_save_the_name(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.post("/me/", {"name": "Alice B"}).status_code == 302
    alice.refresh_from_db()
    assert alice.name == "Alice B"


def test_settings_refuse_a_bad_name_and_show_the_old_one(client: Client, alice: User) -> None:
    client.force_login(alice)
    response = client.post("/me/", {"name": "bad\x07name"})
    assert response.status_code == 422
    assert 'id="id_name_error"' in response.text
    alice.refresh_from_db()
    assert alice.name == "Alice"


def test_changing_the_password_keeps_this_session_and_ends_others(alice: User) -> None:
    here, there = Client(), Client()
    here.force_login(alice)
    there.force_login(alice)
    assert here.post("/me/password/", {"old_password": PASSWORD, "new_password": GOOD}).status_code == 302
    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302


def test_a_new_key_is_shown_once(client: Client, alice: User) -> None:
    client.force_login(alice)
    response = client.post("/me/keys/", {"name": "nightly"})
    text = re.search(r"q_[\w-]{43}", response.text)
    assert text is not None
    assert "no-store" in response.headers["Cache-Control"]
    later = client.get("/me/")
    assert "nightly" in later.text
    assert text.group() not in later.text


def test_a_key_is_revoked_by_its_owner_alone(client: Client, alice: User, charlie: User) -> None:
    key, _ = people.create_api_key(user=alice, name="nightly")
    client.force_login(charlie)
    assert client.post(f"/me/keys/{key.public_id}/revoke/").status_code == 404
    assert ApiKey.objects.get().revoked_at is None
    client.force_login(alice)
    assert client.post(f"/me/keys/{key.public_id}/revoke/").status_code == 302
    assert ApiKey.objects.get().revoked_at is not None


def test_a_name_is_escaped_wherever_it_is_shown(client: Client, alice: User) -> None:
    User.objects.update(name="<b>Alice</b>")
    people.create_api_key(user=alice, name="<i>key</i>")
    client.force_login(alice)
    text = client.get("/me/").text
    assert "<b>Alice" not in text
    assert "<i>key" not in text
    assert "&lt;i&gt;key" in text


@pytest.mark.parametrize("rows", [1, 3])
def test_settings_cost_the_same_for_any_number_of_keys(
    client: Client, alice: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        people.create_api_key(user=alice, name=f"key {number}")
    client.force_login(alice)
    with django_assert_num_queries(4):  # session, user, name, keys
        client.get("/me/")
