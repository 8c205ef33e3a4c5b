"""Launch, pause, resume, close; the live page; money; history."""

import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from quorate.accounts.models import User
from quorate.ledger import book
from tasks_app.domain import pricing, reviewing
from tasks_app.domain.projects import create_project
from tasks_app.enums import ImportState, PoolState
from tasks_app.models import Import, Pool, Project
from tasks_app.queries.pools import current_pool
from tasks_app.web.requester.history import SENTENCES
from tests import factories
from tests.conftest import ClientFor


@pytest.fixture
def client(alice: User, client_for: ClientFor) -> Client:
    """Alice's browser."""
    return client_for(alice)


def act(client: Client, project: Project, action: str) -> int:
    return client.post(f"/p/{project.public_id}/launch/{action}/").status_code


# --- Launch -----------------------------------------------------------------------------------------------------------
def test_a_project_runs_through_its_life(client: Client, project: Project) -> None:
    states = []
    for action in ("start", "pause", "resume", "close"):
        assert act(client, project, action) == 303
        states.append(current_pool(project).state)
    assert states == [PoolState.OPEN, PoolState.PAUSED, PoolState.OPEN, PoolState.CLOSED]


@pytest.mark.parametrize(
    ("before", "action"),
    [([], "pause"), ([], "resume"), ([], "close"), (["start"], "start"), (["start", "close"], "resume")],
)
def test_a_step_that_cannot_be_is_refused_on_the_page(
    client: Client, project: Project, before: list[str], action: str
) -> None:
    for earlier in before:
        act(client, project, earlier)
    state = current_pool(project).state
    response = client.post(f"/p/{project.public_id}/launch/{action}/")
    assert response.status_code == 409
    assert "That was not done" in response.content.decode()
    assert current_pool(project).state == state


def test_launch_names_what_is_still_to_do_with_links(client: Client, alice: User) -> None:
    fresh = create_project(owner=alice, kind="bounding_box", name="Cells")
    html = client.get(f"/p/{fresh.public_id}/launch/").content.decode()
    for page in ("question", "instructions", "items"):
        assert f'href="/p/{fresh.public_id}/{page}/">Do it' in html
    assert 'type="submit" disabled aria-describedby="not-ready"' in html
    response = client.post(f"/p/{fresh.public_id}/launch/start/")
    assert response.status_code == 409
    assert "Not ready:" in response.content.decode()


def test_launch_waits_for_an_import_by_itself(client: Client, alice: User, project: Project) -> None:
    batch = Import.objects.create(pool=current_pool(project), name="a.zip", state=ImportState.RUNNING, created_by=alice)
    page = client.get(f"/p/{project.public_id}/launch/").text
    assert "The import is still running" in page
    assert f'hx-get="/p/{project.public_id}/launch/" hx-trigger="every 2s"' in page
    Import.objects.filter(pk=batch.pk).update(state=ImportState.DONE)
    assert "every 2s" not in client.get(f"/p/{project.public_id}/launch/").text


def test_launch_without_money_is_refused(charlie: User, client_for: ClientFor) -> None:
    poor = factories.make_project(charlie)
    response = client_for(charlie).post(f"/p/{poor.public_id}/launch/start/")
    assert response.status_code == 409
    assert "missing" in response.content.decode()
    assert current_pool(poor).state == PoolState.DRAFT


def test_an_action_that_is_none_is_not_found(client: Client, project: Project) -> None:
    assert act(client, project, "explode") == 404


