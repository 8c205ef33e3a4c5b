"""What banning would do, told before: held against what it then does."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from quorate.accounts.models import User
from quorate.common.money import MICRO
from tasks_app.domain import quality
from tasks_app.enums import ResultState
from tasks_app.models import Pool
from tasks_app.queries import bans
from tests import factories
from tests.conftest import ClientFor


@pytest.fixture
def settled(alice: User, workers: list[User]) -> Pool:
    """Six items, each answered by three of four workers and settled; at most five answers an item at 0.02."""
    pool = factories.make_open_pool(alice, tasks=6, overlap_min=3, overlap_max=5, reward=20_000)
    factories.answer_all(workers[:1], pool, ["cat"])
    for worker in workers[1:3]:
        for _ in range(6):
            factories.answer(worker, pool, "cat")
    factories.aggregate(pool)
    assert set(pool.tasks.values_list("state", flat=True)) == {ResultState.SETTLED}
    return pool


def test_effect_of_a_ban_is_what_then_happens(settled: Pool, workers: list[User], admin: User) -> None:
    told = bans.effect_of_ban(workers[0])
    assert told == bans.BanEffect(
        # Three were asked at least, so with two left every item is asked again; two places each at 0.02.
        answers=6, pages=0, decided=6, reopened=6, exact=True, cost=6 * 2 * 20_000
    )  # fmt: skip
    assert told.cost == 0.24 * MICRO
    quality.ban_worker(worker=workers[0], actor=admin, reason="Clicks at random")
    factories.aggregate(settled)
    assert settled.tasks.filter(state=ResultState.OPEN).count() == told.reopened


def test_effect_of_a_ban_counts_only_what_has_room(alice: User, workers: list[User]) -> None:
    pool = factories.make_open_pool(alice, tasks=2, overlap_min=1, overlap_max=1)
    factories.answer_all(workers[:1], pool, ["cat"])
    factories.aggregate(pool)
    told = bans.effect_of_ban(workers[0])
    assert (told.answers, told.decided, told.reopened, told.cost) == (2, 0, 0, 0)


def test_effect_of_a_ban_is_an_upper_bound_where_there_is_too_much_to_judge(
    settled: Pool, workers: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bans, "MOST_JUDGED", 5)
    told = bans.effect_of_ban(workers[0])
    assert (told.decided, told.reopened, told.exact) == (6, 6, False)


def test_effect_of_a_ban_costs_the_same_queries_however_many_items(
    settled: Pool, workers: list[User], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(7):
        bans.effect_of_ban(workers[0])


def test_ban_dialog_tells_the_effect_and_requires_the_reason(
    settled: Pool, workers: list[User], admin: User, client_for: ClientFor
) -> None:
    client: Client = client_for(admin)
    page = client.get(f"/control/workers/{workers[0].public_id}/").text
    dialog = page[page.index('id="ban-dialog"') :].partition("</dialog>")[0]
    assert "6 of 6 decided items with room for more answers would be asked again" in dialog
    assert "cost $0.24 at most" in dialog
    assert "required" in dialog.partition("<textarea")[2].partition(">")[0]
    assert "novalidate" not in dialog
    assert "data-confirm" not in dialog
    again = client.post(f"/control/workers/{workers[0].public_id}/ban/", {"ban-reason": " "})
    assert again.status_code == 422
    assert 'id="ban-dialog" aria-labelledby="ban-dialog-h" open' in again.text
