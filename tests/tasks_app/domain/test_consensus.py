"""Invariant e, one process at a time: what the job makes of answers."""

import random

import pytest
from django.db.models import Q

from quorate.accounts.models import User
from quorate.events import dirty
from quorate.events.models import Dirty
from tasks_app import tools
from tasks_app.domain import handing_out, publishing
from tasks_app.domain.consensus import aggregate_project
from tasks_app.enums import ResultState, Topic
from tasks_app.models import AggregationState, Answer, Pool, Result, Task, WorkerStats
from tasks_app.queries.votes import counting_votes
from tests import factories


def settle(pool: Pool) -> None:
    """Run the job until nothing is left, the quiet refit included."""
    while Dirty.objects.filter(topic=Topic.AGGREGATE).exists():
        Dirty.objects.update(due_at="2000-01-01T00:00:00Z")
        aggregate_project(pool.project_id)


def results(pool: Pool) -> dict[int, tuple[object, float]]:
    return {row.pk: (row.value, row.confidence) for row in Result.objects.filter(task__pool=pool)}


def places(task: Task) -> tuple[str, int, int, int]:
    task.refresh_from_db()
    return task.state, task.slots_free, task.slots_live, task.slots_done


def test_agreement_settles_a_task_at_the_minimum(open_pool: Pool, workers: list[User]) -> None:
    factories.answer_all(workers[:3], open_pool, ["cat"] * 3)
    settle(open_pool)

    for task in open_pool.tasks.all():
        assert places(task) == (ResultState.SETTLED, 0, 0, 3)
        assert task.result.value == {"class": "cat"}
        assert task.result.confidence >= open_pool.confidence
        assert task.result.answers == 3


def test_disagreement_asks_for_one_more_in_the_wanted_lane(alice: User, workers: list[User]) -> None:
    pool = factories.make_open_pool(alice, tasks=1, overlap_min=2, overlap_max=4)
    factories.answer_all(workers[:2], pool, ["cat", "dog"])
    settle(pool)

    task = pool.tasks.get()
    assert places(task) == (ResultState.OPEN, 1, 0, 2)
    assert task.lane == 1
    assert handing_out.take(worker=workers[2], pool=pool.public_id).assignment is not None


def test_a_task_nobody_can_settle_is_contested_at_the_maximum(alice: User, workers: list[User]) -> None:
    pool = factories.make_open_pool(alice, tasks=1, overlap_min=2, overlap_max=4)
    for number, worker in enumerate(workers[:4]):
        factories.answer(worker, pool, ["cat", "dog"][number % 2])
        settle(pool)

    task = pool.tasks.get()
    assert places(task) == (ResultState.CONTESTED, 0, 0, 4)
    assert "maximum" in task.result.why


def test_overlap_never_exceeds_the_maximum_and_differs_by_item(alice: User) -> None:
    pool = factories.make_open_pool(alice, tasks=12, overlap_min=2, overlap_max=5)
    crowd = factories.make_workers(8)
    luck = random.Random(7)
    for _ in range(40):
        worker = luck.choice(crowd)
        taken = handing_out.take(worker=worker, pool=pool.public_id).assignment
        if taken is not None:
            task = taken.slots.get().task
            split = task.slots_done % 2 and int(task.name.removeprefix("item-")) % 3 == 0
            factories.hand_in(worker, taken, "dog" if split else "cat")
        settle(pool)

    done = list(pool.tasks.values_list("slots_done", flat=True))
    assert max(done) <= 5
    assert len(set(done)) > 1


@pytest.mark.parametrize("kind", ["text_classification", "bounding_box"])
def test_results_equal_the_batch_fit_when_quiet(alice: User, kind: str) -> None:
    pool = factories.make_open_pool(alice, kind=kind, tasks=10)
    crowd = factories.make_workers(6)
    luck = random.Random(3)
    for number in range(45):
        worker = crowd[number % 6]
        taken = handing_out.take(worker=worker, pool=pool.public_id).assignment
        if taken is None:
            continue
        factories.hand_in(worker, taken, luck.choice(["cat", "cat", "dog"]))
        if luck.random() < 0.4:  # late, and more often than asked
            for _ in range(luck.randrange(3)):
                aggregate_project(pool.project_id)
    settle(pool)

    tool = tools.get(kind)
    batch = tool.fit(pool.project.question, counting_votes(Q(project=pool.project)).batch)
    assert results(pool) == {key: (found.value, found.confidence) for key, found in batch.results.items()}
    assert WorkerStats.objects.filter(project=pool.project).count() == len(batch.workers)


def test_answers_that_do_not_count_leave_the_aggregate_and_reopen_within_the_maximum(
    open_pool: Pool, workers: list[User]
) -> None:
    factories.answer_all(workers[:3], open_pool, ["cat"] * 3)
    settle(open_pool)
    Answer.objects.filter(worker=workers[0]).update(counts=False)
    dirty.mark(Topic.AGGREGATE, open_pool.project_id, list(open_pool.tasks.values_list("pk", flat=True)))
    settle(open_pool)

    for task in open_pool.tasks.all():
        assert places(task) == (ResultState.OPEN, 1, 0, 3)
        assert task.result.answers == 2


def test_the_last_answer_gone_takes_the_result_with_it(alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice, tasks=1, overlap_min=1)
    factories.answer(worker, pool)
    settle(pool)
    assert Result.objects.count() == 1
    Answer.objects.update(counts=False)
    dirty.mark(Topic.AGGREGATE, pool.project_id, [pool.tasks.get().pk])
    settle(pool)

    assert Result.objects.count() == 0
    assert places(pool.tasks.get()) == (ResultState.OPEN, 1, 0, 1)


def test_closing_decides_what_is_left(alice: User, workers: list[User]) -> None:
    pool = factories.make_open_pool(alice, tasks=2, overlap_min=3)
    factories.answer(workers[0], pool)
    publishing.close(pool=pool, actor=alice)
    settle(pool)

    states = sorted(pool.tasks.values_list("state", "slots_free"))
    assert states == [(ResultState.CONTESTED, 0), (ResultState.OPEN, 0)]


def test_a_job_without_the_lease_changes_nothing(open_pool: Pool, workers: list[User]) -> None:
    factories.answer(workers[0], open_pool)
    aggregate_project(open_pool.project_id)
    factories.answer(workers[1], open_pool)
    AggregationState.objects.update(lease_until="2999-01-01T00:00:00Z", lease_token="other")
    before = Result.objects.count()

    assert aggregate_project(open_pool.project_id) is False
    assert Result.objects.count() == before
    assert Dirty.objects.filter(topic=Topic.AGGREGATE, key__gt=0).count() == 1


def test_news_that_comes_while_the_job_works_is_not_lost(open_pool: Pool, workers: list[User]) -> None:
    held = factories.answer(workers[0], open_pool)
    task = held.slots.get().task
    rows = dirty.take(Topic.AGGREGATE, open_pool.project_id)
    dirty.mark(Topic.AGGREGATE, open_pool.project_id, [task.pk])
    dirty.done(rows)

    assert [(row.key, row.seq) for row in dirty.take(Topic.AGGREGATE, open_pool.project_id)] == [(task.pk, 2)]
