"""Price by skill: held at the highest, paid by what was fixed at the hand-out; and work for one device."""

import pytest

from quorate.accounts.models import User
from quorate.common.device import device_of
from quorate.ledger import book
from quorate.ledger.models import AccountKind
from tasks_app.domain import handing_out, pricing, publishing, reviewing, skills
from tasks_app.enums import SkillSource
from tasks_app.errors import InvalidInput
from tasks_app.grammar import price
from tasks_app.models import Pool, Skill
from tests import factories
from tests.conftest import ClientFor

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148"
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0 Safari/537.36"


@pytest.fixture
def expert(alice: User) -> Skill:
    return skills.create_skill(owner=alice, name="Expert")


@pytest.fixture
def draft(alice: User, expert: Skill) -> Pool:
    """Two tasks a page, four in all, 0.05 a page; experts from 80 on are paid half as much again, from 95 on double."""
    pool = (
        factories.make_project(alice, tasks=4, tasks_per_assignment=2, overlap_min=5)
        .pools.select_related("project")
        .get()
    )
    steps = [
        {"skill": expert.public_id, "from": 80, "percent": 150},
        {"skill": expert.public_id, "from": 95, "to": 100, "percent": 200},
    ]
    return pricing.set_price_steps(pool=pool, actor=alice, steps=steps)


def give(skill: Skill, worker: User, value: int) -> None:
    skills.grant(skill=skill, worker=worker, value=value, source=SkillSource.HAND, actor=skill.owner)


def test_the_highest_that_fits_is_paid_and_the_highest_of_all_is_held(
    draft: Pool, alice: User, expert: Skill, workers: list[User]
) -> None:
    cost = pricing.estimate(draft)
    assert (cost.cost_min, cost.hold) == (4 * 5 * 25_000, 4 * 7 * 50_000)
    pool = publishing.launch(pool=draft, actor=alice)
    assert book.balance(book.held_account(pool.public_id)) == 4 * 7 * 50_000
    for worker, value in zip(workers[1:4], (80, 95, 79), strict=True):
        give(expert, worker, value)
    pages = [factories.take(worker, pool) for worker in workers[:4]]
    assert [page.reward for page in pages] == [50_000, 75_000, 100_000, 50_000]
    # What was fixed at the hand-out stands, whatever becomes of the skill.
    skills.revoke(skill=expert, worker=workers[2], actor=alice)
    factories.hand_in(workers[2], pages[2])
    reviewing.accept_due(pool.pk)
    assert book.balance(book.find(AccountKind.WORKER, owner_id=workers[2].pk)) == 100_000
    assert factories.take(workers[2], pool).reward == 50_000
    assert book.audit() == []


def test_the_hold_covers_a_crowd_of_nothing_but_experts(
    draft: Pool, alice: User, expert: Skill, workers: list[User]
) -> None:
    pool = publishing.launch(pool=draft, actor=alice)
    for worker in workers:
        give(expert, worker, 100)
    factories.answer_all(workers, pool, ["cat", "dog", "cat", "dog", "cat"])
    reviewing.accept_due(pool.pk)
    publishing.close(pool=pool, actor=alice)
    assert book.balance(book.held_account(pool.public_id)) == 0
    assert book.audit() == []


def test_steps_are_set_before_the_launch_with_ones_own_skills(
    draft: Pool, alice: User, charlie: User, expert: Skill
) -> None:
    foreign = skills.create_skill(owner=charlie, name="Theirs")
    with pytest.raises(InvalidInput) as refused:
        pricing.set_price_steps(pool=draft, actor=alice, steps=[{"skill": foreign.public_id, "percent": 150}])
    assert set(refused.value.fields) == {"price_steps"}
    publishing.launch(pool=draft, actor=alice)
    with pytest.raises(InvalidInput) as late:
        pricing.set_price_steps(pool=draft, actor=alice, steps=[])
    assert "launch" in late.value.fields["price_steps"][0]


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ("x", "price_steps"),
        ([{"skill": "a", "percent": 150}], "price_steps.0.skill"),
        ([{"skill": "a" * 12, "percent": 90}], "price_steps.0.percent"),
        ([{"skill": "a" * 12, "percent": 150, "from": 90, "to": 80}], "price_steps.0.to"),
        ([{"skill": "a" * 12, "percent": 150, "colour": 1}], "price_steps.0.colour"),
    ],
)
def test_a_wrong_step_is_refused_by_name(raw: object, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        price.clean(raw)
    assert set(refused.value.fields) == {field}


def test_requester_sets_it_on_the_page_and_workers_are_told(
    alice: User, expert: Skill, worker: User, client_for: ClientFor
) -> None:
    project = factories.make_project(alice)
    client = client_for(alice)
    here = f"/p/{project.public_id}/price/"
    row = {"skill0": expert.public_id, "from0": "80", "percent0": "150"}
    assert "Price by skill" in client.get(here).content.decode()
    client.post(f"{here}skills/", row | {"percent0": "50"})
    assert project.pools.get().price_steps == []
    client.post(f"{here}skills/", row)
    assert project.pools.get().price_steps == [{"skill": expert.public_id, "from": 80, "to": 100, "percent": 150}]
    told = "150 % with “Expert” from 80"
    assert told in client.get(f"/p/{project.public_id}/launch/").content.decode()
    pool = publishing.launch(pool=project.pools.select_related("project").get(), actor=alice)
    give(expert, worker, 90)
    shown = client_for(worker).get(f"/work/{pool.public_id}/").content.decode()
    assert told in shown
    assert "$0.075" in shown


def test_work_for_a_phone_is_for_a_phone(open_pool: Pool, alice: User, worker: User, client_for: ClientFor) -> None:
    skills.set_audience(pool=open_pool, actor=alice, audience={"device": "phone"}, guard="accept")
    for device, reason in (("", "audience"), ("desktop", "audience"), ("phone", "")):
        assert handing_out.take(worker=worker, pool=open_pool.public_id, device=device).reason == reason
    client = client_for(worker)
    do, following = f"/work/{open_pool.public_id}/do/", f"/api/v1/pools/{open_pool.public_id}/next/"
    ready = {"content_type": "application/json"}
    assert client.post(following, "{}", headers={"User-Agent": DESKTOP}, **ready).json()["reason"] == "audience"
    assert client.post(following, "{}", headers={"User-Agent": PHONE}, **ready).json()["assignment"]
    assert client.get(do, headers={"User-Agent": PHONE}).status_code == 200
    with pytest.raises(InvalidInput):
        skills.set_audience(pool=open_pool, actor=alice, audience={"device": "toaster"}, guard="accept")


def test_devices_are_told_apart_by_what_browsers_say() -> None:
    assert device_of({"User-Agent": PHONE}) == "phone"
    assert device_of({"User-Agent": DESKTOP}) == "desktop"
    assert device_of({"User-Agent": DESKTOP, "Sec-CH-UA-Mobile": "?1"}) == "phone"
    assert device_of({"User-Agent": "python-httpx/0.28"}) == ""
    assert device_of({}) == ""
