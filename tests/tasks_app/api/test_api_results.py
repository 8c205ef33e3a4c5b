"""The requester's endpoints: projects, pools, tasks, results, reviews, exports; paging, errors, limits."""

import io
import json
import time
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from PIL import Image

from quorate.accounts.models import User, make_api_key
from quorate.api import CallerThrottle
from tasks_app.domain import consensus, exporting, giving_back
from tasks_app.enums import AssignmentState, PoolState, Role
from tasks_app.models import Assignment, Pool, Project, Task
from tests import factories

pytestmark = pytest.mark.django_db


def caller(user: User) -> Client:
    key, token = make_api_key(user, name="test")
    key.save()
    return Client(headers={"Authorization": f"Bearer {token}"})


def send(client: Client, path: str, body: Any, method: str = "POST") -> Any:
    return client.generic(method, f"/api/v1/{path}", json.dumps(body), content_type="application/json")


def test_a_project_from_creation_to_launch(alice: User) -> None:
    api = caller(alice)
    made = send(
        api,
        "projects/",
        {
            "name": "Animals",
            "kind": "text_classification",
            "question": factories.QUESTIONS["text_classification"],
            "instructions": "Look.",
        },
    )
    assert made.status_code == 201
    project = made.json()
    assert (project["role"], project["question_version"]) == ("owner", 1)
    pool = api.get("/api/v1/pools/", {"project": project["id"]}).json()["results"][0]
    items = {"items": [{"text": f"Text {number}", "name": f"t{number}", "meta": {"n": "1"}} for number in range(3)]}
    assert send(api, f"pools/{pool['id']}/tasks/", items).json() == {"created": 3, "duplicates": 0}
    assert send(api, f"pools/{pool['id']}/tasks/", items).json() == {"created": 0, "duplicates": 3}
    changed = send(api, f"pools/{pool['id']}/", {"reward": "0.10", "title": "Cats", "overlap_min": 2}, "PATCH").json()
    assert (changed["reward"], changed["title"], changed["money"]["cost_max"]) == ("0.10", "Cats", "2.10")
    launched = send(api, f"pools/{pool['id']}/launch/", {})
    assert (launched.json()["state"], launched.json()["money"]["held"]) == ("open", "2.10")
    assert launched.json()["progress"] == {"tasks": 3, "open": 3, "settled": 0, "contested": 0, "answers": 0}
    assert Task.objects.filter(name="t1", slots_free=2).count() == 1


def test_a_change_is_made_whole_or_not_at_all(alice: User, project: Project) -> None:
    body = {"name": "New name", "question": {"prompt": "", "classes": []}}
    reply = send(caller(alice), f"projects/{project.public_id}/", body, "PATCH")
    assert reply.status_code == 400
    assert Project.objects.get().name == "Animals"


def test_bad_items_are_named_and_none_is_taken(alice: User, project: Project) -> None:
    pool = project.pools.get()
    body = {"items": [{"text": "good"}, {"text": ""}, 7, {"text": "x", "colour": "red"}]}
    reply = send(caller(alice), f"pools/{pool.public_id}/tasks/", body)
    assert reply.status_code == 400
    assert set(reply.json()["error"]["fields"]) == {"items.1.text", "items.2", "items.3.colour"}
    assert Task.objects.count() == 3


def test_an_image_is_stored_and_then_named_by_an_item(alice: User) -> None:
    project = factories.make_project(alice, kind="image_classification", tasks=0)
    file = io.BytesIO()
    Image.new("RGB", (30, 20), "#336699").save(file, "PNG")
    api = caller(alice)
    path = f"/api/v1/projects/{project.public_id}/media/"
    stored = api.post(path, file.getvalue(), content_type="image/png")
    assert stored.status_code == 201
    assert (stored.json()["width"], stored.json()["height"]) == (30, 20)
    item = {"image": stored.json()["image"], "name": "blue.png"}
    assert send(api, f"pools/{project.pools.get().public_id}/tasks/", {"items": [item]}).json()["created"] == 1
    assert Task.objects.get().data["width"] == 30
    assert api.post(path, b"GIF89a no image", content_type="image/png").status_code == 400
    assert api.post(path, b"", content_type="image/png").status_code == 400
    other = send(api, f"pools/{project.pools.get().public_id}/tasks/", {"items": [{"image": "0" * 64}]})
    assert "items.0.image" in other.json()["error"]["fields"]


