"""Pages that go back to be done again, and bonuses."""

from datetime import timedelta

import pytest

from quorate.accounts.models import User
from quorate.common.clock import database_now
from quorate.events.models import Event
from quorate.ledger import book
from quorate.ledger.models import AccountKind, Entry, EntryKind
from tasks_app.domain import giving_back, known_answers, quality, reviewing, rewarding, reworking, submitting
from tasks_app.domain.judging import judge_project
from tasks_app.domain.known_answers import Known, RightAnswer
from tasks_app.enums import AssignmentState
from tasks_app.errors import Conflict, InsufficientFunds, InvalidInput
from tasks_app.models import Answer, Assignment, Check, Pool, Result, Rework
from tasks_app.queries.soundness import faults
from tests import factories


@pytest.fixture
def by_hand(alice: User) -> Pool:
    return factories.make_open_pool(alice, tasks=1, accept_automatically=False)


def state_of(page: Assignment) -> str:
    return Assignment.objects.get(pk=page.pk).state


def labels(*, counting: bool = True) -> list[str]:
    rows = Answer.objects.filter(superseded_by=None) if counting else Answer.objects.all()
    return [row.value["class"] for row in rows.order_by("pk") if row.counts or not counting]


def places(pool: Pool) -> tuple[int, int]:
    return pool.tasks.values_list("slots_live", "slots_done").get()


def sound() -> bool:
    return not [fault for fault in faults() if "count other" in fault.text] and book.audit() == []


def test_a_page_goes_back_and_its_new_answers_take_the_place_of_the_first(
    by_hand: Pool, alice: User, worker: User
) -> None:
    page = factories.answer(worker, by_hand, "cat")
    reworking.ask_rework(assignment=page, actor=alice, comment="Look at the ears.", hours=24)
    assert (state_of(page), places(by_hand), labels()) == (AssignmentState.ACTIVE, (1, 0), [])
    assert sound()
    factories.aggregate(by_hand)
    assert Result.objects.count() == 0

    page.refresh_from_db()
    factories.hand_in(worker, page, "dog")
    assert (state_of(page), places(by_hand), labels()) == (AssignmentState.SUBMITTED, (0, 1), ["dog"])
    assert labels(counting=False) == ["cat", "dog"]
    reviewing.accept(pool=by_hand, assignment_ids=[page.pk], actor=alice)
    assert book.balance(book.find(AccountKind.WORKER, owner_id=worker.pk)) == by_hand.reward
    assert sound()


@pytest.mark.parametrize("how", ["expires", "returned", "banned"])
def test_what_is_not_done_again_stands_as_it_was(
    by_hand: Pool, alice: User, admin: User, worker: User, how: str
) -> None:
    page = factories.answer(worker, by_hand, "cat")
    reworking.ask_rework(assignment=page, actor=alice, comment="Look at the ears.", hours=1)
    if how == "expires":
        Assignment.objects.update(expires_at=database_now() - timedelta(minutes=5))
        assert giving_back.expire_due() == 1
    elif how == "returned":
        giving_back.give_back(worker=worker, assignment=page.public_id, unseen=True)
    else:
        quality.ban_worker(worker=worker, actor=admin, reason="Guesses.")
    assert (state_of(page), places(by_hand)) == (AssignmentState.SUBMITTED, (0, 1))
    assert labels() == ([] if how == "banned" else ["cat"])
    assert Rework.objects.get().lapsed_at is not None
    assert Answer.objects.filter(superseded_by=None).count() == 1
    reviewing.accept(pool=by_hand, assignment_ids=[page.pk], actor=alice)
    assert book.balance(book.find(AccountKind.WORKER, owner_id=worker.pk)) == by_hand.reward
    assert sound()


def test_the_first_submission_sent_late_once_more_changes_nothing(by_hand: Pool, alice: User, worker: User) -> None:
    page = factories.take(worker, by_hand)
    said = [submitting.Submitted(task=by_hand.tasks.get().public_id, answer={"class": "cat"})]
    submitting.submit(worker=worker, assignment=page.public_id, answers=said, submit_key="one")
    reworking.ask_rework(assignment=page, actor=alice, comment="Look again.", hours=1)
    late = submitting.submit(worker=worker, assignment=page.public_id, answers=said, submit_key="one")
    assert (late.replayed, state_of(page), labels()) == (True, AssignmentState.ACTIVE, [])
    submitting.submit(worker=worker, assignment=page.public_id, answers=said, submit_key="two")
    assert (state_of(page), labels()) == (AssignmentState.SUBMITTED, ["cat"])


