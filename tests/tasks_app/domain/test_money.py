"""Invariant d: the ledger sums to zero, a hold is never exceeded, an accepted assignment is paid exactly once."""

from contextlib import closing

import pytest
from django.db import connection

from quorate.accounts.models import User
from quorate.common.money import MICRO
from quorate.events import dirty
from quorate.ledger import book
from quorate.ledger.models import Account, AccountKind, Entry, EntryKind
from tasks_app.domain import pricing, projects, publishing, rejecting, reviewing
from tasks_app.enums import AssignmentState, PoolState, Topic
from tasks_app.errors import Conflict, InsufficientFunds, InvalidInput
from tasks_app.models import Answer, Assignment, Pool, Project
from tasks_app.queries import pools
from tests import factories


def held(pool: Pool) -> int:
    return book.balance(book.held_account(pool.public_id))


def earned(user: User) -> int:
    return book.balance(book.worker_account(user.pk))


def test_launch_holds_the_price_of_the_maximum_overlap(open_pool: Pool, alice: User) -> None:
    # 3 tasks, up to 7 answers each, 0.05 an answer
    assert held(open_pool) == 3 * 7 * 50_000
    assert book.balance(book.requester_account(alice.pk)) == 1000 * MICRO - 3 * 7 * 50_000
    assert book.audit() == []


def test_launch_without_the_money_names_what_is_missing_and_changes_nothing(charlie: User) -> None:
    project = factories.make_project(charlie)
    pool = project.pools.select_related("project").get()

    with pytest.raises(Conflict, match=r"\$1\.05 is missing"):
        publishing.launch(pool=pool, actor=charlie)
    pool.refresh_from_db()
    assert pool.state == PoolState.DRAFT
    assert sum(pool.tasks.values_list("slots_free", flat=True)) == 0


def test_launch_says_what_is_still_to_do(alice: User) -> None:
    project = projects.create_project(owner=alice, kind="text_classification", name="Empty")
    pool = project.pools.select_related("project").get()

    with pytest.raises(Conflict, match=r"question.*instructions.*items"):
        publishing.launch(pool=pool, actor=alice)


def test_accepting_pays_once_however_often(open_pool: Pool, worker: User) -> None:
    factories.answer(worker, open_pool)
    rows = dirty.take(Topic.ACCEPT, open_pool.pk)
    reviewing.accept_due(open_pool.pk)
    for row in rows:  # the same doorbells again
        dirty.mark(Topic.ACCEPT, open_pool.pk, [row.key])
    reviewing.accept_due(open_pool.pk)

    assert Assignment.objects.get().state == AssignmentState.ACCEPTED
    assert earned(worker) == open_pool.reward
    assert Entry.objects.filter(kind=EntryKind.REWARD).count() == 1
    assert held(open_pool) == 20 * 50_000
    assert book.audit() == []


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_what_somebody_holds_locked_is_passed_by_and_paid_later(open_pool: Pool, workers: list[User]) -> None:
    """A worker who hands in again, because the reply got lost, holds the assignment in the moment the job looks."""
    first, second = (factories.answer(worker, open_pool) for worker in workers[:2])
    other = connection.copy()
    other.set_autocommit(False)
    with closing(other), other.cursor() as cursor:
        cursor.execute("SELECT 1 FROM tasks_app_assignment WHERE id = %s FOR UPDATE", [first.pk])
        assert reviewing.accept_due(open_pool.pk) == 1
        other.rollback()
    assert [row.key for row in dirty.take(Topic.ACCEPT, open_pool.pk)] == [first.pk]
    assert reviewing.accept_due(open_pool.pk) == 1

    assert set(Assignment.objects.values_list("pk", "state")) == {
        (first.pk, AssignmentState.ACCEPTED),
        (second.pk, AssignmentState.ACCEPTED),
    }
    assert dirty.take(Topic.ACCEPT, open_pool.pk) == []


def test_accepting_waits_for_its_delay(alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice, accept_delay_seconds=3600)
    factories.answer(worker, pool)
    reviewing.accept_due(pool.pk)

    assert Assignment.objects.get().state == AssignmentState.SUBMITTED


def test_nothing_is_accepted_by_itself_where_the_requester_decides(alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice, accept_automatically=False)
    one = factories.answer(worker, pool)
    dirty.mark(Topic.ACCEPT, pool.pk, [one.pk])
    reviewing.accept_due(pool.pk)
    assert Assignment.objects.get().state == AssignmentState.SUBMITTED

    reviewing.accept(pool=pool, assignment_ids=[one.pk], actor=alice)
    assert earned(worker) == pool.reward


