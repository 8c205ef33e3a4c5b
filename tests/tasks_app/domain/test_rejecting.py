"""Refusing pages in whole and in part, disputes, taking it back: nothing is paid twice, the hold covers, undoing is exact."""

from datetime import timedelta

import pytest

from quorate.accounts.models import User
from quorate.common.clock import database_now
from quorate.events.models import Dirty, Event
from quorate.ledger import book
from quorate.ledger.models import AccountKind, Entry, EntryKind
from tasks_app.domain import handing_out, publishing, quality, rejecting, reviewing
from tasks_app.enums import AssignmentState, Topic
from tasks_app.errors import Conflict, InsufficientFunds, InvalidInput, NotFound
from tasks_app.models import Answer, Assignment, Pool, Rejection
from tasks_app.queries.acceptance import acceptance
from tasks_app.queries.soundness import faults
from tests import factories

WHY = {"reason": "It shows a cat.", "evidence": "The ears, upper left."}
PRICE = 50_000


@pytest.fixture
def by_hand(alice: User) -> Pool:
    """Four tasks a page, 0.05 a page, up to 7 answers each; Alice decides."""
    return factories.make_open_pool(alice, tasks=4, tasks_per_assignment=4, accept_automatically=False)


def held(pool: Pool) -> int:
    return book.balance(book.find(AccountKind.HELD, ref=pool.public_id))


def earned(worker: User) -> int:
    return book.balance(book.find(AccountKind.WORKER, owner_id=worker.pk))


def counting(worker: User) -> list[bool]:
    return list(Answer.objects.filter(worker=worker).order_by("pk").values_list("counts", flat=True))


def all_is_well() -> None:
    assert book.audit() == []
    assert [str(fault) for fault in faults() if "count other" in fault.text] == []


def test_a_rejection_needs_a_reason_and_evidence(by_hand: Pool, alice: User, worker: User) -> None:
    page = factories.answer(worker, by_hand)
    with pytest.raises(InvalidInput) as refused:
        rejecting.reject(assignment=page, actor=alice, reason=" ", evidence="")
    assert set(refused.value.fields) == {"reason", "evidence"}
    assert Assignment.objects.get().state == AssignmentState.SUBMITTED


def test_a_part_is_refused_and_the_rest_paid_its_share(by_hand: Pool, alice: User, worker: User) -> None:
    page = factories.answer(worker, by_hand)
    first = by_hand.tasks.order_by("pk")[0]
    before = held(by_hand)
    with pytest.raises(InvalidInput) as none:
        rejecting.reject(assignment=page, actor=alice, **WHY, tasks=["nosuchtask"])
    assert set(none.value.fields) == {"tasks"}
    rejecting.reject(assignment=page, actor=alice, **WHY, tasks=[first.public_id])

    found = Rejection.objects.get()
    assert (found.whole, found.amount, found.tasks) == (False, PRICE - 37_500, [first.public_id])
    page.refresh_from_db()
    assert (page.state, page.reward) == (AssignmentState.ACCEPTED, 37_500)
    assert earned(worker) == 37_500
    assert held(by_hand) == before - 37_500
    assert sum(counting(worker)) == 3
    assert list(by_hand.tasks.order_by("pk").values_list("slots_done", flat=True)) == [0, 1, 1, 1]
    all_is_well()
    with pytest.raises(Conflict):
        rejecting.reject(assignment=page, actor=alice, **WHY)
    assert reviewing.accept(pool=by_hand, assignment_ids=[page.pk], actor=alice) == 0


@pytest.mark.parametrize("part", [1, 4])
def test_taking_it_back_is_exact_and_happens_once(by_hand: Pool, alice: User, worker: User, part: int) -> None:
    page = factories.answer(worker, by_hand)
    names = list(by_hand.tasks.order_by("pk").values_list("public_id", flat=True))
    before = held(by_hand), book.balance(book.requester_account(alice.pk))
    rejecting.reject(assignment=page, actor=alice, **WHY, tasks=names[:part])
    for _ in range(2):
        rejecting.undo(rejection=Rejection.objects.get(), actor=alice, reason="It is a dog after all.")

    page.refresh_from_db()
    assert (page.state, page.reward, earned(worker)) == (AssignmentState.ACCEPTED, PRICE, PRICE)
    assert (held(by_hand) + PRICE, book.balance(book.requester_account(alice.pk))) == before
    assert counting(worker) == [True] * 4
    assert set(by_hand.tasks.values_list("slots_done", "overlap_max")) == {(1, 7)}
    assert Entry.objects.filter(kind=EntryKind.REWARD).count() == (1 if part == 4 else 2)
    assert Event.objects.filter(verb="rejection_undone").count() == 1
    all_is_well()


