"""The next thing that a project asks of its people; a person's own list."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from quorate.accounts.models import User
from tasks_app.domain.projects import archive
from tasks_app.enums import ImportState, PoolState, Role
from tasks_app.models import Import, Pool, Project
from tasks_app.queries.dashboards import Progress
from tasks_app.queries.projects import archived_count, cards, mine, next_step
from tests import factories

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "question", "stand", "more", "tab", "calm"),
    [
        (PoolState.DRAFT, {}, Progress(), {}, "question", False),
        (PoolState.DRAFT, {"prompt": "?"}, Progress(), {}, "items", False),
        (PoolState.DRAFT, {"prompt": "?"}, Progress(), {"importing": True}, "price", True),
        (PoolState.DRAFT, {"prompt": "?"}, Progress(open=3), {}, "launch", False),
        (PoolState.OPEN, {"prompt": "?"}, Progress(open=3), {}, "live", True),
        (PoolState.OPEN, {"prompt": "?"}, Progress(), {}, "items", False),
        (PoolState.OPEN, {"prompt": "?"}, Progress(settled=3), {}, "launch", False),
        (PoolState.OPEN, {"prompt": "?"}, Progress(open=3, contested=1), {}, "results", False),
        (PoolState.OPEN, {"prompt": "?"}, Progress(open=3), {"expires_in": timedelta(days=1)}, "launch", False),
        (PoolState.OPEN, {"prompt": "?"}, Progress(open=3), {"expires_in": timedelta(days=9)}, "live", True),
        (PoolState.PAUSED, {"prompt": "?"}, Progress(open=3), {}, "launch", False),
        (PoolState.PAUSED, {"prompt": "?"}, Progress(settled=3), {}, "launch", False),
        (PoolState.CLOSED, {"prompt": "?"}, Progress(open=1, settled=3), {}, "results", True),
        (PoolState.CLOSED, {"prompt": "?"}, Progress(settled=3), {}, "results", True),
    ],
)
def test_next_step_leads_to_the_page_where_it_is_done(
    state: PoolState, question: dict[str, Any], stand: Progress, more: dict[str, Any], tab: str, calm: bool
) -> None:
    pool = Pool(state=state, project=Project(question=question))
    if "expires_in" in more:
        pool.expires_at = NOW + more["expires_in"]
    step = next_step(pool, stand, now=NOW, importing=more.get("importing", False))
    assert (step.tab, step.calm) == (tab, calm)


def test_mine_lists_what_one_is_a_member_of(alice: User, bob: User, charlie: User) -> None:
    first, second = factories.make_project(alice, name="First"), factories.make_project(alice, name="Second")
    factories.join(first, bob, Role.VIEWER)
    assert [project.name for project in mine(alice)] == ["Second", "First"]
    assert [(project.name, project.role) for project in mine(bob)] == [("First", "viewer")]
    assert list(mine(charlie)) == []
    archive(project=second, actor=alice)
    assert [project.name for project in mine(alice)] == ["First"]
    assert [project.name for project in mine(alice, archived=True)] == ["Second"]
    assert [archived_count(user) for user in (alice, bob)] == [1, 0]


def test_cards_speak_of_the_newest_pool(alice: User) -> None:
    pool = factories.make_open_pool(alice)
    Pool.objects.create(project=pool.project, title="Second round")
    (card,) = cards(list(mine(alice)), NOW)
    assert (card.pool.title, card.progress.total, card.money.held) == ("Second round", 0, 0)


def test_cards_notice_a_running_import(alice: User) -> None:
    project = factories.make_project(alice, tasks=0)
    Import.objects.create(pool=project.pools.get(), name="a.csv", state=ImportState.RUNNING, created_by=alice)
    (card,) = cards(list(mine(alice)), NOW)
    assert card.step.text == "Items are being read"