def test_unknown_fields_and_parameters_are_errors(alice: User, project: Project) -> None:
    reply = send(caller(alice), f"pools/{project.pools.get().public_id}/", {"rewrad": "1"}, "PATCH")
    assert reply.json()["error"] == {
        "code": "invalid",
        "message": "rewrad: Unknown field.",
        "fields": {"rewrad": ["Unknown field."]},
    }
    assert caller(alice).get("/api/v1/projects/", {"sort": "name"}).status_code == 400


@pytest.mark.parametrize("body", ['{"name": NaN}', '{"name": "\\u0000"}', '{"name": "\\ud800"}', "[" * 99, "\ufeff{}"])
def test_json_that_no_column_can_hold_is_refused(alice: User, body: str) -> None:
    reply = caller(alice).post("/api/v1/projects/", body.encode(), content_type="application/json")
    assert reply.status_code == 400
    assert set(reply.json()["error"]) == {"code", "message", "fields"}


def test_lists_are_paged_without_loss(alice: User) -> None:
    pool = factories.make_project(alice, tasks=5).pools.get()
    api = caller(alice)
    seen: list[str] = []
    path = f"/api/v1/pools/{pool.public_id}/tasks/?page_size=2"
    while path:
        part = api.get(path).json()
        seen += [row["name"] for row in part["results"]]
        path = part["next"]
    assert seen == ["item-4", "item-3", "item-2", "item-1", "item-0"]