def test_after_two_rounds_the_newest_answer_stands(by_hand: Pool, alice: User, worker: User) -> None:
    page = factories.answer(worker, by_hand, "cat")
    for label in ("dog", None):
        reworking.ask_rework(assignment=page, actor=alice, comment="Once more.", hours=1)
        page.refresh_from_db()
        if label:
            factories.hand_in(worker, page, label)
        else:
            giving_back.give_back(worker=worker, assignment=page.public_id)
    assert (labels(), state_of(page)) == (["dog"], AssignmentState.SUBMITTED)
    reworking.ask_rework(assignment=page, actor=alice, comment="A third time.", hours=1)
    giving_back.give_back(worker=worker, assignment=page.public_id)
    with pytest.raises(Conflict, match="often enough"):
        reworking.ask_rework(assignment=page, actor=alice, comment="A fourth time.", hours=1)
    assert sound()


def test_what_came_back_is_accepted_by_itself_after_all(alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice, tasks=1)
    page = factories.answer(worker, pool)
    reworking.ask_rework(assignment=page, actor=alice, comment="Look again.", hours=1)
    assert reviewing.accept_due(pool.pk) == 0
    with pytest.raises(Conflict):
        giving_back.skip(worker=worker, assignment=page.public_id, task=pool.tasks.get().public_id)
    giving_back.give_back(worker=worker, assignment=page.public_id)
    assert (reviewing.accept_due(pool.pk), state_of(page)) == (1, AssignmentState.ACCEPTED)


def test_a_known_answer_done_again_is_scored_once(by_hand: Pool, alice: User, worker: User) -> None:
    page = factories.answer(worker, by_hand, "cat")
    entry = Known(by_hand.tasks.get(), [RightAnswer({"class": "dog"})])
    known_answers.make_known(pool=by_hand, actor=alice, entries=[entry])
    factories.aggregate(by_hand)
    judge_project(by_hand.project_id)
    assert list(Check.objects.values_list("score", flat=True)) == [0.0]
    reworking.ask_rework(assignment=page, actor=alice, comment="Look again.", hours=1)
    page.refresh_from_db()
    factories.hand_in(worker, page, "dog")
    factories.aggregate(by_hand)
    judge_project(by_hand.project_id)
    assert list(Check.objects.values_list("score", flat=True)) == [1.0]


@pytest.mark.parametrize(
    ("field", "value"), [("comment", " "), ("comment", "a\x00"), ("hours", 0), ("hours", 1e9), ("hours", "x")]
)
def test_a_wrong_request_is_refused_by_name(
    by_hand: Pool, alice: User, worker: User, field: str, value: object
) -> None:
    page = factories.answer(worker, by_hand)
    good = {"comment": "Look again.", "hours": 1}
    with pytest.raises(InvalidInput) as refused:
        reworking.ask_rework(assignment=page, actor=alice, **(good | {field: value}))
    assert set(refused.value.fields) == {field}


# --- Bonuses ----------------------------------------------------------------------------------------------------------


def test_a_bonus_is_paid_once_from_the_requesters_balance(by_hand: Pool, alice: User, worker: User) -> None:
    page = factories.answer(worker, by_hand)
    before = book.balance(book.requester_account(alice.pk)), book.balance(book.held_account(by_hand.public_id))
    paid = [
        rewarding.give_bonus(assignment=page, actor=alice, amount=20_000, reason="Well seen.", key="k")
        for _ in range(2)
    ]
    assert paid == [True, False]
    assert book.balance(book.find(AccountKind.WORKER, owner_id=worker.pk)) == 20_000
    assert book.balance(book.requester_account(alice.pk)) == before[0] - 20_000
    assert book.balance(book.held_account(by_hand.public_id)) == before[1]
    entry = Entry.objects.get(kind=EntryKind.BONUS)
    assert (entry.memo, entry.actor) == ("Well seen.", alice)
    assert Event.objects.filter(verb="bonus", object_id=page.public_id).count() == 1
    with pytest.raises(InvalidInput):
        rewarding.give_bonus(assignment=page, actor=alice, amount=30_000, reason="More.", key="k")
    assert book.audit() == []


def test_a_bonus_needs_money_a_reason_and_a_page_that_was_handed_in(
    by_hand: Pool, alice: User, workers: list[User]
) -> None:
    with pytest.raises(Conflict):
        rewarding.give_bonus(
            assignment=factories.take(workers[0], by_hand), actor=alice, amount=1, reason="Soon.", key="k"
        )
    page = factories.answer(workers[1], by_hand)
    with pytest.raises(InvalidInput) as refused:
        rewarding.give_bonus(assignment=page, actor=alice, amount=0, reason="", key="")
    assert set(refused.value.fields) == {"amount", "reason", "key"}
    book.hold(
        payer_id=alice.pk, pool_ref="x", amount=book.balance(book.requester_account(alice.pk)), ref="x", actor=alice
    )
    with pytest.raises(InsufficientFunds):
        rewarding.give_bonus(assignment=page, actor=alice, amount=1, reason="Well.", key="k")
    assert book.audit() == []
