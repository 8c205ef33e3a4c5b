"""A worker's accuracy on known answers over time."""

import pytest

from quorate.accounts.models import User
from quorate.events.models import Dirty
from tasks_app.domain import judging, known_answers
from tasks_app.domain.known_answers import Known, RightAnswer
from tasks_app.enums import Topic
from tasks_app.models import WorkerStats
from tasks_app.queries.workers import known_so_far
from tests import factories
from tests.conftest import ClientFor


def test_accuracy_on_known_answers_with_its_interval(
    alice: User, admin: User, workers: list[User], client_for: ClientFor
) -> None:
    pool = factories.make_open_pool(alice, tasks=6)
    factories.answer_all(workers[:3], pool, ["cat", "cat", "dog"])
    tasks = list(pool.tasks.order_by("pk"))
    entries = [Known(task, [RightAnswer({"class": "cat" if place else "dog"})]) for place, task in enumerate(tasks[:4])]
    known_answers.make_known(pool=pool, actor=alice, entries=entries)
    factories.aggregate(pool)
    while Dirty.objects.filter(topic=Topic.JUDGE).exists():
        judging.judge_project(pool.project_id)
    found = known_so_far(WorkerStats.objects.get(worker=workers[0]))
    assert found is not None
    assert found.mean[-1] == 0.75
    assert len(found.mean) == 4
    assert found.low[-1] == pytest.approx(0.284, abs=0.001)
    assert found.high[-1] == pytest.approx(0.947, abs=0.001)
    html = client_for(admin).get(f"/control/workers/{workers[0].public_id}/").content.decode()
    assert "Known answers in Animals" in html
