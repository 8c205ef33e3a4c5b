"""The workers' endpoints over the real stack: next, submit, skip, return."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from quorate.accounts import people
from quorate.accounts.models import User, make_api_key
from tasks_app.domain import publishing
from tasks_app.enums import AssignmentState, PoolState
from tasks_app.models import Answer, Assignment, Pool, Slot, Task
from tests import factories

pytestmark = pytest.mark.django_db
JSON = "application/json"


class Api:
    """A caller with an API key."""

    def __init__(self, user: User) -> None:
        key, token = make_api_key(user, name="test")
        key.save()
        self.key = key
        self.client = Client(headers={"Authorization": f"Bearer {token}"})

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/api/v1/{path}", body or {}, content_type=JSON, headers=named)

    def get(self, path: str, **query: str) -> Any:
        return self.client.get(f"/api/v1/{path}", query)


@pytest.fixture
def api() -> Callable[[User], Api]:
    return Api


def answers_for(page: dict[str, Any], label: str = "cat") -> dict[str, Any]:
    return {"answers": [{"task": task["id"], "answer": {"class": label}, "seconds": 1.5} for task in page["tasks"]]}


def test_next_hands_out_what_the_contract_promises(api: Callable[[User], Api], worker: User, open_pool: Pool) -> None:
    reply = api(worker).post(f"pools/{open_pool.public_id}/next/", Idempotency_Key="one")
    assert reply.status_code == 200
    page = reply.json()["assignment"]
    held = Assignment.objects.get(worker=worker)
    task = Task.objects.get(slots__assignment=held)
    assert page == {
        "id": held.public_id,
        "pool": open_pool.public_id,
        "state": "active",
        "expires_at": held.expires_at.isoformat(),
        "seconds_left": page["seconds_left"],
        "reward": "0.05",
        "currency": "USD",
        "kind": "text_classification",
        "question": open_pool.project.question,
        "instructions_html": "<p>Look <strong>closely</strong>.</p>\n",
        "tasks": [
            {
                "id": task.public_id,
                "position": 1,
                "item": {"text": task.data["text"]},
                "media_url": None,
                "media_urls": {},
                "state": "open",
            }
        ],
    }
    assert 590 <= page["seconds_left"] <= 600


def test_next_with_the_same_key_is_the_same_page(api: Callable[[User], Api], worker: User, open_pool: Pool) -> None:
    caller = api(worker)
    first = caller.post(f"pools/{open_pool.public_id}/next/", Idempotency_Key="one").json()
    again = caller.post(f"pools/{open_pool.public_id}/next/", Idempotency_Key="one").json()
    other = caller.post(f"pools/{open_pool.public_id}/next/", Idempotency_Key="two").json()
    assert again["assignment"]["id"] == first["assignment"]["id"]
    assert other["assignment"]["id"] != first["assignment"]["id"]
    assert Assignment.objects.count() == 2


def test_next_says_why_there_is_nothing(api: Callable[[User], Api], alice: User, worker: User, open_pool: Pool) -> None:
    caller = api(worker)
    publishing.pause(pool=open_pool, actor=alice)
    reply = caller.post(f"pools/{open_pool.public_id}/next/")
    assert reply.json() == {"assignment": None, "reason": "paused", "message": "The requester has paused this."}
    publishing.resume(pool=open_pool, actor=alice)
    Task.objects.filter(pool=open_pool).update(slots_free=0)
    assert caller.post(f"pools/{open_pool.public_id}/next/").json()["reason"] == "no_tasks"


def test_next_hides_what_only_the_requester_may_know(api: Callable[[User], Api], alice: User, worker: User) -> None:
    pool = factories.make_project(alice, kind="image_classification", tasks=1).pools.select_related("project").get()
    data = factories.item("image_classification", 1) | {"meta": {"truth": "cat"}}
    Task.objects.filter(pool=pool).update(data=data)
    publishing.launch(pool=pool, actor=alice)
    task = api(worker).post(f"pools/{pool.public_id}/next/").json()["assignment"]["tasks"][0]
    assert task["item"] == {"image": data["image"], "width": 640, "height": 480}
    assert task["media_url"].startswith("/media/")


def test_submit_stores_and_answers_again_like_the_first_time(
    api: Callable[[User], Api], worker: User, open_pool: Pool
) -> None:
    caller = api(worker)
    page = caller.post(f"pools/{open_pool.public_id}/next/").json()["assignment"]
    path = f"assignments/{page['id']}/submit/"
    reply = caller.post(path, answers_for(page), Idempotency_Key="mine")
    assert reply.status_code == 200
    assert reply.json() == {
        "assignment": {"id": page["id"], "state": "submitted", "reward": "0.05"},
        "replayed": False,
    }
    for key in ("mine", "other"):
        assert caller.post(path, answers_for(page), Idempotency_Key=key).json()["replayed"] is True
    assert caller.post(path, answers_for(page)).json()["replayed"] is True
    assert Answer.objects.get().value == {"class": "cat"}


def test_submit_again_with_other_answers_is_a_conflict(
    api: Callable[[User], Api], worker: User, open_pool: Pool
) -> None:
    caller = api(worker)
    page = caller.post(f"pools/{open_pool.public_id}/next/").json()["assignment"]
    path = f"assignments/{page['id']}/submit/"
    caller.post(path, answers_for(page))
    reply = caller.post(path, answers_for(page, "dog"))
    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "key_reused")
    assert Answer.objects.get().value == {"class": "cat"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "answers"),
        ({"answers": []}, "answers"),
        ({"answers": [7]}, "answers.0"),
        ({"answers": [{"task": "x", "answer": {"class": "cat"}, "seconds": -1}]}, "answers.0.seconds"),
        ({"answers": [{"task": "nothere", "answer": {"class": "cat"}}]}, "answers.0.task"),
        ({"answers": [{"task": "T", "answer": {"class": "bird"}}]}, "answers.0.answer.class"),
        ({"answers": [{"task": "T", "answer": {"class": "cat"}, "extra": 1}]}, "answers.0.extra"),
    ],
)
def test_submit_names_the_field_that_is_wrong(
    api: Callable[[User], Api], worker: User, open_pool: Pool, body: dict[str, Any], field: str
) -> None:
    caller = api(worker)
    page = caller.post(f"pools/{open_pool.public_id}/next/").json()["assignment"]
    for row in body.get("answers", []):
        if isinstance(row, dict) and row["task"] == "T":
            row["task"] = page["tasks"][0]["id"]
    reply = caller.post(f"assignments/{page['id']}/submit/", body)
    assert reply.status_code == 400
    assert field in reply.json()["error"]["fields"]
    assert Answer.objects.count() == 0


def test_skip_and_return_give_places_back(api: Callable[[User], Api], alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice, tasks=3, tasks_per_assignment=3)
    caller = api(worker)
    page = caller.post(f"pools/{pool.public_id}/next/").json()["assignment"]
    skipped = caller.post(f"assignments/{page['id']}/skip/", {"task": page["tasks"][1]["id"], "reason": "too dark"})
    assert [task["state"] for task in skipped.json()["assignment"]["tasks"]] == ["open", "skipped", "open"]
    assert Slot.objects.filter(released_at=None).count() == 2
    returned = caller.post(f"assignments/{page['id']}/return/")
    assert returned.json()["assignment"]["state"] == AssignmentState.RETURNED
    assert Slot.objects.filter(released_at=None).count() == 0
    assert set(Task.objects.values_list("slots_live", flat=True)) == {0}


def test_a_page_returned_unseen_may_come_again(api: Callable[[User], Api], alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice, tasks=1)
    caller = api(worker)
    for returned, again in (({"unseen": True}, True), ({"unseen": False}, False)):
        page = caller.post(f"pools/{pool.public_id}/next/").json()["assignment"]
        reply = caller.post(f"assignments/{page['id']}/return/", returned).json()["assignment"]
        assert (reply["state"], reply["tasks"] == []) == (AssignmentState.RETURNED, again)
    assert caller.post(f"pools/{pool.public_id}/next/").json()["reason"] == "no_tasks"
    assert caller.post(f"assignments/{page['id']}/return/", {"seen": 1}).status_code == 400


def test_a_worker_sees_only_own_assignments(
    api: Callable[[User], Api], alice: User, worker: User, open_pool: Pool
) -> None:
    page = api(worker).post(f"pools/{open_pool.public_id}/next/").json()["assignment"]
    other = api(factories.make_user("wilma"))
    assert other.get(f"assignments/{page['id']}/").status_code == 404
    for verb, body in (("submit", answers_for(page)), ("skip", {"task": page["tasks"][0]["id"]}), ("return", {})):
        reply = other.post(f"assignments/{page['id']}/{verb}/", body)
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "not_found"), verb
    assert Assignment.objects.get().state == AssignmentState.ACTIVE


def test_drafts_are_no_workers_business(api: Callable[[User], Api], worker: User, alice: User) -> None:
    draft = factories.make_project(alice).pools.get()
    assert draft.state == PoolState.DRAFT
    assert api(worker).post(f"pools/{draft.public_id}/next/").status_code == 404


def test_next_and_submit_take_few_statements(api: Callable[[User], Api], alice: User, worker: User) -> None:
    """Sign-in by key included, which was looked up by the call before; on SQLite a BEGIN and COMMIT each beside these."""
    # So many that no jump comes to the end of the lane, where SQLite looks at its beginning by one statement more.
    open_pool = factories.make_open_pool(alice, tasks=60)
    caller = api(worker)
    path = f"pools/{open_pool.public_id}/next/"
    # The first call stamps the key as used; a minute passes before the next stamp.
    first = caller.post(path).json()["assignment"]
    caller.post(f"assignments/{first['id']}/submit/", answers_for(first))
    with CaptureQueriesContext(connection) as taking:
        page = caller.post(path).json()["assignment"]
    with CaptureQueriesContext(connection) as submitting:
        caller.post(f"assignments/{page['id']}/submit/", answers_for(page))
    told = [[sql[:120] for sql in statements(part)] for part in (taking, submitting)]
    expected = [2, 2] if connection.vendor == "postgresql" else [10, 6]
    assert [len(part) for part in told] == expected, told


@pytest.mark.parametrize("end", ["revoked", "put out"])
def test_a_key_that_was_good_a_moment_ago_opens_nothing_once_it_is_not(
    api: Callable[[User], Api], worker: User, open_pool: Pool, end: str
) -> None:
    caller = api(worker)
    page = caller.post(f"pools/{open_pool.public_id}/next/").json()["assignment"]
    if end == "revoked":
        people.revoke_api_key(user=worker, public_id=caller.key.public_id)
    else:
        User.objects.filter(pk=worker.pk).update(is_active=False)
    for path, body in (
        (f"pools/{open_pool.public_id}/next/", {}),
        (f"assignments/{page['id']}/submit/", answers_for(page)),
        (f"assignments/{page['id']}/submit/", {"answers": 7}),
        ("pools/bcdfghjkmnpq/next/", {}),
    ):
        reply = caller.post(path, body)
        assert (reply.status_code, reply.json()["error"]["message"]) == (401, "This API key is not valid.")
    assert Answer.objects.count() == 0
    assert Assignment.objects.count() == 1


def test_who_is_no_worker_any_more_gets_nothing_by_a_remembered_key(
    api: Callable[[User], Api], worker: User, open_pool: Pool
) -> None:
    caller = api(worker)
    path = f"pools/{open_pool.public_id}/next/"
    assert caller.post(path).status_code == 200
    User.objects.filter(pk=worker.pk).update(is_worker=False)
    assert caller.post(path).status_code == 404
    assert Assignment.objects.count() == 1


def statements(captured: CaptureQueriesContext) -> list[str]:
    """Without the savepoints that a test's own transaction makes of BEGIN and COMMIT."""
    return [row["sql"] for row in captured.captured_queries if "SAVEPOINT" not in row["sql"]]
