"""Invariant f: a place that was given back, skipped or has expired comes free exactly once."""

import pytest

from quorate.accounts.models import User
from quorate.events.models import Event
from quorate.ledger import book
from tasks_app.domain import giving_back, handing_out, publishing, reviewing
from tasks_app.domain.submitting import GRACE
from tasks_app.enums import AssignmentState, ResultState
from tasks_app.errors import AssignmentOver, NotFound
from tasks_app.models import Assignment, Pool, Task
from tests import factories


def totals(pool: Pool) -> tuple[int, int, int]:
    rows = pool.tasks.values_list("slots_free", "slots_live", "slots_done")
    return tuple(sum(column) for column in zip(*rows, strict=True))  # type: ignore[return-value]


def make_late(held: Assignment) -> None:
    Assignment.objects.filter(pk=held.pk).update(expires_at=held.created_at - GRACE)


def test_give_back_frees_the_place_once(open_pool: Pool, worker: User) -> None:
    held = factories.take(worker, open_pool)
    for _ in range(2):
        giving_back.give_back(worker=worker, assignment=held.public_id)

    assert totals(open_pool) == (9, 0, 0)
    assert Event.objects.filter(verb="returned").count() == 1


def test_give_back_unseen_keeps_the_tasks_for_the_worker_too(alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice, tasks=1)
    held = factories.take(worker, pool)
    for _ in range(2):
        giving_back.give_back(worker=worker, assignment=held.public_id, unseen=True)
    assert totals(pool) == (3, 0, 0)

    again = factories.take(worker, pool)
    giving_back.give_back(worker=worker, assignment=again.public_id)
    assert handing_out.take(worker=worker, pool=pool.public_id).reason == "no_tasks"
    assert totals(pool) == (3, 0, 0)


def test_give_back_unseen_keeps_what_was_skipped_away(alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice, tasks=2, tasks_per_assignment=2)
    held = factories.take(worker, pool)
    skipped = held.slots.order_by("position")[0].task
    giving_back.skip(worker=worker, assignment=held.public_id, task=skipped.public_id)
    giving_back.give_back(worker=worker, assignment=held.public_id, unseen=True)

    assert list(factories.take(worker, pool).slots.values_list("task_id", flat=True)) == [
        other for other in pool.tasks.values_list("pk", flat=True) if other != skipped.pk
    ]


def test_give_back_what_was_handed_in_is_refused(open_pool: Pool, worker: User) -> None:
    held = factories.answer(worker, open_pool)

    with pytest.raises(AssignmentOver):
        giving_back.give_back(worker=worker, assignment=held.public_id)
    assert totals(open_pool) == (8, 0, 1)


def test_expire_due_frees_places_once(open_pool: Pool, workers: list[User]) -> None:
    late, early = factories.take(workers[0], open_pool), factories.take(workers[1], open_pool)
    make_late(late)

    assert giving_back.expire_due() == 1
    assert giving_back.expire_due() == 0
    assert totals(open_pool) == (8, 1, 0)
    assert Assignment.objects.get(pk=late.pk).state == AssignmentState.EXPIRED
    assert Assignment.objects.get(pk=early.pk).state == AssignmentState.ACTIVE


def test_expire_due_counts_a_task_held_by_two(alice: User, workers: list[User]) -> None:
    pool = factories.make_open_pool(alice, tasks=1)
    for worker in workers[:2]:
        make_late(factories.take(worker, pool))

    assert giving_back.expire_due() == 2
    assert totals(pool) == (3, 0, 0)


def test_a_place_given_back_for_a_settled_task_is_not_offered_again(open_pool: Pool, worker: User) -> None:
    held = factories.take(worker, open_pool)
    task = held.slots.get().task
    Task.objects.filter(pk=task.pk).update(state=ResultState.SETTLED, slots_free=0)
    giving_back.give_back(worker=worker, assignment=held.public_id)

    task.refresh_from_db()
    assert (task.slots_free, task.slots_live) == (0, 0)


def test_skip_frees_one_place_and_lowers_the_pay_by_its_share(alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice, tasks=4, tasks_per_assignment=4, reward=100_000)
    held = factories.take(worker, pool)
    task = held.slots.order_by("position")[1].task
    for _ in range(2):
        left = giving_back.skip(worker=worker, assignment=held.public_id, task=task.public_id, reason="blurred")

    assert (left.reward, left.task_count, left.state) == (75_000, 3, AssignmentState.ACTIVE)
    assert totals(pool) == (9, 3, 0)
    assert factories.hand_in(worker, held).reward == 75_000


def test_skip_the_last_task_returns_the_assignment(open_pool: Pool, worker: User) -> None:
    held = factories.take(worker, open_pool)
    left = giving_back.skip(worker=worker, assignment=held.public_id, task=held.slots.get().task.public_id)

    assert left.state == AssignmentState.RETURNED
    assert totals(open_pool) == (9, 0, 0)


def test_others_assignments_and_tasks_are_not_found(open_pool: Pool, workers: list[User]) -> None:
    held, other = factories.take(workers[0], open_pool), factories.take(workers[1], open_pool)
    foreign = Task.objects.exclude(slots__assignment=held).first()
    assert foreign is not None

    with pytest.raises(NotFound):
        giving_back.give_back(worker=workers[1], assignment=held.public_id)
    with pytest.raises(NotFound):
        giving_back.skip(worker=workers[0], assignment=held.public_id, task=foreign.public_id)
    assert other.state == AssignmentState.ACTIVE


def test_expiry_in_a_closed_pool_gives_its_money_back(open_pool: Pool, alice: User, worker: User) -> None:
    held = factories.take(worker, open_pool)
    publishing.close(pool=open_pool, actor=alice)
    account = book.held_account(open_pool.public_id)
    assert book.balance(account) == held.reward

    make_late(held)
    giving_back.expire_due()
    reviewing.accept_due(open_pool.pk)

    assert book.balance(account) == 0
    assert totals(open_pool) == (0, 0, 0)
