"""Skills given and taken, and audiences that the list of work, the preview and the hand-out respect."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from quorate.accounts.models import User
from quorate.events.models import Event
from tasks_app.domain import handing_out, skills
from tasks_app.enums import Guard, SkillSource
from tasks_app.errors import Forbidden, InvalidInput, NotFound
from tasks_app.models import Pool, Skill, SkillGrant
from tasks_app.queries import audiences
from tests import factories
from tests.conftest import ClientFor


@pytest.fixture
def skill(alice: User) -> Skill:
    return skills.create_skill(owner=alice, name="Cells")


def give(skill: Skill, worker: User, value: int = 80, days: int | None = None) -> SkillGrant:
    return skills.grant(skill=skill, worker=worker, value=value, days=days, source=SkillSource.HAND, actor=skill.owner)


def only_for(pool: Pool, condition: object, guard: Guard = Guard.ACCEPT) -> None:
    skills.set_audience(pool=pool, actor=pool.project.created_by, audience=condition, guard=guard)


def test_skill_is_made_once_and_by_requesters(alice: User, worker: User, skill: Skill) -> None:
    with pytest.raises(InvalidInput):
        skills.create_skill(owner=alice, name=" Cells ")
    with pytest.raises(Forbidden):
        skills.create_skill(owner=worker, name="Cells")


def test_grant_replaces_and_is_noted(worker: User, skill: Skill) -> None:
    give(skill, worker, 80)
    give(skill, worker, 60, days=3)
    held = SkillGrant.objects.get()
    assert held.value == 60
    assert held.expires_at is not None
    assert Event.objects.filter(verb="skill.granted", object_id=skill.public_id).count() == 2
    assert skills.revoke(skill=skill, worker=worker, actor=skill.owner)
    assert not skills.revoke(skill=skill, worker=worker, actor=skill.owner)


@pytest.mark.parametrize(("value", "days"), [(101, None), (-1, None), (50, 0), (50, 3651)])
def test_grant_is_bounded(worker: User, skill: Skill, value: int, days: int | None) -> None:
    with pytest.raises(InvalidInput):
        give(skill, worker, value, days)


def test_people_are_all_known_or_nobody_gets_it(workers: list[User], skill: Skill) -> None:
    text = f"{workers[0].email.upper()}, {workers[1].public_id}\n{workers[0].public_id}"
    assert skills.grant_to_people(skill=skill, people=text, value=100, days=None, actor=skill.owner) == 2
    with pytest.raises(InvalidInput) as refused:
        skills.grant_to_people(
            skill=skill, people=f"{workers[2].email} who@x.org", value=1, days=None, actor=skill.owner
        )
    assert "who@x.org" in refused.value.fields["people"][0]
    assert SkillGrant.objects.count() == 2


def test_expired_skill_is_none(worker: User, skill: Skill) -> None:
    held = give(skill, worker, days=1)
    assert audiences.facts_of(worker).skills == {skill.public_id: 80}
    SkillGrant.objects.filter(pk=held.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert audiences.facts_of(worker).skills == {}


def test_audience_takes_the_owners_skills_alone(charlie: User, open_pool: Pool) -> None:
    foreign = skills.create_skill(owner=charlie, name="Cells")
    with pytest.raises(InvalidInput):
        only_for(open_pool, {"skill": foreign.public_id})


def test_only_the_audience_is_served(worker: User, open_pool: Pool, skill: Skill) -> None:
    only_for(open_pool, {"skill": skill.public_id, "from": 70})
    assert handing_out.take(worker=worker, pool=open_pool.public_id).reason == "audience"
    give(skill, worker, 69)
    assert handing_out.take(worker=worker, pool=open_pool.public_id).reason == "audience"
    give(skill, worker, 70)
    held = factories.take(worker, open_pool)
    # What was taken may be finished, whatever becomes of the skill.
    skills.revoke(skill=skill, worker=worker, actor=skill.owner)
    assert factories.hand_in(worker, held).state == "submitted"


@pytest.mark.parametrize(
    ("guard", "listed", "preview", "instructions"),
    [(Guard.SEE, False, 404, False), (Guard.PREVIEW, True, 200, False), (Guard.ACCEPT, True, 200, True)],
)
def test_guards(
    worker: User, open_pool: Pool, client_for: ClientFor, guard: Guard, listed: bool, preview: int, instructions: bool
) -> None:
    only_for(open_pool, {"language": "de"}, guard)
    client: Client = client_for(worker)
    path = f"/work/{open_pool.public_id}/"
    assert (path in client.get("/work/").content.decode()) is listed
    shown = client.get(path)
    assert shown.status_code == preview
    assert (b"Instructions" in shown.content) is instructions
    assert b"Accept and start" not in shown.content
    done = client.get(f"{path}do/")
    assert done.status_code == (404 if guard == Guard.SEE else 302)
    if guard == Guard.SEE:
        with pytest.raises(NotFound):
            handing_out.take(worker=worker, pool=open_pool.public_id)
    skills.describe_oneself(worker=worker, languages="DE, en", country="at", birth_year=1990)
    assert b"Accept and start" in client.get(path).content


def test_age_counts_years_that_are_certainly_over(worker: User) -> None:
    year = timezone.now().year
    skills.describe_oneself(worker=worker, languages="", country="", birth_year=year - 18)
    assert audiences.facts_of(worker).age == 17


def test_who_page_saves_rows_and_data(alice: User, client_for: ClientFor, open_pool: Pool, skill: Skill) -> None:
    client = client_for(alice)
    path = f"/p/{open_pool.project.public_id}/who/"
    rows = {
        "join": "any",
        "guard": "see",
        "what0": skill.public_id,
        "value0": "70-90",
        "what1": "country",
        "value1": "de, AT",
    }
    rows |= {"what2": "age", "value2": "18"}
    assert client.post(path, rows).status_code == 303
    open_pool.refresh_from_db()
    assert open_pool.audience == {
        "any": [
            {"skill": skill.public_id, "from": 70, "to": 90},
            {"country": ["DE", "AT"]},
            {"age": {"from": 18, "to": 120}},
        ]
    }
    assert b"70-90" in client.get(path).content
    deep = {"not": {"all": [{"language": "de"}, {"language": "en"}]}}
    assert client.post(path, {"join": "all", "guard": "accept", "deep": json.dumps(deep)}).status_code == 303
    open_pool.refresh_from_db()
    assert open_pool.audience == deep
    assert client.post(path, {"join": "all", "guard": "accept", "deep": "{"}).status_code == 422
    assert client.post(path, {"join": "all", "guard": "accept"}).status_code == 303
    open_pool.refresh_from_db()
    assert open_pool.audience == {}


def test_skill_pages(alice: User, charlie: User, client_for: ClientFor, worker: User) -> None:
    client = client_for(alice)
    made = client.post("/skills/", {"name": "Cells", "description": "Counts them."})
    path = made["Location"]
    assert client.post(path, {"people": worker.email, "value": "90"}).status_code == 303
    assert client.post(path, {"people": "nobody", "value": "90"}).status_code == 422
    assert worker.public_id in client.get(path).content.decode()
    assert b"Counts them." in client_for(worker).get("/work/skills/").content
    assert client_for(charlie).get(path).status_code == 404
    assert client.post(f"{path}{worker.public_id}/revoke/").status_code == 303
    assert not SkillGrant.objects.exists()