# --- Live -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3])
def test_live_numbers_take_a_fixed_number_of_queries(
    client: Client, alice: User, worker: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    pool = factories.make_open_pool(alice, tasks=count)
    for _ in range(count):
        factories.answer(worker, pool)
    with django_assert_num_queries(14):
        client.get(f"/p/{pool.project.public_id}/live/numbers/")


def test_live_shows_an_answer_at_the_next_look(client: Client, open_pool: Pool, worker: User) -> None:
    address = f"/p/{open_pool.project.public_id}/live/numbers/"
    live = client.get(address).context["live"]
    assert (live.spread.answers, live.in_work, live.workers, live.last_answer) == (0, 0, 0, None)
    held = factories.take(worker, open_pool)
    live = client.get(address).context["live"]
    assert (live.in_work, live.workers) == (1, 1)
    factories.hand_in(worker, held)
    live = client.get(address).context["live"]
    assert (live.spread.answers, live.in_work, live.workers) == (1, 0, 0)
    assert live.spread.counts == {0: 2, 1: 1}
    assert live.last_answer is not None


def test_live_polls_while_something_can_happen(client: Client, project: Project, worker: User) -> None:
    address = f"/p/{project.public_id}/live/"
    polls = f'hx-get="/p/{project.public_id}/live/numbers/" hx-trigger="every 3s"'
    assert polls not in client.get(address).content.decode()
    act(client, project, "start")
    assert polls in client.get(address).content.decode()
    held = factories.take(worker, current_pool(project))
    act(client, project, "close")
    assert polls in client.get(address).content.decode()
    factories.hand_in(worker, held)
    assert polls not in client.get(address).content.decode()


def test_live_part_replaces_itself(client: Client, open_pool: Pool) -> None:
    html = client.get(f"/p/{open_pool.project.public_id}/live/numbers/").content.decode()
    assert html.startswith('<div class="stack live" id="live" hx-get=')
    assert html.count("<div") == html.count("</div>")
    assert "<html" not in html


# --- Money ------------------------------------------------------------------------------------------------------------
def pay(pool: Pool) -> None:
    """What waits for its decision is accepted."""
    reviewing.accept_due(pool.pk)


def test_money_of_a_project_adds_up(client: Client, open_pool: Pool, worker: User) -> None:
    project = open_pool.project
    factories.answer(worker, open_pool)
    pay(open_pool)
    act(client, project, "close")
    context = client.get(f"/p/{project.public_id}/money/").context
    money = context["money"]
    assert (money.put_in, money.spent, money.held, money.released) == (1_050_000, 50_000, 0, 1_000_000)
    assert [(move.entry.kind, move.amount) for move in context["movements"]] == [
        ("release", -1_000_000),
        ("hold", 1_050_000),
    ]
    assert [(day.assignments, day.amount) for day in context["rewards"]] == [(1, 50_000)]


def test_money_does_not_name_workers(client: Client, open_pool: Pool, worker: User) -> None:
    factories.answer(worker, open_pool)
    pay(open_pool)
    html = client.get(f"/p/{open_pool.project.public_id}/money/").content.decode()
    assert "Rewards" in html
    assert worker.name not in html
    assert worker.email not in html


@pytest.mark.parametrize("count", [1, 3])
def test_money_takes_a_fixed_number_of_queries(
    client: Client, open_pool: Pool, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for more in range(count):
        pricing.set_price(pool=open_pool, actor=open_pool.project.created_by, overlap_max=8 + more)
    with django_assert_num_queries(12):
        context = client.get(f"/p/{open_pool.project.public_id}/money/").context
    assert len(context["movements"]) == count + 1


@pytest.mark.parametrize("count", [1, 3])
def test_balance_takes_a_fixed_number_of_queries(
    client: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        factories.make_open_pool(alice, name=f"Animals {number}")
    with django_assert_num_queries(11):
        context = client.get("/money/").context
    assert (context["balance"], context["held"]) == (1_000_000_000 - count * 1_050_000, count * 1_050_000)
    assert [pool.project.name for _, pool in context["lines"] if pool] == [
        f"Animals {number}" for number in reversed(range(count))
    ]


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 30, "1.5", "\x00", "٣"])
def test_pages_take_any_place_to_page_from(client: Client, open_pool: Pool, before: str) -> None:
    for path in ("/money/", f"/p/{open_pool.project.public_id}/money/", f"/p/{open_pool.project.public_id}/history/"):
        assert client.get(path, {"before": before}).status_code == 200


def test_balance_pages_back(client: Client, alice: User) -> None:
    for number in range(60):
        book.deposit(requester=alice, amount=1_000_000, actor=alice, ref=f"more-{number}")
    first = client.get("/money/")
    assert len(first.context["lines"]) == 50
    second = client.get(f"/money/{first.context['older']}")
    assert len(second.context["lines"]) == 11
    assert second.context["lines"][-1][0].balance == 1_000_000_000


# --- History ----------------------------------------------------------------------------------------------------------
def test_history_tells_in_sentences_who_did_what(
    client: Client, project: Project, bob: User, client_for: ClientFor
) -> None:
    client_for(bob).post(f"/p/{project.public_id}/instructions/", {"instructions": "Look twice."})
    act(client, project, "start")
    told = [
        f"{event.actor.name} {text}"
        for event, text, _ in client.get(f"/p/{project.public_id}/history/").context["events"]
    ]
    assert told == ["Alice launched it", "Bob changed the instructions", "Alice created the project"]


def test_history_shows_assignments_only_when_asked(client: Client, open_pool: Pool, worker: User) -> None:
    factories.answer(worker, open_pool)
    address = f"/p/{open_pool.project.public_id}/history/"
    changes = client.get(address).context["events"]
    everything = client.get(address, {"all": "1"}).context["events"]
    assert [text for _, text, _ in changes] == ["launched it", "created the project"]
    assert len(everything) > len(changes)


@pytest.mark.parametrize("count", [1, 3])
def test_history_takes_a_fixed_number_of_queries(
    client: Client, project: Project, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        client.post(f"/p/{project.public_id}/instructions/", {"instructions": f"Look {number}."})
    client.get(f"/p/{project.public_id}/history/")
    with django_assert_num_queries(6):
        client.get(f"/p/{project.public_id}/history/")


def test_history_has_a_sentence_for_every_verb_of_pools_and_imports() -> None:
    """The verbs are read from the code that writes them, so that a new one cannot be shown as its bare name."""
    domain = Path(pricing.__file__).parent
    noted = {
        f"{kind}.{verb}"
        for path in domain.glob("*.py")
        for kind, verb in re.findall(r'note_(pool|import)\([\w.]+, [\w.]+, "(\w+)"', path.read_text())
    }
    assert len(noted) >= 8
    assert noted - set(SENTENCES) == set()
