"""Nobody reads or changes what is not theirs: every address × every role × every method, with Alice's ids.

What each role meets is said in table.py; an address that is not there fails. Reading changes nothing, for anybody.
"""

import copy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.hostile import world as cast
from tests.hostile.table import NONE, NOWHERE, OWN, ROLE, SIGN_IN, TABLE, YES, Page
from tests.hostile.world import METHODS, ROLES, SECRET, Address, World

WRITES = re.compile(r"^\s*(?:INSERT|UPDATE|DELETE|WITH\b.*\b(?:INSERT INTO|DELETE FROM)\b)", re.DOTALL | re.IGNORECASE)
# A session is the visitor's own; a stamp tells when a key was last used; an account of the ledger is made when it is first
# looked at, and says nothing while it has no entries.
HARMLESS = re.compile(r'"django_session"|UPDATE "accounts_apikey" SET "last_used_at"')
# Where the body is read before the object is looked for. TASK is one that Willa holds.
BODIES = {
    "api:submit": '{"answers": [{"task": "TASK", "answer": {"class": "cat"}}]}',
    "api:skip": '{"task": "TASK"}',
    "api:report": '{"task": "TASK", "about": "item"}',
}
FORMS = {"requester:member_change": {"role": "viewer"}}
OUTSIDE = {401, 403, 404, 405}


@pytest.fixture
def world(db: None) -> World:
    return cast.build()


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def call(world: World, client: Client, address: Address, method: str, values: dict[str, str]) -> tuple[Any, list[str]]:
    """The response with its text as `seen`, and the statements that wrote something. All of it is undone."""
    path = reverse(address.name, kwargs=values)
    sent: dict[str, Any] = {}
    if method in {"POST", "PUT", "PATCH", "DELETE"} and address.is_api:
        body = BODIES.get(address.name, "{}").replace("TASK", world.values["held task"])
        sent = {"data": body, "content_type": "application/json"}
    kept = copy.deepcopy(client.cookies)  # signing out is undone too
    with undone(), CaptureQueriesContext(connection) as captured:
        # An empty form must come as one, or Django's test client sends no content type at all.
        plain_post = method == "POST" and not sent
        response = (
            client.post(path, FORMS.get(address.name, {})) if plain_post else client.generic(method, path, **sent)
        )
        content = b"".join(response.streaming_content) if response.streaming else response.content
    client.cookies = kept
    response.seen = content.decode("utf-8", "replace")
    sql = [row["sql"] for row in captured.captured_queries]
    return response, [text for text in sql if WRITES.match(text) and not HARMLESS.search(text)]


def expected(page: Page, role: str, method: str) -> str:
    """What the table says; "no method" where the address does not know it."""
    found = {"GET": page.read, "HEAD": page.read if page.head else None, "POST": page.post, "PATCH": page.patch}.get(
        method
    )
    return "no method" if found is None else found[role]


def is_sign_in(response: Any) -> bool:
    return response.status_code == 401 or (
        response.status_code == 302 and response["Location"].startswith(reverse("accounts:sign_in"))
    )


def verdict(what: str, response: Any) -> bool:
    """Whether the response is what the table says."""
    status = response.status_code
    if what == SIGN_IN:
        return is_sign_in(response)
    if what == NONE:
        return status == 404 or (status == 405 and not response.seen)
    if what == ROLE:
        return status == 403
    if what == OWN:
        return status < 500 and not is_sign_in(response) and SECRET not in response.seen
    if what == YES:
        return status < 500 and status not in OUTSIDE and not is_sign_in(response)
    # A method that the address does not know: nobody gets anywhere with it, whoever they are.
    return status in OUTSIDE or is_sign_in(response) or (status == 200 and not response.seen.strip())


def test_every_address_is_declared() -> None:
    names = [address.name for address in cast.addresses()]
    assert len(names) == len(set(names)), "two addresses with one name"
    assert set(names) ^ {*TABLE, NOWHERE} == set()


