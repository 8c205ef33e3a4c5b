"""Invariants a and b, one process at a time; the races are in tests/reliability."""

import pytest
from django.conf import settings
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from quorate.accounts import linking
from quorate.accounts.models import Link, LinkState, User
from tasks_app.domain import giving_back, handing_out, publishing
from tasks_app.enums import AssignmentState, Lane, TaskKind
from tasks_app.errors import NotFound, TooManyActive
from tasks_app.models import Assignment, Pool, Slot, Task
from tests import factories


def counts(pool: Pool) -> list[tuple[int, int, int]]:
    return list(pool.tasks.order_by("pk").values_list("slots_free", "slots_live", "slots_done"))


def test_take_reserves_a_place_and_says_what_it_pays(open_pool: Pool, worker: User) -> None:
    held = factories.take(worker, open_pool)

    stored = Assignment.objects.get(public_id=held.public_id)
    assert (stored.state, stored.reward, stored.task_count) == (AssignmentState.ACTIVE, open_pool.reward, 1)
    assert (stored.expires_at - stored.created_at).total_seconds() == pytest.approx(
        open_pool.assignment_seconds, abs=0.1
    )
    assert sorted(counts(open_pool)) == [(2, 1, 0), (3, 0, 0), (3, 0, 0)]


def test_take_never_gives_a_worker_a_task_twice(open_pool: Pool, worker: User) -> None:
    for _ in range(3):
        factories.answer(worker, open_pool)

    assert handing_out.take(worker=worker, pool=open_pool.public_id).reason == "no_tasks"
    assert Slot.objects.filter(worker=worker).values("task").distinct().count() == 3


def test_take_does_not_give_back_what_was_returned(open_pool: Pool, worker: User) -> None:
    for _ in range(3):
        held = factories.take(worker, open_pool)
        giving_back.give_back(worker=worker, assignment=held.public_id)

    assert handing_out.take(worker=worker, pool=open_pool.public_id).reason == "no_tasks"
    assert counts(open_pool) == [(3, 0, 0)] * 3


def test_take_with_the_same_key_is_the_same_assignment(open_pool: Pool, worker: User) -> None:
    first = handing_out.take(worker=worker, pool=open_pool.public_id, take_key="k").assignment
    again = handing_out.take(worker=worker, pool=open_pool.public_id, take_key="k").assignment

    assert first is not None
    assert again is not None
    assert first.public_id == again.public_id
    assert Assignment.objects.count() == 1


def test_take_stops_at_the_limit_of_unfinished_assignments(alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice, tasks=settings.MAX_ACTIVE_ASSIGNMENTS + 1)
    for _ in range(settings.MAX_ACTIVE_ASSIGNMENTS):
        factories.take(worker, pool)

    with pytest.raises(TooManyActive):
        handing_out.take(worker=worker, pool=pool.public_id)


def test_take_fills_a_page_and_pays_the_share_of_one_that_is_not_full(alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice, tasks=5, tasks_per_assignment=3, reward=100_000)

    first, second = factories.take(worker, pool), factories.take(worker, pool)

    assert (first.task_count, first.reward) == (3, 100_000)
    assert (second.task_count, second.reward) == (2, 66_666)


def test_take_serves_wanted_tasks_before_fresh_ones(alice: User, workers: list[User]) -> None:
    pool = factories.make_open_pool(alice, tasks=50)
    held = factories.take(workers[0], pool)
    wanted = held.slots.get().task
    giving_back.give_back(worker=workers[0], assignment=held.public_id)

    assert factories.take(workers[1], pool).slots.get().task == wanted


def test_take_finds_every_task_though_workers_jump(alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice, tasks=60)

    for _ in range(60):
        factories.answer(worker, pool)

    assert Slot.objects.filter(worker=worker).count() == 60


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_take_gives_nothing_from_a_pool_that_is_not_open(
    open_pool: Pool, alice: User, worker: User, state: str
) -> None:
    {"paused": publishing.pause, "closed": publishing.close}[state](pool=open_pool, actor=alice)

    assert handing_out.take(worker=worker, pool=open_pool.public_id).reason == state


