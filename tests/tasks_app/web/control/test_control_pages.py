"""The admins' pages: for admins alone, right, at a fixed cost."""

import random
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from quorate.accounts import linking
from quorate.accounts.models import Invite, Link, User, token_digest
from quorate.common.clock import database_now
from quorate.common.money import MICRO
from quorate.events import dirty
from quorate.events.models import Dirty, Event, Heartbeat
from quorate.ledger import book
from tasks_app.domain import handing_out, quality, submitting
from tasks_app.enums import Topic
from tasks_app.models import Answer, Pool, Project, Restriction, WorkerStats
from tasks_app.queries import control
from tests import factories
from tests.conftest import ClientFor

PAGES = (
    "/control/",
    "/control/live/",
    "/control/projects/",
    "/control/workers/",
    "/control/pairs/",
    "/control/people/",
    "/control/money/",
    "/control/log/",
    "/control/settings/",
)


@pytest.fixture
def ada(client_for: ClientFor, admin: User) -> Client:
    """A client signed in as the admin."""
    return client_for(admin)


def stats(worker: User, project: Project, **values: Any) -> WorkerStats:
    figures = {"answers": 10, "accuracy": 0.9, "agreement": 0.8, "spam_score": 0.7, "median_seconds": 4.0}
    return WorkerStats.objects.create(worker=worker, project=project, **(figures | values))


# --- Who --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", PAGES)
def test_pages_exist_for_admins_alone(client_for: ClientFor, admin: User, alice: User, worker: User, path: str) -> None:
    assert client_for(admin).get(path).status_code == 200
    for person in (alice, worker):
        assert client_for(person).get(path).status_code == 404
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("path", ["workers/{id}/", "people/{id}/"])
def test_person_pages_exist_for_admins_alone(
    client_for: ClientFor, admin: User, alice: User, worker: User, path: str
) -> None:
    there = "/control/" + path.format(id=worker.public_id)
    assert client_for(admin).get(there).status_code == 200
    assert client_for(worker).get(there).status_code == 404
    assert client_for(alice).get(there).status_code == 404
    assert Client().get(there).status_code == 404
    assert client_for(admin).get("/control/" + path.format(id="nobodyatall0")).status_code == 404


@pytest.mark.parametrize("verb", ["pause/", "ban/", "lift/{restriction}/"])
def test_actions_on_workers_are_posted_by_admins(
    client_for: ClientFor, admin: User, alice: User, worker: User, verb: str
) -> None:
    restriction = quality.pause_worker(worker=worker, actor=admin, reason="Because")
    path = f"/control/workers/{worker.public_id}/{verb.format(restriction=restriction.public_id)}"
    assert client_for(alice).post(path, {"pause-reason": "x"}).status_code == 404
    assert Client().post(path).status_code == 404
    assert client_for(admin).get(path).status_code == 405
    assert Restriction.objects.get().lifted_at is None


@pytest.mark.parametrize("path", ["people/invite/", "people/invites/x/withdraw/", "money/deposit/"])
def test_other_actions_are_posted_by_admins(client_for: ClientFor, admin: User, alice: User, path: str) -> None:
    assert client_for(alice).post(f"/control/{path}").status_code == 404
    assert client_for(admin).get(f"/control/{path}").status_code == 405


# --- Health -----------------------------------------------------------------------------------------------------------
def test_health_tells_what_waits_and_since_when(ada: Client, open_pool: Pool) -> None:
    Dirty.objects.all().delete()
    dirty.mark(Topic.AGGREGATE, open_pool.project_id, [1, 2])
    dirty.mark(Topic.ACCEPT, open_pool.pk, [3], due_in=3600)
    Dirty.objects.filter(topic=Topic.AGGREGATE).update(since=database_now() - timedelta(seconds=40))
    health = ada.get("/control/").context["health"]
    rows = {row.topic: (row.due, row.later) for row in health.queue}
    assert rows == {"aggregate": (2, 0), "accept": (0, 1), "import": (0, 0), "export": (0, 0)}
    assert 39 <= health.lag < 100
    assert any("Results to bring up to date" in alert.title for alert in health.alerts)


