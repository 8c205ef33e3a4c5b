"""Contested items become a draft of their own."""

import pytest
from django.test import Client

from quorate.accounts.models import User
from quorate.events.models import Event
from tasks_app.domain.routing import send_contested
from tasks_app.enums import PoolState, ResultState
from tasks_app.errors import Conflict
from tasks_app.models import MediaFile, Project, Task
from tests import factories
from tests.conftest import ClientFor


@pytest.fixture
def contested(alice: User) -> Project:
    """Three items, two of them contested."""
    pool = factories.make_open_pool(alice, tasks=3, overlap_min=2, overlap_max=4)
    ids = list(pool.tasks.order_by("pk").values_list("pk", flat=True)[:2])
    Task.objects.filter(pk__in=ids).update(state=ResultState.CONTESTED)
    return pool.project


def test_contested_items_alone_are_copied_into_a_draft(contested: Project, alice: User) -> None:
    copy = send_contested(project=contested, actor=alice, name="For experts")
    pool = copy.pools.get()
    assert (copy.name, pool.state, pool.overlap_max) == ("For experts", PoolState.DRAFT, 4)
    assert list(pool.tasks.order_by("pk").values_list("name", "state")) == [("item-0", "open"), ("item-1", "open")]
    assert Task.objects.filter(pool__project=contested, state=ResultState.CONTESTED).count() == 2
    told = Event.objects.get(verb="project.contested_sent")
    assert told.data == {"to": copy.public_id, "items": 2}


def test_pictures_go_along(alice: User) -> None:
    project = factories.make_project(alice, kind="image_classification", tasks=1)
    task = Task.objects.get(pool__project=project)
    Task.objects.filter(pk=task.pk).update(state=ResultState.CONTESTED)
    MediaFile.objects.create(
        project=project,
        sha256=task.data["image"],
        source_sha256="c" * 64,
        extension="png",
        width=640,
        height=480,
        size=1,
    )
    copy = send_contested(project=project, actor=alice, name="Again")
    assert MediaFile.objects.filter(project=copy, sha256=task.data["image"]).exists()


def test_nothing_contested_makes_no_project(contested: Project, alice: User) -> None:
    Task.objects.update(state=ResultState.SETTLED)
    with pytest.raises(Conflict):
        send_contested(project=contested, actor=alice, name="For experts")
    assert Project.objects.count() == 1


def test_the_results_page_offers_it_and_leads_to_the_price(
    contested: Project, alice: User, client_for: ClientFor
) -> None:
    client: Client = client_for(alice)
    place = f"/p/{contested.public_id}/"
    assert "Ask 2 contested items anew" in client.get(f"{place}results/?state=contested").text
    assert "anew</button>" not in client.get(f"{place}results/").text
    answer = client.post(f"{place}contested/send/", {"name": "For experts"})
    copy = Project.objects.get(name="For experts")
    assert (answer.status_code, answer["Location"]) == (303, f"/p/{copy.public_id}/price/")
    assert client.post(f"{place}contested/send/", {"name": ""})["Location"] == f"{place}results/?state=contested"
