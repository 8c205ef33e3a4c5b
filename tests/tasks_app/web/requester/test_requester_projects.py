"""The list of projects, a new one, the first page, copies and the archive."""

import re
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from quorate.accounts.models import User
from tasks_app import tools
from tasks_app.domain import publishing
from tasks_app.domain.pricing import cost_at_the_end
from tasks_app.domain.projects import create_project
from tasks_app.enums import ResultState
from tasks_app.models import Pool, Project
from tests import factories
from tests.conftest import ClientFor


@pytest.mark.parametrize("count", [1, 3])
def test_projects_are_listed_with_a_fixed_number_of_queries(
    alice: User, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        factories.make_open_pool(alice, name=f"Animals {number}")
    client = client_for(alice)
    with django_assert_num_queries(12):
        html = client.get("/projects/").content.decode()
    assert html.count("project-card-head") == count


def test_projects_say_what_to_do_next(alice: User, client_for: ClientFor) -> None:
    create_project(owner=alice, kind="bounding_box", name="Fresh")
    factories.make_project(alice, tasks=0, name="Empty")
    factories.make_project(alice, name="Ready")
    factories.make_open_pool(alice, name="Running")
    publishing.pause(pool=factories.make_open_pool(alice, name="Resting"), actor=alice)
    publishing.close(pool=factories.make_open_pool(alice, name="Over"), actor=alice)
    html = client_for(alice).get("/projects/").content.decode()
    found = dict(
        zip(
            re.findall(r'class="card-cover"[^>]*>([^<]*)<', html),
            re.findall(r"</svg><span>([^<]*)</span></span>", html),
            strict=True,
        )
    )
    assert found == {
        "Fresh": "Write the question",
        "Empty": "Add items",
        "Ready": "Ready to launch",
        "Running": "Open to workers",
        "Resting": "Paused",
        "Over": "Closed with 3 of 3 open",
    }


def test_no_projects_yet_is_said_with_what_to_do(alice: User, worker: User, client_for: ClientFor) -> None:
    assert "No projects yet" in client_for(alice).get("/projects/").content.decode()
    assert reverse("requester:new") in client_for(alice).get("/projects/").content.decode()
    assert reverse("requester:new") not in client_for(worker).get("/projects/").content.decode()


def test_archived_projects_have_a_list_of_their_own(project: Project, alice: User, client_for: ClientFor) -> None:
    client = client_for(alice)
    address = reverse("requester:archive", args=[project.public_id])
    client.post(address)
    assert project.name not in re.sub(
        r'role="status".*?</div>\s*</div>', "", client.get("/projects/").content.decode(), flags=re.DOTALL
    )
    assert project.name in client.get("/projects/?archived=1").content.decode()
    client.post(address, {"back": "1"})
    assert project.name in client.get("/projects/").content.decode()


def test_archiving_a_running_project_is_refused_on_the_page(
    open_pool: Pool, alice: User, client_for: ClientFor
) -> None:
    response = client_for(alice).post(reverse("requester:archive", args=[open_pool.project.public_id]))
    assert response.status_code == 409
    assert "Close the project first" in response.content.decode()


# --- A new one --------------------------------------------------------------------------------------------------------
def test_new_shows_every_kind_to_try(alice: User, client_for: ClientFor) -> None:
    html = client_for(alice).get("/projects/new/").content.decode()
    for tool in tools.all_tools():
        assert tool.summary in html
        assert f'data-module="/static/{tool.script}"' in html
        assert f'name="kind" value="{tool.kind}"' in html


@pytest.mark.parametrize("kind", [tool.kind for tool in tools.all_tools()])
def test_new_makes_the_project_and_goes_on_to_its_question(alice: User, client_for: ClientFor, kind: str) -> None:
    response = client_for(alice).post("/projects/new/", {"name": "Solar panels", "kind": kind})
    made = Project.objects.get()
    assert (made.name, made.kind) == ("Solar panels", kind)
    assert (response.status_code, response["Location"]) == (303, f"/p/{made.public_id}/question/")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"name": "", "kind": "bounding_box"}, "Give the project a name first."),
        ({"name": "Solar"}, "Choose a kind of task"),
        ({"name": "Solar", "kind": "telepathy"}, "There is no such kind of task."),
        ({"name": "x" * 121, "kind": "bounding_box"}, "at most 120 characters"),
        ({"name": "a\x00b", "kind": "bounding_box"}, "Null characters"),
        ({"name": "a\x07b", "kind": "bounding_box"}, "cannot be stored"),
    ],
)
def test_new_says_what_is_wrong_and_keeps_the_name(
    alice: User, client_for: ClientFor, data: dict[str, str], said: str
) -> None:
    response = client_for(alice).post("/projects/new/", data)
    html = response.content.decode()
    assert response.status_code == 422
    assert said in html
    assert f'value="{data["name"]}"' in html or not data["name"]
    assert not Project.objects.exists()


