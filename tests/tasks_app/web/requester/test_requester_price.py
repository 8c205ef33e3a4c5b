"""The price: units of people, live estimate, what is fixed after the launch."""

from typing import Any

import pytest
from django.test import Client

from quorate.accounts.models import User
from tasks_app.enums import Role
from tasks_app.models import Pool, Project, WorkerStats
from tasks_app.queries.pools import current_pool
from tests import factories
from tests.conftest import ClientFor

PRICE = {
    "reward": "0.07",
    "tasks_per_assignment": "2",
    "assignment_minutes": "2.5",
    "lifetime_days": "10",
    "overlap_min": "2",
    "overlap_max": "4",
    "confidence": "85.5",
    "overlap_mode": "confidence",
    "overlap_votes": "2",
    "overlap_worth": "1",
    "accept_automatically": "on",
    "accept_delay_hours": "0.5",
}


@pytest.fixture
def client(alice: User, client_for: ClientFor) -> Client:
    """Alice's browser."""
    return client_for(alice)


def address(project: Project, rest: str = "") -> str:
    return f"/p/{project.public_id}/price/{rest}"


def test_price_is_saved_in_the_domains_units(client: Client, project: Project) -> None:
    response = client.post(address(project), PRICE)
    pool = current_pool(project)
    assert (response.status_code, response["Location"]) == (303, address(project))
    assert (pool.reward, pool.tasks_per_assignment, pool.assignment_seconds, pool.lifetime_days) == (70_000, 2, 150, 10)
    assert (pool.overlap_min, pool.overlap_max, pool.confidence) == (2, 4, 0.855)
    assert (pool.accept_automatically, pool.accept_delay_seconds) == (True, 1800)


def test_price_takes_another_rule_of_overlap(client: Client, project: Project) -> None:
    assert client.post(address(project), PRICE | {"overlap_mode": "agreement", "overlap_votes": "3"}).status_code == 303
    pool = current_pool(project)
    assert (pool.overlap_mode, pool.overlap_votes) == ("agreement", 3)
    assert client.post(address(project), PRICE | {"overlap_mode": "value", "overlap_worth": "2.5"}).status_code == 303
    pool = current_pool(project)
    assert (pool.overlap_mode, pool.overlap_worth) == ("value", 0.025)
    assert client.post(address(project), PRICE | {"overlap_mode": "fixed", "overlap_max": "5"}).status_code == 303
    assert current_pool(project).overlap_min == 5


def test_price_tells_what_to_expect_and_from_whom(client: Client, project: Project, workers: list[User]) -> None:
    shown = client.get(address(project)).text
    assert "Known from a simulated crowd" in shown
    assert "What a right result costs" in shown
    assert "How long it takes is known once answers come" in shown
    other = factories.make_project(project.created_by, kind=project.kind, name="Earlier")
    other.pools.update(median_seconds=6.0)
    found = client.get(address(project)).context
    assert not found["duration"].own
    assert found["duration"].likely == pytest.approx(6.0 * found["cost"].tasks * found["outlook"].asked.answers)
    assert found["duration"].least <= found["duration"].likely <= found["duration"].most
    current_pool(project).project.pools.update(median_seconds=3.0)
    assert "an answer, as measured" in client.get(address(project)).text
    WorkerStats.objects.bulk_create(
        WorkerStats(project=project, worker=one, answers=20, confusion=[[0.9, 0.1], [0.1, 0.9]], support=[10.0, 10.0])
        for one in workers[:4]
    )
    assert "Known from the answers of this project so far" in client.get(address(project)).text
    fixed = client.get(address(project, "estimate/"), PRICE | {"overlap_mode": "fixed"}).text
    assert "What to expect" not in fixed


def test_price_refuses_a_rule_that_cannot_be(client: Client, project: Project, alice: User) -> None:
    for wrong in ({"overlap_mode": "luck"}, {"overlap_mode": "margin", "overlap_votes": "9"}):
        assert client.post(address(project), PRICE | wrong).status_code == 422
    boxes = factories.make_project(alice, kind="bounding_box", name="Boxes")
    assert "equal answers" not in client.get(address(boxes)).text
    assert client.post(address(boxes), PRICE | {"overlap_mode": "agreement"}).status_code == 422


def test_price_goes_on_to_the_launch(client: Client, project: Project) -> None:
    assert client.post(address(project), PRICE | {"onward": "1"})["Location"] == f"/p/{project.public_id}/launch/"


