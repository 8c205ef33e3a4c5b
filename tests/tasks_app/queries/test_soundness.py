"""`quorate tasks audit`: silent where all is well, and naming what is not."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from quorate.accounts.models import User
from quorate.common.unchecked import dangling
from tasks_app.domain import funding, giving_back, publishing, quality, rejecting
from tasks_app.enums import ResultState
from tasks_app.models import Answer, Assignment, Pool, Result, Task
from tasks_app.queries.soundness import faults
from tests import factories


def found() -> list[str]:
    return [fault.text for fault in faults()]


@pytest.mark.parametrize("end", ["skipped", "returned", "expired", "banned"])
def test_a_task_in_work_when_its_pool_closes_is_decided_when_that_ends(
    alice: User, admin: User, workers: list[User], end: str
) -> None:
    pool = factories.make_open_pool(alice, tasks=1)
    factories.answer(workers[0], pool, "cat")
    held = factories.take(workers[1], pool)
    publishing.close(pool=pool, actor=alice)
    factories.aggregate(pool)
    task = pool.tasks.get()
    assert (task.state, task.slots_live) == (ResultState.OPEN, 1)

    if end == "skipped":
        giving_back.skip(worker=workers[1], assignment=held.public_id, task=task.public_id)
    elif end == "returned":
        giving_back.give_back(worker=workers[1], assignment=held.public_id)
    elif end == "expired":
        Assignment.objects.filter(pk=held.pk).update(expires_at="2000-01-01T00:00:00Z")
        giving_back.expire_due()
    else:
        quality.ban_worker(worker=workers[1], actor=admin, reason="Clicks at random")
    factories.aggregate(pool)
    task.refresh_from_db()
    assert (task.state, task.slots_free, task.slots_live) == (ResultState.CONTESTED, 0, 0)
    assert faults() == []


def test_a_maximum_raised_after_a_ban_opens_what_has_no_answer_left(
    alice: User, admin: User, workers: list[User]
) -> None:
    pool = factories.make_open_pool(alice, tasks=1, overlap_min=1, overlap_max=1)
    factories.answer(workers[0], pool, "cat")
    quality.ban_worker(worker=workers[0], actor=admin, reason="Clicks at random")
    factories.aggregate(pool)
    assert pool.tasks.get().state == ResultState.CONTESTED

    funding.raise_maximum(pool=pool, to=2, actor=alice)
    Pool.objects.filter(pk=pool.pk).update(overlap_max=2)
    quality.decide_anew([(pool.project_id, 0)])
    factories.aggregate(pool)
    task = pool.tasks.get()
    assert (task.state, task.slots_free) == (ResultState.OPEN, 1)
    assert faults() == []


def test_a_life_with_everything_in_it_is_sound(alice: User, admin: User, workers: list[User]) -> None:
    pool = factories.make_open_pool(alice, tasks=3, accept_automatically=False)
    rejected = factories.answer(workers[0], pool, "cat")
    held = factories.take(workers[4], pool)
    factories.answer_all(workers[1:4], pool, ["cat", "dog", "cat"])
    assert faults() == []
    rejecting.reject(assignment=rejected, actor=alice, reason="Not what was asked", evidence="See the second photo.")
    quality.ban_worker(worker=workers[1], actor=admin, reason="Clicks at random")
    giving_back.give_back(worker=workers[4], assignment=held.public_id)
    factories.aggregate(pool)
    assert faults() == []
    publishing.close(pool=pool, actor=alice)
    factories.aggregate(pool)
    assert faults() == []


def test_items_nobody_answered_stay_open_when_a_pool_closes(open_pool: Pool, alice: User) -> None:
    publishing.close(pool=open_pool, actor=alice)
    factories.aggregate(open_pool)
    assert set(open_pool.tasks.values_list("state", flat=True)) == {ResultState.OPEN}
    assert faults() == []


def test_each_fault_is_named(open_pool: Pool, workers: list[User]) -> None:
    factories.answer_all(workers[:3], open_pool, ["cat"] * 3)
    factories.aggregate(open_pool)
    first, second, third = open_pool.tasks.order_by("pk")
    Task.objects.filter(pk=first.pk).update(state=ResultState.OPEN)
    Task.objects.filter(pk=second.pk).update(slots_free=1)
    Result.objects.filter(pk=third.pk).delete()
    assert found() == [
        "tasks are asked, have no place, and wait for nothing",
        "tasks are decided and still handed out",
        "tasks have answers and no result",
    ]
    # What waits for the job is no fault: the job will see to it.
    with pytest.raises(CommandError, match=f"1 tasks are decided and still handed out: {second.public_id}"):
        call_command("tasks", "audit", "--mend")
    assert found() == []
    factories.aggregate(open_pool)
    assert found() == []
    assert set(open_pool.tasks.values_list("state", "slots_free")) == {(ResultState.SETTLED, 0)}


def test_wrong_counts_are_named_and_cannot_be_mended(open_pool: Pool, worker: User) -> None:
    factories.answer(worker, open_pool)
    factories.aggregate(open_pool)
    task = Answer.objects.get().task
    Task.objects.filter(pk=task.pk).update(slots_live=1, slots_done=2)
    assert [(fault.text, fault.mendable) for fault in faults()] == [
        ("tasks count other places in work than there are", False),
        ("tasks count other answered places than there are", False),
    ]


def test_references_the_database_does_not_check_are_audited(open_pool: Pool, worker: User) -> None:
    factories.answer(worker, open_pool)
    assert dangling() == []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute("UPDATE tasks_app_slot SET worker_id = 987654321")
    with pytest.raises(CommandError, match="1 rows of tasks_app_slot have a worker that does not exist"):
        call_command("tasks", "audit")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tasks_app_slot SET worker_id = %s", [worker.pk])


def test_audit_says_so_where_all_is_well(open_pool: Pool, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("tasks", "audit")
    assert capsys.readouterr().out == "The tasks hold: 3 of them, places and states agree.\n"
