"""Bad input gets a clear 4xx; never a 500. Every endpoint and every form meets the corpus."""

import functools
import json
import re
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from tests.hostile import world as cast
from tests.hostile.corpus import CONTENT_TYPES, JSON_BODIES, TEXTS, VALUES
from tests.hostile.table import NOWHERE, TABLE
from tests.hostile.world import Address, World

# Names that forms and endpoints here know, so that the corpus gets past the first "required".
FIELDS = (
    *("name", "kind", "title", "description", "keywords", "question", "prompt", "classes", "instructions", "text"),
    *("reward", "confidence", "overlap_min", "overlap_max", "tasks_per_assignment", "assignment_seconds"),
    *("lifetime_days", "accept_automatically", "accept_delay_seconds", "email", "role", "reason", "format", "column"),
    *("amount", "memo", "user", "requester", "password", "old_password", "new_password", "username", "version"),
    *(
        "question_version",
        "seen_version",
        "items",
        "answers",
        "task",
        "upload_key",
        "share",
        "overlap",
        "count",
        "value",
        *("people", "days", "deep", "guard", "join", "what0", "value0", "languages", "country", "birth_year"),
        *("measure", "way", "least", "window", "action", "again", "skill", "preset", "do", "answer"),
        *("seconds", "skill_value", "measure2", "way2", "value2", "least2"),
        *("clarity", "pay", "interface", "least_per_hour", "dispute_days"),
        *("skill0", "from0", "percent0"),
        *("evidence", "comment", "hours", "all", "assignment"),
        *("enabled", "feedback", "questions", "pass_mark", "retry_hours"),
        "key",
        "next",
        "ref",
        "min_size",
    ),
)
PARAMETERS = (
    *("page", "cursor", "page_size", "state", "class", "q", "sort", "only", "project", "archived", "next", "kind"),
    *(
        "confidence_min",
        "confidence_max",
        "confidence",
        "low",
        "high",
        "updated_after",
        "worker",
        "verb",
        "after",
        "before",
    ),
)
API_FIELDS = {
    "api:projects": {"name": "x", "kind": "text_classification", "question": {"prompt": "?", "classes": []}},
    "api:project": {"name": "x", "question": {"prompt": "?", "classes": [{"name": "a"}]}, "question_version": 1},
    "api:pool": {
        "title": "x",
        "reward": "0.05",
        "overlap_min": 3,
        "confidence": 0.9,
        "accept_automatically": True,
        "accept_delay_seconds": 5,
    },
    "api:known": {
        "kind": "gold",
        "items": [{"task": "TASK", "answers": [{"answer": {"class": "cat"}, "weight": 1}], "explanation": "x"}],
        "share": 0.1,
        "overlap": 3,
    },
    "api:rules": {"rule": {"when": [{"measure": "skips", "is": "above", "value": 9}], "window": 5, "then": []}},
    "api:rule_try": {"rule": {"when": [{"measure": "pace", "is": "below", "value": 9}], "window": 5, "then": []}},
    "api:rule": {"enabled": True},
    "api:training": {"enabled": True, "feedback": True, "questions": 1, "pass_mark": 2, "skill": "x", "days": 3},
    "api:skills": {"name": "x", "description": "y"},
    "api:holders": {"people": ["a@example.org"], "value": 50, "days": 3},
    "api:skill_revoke": {"worker": "x"},
    "api:tasks": {"items": [{"text": "x", "name": "n", "meta": {"a": "b"}}]},
    "api:exports": {"format": "csv"},
    "api:submit": {
        "answers": [{"task": "TASK", "answer": {"class": "cat"}, "seconds": 1, "signals": {"idle": 1, "left": 2}}]
    },
    "api:skip": {"task": "TASK", "reason": "x"},
    "api:report": {"task": "TASK", "about": "item", "text": "x"},
    "api:accept": {"reason": "x"},
    "api:reject": {"reason": "x", "evidence": "y", "tasks": ["TASK"]},
    "api:take_back": {"reason": "x"},
    "api:rework": {"comment": "x", "hours": 1},
    "api:bonus": {"amount": "0.05", "reason": "x"},
}


@pytest.fixture
def world(db: None) -> World:
    return cast.build()


def role_for(address: Address) -> str:
    """Somebody who is let in."""
    if address.name.startswith("control:"):
        return "admin"
    worker = address.name in {"api:submit", "api:skip", "api:report", "api:return", "api:assignment", "api:next"}
    return "worker" if worker or address.name.startswith("worker:") else "owner"


def paths(world: World, *, api: bool) -> list[tuple[Address, str, Client]]:
    """Every address with a path that exists and a client who may call it."""
    clients = {role: world.client(role) for role in ("owner", "worker", "admin")}
    return [
        (address, reverse(address.name, kwargs={n: world.value(address.name, n) for n in address.parameters}), client)
        for address in cast.addresses()
        if address.name != NOWHERE and address.is_api is api
        for client in (clients[role_for(address)],)
    ]


def status_of(client: Client, method: str, path: str, **more: Any) -> int:
    """The status of a call that is undone."""
    with transaction.atomic():
        response = client.generic(method, path, **more)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return int(response.status_code)


def writing(address: Address) -> list[str]:
    page = TABLE[address.name]
    return [method for method, rule in (("POST", page.post), ("PATCH", page.patch)) if rule is not None]