def test_a_place_that_was_filled_meanwhile_is_held_for_once_more(alice: User, workers: list[User]) -> None:
    pool = factories.make_open_pool(alice, tasks=1, overlap_min=1, overlap_max=1, accept_automatically=False)
    page = factories.answer(workers[0], pool)
    rejecting.reject(assignment=page, actor=alice, **WHY)
    factories.aggregate(pool)  # the job asks somebody else
    other = factories.answer(workers[1], pool)
    assert handing_out.take(worker=workers[2], pool=pool.public_id).assignment is None

    rejecting.undo(rejection=Rejection.objects.get(), actor=alice, reason="Both were right.")
    reviewing.accept(pool=pool, assignment_ids=[other.pk], actor=alice)
    assert [earned(worker) for worker in workers[:2]] == [PRICE, PRICE]
    assert pool.tasks.values_list("slots_done", "overlap_max").get() == (2, 2)
    assert held(pool) == 0
    all_is_well()


def test_without_the_money_for_one_more_nothing_is_taken_back(alice: User, workers: list[User]) -> None:
    pool = factories.make_open_pool(alice, tasks=1, overlap_min=1, overlap_max=1, accept_automatically=False)
    page = factories.answer(workers[0], pool)
    rejecting.reject(assignment=page, actor=alice, **WHY)
    factories.aggregate(pool)
    factories.answer(workers[1], pool)
    rest = book.balance(book.requester_account(alice.pk))
    book.hold(payer_id=alice.pk, pool_ref="elsewhere", amount=rest, ref="elsewhere:1", actor=alice)
    with pytest.raises(InsufficientFunds):
        rejecting.undo(rejection=Rejection.objects.get(), actor=alice, reason="Both were right.")
    assert (earned(workers[0]), Rejection.objects.get().undone_at) == (0, None)
    assert pool.tasks.values_list("slots_done", "overlap_max").get() == (1, 1)
    all_is_well()


def test_a_closed_pool_keeps_what_may_be_disputed_until_its_time_is_over(
    by_hand: Pool, alice: User, workers: list[User]
) -> None:
    page = factories.answer(workers[0], by_hand)
    rejecting.reject(assignment=page, actor=alice, **WHY)
    publishing.close(pool=by_hand, actor=alice)
    assert held(by_hand) == PRICE
    # The row that returns it is due when the dispute window is over.
    rows = Dirty.objects.filter(topic=Topic.ACCEPT, scope=by_hand.pk)
    assert rows.filter(due_at__gt=database_now() + timedelta(days=13)).count() == 1
    Rejection.objects.update(dispute_until=database_now() - timedelta(seconds=1))
    rows.update(due_at=database_now() - timedelta(seconds=1))
    reviewing.accept_due(by_hand.pk)
    assert held(by_hand) == 0

    rejecting.undo(rejection=Rejection.objects.get(), actor=alice, reason="Late, but right.")
    assert (earned(workers[0]), held(by_hand)) == (PRICE, 0)
    all_is_well()


def test_taking_back_in_a_closed_pool_pays_from_what_was_kept(by_hand: Pool, alice: User, worker: User) -> None:
    page = factories.answer(worker, by_hand)
    rejecting.reject(assignment=page, actor=alice, **WHY)
    publishing.close(pool=by_hand, actor=alice)
    balance = book.balance(book.requester_account(alice.pk))
    rejecting.undo(rejection=Rejection.objects.get(), actor=alice, reason="Right.")
    assert (earned(worker), held(by_hand)) == (PRICE, 0)
    assert book.balance(book.requester_account(alice.pk)) == balance
    all_is_well()


