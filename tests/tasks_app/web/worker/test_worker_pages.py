"""The worker's pages: who sees them, what they say, what they cost."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from quorate.accounts.models import User
from quorate.common.money import MICRO
from tasks_app.domain import publishing, quality, rejecting, reviewing
from tasks_app.models import Pool, Project
from tests import factories
from tests.conftest import ClientFor

PAGES = ("/work/", "/work/answers/", "/work/earnings/")


def json_block(body: bytes, name: str) -> Any:
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', body.decode(), re.DOTALL)
    assert found is not None
    return json.loads(found[1])


@pytest.mark.parametrize("path", PAGES)
def test_lists_turn_strangers_to_the_way_in(db: None, path: str) -> None:
    response = Client().get(path)
    assert (response.status_code, response["Location"]) == (302, f"/sign-in/?next={path}")


@pytest.mark.parametrize("path", PAGES)
def test_lists_are_for_workers_alone(client_for: ClientFor, admin: User, worker: User, path: str) -> None:
    assert client_for(admin).get(path).status_code == 403
    assert client_for(worker).get(path).status_code == 200


@pytest.mark.parametrize("tail", ["", "do/"])
def test_pool_pages_by_role(client_for: ClientFor, admin: User, worker: User, open_pool: Pool, tail: str) -> None:
    path = f"/work/{open_pool.public_id}/{tail}"
    assert Client().get(path).status_code == 302
    assert client_for(admin).get(path).status_code == 403
    assert client_for(worker).get(path).status_code == 200


@pytest.mark.parametrize("tail", ["", "do/"])
def test_drafts_do_not_exist_for_workers(client_for: ClientFor, worker: User, project: Project, tail: str) -> None:
    assert client_for(worker).get(f"/work/{project.pools.get().public_id}/{tail}").status_code == 404
    assert client_for(worker).get(f"/work/nosuchpool/{tail}").status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_read_only(client_for: ClientFor, worker: User, path: str) -> None:
    assert client_for(worker).post(path).status_code == 405


def test_market_without_tasks_says_so(client_for: ClientFor, worker: User) -> None:
    assert b"No tasks are open just now" in client_for(worker).get("/work/").content


def test_market_shows_measured_pay_and_what_is_left(client_for: ClientFor, worker: User, open_pool: Pool) -> None:
    Pool.objects.filter(pk=open_pool.pk).update(median_seconds=18.0, reward=50_000)
    factories.answer(worker, open_pool)
    (offer,) = client_for(worker).get("/work/").context["offers"]
    assert (offer.per_hour, offer.left, offer.requester) == (10 * MICRO, 2, "Alice")


def test_market_leaves_out_what_is_not_open(client_for: ClientFor, worker: User, alice: User, open_pool: Pool) -> None:
    publishing.pause(pool=open_pool, actor=alice)
    assert client_for(worker).get("/work/").context["offers"] == []


def test_market_leaves_out_what_is_past_its_lifetime(client_for: ClientFor, worker: User, open_pool: Pool) -> None:
    Pool.objects.filter(pk=open_pool.pk).update(expires_at=timezone.now())
    assert client_for(worker).get("/work/").context["offers"] == []


def test_market_puts_unfinished_work_first_then_pay(client_for: ClientFor, worker: User, alice: User) -> None:
    poor = factories.make_open_pool(alice, name="Poor", reward=10_000)
    rich = factories.make_open_pool(alice, name="Rich", reward=90_000)
    unknown = factories.make_open_pool(alice, name="Unknown", reward=500_000)
    Pool.objects.filter(pk__in=(poor.pk, rich.pk)).update(median_seconds=10.0)
    client = client_for(worker)
    assert [offer.title for offer in client.get("/work/").context["offers"]] == ["Rich", "Poor", "Unknown"]
    factories.take(worker, unknown)
    assert [offer.title for offer in client.get("/work/").context["offers"]] == ["Unknown", "Rich", "Poor"]
    assert [offer.title for offer in client.get("/work/?sort=new").context["offers"]] == ["Unknown", "Rich", "Poor"]


def test_restricted_workers_are_told_why(client_for: ClientFor, worker: User, admin: User, open_pool: Pool) -> None:
    quality.pause_worker(worker=worker, actor=admin, reason="Answers faster than one can read <b>")
    client = client_for(worker)
    market = client.get("/work/").content.decode()
    assert "Your account is paused" in market
    assert "Answers faster than one can read &lt;b&gt;" in market
    assert "Start<" not in market
    preview = client.get(f"/work/{open_pool.public_id}/").content.decode()
    assert "Answers faster than one can read" in preview
    assert "Accept and start" not in preview


def test_preview_shows_a_task_without_what_the_requester_alone_may_know(
    client_for: ClientFor, worker: User, open_pool: Pool
) -> None:
    task = open_pool.tasks.order_by("pk")[0]
    task.data = {**task.data, "name": "cat-17.jpg", "meta": {"truth": "cat"}}
    task.save(update_fields=["data"])
    example = json_block(client_for(worker).get(f"/work/{open_pool.public_id}/").content, "example-data")
    assert example["item"] == {"text": task.data["text"]}
    assert example["mediaUrl"] is None
    assert example["script"] == "/static/js/tools/text_classification.js"


def test_preview_signs_the_picture_for_this_worker(client_for: ClientFor, worker: User, alice: User) -> None:
    pool = factories.make_open_pool(alice, kind="image_classification")
    example = json_block(client_for(worker).get(f"/work/{pool.public_id}/").content, "example-data")
    assert example["mediaUrl"].endswith(f"/{0:064x}")


def test_preview_renders_instructions_safely(client_for: ClientFor, worker: User, open_pool: Pool) -> None:
    Project.objects.filter(pk=open_pool.project_id).update(instructions="# Look\n<script>alert(1)</script> **well**")
    body = client_for(worker).get(f"/work/{open_pool.public_id}/").content.decode()
    assert "<strong>well</strong>" in body
    assert "<script>alert(1)" not in body


def test_preview_of_paused_and_closed_work(client_for: ClientFor, worker: User, alice: User, open_pool: Pool) -> None:
    client = client_for(worker)
    publishing.pause(pool=open_pool, actor=alice)
    assert b"The requester has paused this" in client.get(f"/work/{open_pool.public_id}/").content
    publishing.close(pool=Pool.objects.select_related("project").get(pk=open_pool.pk), actor=alice)
    body = client.get(f"/work/{open_pool.public_id}/").content
    assert b"This work is finished" in body
    assert b"Accept and start" not in body


def test_do_hands_the_page_what_it_needs(client_for: ClientFor, worker: User, open_pool: Pool) -> None:
    held = factories.take(worker, open_pool)
    work = json_block(client_for(worker).get(f"/work/{open_pool.public_id}/do/").content, "work-data")
    assert work == {
        "person": worker.public_id,
        "pool": open_pool.public_id,
        "active": [held.public_id],
        "limit": settings.MAX_ACTIVE_ASSIGNMENTS,
        "secondsPerTask": None,
        "currency": "USD",
        "symbol": "$",
        "examples": {},
        "signIn": f"/sign-in/?next=/work/{open_pool.public_id}/do/",
    }


def test_do_names_only_ones_own_unfinished_pages(
    client_for: ClientFor, worker: User, workers: list[User], open_pool: Pool
) -> None:
    factories.take(workers[0], open_pool)
    factories.answer(worker, open_pool)
    work = json_block(client_for(worker).get(f"/work/{open_pool.public_id}/do/").content, "work-data")
    assert work["active"] == []


def test_answers_say_what_was_said_and_decided(
    client_for: ClientFor, worker: User, workers: list[User], alice: User, open_pool: Pool
) -> None:
    accepted = factories.answer(worker, open_pool, "dog")
    refused = factories.answer(worker, open_pool, "cat")
    factories.answer(workers[0], open_pool)
    reviewing.accept(pool=open_pool, assignment_ids=[accepted.pk], actor=alice)
    rejecting.reject(assignment=refused, actor=alice, reason="Not read", evidence="See the second photo.")
    client = client_for(worker)
    rows = client.get("/work/answers/").context["rows"]
    assert [(row["said"], row["decision"]) for row in rows] == [(["Cat"], "Not paid: Not read"), (["Dog"], "Paid")]
    rows = client.get("/work/answers/?state=accepted").context["rows"]
    assert [row["assignment"].public_id for row in rows] == [accepted.public_id]


def test_earnings_show_the_ledger(client_for: ClientFor, worker: User, alice: User, open_pool: Pool) -> None:
    paid = factories.answer(worker, open_pool)
    factories.answer(worker, open_pool)
    reviewing.accept(pool=open_pool, assignment_ids=[paid.pk], actor=alice)
    context = client_for(worker).get("/work/earnings/").context
    sums = context["sums"]
    assert (sums.today, sums.total, sums.balance, sums.pending, sums.pending_pages) == (
        50_000,
        50_000,
        50_000,
        50_000,
        1,
    )
    assert [(row.what, row.amount, row.balance) for row in context["rows"]] == [("Animals", 50_000, 50_000)]


def test_earnings_ignore_a_senseless_cursor(client_for: ClientFor, worker: User) -> None:
    for text in ("x", "9" * 40, "-1", "１"):
        assert client_for(worker).get("/work/earnings/", {"before": text}).status_code == 200


@pytest.mark.parametrize("pools", [1, 3])
def test_market_costs_the_same_for_any_number_of_pools(
    client_for: ClientFor,
    worker: User,
    alice: User,
    django_assert_num_queries: Any,
    pools: int,
) -> None:
    for number in range(pools):
        factories.make_open_pool(alice, name=f"Pool {number}")
    client = client_for(worker)
    with django_assert_num_queries(6):  # session, user, audiences, count, page, restrictions
        client.get("/work/")


@pytest.mark.parametrize("count", [1, 3])
def test_answers_cost_the_same_for_any_number(
    client_for: ClientFor, worker: User, open_pool: Pool, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        factories.answer(worker, open_pool)
    client = client_for(worker)
    with django_assert_num_queries(7):  # session, user, count, page, answers, what was sent back, states
        client.get("/work/answers/")


@pytest.mark.parametrize("count", [1, 3])
def test_earnings_cost_the_same_for_any_number(
    client_for: ClientFor, worker: User, open_pool: Pool, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        held = factories.answer(worker, open_pool)
        reviewing.accept(pool=open_pool, assignment_ids=[held.pk], actor=None)
    client = client_for(worker)
    with django_assert_num_queries(13):
        client.get("/work/earnings/")