def test_health_shows_a_subject_without_a_job(ada: Client) -> None:
    dirty.mark("forgotten", 1)
    assert ada.get("/control/").context["health"].queue[-1].topic == "forgotten"


@pytest.mark.parametrize(("age", "state"), [(0, "ok"), (15, "late"), (60, "down"), (None, "down")])
def test_health_judges_the_relay_by_its_last_sign_of_life(ada: Client, age: int | None, state: str) -> None:
    if age is not None:
        Heartbeat.objects.create(name="relay", at=database_now() - timedelta(seconds=age))
    Heartbeat.objects.create(name="worker", at=database_now())
    health = ada.get("/control/").context["health"]
    assert {process.name: process.state for process in health.processes} == {"relay": state, "worker": "ok"}
    assert any("relay" in alert.title for alert in health.alerts) is (state == "down")


def test_health_survives_a_broker_that_is_away(ada: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    health = ada.get("/control/").context["health"]
    assert (health.broker.ok, health.broker.kind) == (False, "Redis")
    assert any(alert.title.startswith("Redis does not answer") for alert in health.alerts)


def test_health_alerts_lead_with_what_is_worst() -> None:
    broker = control.Broker("Redis", ok=True, words="answers", ms=1.0)
    waiting = control.Waiting("aggregate", "Results to bring up to date", 1, 60.0, 0)
    alerts = control._alerts([waiting], [], broker, free=1, total=100)
    assert [alert.tone for alert in alerts] == ["danger", "warning"]


def test_health_polls_a_part_that_polls_again(ada: Client) -> None:
    part = ada.get("/control/live/").content.decode()
    assert part.startswith('<div class="stack" id="health" hx-get="/control/live/" hx-trigger="every 5s"')


# --- Projects ---------------------------------------------------------------------------------------------------------
def test_projects_are_everybodys(ada: Client, open_pool: Pool, project: Project, worker: User) -> None:
    factories.answer(worker, open_pool)
    rows = {row.name: row for row in ada.get("/control/projects/").context["page"]}
    assert len(ada.get("/control/projects/").context["page"]) == 2
    launched = next(row for row in ada.get("/control/projects/").context["page"] if row.pk == open_pool.project_id)
    assert (launched.pool_state, launched.tasks, launched.answer_count, launched.waiting) == ("open", 3, 1, 1)
    assert rows["Animals"].created_by.name == "Alice"
    assert list(ada.get("/control/projects/", {"q": "no such"}).context["page"]) == []


# --- Workers ----------------------------------------------------------------------------------------------------------
def test_workers_show_means_weighted_by_answers(ada: Client, worker: User, open_pool: Pool, project: Project) -> None:
    stats(worker, open_pool.project, answers=30, accuracy=1.0)
    stats(worker, project, answers=10, accuracy=0.6, agreement=None)
    row = next(row for row in ada.get("/control/workers/").context["page"] if row.pk == worker.pk)
    assert row.accuracy == pytest.approx(0.9)
    assert row.agreement == pytest.approx(0.8)


def test_workers_sort_with_the_unknown_last(ada: Client, workers: list[User], open_pool: Pool) -> None:
    stats(workers[0], open_pool.project, accuracy=0.5)
    stats(workers[1], open_pool.project, accuracy=0.9)
    for sort, first in (("accuracy", workers[0]), ("-accuracy", workers[1]), ("nonsense", None)):
        page = list(ada.get("/control/workers/", {"sort": sort}).context["page"])
        if first is not None:
            assert page[0].pk == first.pk


def test_workers_can_be_narrowed(ada: Client, admin: User, workers: list[User], open_pool: Pool) -> None:
    factories.answer(workers[0], open_pool)
    quality.pause_worker(worker=workers[1], actor=admin, reason="Because")
    quality.pause_worker(worker=workers[2], actor=admin, reason="Because")
    quality.ban_worker(worker=workers[2], actor=admin, reason="Because")
    for only, expected in (("active", workers[0]), ("paused", workers[1]), ("banned", workers[2])):
        assert [row.pk for row in ada.get("/control/workers/", {"only": only}).context["page"]] == [expected.pk]
    assert [row.pk for row in ada.get("/control/workers/", {"q": workers[3].email}).context["page"]] == [workers[3].pk]


def test_worker_page_shows_figures_answers_and_confusion(ada: Client, worker: User, open_pool: Pool) -> None:
    factories.answer(worker, open_pool, "dog", seconds=0)
    stats(worker, open_pool.project, confusion=[[0.9, 0.1], [0.25, 0.75]], support=[6.0, 4.0])
    response = ada.get(f"/control/workers/{worker.public_id}/")
    assert [(row.said, row.agrees) for row in response.context["recent"]] == [("Dog", None)]
    assert "<title>Cat answered as Dog: 10" in response.context["heat_map"]
    assert "<table" in response.context["heat_map"]


def test_worker_page_leaves_out_a_matrix_of_other_classes(ada: Client, worker: User, open_pool: Pool) -> None:
    stats(worker, open_pool.project, confusion=[[1.0]])
    assert ada.get(f"/control/workers/{worker.public_id}/").context["heat_map"] == ""


def test_ban_and_lift_by_form(ada: Client, worker: User, open_pool: Pool) -> None:
    factories.answer(worker, open_pool)
    page = f"/control/workers/{worker.public_id}/"
    response = ada.post(f"{page}ban/", {"ban-reason": "Copies answers"})
    assert (response.status_code, response["Location"]) == (302, page)
    ban = Restriction.objects.get()
    assert (ban.kind, ban.reason, Answer.objects.get().counts) == ("banned", "Copies answers", False)
    response = ada.post(f"{page}lift/{ban.public_id}/", {f"{ban.public_id}-reason": "Was wrong"})
    assert (response.status_code, Answer.objects.get().counts) == (302, True)


@pytest.mark.parametrize("verb", ["pause", "ban"])
def test_a_restriction_without_reason_is_refused_at_its_field(ada: Client, worker: User, verb: str) -> None:
    response = ada.post(f"/control/workers/{worker.public_id}/{verb}/", {f"{verb}-reason": " "})
    assert response.status_code == 422
    assert response.context[f"{verb}_form"].errors == {"reason": ["This field is required."]}
    assert Restriction.objects.count() == 0


def test_reasons_with_nul_are_refused(ada: Client, worker: User) -> None:
    response = ada.post(f"/control/workers/{worker.public_id}/ban/", {"ban-reason": "a\x00b"})
    assert response.status_code == 422
    assert Restriction.objects.count() == 0


def test_admins_cannot_restrict_themselves(ada: Client, admin: User) -> None:
    page = ada.get(f"/control/workers/{admin.public_id}/")
    assert (page.context["pause_form"], page.context["ban_form"]) == (None, None)
    response = ada.post(f"/control/workers/{admin.public_id}/ban/", {"ban-reason": "x"})
    assert response.status_code == 422
    assert Restriction.objects.count() == 0


def test_a_restriction_is_lifted_on_its_own_workers_page_alone(ada: Client, admin: User, workers: list[User]) -> None:
    ban = quality.ban_worker(worker=workers[0], actor=admin, reason="Because")
    path = f"/control/workers/{workers[1].public_id}/lift/{ban.public_id}/"
    assert ada.post(path, {f"{ban.public_id}-reason": "x"}).status_code == 404


# --- People -----------------------------------------------------------------------------------------------------------
def test_an_invitation_shows_its_link_once(ada: Client) -> None:
    response = ada.post("/control/people/invite/", {"email": "New@Example.org", "roles": ["requester", "worker"]})
    assert response.status_code == 302
    first, second = (ada.get("/control/people/").content.decode() for _ in range(2))
    found = re.search(r"http://testserver/invite/([\w-]+)/", first)
    assert found is not None
    invite = Invite.objects.get()
    assert (invite.email, invite.is_requester, invite.is_worker, invite.is_admin) == (
        "new@example.org",
        True,
        True,
        False,
    )
    assert invite.token_hash == token_digest(found[1])
    assert found[1] not in second
    assert Event.objects.get(verb="invited").object_id == invite.public_id


@pytest.mark.parametrize(
    ("data", "field"),
    [({"email": "nonsense", "roles": ["worker"]}, "email"), ({"roles": []}, "roles"), ({"roles": ["king"]}, "roles")],
)
def test_a_faulty_invitation_names_its_field(ada: Client, data: dict[str, Any], field: str) -> None:
    response = ada.post("/control/people/invite/", data)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert Invite.objects.count() == 0


def test_an_invitation_can_be_withdrawn(ada: Client) -> None:
    ada.post("/control/people/invite/", {"roles": ["worker"]})
    invite = Invite.objects.get()
    assert ada.post(f"/control/people/invites/{invite.public_id}/withdraw/").status_code == 302
    assert Invite.objects.get().is_open is False
    assert ada.post("/control/people/invites/nosuchinvite/withdraw/").status_code == 404


def test_roles_are_changed_and_logged(ada: Client, worker: User) -> None:
    page = f"/control/people/{worker.public_id}/"
    assert ada.post(page, {"roles": ["requester", "admin"], "active": "on"}).status_code == 302
    worker.refresh_from_db()
    assert (worker.is_requester, worker.is_worker, worker.is_admin, worker.is_active) == (True, False, True, True)
    assert Event.objects.get(verb="person.changed").data == {
        "before": {"roles": ["worker"], "active": True},
        "after": {"roles": ["requester", "admin"], "active": True},
    }
    ada.post(page, {"roles": ["requester", "admin"], "active": "on"})
    assert Event.objects.filter(verb="person.changed").count() == 1


def test_a_deactivated_person_is_signed_out(ada: Client, client_for: ClientFor, worker: User) -> None:
    client = client_for(worker)
    assert client.get("/work/").status_code == 200
    ada.post(f"/control/people/{worker.public_id}/", {"roles": ["worker"]})
    assert client.get("/work/").status_code == 302


def test_the_last_admin_stays(ada: Client, admin: User) -> None:
    page = f"/control/people/{admin.public_id}/"
    for data in ({"roles": ["worker"], "active": "on"}, {"roles": ["admin"]}):
        response = ada.post(page, data)
        assert response.status_code == 422
        assert "last active admin" in response.content.decode()
    admin.refresh_from_db()
    assert (admin.is_admin, admin.is_active) == (True, True)


def test_an_admin_is_demoted_by_another_one(ada: Client, admin: User) -> None:
    other = factories.make_user("grace", is_admin=True)
    assert ada.post(f"/control/people/{admin.public_id}/", {"roles": ["worker"], "active": "on"}).status_code == 422
    assert ada.post(f"/control/people/{other.public_id}/", {"roles": ["worker"], "active": "on"}).status_code == 302


# --- Money ------------------------------------------------------------------------------------------------------------
def token_of(client: Client) -> str:
    token: str = client.get("/control/money/").context["form"].initial["token"]
    return token


def test_a_deposit_sent_twice_is_booked_once(ada: Client, alice: User) -> None:
    data = {"email": "Alice@example.org", "amount": "12.50", "memo": "Transfer 7", "token": token_of(ada)}
    for _ in range(2):
        assert ada.post("/control/money/deposit/", data).status_code == 302
    assert book.balance(book.requester_account(alice.pk)) == 1000 * MICRO + 12_500_000
    data["token"] = token_of(ada)
    ada.post("/control/money/deposit/", data)
    assert book.balance(book.requester_account(alice.pk)) == 1000 * MICRO + 25_000_000


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "willa@example.org"}, "email"),
        ({"email": ""}, "email"),
        ({"amount": "0"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "1e400"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "0.0000001"}, "amount"),
        ({"token": "short"}, "token"),
        ({"memo": "a\x00b"}, "memo"),
    ],
)
def test_a_faulty_deposit_names_its_field_and_keeps_what_was_typed(
    ada: Client, alice: User, worker: User, change: dict[str, str], field: str
) -> None:
    data = {"email": "alice@example.org", "amount": "5", "memo": "kept", "token": token_of(ada)} | change
    response = ada.post("/control/money/deposit/", data)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert response.context["form"]["memo"].value() == data["memo"]
    assert book.balance(book.requester_account(alice.pk)) == 1000 * MICRO