def test_rejecting_excludes_the_answer_frees_the_place_and_pays_nothing(alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice, accept_automatically=False, tasks=1)
    one = factories.answer(worker, pool)
    with pytest.raises(InvalidInput):
        rejecting.reject(assignment=one, actor=alice, reason=" ", evidence="See the second photo.")
    rejecting.reject(assignment=one, actor=alice, reason="Both photos show a cat.", evidence="See the second photo.")
    with pytest.raises(Conflict):
        rejecting.reject(assignment=one, actor=alice, reason="Again.", evidence="See the second photo.")

    assert Answer.objects.get().counts is False
    assert pool.tasks.get().slots_done == 0
    assert earned(worker) == 0
    assert held(pool) == 7 * 50_000


def test_close_gives_back_all_but_what_is_pending(open_pool: Pool, alice: User, workers: list[User]) -> None:
    factories.answer(workers[0], open_pool)
    factories.take(workers[1], open_pool)
    for _ in range(2):
        publishing.close(pool=open_pool, actor=alice)

    assert held(open_pool) == 2 * 50_000
    assert book.audit() == []


def test_raising_the_maximum_on_a_running_pool_holds_the_difference(open_pool: Pool, alice: User) -> None:
    pricing.set_price(pool=open_pool, actor=alice, overlap_max=9)

    assert held(open_pool) == 3 * 9 * 50_000
    assert set(open_pool.tasks.values_list("overlap_max", flat=True)) == {9}


@pytest.mark.parametrize(
    ("field", "value"),
    [("reward", 60_000), ("tasks_per_assignment", 2), ("overlap_max", 5), ("overlap_min", 8), ("confidence", 1.5),
     ("reward", -1), ("reward", True), ("lifetime_days", "3"), ("colour", 1)],
)  # fmt: skip
def test_prices_that_can_not_be_are_refused_by_name(open_pool: Pool, alice: User, field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        pricing.set_price(pool=open_pool, actor=alice, **{field: value})
    assert set(refused.value.fields) <= {field, "overlap_max"}


def test_estimate_gives_the_cost_as_a_range_and_the_pay_per_hour(project: Project) -> None:
    pool = project.pools.select_related("project").get()
    pool.median_seconds = 9.0
    cost = pricing.estimate(pool)

    assert (cost.tasks, cost.cost_min, cost.cost_max, cost.hold) == (3, 450_000, 1_050_000, 1_050_000)
    assert cost.per_hour == 20 * MICRO
    assert cost.missing == 0


def test_the_pay_per_hour_is_told_to_the_cent(project: Project) -> None:
    pool = project.pools.get()
    pool.reward, pool.tasks_per_assignment, pool.median_seconds = 20_000, 1, 1.634
    assert pools.per_hour(pool) == 44_060_000


def test_two_holds_cannot_spend_the_same_balance(alice: User) -> None:
    assert book.hold(payer_id=alice.pk, pool_ref="a", amount=600 * MICRO, ref="a:1", actor=alice)
    with pytest.raises(InsufficientFunds, match=r"200\.00 is missing"):
        book.hold(payer_id=alice.pk, pool_ref="b", amount=600 * MICRO, ref="b:1", actor=alice)
    assert not book.hold(payer_id=alice.pk, pool_ref="a", amount=600 * MICRO, ref="a:1", actor=alice)
    assert book.balance(book.requester_account(alice.pk)) == 400 * MICRO


def test_pay_refuses_what_the_hold_does_not_cover(alice: User, worker: User) -> None:
    book.hold(payer_id=alice.pk, pool_ref="a", amount=100, ref="a:1", actor=alice)
    with pytest.raises(InsufficientFunds):
        book.pay(pool_ref="a", rewards=[book.Reward("x", worker.pk, 60), book.Reward("y", worker.pk, 60)], actor=None)
    assert earned(worker) == 0


def test_statement_shows_the_balance_after_each_entry(alice: User) -> None:
    book.deposit(requester=alice, amount=5, actor=alice, ref="second")
    book.hold(payer_id=alice.pk, pool_ref="a", amount=7, ref="a:1", actor=alice)
    lines = book.statement(book.requester_account(alice.pk))

    assert [(line.amount, line.balance) for line in lines] == [
        (-7, 1000 * MICRO - 2),
        (5, 1000 * MICRO + 5),
        (1000 * MICRO, 1000 * MICRO),
    ]
    older = book.statement(book.requester_account(alice.pk), before=lines[1].entry.pk)
    assert [(line.amount, line.balance) for line in older] == [(1000 * MICRO, 1000 * MICRO)]


def test_audit_finds_an_account_below_zero(alice: User, worker: User) -> None:
    account = Account.objects.create(kind=AccountKind.WORKER, owner=worker)
    book.post(Entry(kind=EntryKind.PAYOUT, ref="p", debit=account, credit=book.world(), amount=3))

    assert len(book.audit()) == 1
    assert "below zero" in book.audit()[0]