def test_take_hides_drafts_and_serves_workers_only(project: object, alice: User, admin: User, open_pool: Pool) -> None:
    draft = Pool.objects.get(project=project)

    with pytest.raises(NotFound):
        handing_out.take(worker=alice, pool=draft.public_id)
    with pytest.raises(NotFound):
        handing_out.take(worker=admin, pool=open_pool.public_id)


def test_take_costs_the_same_queries_however_much_was_done(alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice, tasks=300)  # enough for 20 jumps without reaching the end of the lane
    factories.answer(worker, pool)
    with CaptureQueriesContext(connection) as early:
        held = factories.take(worker, pool)
    factories.hand_in(worker, held)
    for _ in range(20):
        factories.answer(worker, pool)
    with CaptureQueriesContext(connection) as late:
        factories.take(worker, pool)

    assert len(late) == len(early)
    if connection.vendor == "postgresql":
        assert len(early) == 2


def test_places_can_not_exceed_the_maximum_whatever_the_code_says(open_pool: Pool) -> None:
    task = Task.objects.filter(pool=open_pool).first()
    assert task is not None
    task.slots_live = task.overlap_max
    with pytest.raises(IntegrityError):
        task.save()


def link(*accounts: User) -> None:
    """All of them came in from one browser."""
    for account in accounts:
        linking.came_in(user=account, device="one browser")


@pytest.mark.parametrize("known", [False, True])
def test_accounts_of_one_person_share_no_task(alice: User, workers: list[User], known: bool) -> None:
    pool = factories.make_open_pool(alice, tasks=12, overlap_min=2, overlap_max=5, tasks_per_assignment=2)
    if known:
        gold = list(pool.tasks.order_by("pk").values_list("pk", flat=True)[:4])
        pool.tasks.filter(pk__in=gold).update(kind=TaskKind.GOLD, lane=Lane.KNOWN)
        Pool.objects.filter(pk=pool.pk).update(has_known=True, known_share=0.5)
    before = factories.answer(workers[0], pool)
    link(*workers[:3])
    factories.answer_all(workers[:4], pool, ["cat"] * 4)

    one = Slot.objects.filter(worker__in=workers[:3]).values_list("task", flat=True)
    assert set(before.slots.values_list("task", flat=True)) <= set(one)
    assert len(one) == len(set(one))
    # All that there is to ask, as everybody else; known answers are asked only beside others.
    assert Slot.objects.filter(worker=workers[3], task__kind="main").count() == pool.tasks.filter(kind="main").count()
    assert len(set(one) & set(pool.tasks.filter(kind="main").values_list("pk", flat=True))) == (8 if known else 12)


def test_what_one_account_never_saw_comes_to_the_other(open_pool: Pool, workers: list[User]) -> None:
    link(*workers[:2])
    for _ in range(3):
        held = factories.take(workers[0], open_pool)
        giving_back.give_back(worker=workers[0], assignment=held.public_id, unseen=True)
    for worker in workers[:2]:
        factories.answer_all([worker], open_pool, ["cat"])

    assert Slot.objects.filter(worker__in=workers[:2]).count() == 3


def test_accounts_that_are_linked_no_longer_and_again_go_on(open_pool: Pool, workers: list[User], admin: User) -> None:
    link(*workers[:2])
    factories.answer(workers[1], open_pool)
    linking.decide(link=Link.objects.get(), actor=admin, state=LinkState.DISMISSED, reason="Brothers")
    workers[0].refresh_from_db()
    factories.answer_all([workers[0]], open_pool, ["cat"])
    assert Slot.objects.filter(worker=workers[0]).count() == 3
    linking.decide(link=Link.objects.get(), actor=admin, state=LinkState.CONFIRMED, reason="One after all")
    assert handing_out.take(worker=workers[1], pool=open_pool.public_id).reason == "no_tasks"


def test_hand_out_to_linked_accounts_is_two_statements(
    open_pool: Pool, workers: list[User], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    link(*workers[:2])
    factories.take(workers[0], open_pool)
    if connection.vendor == "postgresql":
        with django_assert_num_queries(2):
            factories.take(workers[0], open_pool)
