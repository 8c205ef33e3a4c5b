"""The API's page: every operation of the document, and commands that do what they say."""

import json
import re
import shlex

import pytest
from django.test import Client

from quorate.accounts.models import User
from tasks_app.api.reference import Operation, document, reference
from tasks_app.models import Project
from tasks_app.queries.pools import current_pool
from tests.conftest import ClientFor

ORIGIN = "https://quorate.example"


@pytest.fixture
def operations() -> dict[str, Operation]:
    return {one.id: one for group in reference(ORIGIN).groups for one in group.operations}


def run(client: Client, command: str, **places: str) -> int:
    """Does what the command does; the status of the answer. `places` fill the words in capitals."""
    words = shlex.split(command.replace("\\\n", " "))
    address = next(word for word in words if word.startswith(ORIGIN)).removeprefix(ORIGIN)
    for word, value in places.items():
        address = address.replace(word, value)
    body = words[words.index("-d") + 1] if "-d" in words else None
    method = words[words.index("-X") + 1] if "-X" in words else "POST" if body else "GET"
    return client.generic(method, address, body or "", content_type="application/json").status_code


def test_every_operation_of_the_document_is_there_once(operations: dict[str, Operation]) -> None:
    documented = {(method.upper(), path) for path, methods in document()["paths"].items() for method in methods}
    shown = [(one.method, one.path) for one in operations.values()]
    assert len(shown) > 20
    assert sorted(shown) == sorted(documented)


def test_commands_make_a_project_fill_its_pool_and_price_it(
    alice: User, client_for: ClientFor, operations: dict[str, Operation]
) -> None:
    client = client_for(alice)
    assert run(client, operations["projects_create"].curl) == 201
    project = Project.objects.get()
    pool = current_pool(project)
    assert run(client, operations["tasks_create"].curl, POOL=pool.public_id) == 201
    assert run(client, operations["pools_change"].curl, POOL=pool.public_id) == 200
    assert run(client, operations["projects_change"].curl, PROJECT=project.public_id) == 200
    pool.refresh_from_db()
    assert (pool.tasks.count(), pool.reward) == (2, 50_000)


def test_commands_without_blanks_answer_as_the_page_says(
    alice: User, client_for: ClientFor, operations: dict[str, Operation]
) -> None:
    plain = [one for one in operations.values() if one.method == "GET" and "{" not in one.path]
    assert len(plain) >= 4
    client = client_for(alice)
    assert {one.path: run(client, one.curl) for one in plain} == {one.path: int(one.status) for one in plain}


def test_fields_are_told_with_their_kind_and_bounds(operations: dict[str, Operation]) -> None:
    change = {field.name: field for field in operations["pools_change"].takes}
    assert change["overlap_min"].kind == "whole number, 1 to 100"
    assert change["title"].kind == "text, at most 120 characters"
    assert change["title"].optional
    answers = {field.name: field for field in operations["submit"].takes}
    assert answers["answers"].kind == "list of object, 1 to 100"
    assert not answers["answers[].task"].optional
    assert answers["answers[].seconds"].kind == "number, at least 0"
    state = next(one for one in operations["results_list"].parameters if one.name == "state")
    assert (state.kind, state.place, state.text) == ("open, settled or contested", "query", "")


def test_page_is_public_and_shows_each_command(client: Client, db: None, operations: dict[str, Operation]) -> None:
    html = client.get("/api/v1/docs/").content.decode()
    assert re.findall(r'<h3 id="([^"]+)"', html) == list(operations)
    sample = json.dumps({"name": "Animals"})[1:-1].replace('"', "&quot;")
    assert sample in html
    assert "<code>`" not in html
    ids = re.findall(r' id="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))
