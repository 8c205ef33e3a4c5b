"""Rules on pages: proposed, made, tried, switched, undone; notices, appeals, disputes."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from quorate.accounts.models import User
from quorate.events.models import Dirty
from tasks_app.domain import ruling, skills
from tasks_app.domain.judging import judge_project
from tasks_app.domain.rule_presets import presets
from tasks_app.enums import Topic
from tasks_app.models import Appeal, Exclusion, Firing, Pool, Rule
from tests import factories
from tests.conftest import ClientFor


@pytest.fixture
def pool(alice: User, workers: list[User]) -> Pool:
    """Twelve tasks; the last worker says the contrary of all others."""
    made = factories.make_open_pool(alice, tasks=12, overlap_min=6, overlap_max=8)
    factories.answer_all(workers, made, ["cat", "cat", "cat", "cat", "dog"])
    factories.aggregate(made)
    return made


@pytest.fixture
def client(alice: User, client_for: ClientFor) -> Client:
    return client_for(alice)


def path(pool: Pool, tail: str = "") -> str:
    return f"/p/{pool.project.public_id}/quality/{tail}"


def judge(pool: Pool) -> None:
    factories.aggregate(pool)
    while Dirty.objects.filter(topic=Topic.JUDGE).exists():
        judge_project(pool.project_id)


def fire(client: Client, pool: Pool) -> Firing:
    client.post(path(pool, "presets/"), {"preset": "results"})
    ruling.apply_rules(pool.project, list(pool.project.answers.values_list("worker", flat=True).distinct()))
    return Firing.objects.get()


FORM = {
    "measure": "agreement",
    "way": "below",
    "value": "60",
    "least": "5",
    "window": "30",
    "action": "exclude-project",
    "days": "7",
    "again": "on",
}


def test_rule_is_made_from_the_form(client: Client, pool: Pool) -> None:
    assert client.post(path(pool), FORM).status_code == 303
    body = Rule.objects.get().body
    assert body["when"] == [{"measure": "agreement", "is": "below", "value": 0.6, "least": 5}]
    assert body["then"] == [{"do": "exclude", "from": "project", "days": 7}, {"do": "ask_again"}]
    assert client.post(path(pool), FORM | {"value": "160"}).status_code == 422
    assert client.post(path(pool), FORM | {"action": "skill"}).status_code == 422


def test_the_form_takes_further_conditions_and_the_values_of_its_actions(
    client: Client, pool: Pool, alice: User
) -> None:
    further = {"measure2": "pace", "way2": "below", "value2": "0.5", "least2": "4", "measure3": "earned_today"}
    slow = FORM | further | {"action": "slow-project", "seconds": "45", "again": ""}
    assert client.post(path(pool), slow).status_code == 422
    assert client.post(path(pool), slow | {"value3": "2.5", "way3": "above"}).status_code == 303
    body = Rule.objects.get().body
    assert body["when"][1:] == [
        {"measure": "pace", "is": "below", "value": 0.5, "least": 4},
        {"measure": "earned_today", "is": "above", "value": 2_500_000, "least": 1},
    ]
    assert body["then"] == [{"do": "slow", "from": "project", "days": 7, "seconds": 45}]
    skill = skills.create_skill(owner=alice, name="Steady")
    given = FORM | {"action": "skill", "skill": skill.public_id, "skill_value": "80", "again": ""}
    assert client.post(path(pool), given).status_code == 303
    assert Rule.objects.order_by("-pk")[0].body["then"][0]["value"] == 80


def test_proposal_is_tried_then_used(client: Client, pool: Pool) -> None:
    html = client.get(f"{path(pool)}?try=results").content.decode()
    assert "It would apply to 1 of 5 workers now, 0 of them good by known answers." in html
    assert "12 answers would no longer count." in html
    assert not Firing.objects.exists()
    before = html.count("Use<span")
    assert before == len(presets(pool.project))
    client.post(path(pool, "presets/"), {"preset": "results"})
    assert client.get(path(pool)).content.decode().count("Use<span") == before - 1
    client.post(path(pool, "presets/"), {"preset": "none"})
    assert Rule.objects.count() == 1


def test_firing_is_shown_and_undone(client: Client, pool: Pool, workers: list[User]) -> None:
    firing = fire(client, pool)
    html = client.get(path(pool)).content.decode()
    assert "Told to the worker: By the results so far" in html
    assert workers[4].public_id not in html
    undo = path(pool, f"firings/{firing.public_id}/undo/")
    client.post(undo, {"reason": ""})
    assert Exclusion.objects.filter(lifted_at=None).count() == 1
    client.post(undo, {"reason": "The results were wrong."})
    assert Exclusion.objects.filter(lifted_at=None).count() == 0
    assert "The results were wrong." in client.get(path(pool)).content.decode()


def test_rule_is_switched_and_removed(client: Client, pool: Pool) -> None:
    client.post(path(pool, "presets/"), {"preset": "skips"})
    rule = Rule.objects.get()
    for do, enabled in (("off", False), ("on", True)):
        client.post(path(pool, f"{rule.public_id}/"), {"do": do})
        assert Rule.objects.get().enabled is enabled
    client.post(path(pool, f"{rule.public_id}/"), {"do": "remove"})
    assert client.post(path(pool, f"{rule.public_id}/"), {"do": "on"}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_a_fixed_number_of_queries(
    client: Client, pool: Pool, alice: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for preset in presets(pool.project)[:count]:
        ruling.add_rule(project=pool.project, actor=alice, body=preset.body)
    client.get("/projects/")
    with django_assert_num_queries(9):
        html = client.get(path(pool)).content.decode()
    assert html.count('aria-label="Rule ') == count


def test_worker_reads_why_and_appeals(
    client: Client, client_for: ClientFor, pool: Pool, workers: list[User], admin: User
) -> None:
    firing = fire(client, pool)
    mine, theirs = client_for(workers[4]), client_for(workers[0])
    html = mine.get("/work/notices/").content.decode()
    assert "at most" in html
    assert "12 answers; they were paid and stay paid" in html
    assert "This is not open to you now" in mine.get(f"/work/{pool.public_id}/").content.decode()
    assert "This is not open to you now" not in theirs.get(f"/work/{pool.public_id}/").content.decode()
    assert "Nothing to tell" in theirs.get("/work/notices/").content.decode()
    appeal = f"/work/notices/{firing.public_id}/appeal/"
    assert theirs.post(appeal, {"text": "Me too"}).status_code == 404
    mine.post(appeal, {"text": ""})
    assert not Appeal.objects.exists()
    mine.post(appeal, {"text": "They are dogs."})
    control = client_for(admin)
    assert "They are dogs." in control.get("/control/disputes/").content.decode()
    decide = f"/control/disputes/{Appeal.objects.get().public_id}/"
    prefix = Appeal.objects.get().public_id
    assert control.post(decide, {f"{prefix}-answer": "", "do": "grant"}).status_code == 422
    assert control.post(decide, {f"{prefix}-answer": "So they are.", "do": "grant"}).status_code == 302
    assert "So they are." in mine.get("/work/notices/").content.decode()
    assert "Granted" in control.get("/control/disputes/?only=decided").content.decode()
    assert Exclusion.objects.filter(lifted_at=None).count() == 0