def test_no_json_body_breaks_an_endpoint(world: World) -> None:
    problems = []
    for address, path, client in paths(world, api=True):
        for method in writing(address):
            for name, body in JSON_BODIES.items():
                status = status_of(client, method, path, data=body, content_type="application/json")
                if status >= 500:
                    problems.append((method, address.name, name, status))
            for kind in CONTENT_TYPES:
                status = status_of(client, method, path, data=b"a=1", content_type=kind)
                if status >= 500:
                    problems.append((method, address.name, kind, status))
    assert not problems, "\n".join(map(str, problems))


def test_no_value_breaks_an_endpoint(world: World) -> None:
    """Each field of each endpoint's body, replaced by each wrong value, at every depth."""
    problems = []
    for address, path, client in paths(world, api=True):
        sample = API_FIELDS.get(address.name)
        if sample is None:
            continue
        filled = json.loads(json.dumps(sample).replace("TASK", world.values["held task"]))
        for method in writing(address):
            for name, value in VALUES.items():
                for body in replaced(filled, value):
                    text = json.dumps(body)
                    status = status_of(client, method, path, data=text, content_type="application/json")
                    if status >= 500:
                        problems.append((method, address.name, name, text[:120], status))
    assert not problems, "\n".join(map(str, problems))


def replaced(node: Any, value: Any) -> list[Any]:
    """Copies of a JSON document, each with one node replaced by `value`."""
    found = [value]
    if isinstance(node, dict):
        found += [node | {key: child} for key, old in node.items() for child in replaced(old, value)]
    elif isinstance(node, list):
        found += [[*node[:i], child, *node[i + 1 :]] for i, old in enumerate(node) for child in replaced(old, value)]
    return found


def test_no_form_field_breaks_a_page(world: World) -> None:
    problems = []
    for address, path, client in paths(world, api=False):
        if "POST" not in writing(address):
            continue
        for name, text in TEXTS.items():
            body = urlencode([(field, text) for field in FIELDS], errors="surrogatepass")
            form = "application/x-www-form-urlencoded"
            status = status_of(client, "POST", path, data=body, content_type=form)
            if status >= 500:
                problems.append((address.name, name, status))
    assert not problems, "\n".join(map(str, problems))


@pytest.mark.parametrize("body", ["cut", "not utf-8", "deep list", "five megabytes", "nothing"])
def test_no_odd_body_breaks_a_page(world: World, body: str) -> None:
    problems = []
    for address, path, client in paths(world, api=False):
        if "POST" not in writing(address):
            continue
        for kind in (
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "a/b;;",
        ):
            status = status_of(client, "POST", path, data=JSON_BODIES[body], content_type=kind)
            if status >= 500:
                problems.append((address.name, kind, status))
    assert not problems, "\n".join(map(str, problems))


@pytest.mark.parametrize("api", [False, True])
def test_no_query_breaks_an_address(world: World, api: bool) -> None:
    problems = []
    for address, path, client in paths(world, api=api):
        if TABLE[address.name].read is None:
            continue
        # The API names the first parameter it does not know; each by itself gets to the ones it does.
        queries = [PARAMETERS, *((name,) for name in (documented_parameters(path) if api else ()))]
        for name, text in TEXTS.items():
            if len(text) > 2000:
                continue
            for parameters in queries:
                query = urlencode([(parameter, text) for parameter in parameters], errors="surrogatepass")
                status = status_of(client, "GET", f"{path}?{query}")
                if status >= 500:
                    problems.append((address.name, name, parameters, status))
    assert not problems, "\n".join(map(str, problems))


@functools.cache
def documented_queries() -> dict[str, list[str]]:
    """The query parameters of each reading operation, by the pattern of its path."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return {
        re.sub(r"\{\w+\}", "[^/]+", path): [one["name"] for one in read.get("parameters", ()) if one["in"] == "query"]
        for path, operations in schema["paths"].items()
        if (read := operations.get("get"))
    }


def documented_parameters(path: str) -> list[str]:
    return next((names for pattern, names in documented_queries().items() if re.fullmatch(pattern, path)), [])


def test_documented_parameters_are_found(world: World) -> None:
    assert "cursor" in documented_parameters(reverse("api:tasks", args=[world.pool.public_id]))


def test_no_id_breaks_an_address(world: World) -> None:
    """What is no id at all is no address, or leads nowhere."""
    problems = []
    owner = world.client("owner")
    ids = [quote(text, safe="", errors="surrogatepass") for text in TEXTS.values() if 0 < len(text) < 2000]
    for address in cast.addresses():
        if not address.parameters or address.name == NOWHERE:
            continue
        good = {name: world.value(address.name, name) for name in address.parameters}
        path = reverse(address.name, kwargs=good)
        client = world.client("admin") if address.name.startswith("control:") else owner
        for name in address.parameters:
            for bad in ids:
                status = status_of(client, "GET", path.replace(good[name], bad))
                if status >= 500:
                    problems.append((address.name, name, bad[:40], status))
    assert not problems, "\n".join(map(str, problems))


def test_no_header_breaks_the_api(world: World) -> None:
    path = reverse("api:next", args=[world.pool.public_id])
    for text in ("x" * 81, "a\x00b", "ключ", " ", "\x7f"):
        headers = {"Idempotency-Key": text}
        assert status_of(world.client("worker"), "POST", path, headers=headers) in {200, 400, 409}, text
        for scheme in ("Bearer", "bearer ", "Basic", "Bearer  "):
            status = status_of(Client(), "GET", "/api/v1/me/", headers={"Authorization": f"{scheme} {text}"})
            assert status == 401, (scheme, text)