def test_money_shows_where_it_lies(ada: Client, open_pool: Pool) -> None:
    context = ada.get("/control/money/").context
    sums = [total for _, _, total in context["kinds"]]
    held = sums[2]
    assert held > 0
    assert sums == [-1000 * MICRO, 1000 * MICRO - held, held, 0]
    assert context["problems"] == []
    (alice,) = context["requesters"]
    assert (alice.balance, alice.deposited) == (1000 * MICRO - held, 1000 * MICRO)


# --- Log and settings -------------------------------------------------------------------------------------------------
def test_log_is_filtered_and_paged(ada: Client, admin: User, workers: list[User], monkeypatch: Any) -> None:
    for person in workers:
        quality.pause_worker(worker=person, actor=admin, reason="Because")
    one = ada.get("/control/log/", {"q": workers[0].public_id}).context["events"]
    assert [(event.verb, event.object_id) for event, _ in one] == [("worker.paused", workers[0].public_id)]
    assert ada.get("/control/log/", {"verb": "no.such"}).context["events"] == []
    monkeypatch.setattr("tasks_app.web.control.views.PAGE_SIZE", 2)
    seen, before = [], ""
    while before is not None:
        context = ada.get("/control/log/", {"verb": "worker.paused", "before": before}).context
        seen += [event.object_id for event, _ in context["events"]]
        before = context["older"]
    assert seen == [person.public_id for person in reversed(workers)]


