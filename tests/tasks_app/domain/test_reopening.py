"""A settled item that is asked again says so: in its own history, the project's, and on the live page."""

import pytest
from django.test import Client

from quorate.accounts.models import User
from quorate.events.models import Event
from tasks_app.domain import pricing, quality
from tasks_app.enums import ResultState
from tasks_app.models import Pool
from tests import factories
from tests.conftest import ClientFor


@pytest.fixture
def settled(alice: User, workers: list[User]) -> Pool:
    pool = factories.make_open_pool(alice, tasks=3, overlap_min=2, overlap_max=5)
    for worker in workers[:2]:
        for _ in range(3):
            factories.answer(worker, pool, "cat")
    factories.aggregate(pool)
    assert set(pool.tasks.values_list("state", flat=True)) == {ResultState.SETTLED}
    assert not Event.objects.filter(verb__endswith=".reopened").exists()
    return pool


def test_reopened_items_are_told_everywhere(
    settled: Pool, alice: User, admin: User, workers: list[User], client_for: ClientFor
) -> None:
    client: Client = client_for(alice)
    place = f"/p/{settled.project.public_id}/"
    assert 'id="reopened"' not in client.get(f"{place}live/").text
    quality.ban_worker(worker=workers[0], actor=admin, reason="Clicks at random")
    factories.aggregate(settled)
    assert [(event.object_id, event.data) for event in Event.objects.filter(verb="pool.reopened")] == [
        (settled.public_id, {"items": 3, "why": "answers were taken out"})
    ]
    task = settled.tasks.first()
    assert task is not None
    assert "3 settled items were opened again within a day" in client.get(f"{place}live/").text
    item = client.get(f"{place}results/{task.public_id}/").text
    assert "Opened again after it had settled" in item
    assert "answers were taken out" in item
    assert "opened 3 settled items again: answers were taken out" in client.get(f"{place}history/").text


def test_reopened_by_a_higher_demand_says_so_and_says_it_once(settled: Pool, alice: User) -> None:
    pricing.set_price(pool=settled, actor=alice, overlap_min=3)
    factories.aggregate(settled)
    settled.refresh_from_db()
    quality.decide_anew([(settled.project_id, 0)])
    factories.aggregate(settled)
    told = Event.objects.filter(verb="task.reopened").values_list("data__why", flat=True)
    assert list(told) == ["more answers or more confidence were asked for"] * 3