@pytest.mark.parametrize("role", ROLES)
def test_every_address_meets_the_role_as_declared(world: World, role: str) -> None:
    problems = []
    client = world.client(role)
    for address in cast.addresses():
        if address.name == NOWHERE:
            continue
        values = {name: world.value(address.name, name) for name in address.parameters}
        for method in ("GET", "POST", "PATCH") if TABLE[address.name].patch else ("GET", "POST"):
            what = expected(TABLE[address.name], role, method)
            response, writes = call(world, client, address, method, values)
            told = f"{method} {address.name} as {role}: {response.status_code}, declared {what}"
            if not verdict(what, response):
                problems.append(told)
            denied = what in {SIGN_IN, NONE, ROLE, "no method"}
            if writes and (denied or method in {"GET", "HEAD"}):
                problems.append(f"{told}, wrote {writes[0][:80]}")
            if denied and SECRET in response.seen:
                problems.append(f"{told}, showed what is Alice's")
    assert not problems, "\n".join(map(str, problems))


def test_other_methods_lead_nowhere(world: World) -> None:
    """As the owner, who may do most: HEAD is GET without a body, the rest is known to no address."""
    problems = []
    client = world.client("owner")
    for address in cast.addresses():
        if address.name == NOWHERE:
            continue
        page = TABLE[address.name]
        values = {name: world.value(address.name, name) for name in address.parameters}
        for method in ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"):
            if method == "PATCH" and page.patch:
                continue
            what = expected(page, "owner", method)
            response, writes = call(world, client, address, method, values)
            if writes or (method != "OPTIONS" and not verdict(what, response)):
                problems.append((method, address.name, response.status_code, what, writes[:1]))
            if response.status_code >= 500:
                problems.append((method, address.name, response.status_code))
    assert not problems, "\n".join(map(str, problems))


def test_a_strangers_own_project_opens_nothing_of_alices(world: World) -> None:
    """The project in the address is Charlie's own, what it is asked for is Alice's."""
    problems = []
    client = world.client("stranger")
    for address in cast.addresses():
        if address.parameters[:1] != ("project",) or len(address.parameters) < 2:
            continue
        if address.parameters[1] in {"action", "form"}:
            continue
        values = {name: world.value(address.name, name) for name in address.parameters}
        values["project"] = world.strangers_project.public_id
        for method in ("GET", "POST"):
            if expected(TABLE[address.name], "stranger", method) == "no method":
                continue
            response, writes = call(world, client, address, method, values)
            if response.status_code != 404 or writes:
                problems.append((method, address.name, response.status_code, writes[:1]))
    assert not problems, "\n".join(map(str, problems))


def test_changes_by_session_need_the_csrf_token(world: World) -> None:
    """Signed in as the owner and as the admin, without the token: no change gets through."""
    problems = []
    for role in ("owner", "admin"):
        client = world.client(role)
        client.handler.enforce_csrf_checks = True
        for address in cast.addresses():
            if address.name == NOWHERE or (TABLE[address.name].post is None and TABLE[address.name].patch is None):
                continue
            values = {name: world.value(address.name, name) for name in address.parameters}
            method = "POST" if TABLE[address.name].post else "PATCH"
            with undone():
                path = reverse(address.name, kwargs=values)
                response = client.generic(method, path, "{}", content_type="application/json")
            if response.status_code not in {403, 404}:
                problems.append((role, address.name, response.status_code))
    assert not problems, "\n".join(map(str, problems))


def test_an_address_that_is_none_is_an_error_in_the_shape_of_all(world: World) -> None:
    for method in METHODS:
        for role in ("anonymous", "owner"):
            response = world.client(role).generic(method, "/api/v1/nothing/here/")
            if method not in {"HEAD", "OPTIONS"}:
                assert response.status_code == 404, (method, role)
                assert response.json()["error"]["code"] == "not_found"