def test_log_writes_money_as_money(ada: Client, alice: User) -> None:
    ((_, details), *_) = ada.get("/control/log/", {"verb": "deposited"}).context["events"]
    assert details == [("amount", "$1,000.00")]


@pytest.mark.parametrize("path", ["/control/log/", "/control/workers/", "/control/people/", "/control/projects/"])
@pytest.mark.parametrize(
    "query", [{"q": "'\"<>%_"}, {"before": "9" * 30}, {"page": "-1"}, {"sort": "password"}, {"role": "x"}]
)
def test_senseless_queries_are_harmless(ada: Client, worker: User, path: str, query: dict[str, str]) -> None:
    assert ada.get(path, query).status_code == 200


def test_settings_tell_no_secrets(ada: Client, settings: Any) -> None:
    settings.DATABASE_URL = "postgres://user:geheim@db.example/quorate"
    body = ada.get("/control/settings/").content.decode()
    assert "db.example" in body
    assert "geheim" not in body
    assert settings.SECRET_KEY not in body


# --- Cost -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/control/", 5),
        ("/control/projects/", 4),
        ("/control/workers/", 5),
        ("/control/people/", 5),
        ("/control/money/", 11),
        ("/control/log/", 4),
    ],
)
def test_lists_cost_the_same_for_any_number_of_rows(
    ada: Client,
    admin: User,
    count: int,
    path: str,
    queries: int,
    django_assert_num_queries: Any,
) -> None:
    for number in range(count):
        owner = factories.make_user(f"owner{number}", is_requester=True)
        factories.fund(owner)
        pool = factories.make_open_pool(owner, name=f"Project {number}")
        person = factories.make_user(f"person{number}")
        factories.answer(person, pool)
        stats(person, pool.project)
        quality.pause_worker(worker=person, actor=admin, reason="Because")
        Invite.objects.create(token_hash=f"{number}", invited_by=admin, expires_at=timezone.now() + timedelta(days=1))
    with django_assert_num_queries(queries):
        assert ada.get(path).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_worker_page_costs_the_same_for_any_number_of_answers(
    ada: Client, admin: User, worker: User, open_pool: Pool, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        factories.answer(worker, open_pool)
        ban = quality.pause_worker(worker=worker, actor=admin, reason=f"Reason {number}")
        quality.lift(restriction=ban, actor=admin, reason="Over")
    stats(worker, open_pool.project)
    book.worker_account(worker.pk)
    with django_assert_num_queries(15):
        ada.get(f"/control/workers/{worker.public_id}/")


def test_links_are_shown_with_evidence_confirmed_dismissed_and_undone(
    ada: Client, workers: list[User], open_pool: Pool, django_assert_num_queries: Any
) -> None:
    for person in workers[:2]:
        while (taken := handing_out.take(worker=person, pool=open_pool.public_id)).assignment is not None:
            factories.hand_in(person, taken.assignment)
        linking.came_in(user=person, device="one browser")
    link = Link.objects.get()
    html = ada.get("/control/pairs/").content.decode()
    assert "Both came in from one browser, which 2 accounts use." in html
    assert "Both answered 3 items." in html
    path, reason = f"/control/pairs/{link.public_id}/", f"{link.public_id}-reason"
    assert ada.post(path, {"do": "dismiss", reason: ""}).status_code == 422
    assert ada.post(path, {"do": "sing", reason: "x"}).status_code == 422
    for do, only in (("dismiss", "dismissed"), ("undo", ""), ("confirm", "")):
        assert ada.post(path, {"do": do, reason: f"I {do}"}).status_code == 302
        assert workers[0].name in ada.get("/control/pairs/", {"only": only}).content.decode()
    assert "I confirm" in ada.get("/control/pairs/").content.decode()
    linking.came_in(user=workers[2], device="one browser")
    with django_assert_num_queries(4):
        assert ada.get("/control/pairs/").content.decode().count("<article") == 3


def test_workers_who_copy_are_shown_with_evidence(ada: Client, alice: User, django_assert_num_queries: Any) -> None:
    pool = factories.make_open_pool(alice, tasks=40, overlap_min=12, overlap_max=12, tasks_per_assignment=40)
    people = factories.make_workers(12)
    for number, person in enumerate(people):
        held = factories.take(person, pool)
        # The last two guess, with the same dice; the others know.
        dice = random.Random(min(number, 10))
        given = []
        for slot in held.slots.select_related("task").order_by("task__pk"):
            right = "cat" if slot.task.pk % 2 else "dog"
            wrong = {"cat": "dog", "dog": "cat"}[right]
            says = wrong if dice.random() < (0.4 if number > 9 else 0.1) else right
            given.append(submitting.Submitted(task=slot.task.public_id, answer={"class": says}, seconds=2))
        submitting.submit(worker=person, assignment=held.public_id, answers=given)
    path = f"/control/projects/{pool.project.public_id}/alike/"
    with django_assert_num_queries(9):
        response = ada.get(path)
    (pair,) = response.context["pairs"]
    assert (pair.first, pair.second, pair.common, pair.alike) == (people[10], people[11], 40, 40)
    assert pair.odd_alike > 8
    assert people[10].name in response.content.decode()


def test_what_has_no_classes_is_not_compared(ada: Client, alice: User) -> None:
    pool = factories.make_open_pool(alice, kind="bounding_box")
    factories.answer(factories.make_user("drawer"), pool)
    html = ada.get(f"/control/projects/{pool.project.public_id}/alike/").content.decode()
    assert "Nothing to compare" in html
