"""Known answers, rules, training and skills over the API: made once, changed, refused by field, kept from others."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from quorate.accounts.models import User
from tasks_app.enums import TaskKind
from tasks_app.models import KnownAnswer, Pool, Project, Rule, SkillGrant
from tests import factories
from tests.conftest import ClientFor

RULE = {
    "when": [{"measure": "agreement_at_most", "is": "below", "value": 0.6, "least": 3}],
    "window": 40,
    "then": [{"do": "exclude", "from": "project", "days": 30}],
}


class Api:
    """Calls as one person."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        sent = {} if body is None else {"data": body, "content_type": "application/json"}
        reply = getattr(self.client, method)(f"/api/v1/{path}", **sent)
        return reply.status_code, reply.json()


@pytest.fixture
def api(client_for: ClientFor, alice: User) -> Api:
    return Api(client_for(alice))


def fields(reply: tuple[int, Any]) -> list[str]:
    assert reply[0] == 400, reply
    return sorted(reply[1]["error"]["fields"])


def test_items_are_made_known_listed_mixed_and_withdrawn(
    api: Api, open_pool: Pool, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tasks = list(open_pool.tasks.order_by("pk").values_list("public_id", flat=True))
    path = f"pools/{open_pool.public_id}/known/"
    given = {
        "items": [
            {"task": tasks[0], "answers": [{"answer": {"class": "cat"}}, {"answer": {"class": "dog"}, "weight": 0.5}]},
            {"task": tasks[1], "answers": [{"answer": {"class": "dog"}}], "explanation": "It barks."},
        ]
    }
    assert api("post", path, given) == (201, {"known": 2})
    assert api("post", path, given) == (201, {"known": 2})
    assert KnownAnswer.objects.count() == 3
    with django_assert_num_queries(5):
        status, page = api("get", path)
    assert (status, [row["task"] for row in page["results"]]) == (200, [tasks[1], tasks[0]])
    assert page["results"][1]["answers"] == [
        {"answer": {"class": "cat"}, "weight": 1.0},
        {"answer": {"class": "dog"}, "weight": 0.5},
    ]
    assert (page["results"][0]["explanation"], page["results"][0]["met"], page["results"][0]["score"]) == (
        "It barks.",
        0,
        None,
    )
    assert api("get", f"{path}?kind=training")[1]["results"] == []
    assert api("patch", path, {"share": 0.3}) == (200, {"share": 0.3, "overlap": 20})
    assert fields(api("patch", path, {"overlap": 3})) == ["overlap"]
    assert api("post", f"tasks/{tasks[0]}/withdraw-known/", {}) == (200, {"known": 0})
    assert api("post", f"tasks/{tasks[0]}/withdraw-known/", {}) == (200, {"known": 0})
    assert open_pool.tasks.filter(kind=TaskKind.GOLD).count() == 1


def test_wrong_known_answers_are_named_and_none_is_made(api: Api, open_pool: Pool, alice: User) -> None:
    task = open_pool.tasks.order_by("pk")[0].public_id
    foreign = factories.make_project(alice, name="Other").pools.get().tasks.order_by("pk")[0].public_id
    path = f"pools/{open_pool.public_id}/known/"
    right = {"task": task, "answers": [{"answer": {"class": "cat"}}]}
    for items, wrong in (
        ([right, {"task": foreign, "answers": [{"answer": {"class": "cat"}}]}], ["items.1.task"]),
        ([right, right], ["items.1.task"]),
        ([{"task": task, "answers": [{"answer": {"class": "bird"}}]}], ["items.0.answers.0.class"]),
        ([{"task": task, "answers": [{"answer": {"class": "cat"}, "weight": 2}]}], ["items.0.answers.0.weight"]),
    ):
        assert fields(api("post", path, {"items": items})) == wrong
    assert fields(api("post", path, {"items": [right], "kind": "main"})) == ["kind"]
    assert not KnownAnswer.objects.exists()


def test_rules_are_tried_made_once_switched_and_removed(api: Api, open_pool: Pool, workers: list[User]) -> None:
    factories.answer_all(workers[:4], open_pool, ["cat", "cat", "cat", "dog"])
    factories.aggregate(open_pool)
    path = f"projects/{open_pool.project.public_id}/rules/"
    status, tried = api("post", f"{path}try/", {"rule": RULE})
    assert (status, tried["looked_at"], len(tried["applies_to"]), tried["good"]) == (200, 3, 0, 0)
    assert not Rule.objects.exists()
    status, made = api("post", path, {"rule": RULE})
    assert (status, made["enabled"], made["fired"], made["rule"]["window"]) == (201, True, 0, 40)
    assert made["sentence"].startswith("When")
    assert api("post", path, {"rule": RULE})[1]["id"] == made["id"]
    assert api("patch", f"{path}{made['id']}/", {"enabled": False})[1]["enabled"] is False
    assert [row["id"] for row in api("get", path)[1]["results"]] == [made["id"]]
    assert api("post", f"{path}{made['id']}/remove/", {}) == (200, {"results": []})
    assert api("patch", f"{path}{made['id']}/", {"enabled": True})[0] == 404
    bad = RULE | {"when": [{"measure": "mood", "is": "below", "value": 1}]}
    assert fields(api("post", path, {"rule": bad})) == ["rule.when.0.measure"]


def test_training_is_read_and_changed_in_part(api: Api, project: Project) -> None:
    path = f"projects/{project.public_id}/training/"
    before = api("get", path)[1]
    assert (before["enabled"], before["items"], before["skill"]) == (False, 0, None)
    assert api("patch", path, {"pass_mark": 70, "days": 30})[1] == before | {"pass_mark": 70, "days": 30}
    assert api("patch", path, {"questions": 3})[1]["pass_mark"] == 70
    assert api("patch", path, {"enabled": True})[0] == 409
    assert fields(api("patch", path, {"skill": "nobody"})) == ["skill"]
    assert fields(api("patch", path, {"pass_mark": 101, "mood": 1})) == ["mood"]


def test_skills_are_made_given_and_taken(api: Api, workers: list[User]) -> None:
    status, skill = api("post", "skills/", {"name": "Birds"})
    assert (status, skill["holders"]) == (201, 0)
    assert fields(api("post", "skills/", {"name": "Birds"})) == ["name"]
    path = f"skills/{skill['id']}/"
    people = [workers[0].email, workers[1].public_id]
    assert api("post", f"{path}holders/", {"people": people, "value": 80}) == (200, {"given": 2})
    assert fields(api("post", f"{path}holders/", {"people": ["nobody@example.org"], "value": 80})) == ["people"]
    assert fields(api("post", f"{path}holders/", {"people": ["a b"], "value": 101})) == ["people.0", "value"]
    held = api("get", f"{path}holders/?page_size=1")[1]
    assert (len(held["results"]), held["next"] is None, held["results"][0]["value"]) == (1, False, 80)
    assert api("post", f"{path}revoke/", {"worker": workers[0].public_id}) == (200, {"revoked": True})
    assert api("post", f"{path}revoke/", {"worker": workers[0].public_id}) == (200, {"revoked": False})
    assert list(SkillGrant.objects.values_list("worker", flat=True)) == [workers[1].pk]
    assert api("get", "skills/")[1]["results"][0]["holders"] == 1


def test_what_is_somebody_elses_is_not_there(
    client_for: ClientFor, api: Api, charlie: User, worker: User, open_pool: Pool
) -> None:
    skill = api("post", "skills/", {"name": "Birds"})[1]["id"]
    stranger, hand = Api(client_for(charlie)), Api(client_for(worker))
    assert stranger("get", f"pools/{open_pool.public_id}/known/")[0] == 404
    assert stranger("post", f"projects/{open_pool.project.public_id}/rules/", {"rule": RULE})[0] == 404
    assert stranger("get", f"skills/{skill}/holders/")[0] == 404
    assert stranger("get", "skills/")[1] == {"results": []}
    assert hand("get", "skills/")[0] == 403


def test_a_large_pool_is_counted_once_for_all_who_look(
    api: Api, open_pool: Pool, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cache.clear()
    monkeypatch.setattr("tasks_app.queries.dashboards.TASKS_A_SECOND", 1)  # as if three tasks were many
    path = f"pools/{open_pool.public_id}/"
    first = api("get", path)[1]
    with django_assert_num_queries(3):  # session, person, pool
        assert api("get", path)[1] == first
    # What the price follows from is never old.
    changed = api("patch", path, {"overlap_max": 9})[1]
    assert api("get", path)[1]["money"] == changed["money"] != first["money"]
    cache.clear()