def test_price_shown_and_sent_back_is_the_same(client: Client, project: Project) -> None:
    Pool.objects.filter(project=project).update(assignment_seconds=100, confidence=0.875, accept_delay_seconds=7)
    before = Pool.objects.values().get(project=project)
    form = client.get(address(project)).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    data = {name: "on" if value is True else value for name, value in shown.items() if value is not False}
    assert client.post(address(project), data).status_code == 303
    assert Pool.objects.values().get(project=project) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reward", ""),
        ("reward", "free"),
        ("reward", "-1"),
        ("reward", "0.0000001"),
        ("reward", "1e30"),
        ("reward", "NaN"),
        ("reward", "Infinity"),
        ("reward", "1001"),
        ("reward", "\x00"),
        ("tasks_per_assignment", "0"),
        ("tasks_per_assignment", "101"),
        ("tasks_per_assignment", "1.5"),
        ("tasks_per_assignment", "9" * 400),
        ("assignment_minutes", "0.1"),
        ("assignment_minutes", "nan"),
        ("assignment_minutes", "inf"),
        ("assignment_minutes", "1e300"),
        ("lifetime_days", "366"),
        ("overlap_min", "0"),
        ("overlap_min", "-3"),
        ("overlap_max", "101"),
        ("overlap_max", "1"),
        ("confidence", "100"),
        ("confidence", "49"),
        ("confidence", "nan"),
        ("accept_delay_hours", "-1"),
        ("accept_delay_hours", "721"),
    ],
)
def test_price_names_the_wrong_field_and_keeps_the_input(
    client: Client, project: Project, field: str, value: str
) -> None:
    before = Pool.objects.values().get(project=project)
    response = client.post(address(project), PRICE | {field: value})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert response.context["form"][field].value() == value
    assert Pool.objects.values().get(project=project) == before
    assert client.get(address(project, "estimate/"), PRICE | {field: value}).context["unpriced"] is True


def test_estimate_recalculates_without_saving(client: Client, project: Project) -> None:
    before = Pool.objects.values().get(project=project)
    response = client.get(address(project, "estimate/"), PRICE)
    cost = response.context["cost"]
    # Three items, two answers at least and four at most, 0.07 for a page of two.
    assert (cost.slots_min, cost.slots_max, cost.cost_min, cost.cost_max) == (6, 12, 210_000, 420_000)
    assert "$0.21 <small>to</small> $0.42" in response.content.decode()
    assert Pool.objects.values().get(project=project) == before


def test_estimate_says_what_an_hour_pays(client: Client, project: Project) -> None:
    html = client.get(address(project)).content.decode()
    assert "Not measured yet" in html
    assert "$18.00 an hour" in html  # 0.05 for ten seconds
    Pool.objects.filter(project=project).update(median_seconds=6.0)
    html = client.get(address(project)).content.decode()
    assert "Not measured yet" not in html
    assert '<span class="price-range">$30.00</span>' in html


def test_estimate_says_what_is_missing(client: Client, project: Project, charlie: User, client_for: ClientFor) -> None:
    assert client.get(address(project)).context["cost"].missing == 0
    dear = PRICE | {"reward": "900", "tasks_per_assignment": "1"}
    cost = client.get(address(project, "estimate/"), dear).context["cost"]
    assert cost.missing == 12 * 900_000_000 - 1_000_000_000


def test_price_of_a_running_pool_is_fixed_in_part(client: Client, open_pool: Pool) -> None:
    project = open_pool.project
    html = client.get(address(project)).content.decode()
    assert html.count("Fixed since the launch") == 2
    form = client.get(address(project)).context["form"]
    data: dict[str, Any] = {name: form[name].value() for name in form.fields} | {"accept_automatically": "on"}
    response = client.post(address(project), data | {"reward": "0.01", "overlap_max": "5"})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"reward", "overlap_max"}
    assert client.post(address(project), data | {"overlap_max": "8"}).status_code == 303
    assert current_pool(project).overlap_max == 8


def test_price_that_the_balance_does_not_cover_is_refused_on_the_page(client: Client, alice: User) -> None:
    pool = factories.make_open_pool(alice, reward=40_000_000)  # 3 × 7 × 40 = 840 of 1,000
    form = client.get(address(pool.project)).context["form"]
    data: dict[str, Any] = {name: form[name].value() for name in form.fields} | {"accept_automatically": "on"}
    response = client.post(address(pool.project), data | {"overlap_max": "20"})
    assert response.status_code == 409
    assert "is missing" in response.content.decode()
    assert current_pool(pool.project).overlap_max == 7


def test_price_shows_whose_balance_it_is(project: Project, bob: User, client_for: ClientFor, client: Client) -> None:
    assert "Balance of Alice" in client_for(bob).get(address(project)).content.decode()
    assert "Your balance" in client.get(address(project)).content.decode()


@pytest.mark.parametrize("page", ["price/", "price/estimate/", "launch/"])
def test_viewers_do_not_learn_the_balance(project: Project, charlie: User, client_for: ClientFor, page: str) -> None:
    factories.join(project, charlie, Role.VIEWER)
    html = client_for(charlie).get(f"/p/{project.public_id}/{page}").content.decode()
    assert "1,000.00" not in html
    assert "alance of" not in html