@pytest.mark.parametrize("cursor", ["x", "cD1hYmM=", "cD0tMQ==", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk=", "8J+YgA=="])
def test_a_cursor_of_ones_own_making_leads_nowhere(alice: User, project: Project, cursor: str) -> None:
    reply = caller(alice).get(f"/api/v1/pools/{project.pools.get().public_id}/tasks/", {"cursor": cursor})
    assert reply.status_code == 404


def test_results_are_filtered(alice: User, open_pool: Pool, workers: list[User]) -> None:
    factories.answer_all(workers[:3], open_pool, ["cat", "cat", "cat"])
    consensus.aggregate_project(open_pool.project_id)
    api = caller(alice)
    path = f"/api/v1/projects/{open_pool.project.public_id}/results/"
    rows = api.get(path).json()["results"]
    assert [row["value"] for row in rows] == [{"class": "cat"}] * 3
    assert len(api.get(path, {"class": "cat"}).json()["results"]) == 3
    assert api.get(path, {"class": "dog"}).json()["results"] == []
    assert api.get(path, {"confidence_max": "0"}).json()["results"] == []
    task = api.get(f"/api/v1/tasks/{rows[0]['task']}/").json()
    assert [answer["value"]["class"] for answer in task["answers"]] == ["cat"] * 3
    assert len({answer["worker"] for answer in task["answers"]}) == 3
    assert all(answer["worker"].startswith("w-") for answer in task["answers"])


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_of_tasks_takes_three_queries(alice: User, rows: int, django_assert_num_queries: Any) -> None:
    pool = factories.make_project(alice, tasks=rows).pools.get()
    api = caller(alice)
    api.get("/api/v1/me/")
    with django_assert_num_queries(3):
        api.get(f"/api/v1/pools/{pool.public_id}/tasks/")


def test_reviews_accept_and_reject(alice: User, workers: list[User]) -> None:
    pool = factories.make_open_pool(alice, tasks=1, accept_automatically=False)
    good, bad = (factories.answer(worker, pool) for worker in workers[:2])
    api = caller(alice)
    waiting = api.get(f"/api/v1/pools/{pool.public_id}/assignments/", {"state": "submitted"}).json()["results"]
    assert {row["id"] for row in waiting} == {good.public_id, bad.public_id}
    for _ in range(2):
        assert send(api, f"assignments/{good.public_id}/accept/", {}).json()["state"] == "accepted"
    assert send(api, f"assignments/{bad.public_id}/reject/", {}).status_code == 400
    refusal = {"reason": "Not read.", "evidence": "Three seconds for a page of text."}
    assert (
        send(api, f"assignments/{bad.public_id}/rework/", {"comment": "Read it.", "hours": 1}).json()["state"]
        == "active"
    )
    giving_back.give_back(worker=workers[1], assignment=bad.public_id)
    assert send(api, f"assignments/{bad.public_id}/reject/", refusal | {"tasks": ["x"]}).status_code == 400
    assert send(api, f"assignments/{bad.public_id}/reject/", refusal).json()["state"] == "rejected"
    bonus = {"amount": "0.20", "reason": "For the effort."}
    paid = [send(api, f"assignments/{bad.public_id}/bonus/", bonus).json() for _ in range(2)]
    assert paid == [{"paid": True}, {"paid": False}]
    assert send(api, f"assignments/{good.public_id}/take-back/", {"reason": "x"}).status_code == 409
    assert send(api, f"assignments/{bad.public_id}/accept/", {}).status_code == 409
    states = dict(Assignment.objects.values_list("public_id", "state"))
    assert states == {good.public_id: AssignmentState.ACCEPTED, bad.public_id: AssignmentState.REJECTED}
    assert send(api, f"assignments/{bad.public_id}/take-back/", {"reason": "It was."}).json()["state"] == "accepted"
    assert [caller(one).get("/api/v1/me/").json()["earned"] for one in workers[:2]] == ["0.05", "0.25"]


def test_an_export_is_prepared_and_fetched(alice: User, open_pool: Pool, workers: list[User]) -> None:
    factories.answer_all(workers[:3], open_pool, ["cat", "cat", "dog"])
    consensus.aggregate_project(open_pool.project_id)
    api = caller(alice)
    made = send(api, f"projects/{open_pool.project.public_id}/exports/", {"format": "csv"}).json()
    assert (made["state"], made["file"]) == ("running", None)
    assert api.get(f"/api/v1/exports/{made['id']}/file/").json()["error"]["code"] == "not_ready"
    export = open_pool.project.exports.get()
    while not exporting.run_export(export.pk):
        pass
    ready = api.get(f"/api/v1/exports/{made['id']}/").json()
    file = api.get(ready["file"], headers={"Accept": "text/csv"})
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert len(b"".join(file.streaming_content).splitlines()) == 4  # type: ignore[attr-defined]
    assert send(api, f"projects/{open_pool.project.public_id}/exports/", {"format": "coco"}).status_code == 400


def test_money_that_is_not_there_launches_nothing(charlie: User) -> None:
    pool = factories.make_project(charlie).pools.get()
    reply = send(caller(charlie), f"pools/{pool.public_id}/launch/", {})
    assert reply.status_code == 409
    assert Pool.objects.get().state == PoolState.DRAFT


def test_viewers_read_and_change_nothing(alice: User, charlie: User, project: Project) -> None:
    factories.join(project, charlie, Role.VIEWER)
    api = caller(charlie)
    assert api.get(f"/api/v1/projects/{project.public_id}/").json()["role"] == "viewer"
    reply = send(api, f"projects/{project.public_id}/", {"name": "Mine"}, "PATCH")
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, "forbidden")


def test_a_revoked_key_and_no_key_are_nobody(alice: User) -> None:
    api = caller(alice)
    assert api.get("/api/v1/me/").json()["email"] == "alice@example.org"
    key = alice.api_keys.get()
    key.revoked_at = key.created_at
    key.save()
    for reply in (api.get("/api/v1/me/"), Client().get("/api/v1/me/")):
        assert reply.status_code == 401
        assert reply["WWW-Authenticate"] == "Bearer"


def test_the_cache_hears_of_a_hundredth_of_the_limit_at_a_time(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "API_RATE_PER_MINUTE", 500)
    api = caller(alice)
    minute, began = -1, 0
    while minute != began:  # once more where a minute ended within
        cache.clear()
        CallerThrottle.tallies.clear()
        began = int(time.time() // 60)
        for _ in range(12):
            assert api.get("/api/v1/me/").status_code == 200
        minute = int(time.time() // 60)
    assert cache.get(f"rate:{alice.pk}:{minute}") == 1 + 5 + 5


def test_too_many_requests_are_told_when_to_come_back(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(settings, "API_RATE_PER_MINUTE", 2)
    api = caller(alice)
    statuses = [api.get("/api/v1/me/").status_code for _ in range(5)]
    # A minute may end between two calls; it does not do so three times in five.
    assert 429 in statuses
    refused = next(reply for _ in range(9) if (reply := api.get("/api/v1/me/")).status_code == 429)
    assert refused.json()["error"]["code"] == "throttled"
    assert 1 <= int(refused["Retry-After"]) <= 60
    cache.clear()