# --- The first page ---------------------------------------------------------------------------------------------------
def test_overview_tells_done_and_cost(alice: User, client_for: ClientFor) -> None:
    pool = factories.make_open_pool(alice, reward=100_000)
    context = client_for(alice).get(f"/p/{pool.project.public_id}/").context
    assert (context["progress"].done, context["progress"].total) == (0, 3)
    assert (context["cost"].cost_min, context["cost"].cost_max) == (900_000, 2_100_000)
    assert (context["money"].held, context["money"].spent) == (2_100_000, 0)
    assert context["step"].tab == "live"


def test_overview_foretells_the_cost_of_what_is_still_open(alice: User, workers: list[User]) -> None:
    """Three items at 0.10, three to seven answers each, worked out by hand."""
    pool = factories.make_open_pool(alice, tasks=3, reward=100_000, overlap_min=3, overlap_max=7)
    assert cost_at_the_end(pool, spent=0) == (900_000, 2_100_000)
    for _ in range(3):
        factories.answer(workers[0], pool)
    factories.take(workers[1], pool)
    # Three answers and a page out are owed; at least 2 + 2 + 1 more, at most 6 + 6 + 5.
    assert cost_at_the_end(pool, spent=0) == (400_000 + 500_000, 400_000 + 1_700_000)
    pool.tasks.update(state=ResultState.SETTLED, slots_free=0)
    assert cost_at_the_end(pool, spent=0) == (400_000, 400_000)


def test_cost_of_shared_pages_is_rounded_up_and_covers_what_is_paid(alice: User, workers: list[User]) -> None:
    """Four items of at most one answer on pages of three at 0.05: a full page, and a page of one at a third of it."""
    pool = factories.make_open_pool(alice, tasks=4, reward=50_000, tasks_per_assignment=3, overlap_min=1, overlap_max=1)
    assert cost_at_the_end(pool, spent=0) == (66_667, 66_667)
    rewards = [factories.answer(worker, pool).reward for worker in workers[:2]]
    assert rewards == [50_000, 16_666]
    assert cost_at_the_end(pool, spent=0) == (66_666, 66_666)


def test_overview_of_a_draft_without_anything_leads_to_the_question(alice: User, client_for: ClientFor) -> None:
    made = create_project(owner=alice, kind="bounding_box", name="Fresh")
    html = client_for(alice).get(f"/p/{made.public_id}/").content.decode()
    assert "Write the question" in html
    assert f'href="/p/{made.public_id}/question/"' in html


@pytest.mark.parametrize("count", [1, 3])
def test_overview_takes_a_fixed_number_of_queries(
    alice: User, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    pool = factories.make_open_pool(alice, tasks=count)
    client = client_for(alice)
    client.get(f"/p/{pool.project.public_id}/")
    with django_assert_num_queries(18):
        client.get(f"/p/{pool.project.public_id}/")


# --- A copy -----------------------------------------------------------------------------------------------------------
def test_clone_leads_to_the_copy(project: Project, alice: User, client_for: ClientFor) -> None:
    response = client_for(alice).post(reverse("requester:clone", args=[project.public_id]), {"name": "Again"})
    copy = Project.objects.get(name="Again")
    assert response["Location"] == f"/p/{copy.public_id}/"
    assert copy.question == project.question


@pytest.mark.parametrize("name", ["", "x" * 121, "\x00", "\x07"])
def test_clone_without_a_good_name_is_shown_again(
    project: Project, alice: User, client_for: ClientFor, name: str
) -> None:
    data: dict[str, Any] = {"name": name}
    response = client_for(alice).post(reverse("requester:clone", args=[project.public_id]), data)
    assert response.status_code == 422
    assert Project.objects.count() == 1
