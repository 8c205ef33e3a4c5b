"""Ratings by workers, and the least pay an hour that an admin asks for."""

import pytest

from quorate.accounts.models import User
from tasks_app.domain.rating import rate
from tasks_app.domain.terms import set_terms
from tasks_app.errors import Forbidden, InvalidInput
from tasks_app.models import Pool, Rating
from tasks_app.queries.ratings import ratings_of
from tasks_app.queries.terms import terms, too_little
from tests import factories
from tests.conftest import ClientFor

GOOD = {"clarity": 5, "pay": 3, "interface": 4}


def test_whoever_worked_rates_once_and_may_change_it(open_pool: Pool, worker: User, charlie: User) -> None:
    with pytest.raises(Forbidden):
        rate(worker=worker, project=open_pool.project, **GOOD)
    factories.answer(worker, open_pool)
    with pytest.raises(InvalidInput) as refused:
        rate(worker=worker, project=open_pool.project, clarity=6, pay=True)
    assert set(refused.value.fields) == {"clarity", "pay", "interface"}
    for clarity in (5, 2):
        rate(worker=worker, project=open_pool.project, **(GOOD | {"clarity": clarity}))
    assert Rating.objects.values_list("clarity", "pay", "interface").get() == (2, 3, 4)


def test_ratings_are_told_from_five_on_to_both_sides(
    open_pool: Pool, alice: User, workers: list[User], charlie: User, client_for: ClientFor
) -> None:
    for number, one in enumerate(workers, start=1):
        factories.answer(one, open_pool)
        mine = client_for(one)
        here = f"/work/{open_pool.public_id}/"
        assert "How was it?" in mine.get(here).content.decode()
        if number == 5:
            assert ratings_of(open_pool.project).overall is None
            assert "Rated" not in mine.get("/work/").content.decode()
        mine.post(f"{here}rate/", {"clarity": "4", "pay": "4", "interface": "x"})
        assert ratings_of(open_pool.project).count == number - 1
        mine.post(f"{here}rate/", {"clarity": "4", "pay": "4", "interface": "1"})
    assert ratings_of(open_pool.project).overall == 3
    stranger = client_for(charlie)
    assert "Rated" in stranger.get("/work/").content.decode()
    assert "interface 1.0" in stranger.get(f"/work/{open_pool.public_id}/").content.decode()
    assert "How was it?" not in stranger.get(f"/work/{open_pool.public_id}/").content.decode()
    assert "interface 1.0" in client_for(alice).get(f"/p/{open_pool.project.public_id}/crowd/").content.decode()


def test_a_launch_below_the_least_pay_is_warned_of_by_measured_or_expected_seconds(
    alice: User, admin: User, client_for: ClientFor
) -> None:
    with pytest.raises(Forbidden):
        set_terms(actor=alice, least_per_hour=1, dispute_days=14)
    with pytest.raises(InvalidInput) as refused:
        set_terms(actor=admin, least_per_hour=-1, dispute_days=0)
    assert set(refused.value.fields) == {"least_per_hour", "dispute_days"}
    client = client_for(admin)
    assert client.post("/control/settings/terms/", {"least_per_hour": "x", "dispute_days": "7"}).status_code == 422
    client.post("/control/settings/terms/", {"least_per_hour": "9.50", "dispute_days": "7"})
    assert (terms().least_per_hour, terms().dispute_days) == (9_500_000, 7)

    draft = factories.make_project(alice)
    pool = draft.pools.select_related("project").get()
    launch = f"/p/{draft.public_id}/launch/"
    requester = client_for(alice)
    assert too_little(pool) is None
    assert "pays less than it should" not in requester.get(launch).content.decode()
    # 0.05 an item of 30 s, as others of the kind take: 6.00 an hour
    Pool.objects.filter(pk=factories.make_open_pool(alice, name="Measured").pk).update(median_seconds=30)
    assert too_little(pool) == (6_000_000, 9_500_000)
    assert "pays less than it should" in requester.get(launch).content.decode()
    assert "below the" in requester.get(f"/p/{draft.public_id}/price/").content.decode()
    pool.median_seconds = 10
    assert too_little(pool) is None