def test_a_dispute_is_made_once_in_time_by_its_worker_and_granting_it_pays(
    by_hand: Pool, alice: User, worker: User, charlie: User
) -> None:
    page = factories.answer(worker, by_hand)
    rejecting.reject(assignment=page, actor=alice, **WHY)
    found = Rejection.objects.get()
    with pytest.raises(NotFound):
        rejecting.dispute(worker=charlie, rejection=found, text="No.")
    with pytest.raises(InvalidInput):
        rejecting.dispute(worker=worker, rejection=found, text=" ")
    with pytest.raises(Conflict):
        rejecting.answer_dispute(rejection=found, actor=alice, granted=True, answer="Yes.")
    assert acceptance([worker.pk])[worker.pk].rate == 0.9
    rejecting.dispute(worker=worker, rejection=found, text="The ears are a dog's.")
    assert acceptance([worker.pk])[worker.pk].rate == 1
    with pytest.raises(Conflict):
        rejecting.dispute(worker=worker, rejection=found, text="Again.")
    with pytest.raises(Conflict):
        rejecting.answer_dispute(rejection=found, actor=worker, granted=True, answer="I say so.")
    for granted in (True, False):
        rejecting.answer_dispute(rejection=found, actor=alice, granted=granted, answer="So they are.")

    found.refresh_from_db()
    assert (found.upheld, found.answer, found.undone_at is not None) == (False, "So they are.", True)
    assert earned(worker) == PRICE
    all_is_well()


def test_a_dispute_turned_down_returns_the_money_of_a_closed_pool(by_hand: Pool, alice: User, worker: User) -> None:
    page = factories.answer(worker, by_hand)
    rejecting.reject(assignment=page, actor=alice, **WHY)
    rejecting.dispute(worker=worker, rejection=Rejection.objects.get(), text="No.")
    publishing.close(pool=by_hand, actor=alice)
    Rejection.objects.update(dispute_until=database_now() - timedelta(days=1))
    assert held(by_hand) == PRICE
    rejecting.answer_dispute(rejection=Rejection.objects.get(), actor=alice, granted=False, answer="It is a cat.")
    reviewing.accept_due(by_hand.pk)
    assert (held(by_hand), earned(worker)) == (0, 0)
    assert acceptance([worker.pk])[worker.pk].rate == 0.9
    all_is_well()


def test_too_late_a_dispute_is_refused(by_hand: Pool, alice: User, worker: User) -> None:
    rejecting.reject(assignment=factories.answer(worker, by_hand), actor=alice, **WHY)
    Rejection.objects.update(dispute_until=database_now() - timedelta(seconds=1))
    with pytest.raises(Conflict, match="over"):
        rejecting.dispute(worker=worker, rejection=Rejection.objects.get(), text="But.")


def test_what_is_taken_back_while_its_worker_is_banned_is_paid_and_does_not_count(
    by_hand: Pool, alice: User, admin: User, worker: User
) -> None:
    rejecting.reject(assignment=factories.answer(worker, by_hand), actor=alice, **WHY)
    ban = quality.ban_worker(worker=worker, actor=admin, reason="Guesses.")
    rejecting.undo(rejection=Rejection.objects.get(), actor=alice, reason="Right.")
    assert (earned(worker), counting(worker)) == (PRICE, [False] * 4)
    quality.lift(restriction=ban, actor=admin, reason="A mistake.")
    assert counting(worker) == [True] * 4


def test_one_requesters_rejections_lower_the_rate_by_a_tenth_at_most(alice: User, charlie: User, worker: User) -> None:
    factories.fund(charlie)
    hard = factories.make_open_pool(alice, tasks=5, accept_automatically=False)
    fair = factories.make_open_pool(charlie, tasks=5, name="Fair", accept_automatically=False)
    for _ in range(5):
        rejecting.reject(assignment=factories.answer(worker, hard), actor=alice, **WHY)
        page = factories.answer(worker, fair)
        reviewing.accept(pool=fair, assignment_ids=[page.pk], actor=charlie)
    found = acceptance([worker.pk])[worker.pk]
    assert (found.decided, found.refused, found.rate) == (10, 5, 0.9)
