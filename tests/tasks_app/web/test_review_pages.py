"""Reviewing as requester, worker and admin see it: countdown, decisions, disputes, work that comes back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quorate.accounts.models import User
from quorate.ledger import book
from quorate.ledger.models import AccountKind
from tasks_app.domain import rejecting
from tasks_app.enums import AssignmentState
from tasks_app.models import Assignment, Pool, Rejection
from tests import factories
from tests.conftest import ClientFor


@pytest.fixture
def by_hand(alice: User) -> Pool:
    return factories.make_open_pool(alice, tasks=4, tasks_per_assignment=2, accept_automatically=False)


def address(pool: Pool, *rest: str) -> str:
    return f"/p/{pool.project.public_id}/review/" + "".join(f"{part}/" for part in rest)


def earned(worker: User) -> int:
    return book.balance(book.find(AccountKind.WORKER, owner_id=worker.pk))


def test_ticked_pages_are_accepted_at_once_and_then_all(
    by_hand: Pool, alice: User, workers: list[User], client_for: ClientFor
) -> None:
    pages = [factories.answer(worker, by_hand) for worker in workers]
    client = client_for(alice)
    shown = client.get(address(by_hand)).content.decode()
    assert [page.public_id in shown for page in pages] == [True] * 5
    client.post(address(by_hand, "accept"), {"assignment": [pages[0].public_id, pages[1].public_id, "a\x00"]})
    assert Assignment.objects.filter(state=AssignmentState.ACCEPTED).count() == 2
    client.post(address(by_hand, "accept"), {"all": "1"})
    assert Assignment.objects.filter(state=AssignmentState.ACCEPTED).count() == 5
    assert book.audit() == []


def test_the_list_costs_the_same_for_one_page_and_for_three(
    by_hand: Pool, alice: User, workers: list[User], client_for: ClientFor
) -> None:
    client = client_for(alice)
    counts = []
    for number in (1, 2):
        for worker in workers[number - 1 : 2 * number - 1]:
            factories.answer(worker, by_hand)
        with CaptureQueriesContext(connection) as captured:
            client.get(address(by_hand))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_page_is_refused_in_part_disputed_and_taken_back(
    by_hand: Pool, alice: User, worker: User, client_for: ClientFor
) -> None:
    page = factories.answer(worker, by_hand)
    requester, mine = client_for(alice), client_for(worker)
    task = page.slots.order_by("position")[0].task.public_id
    here = address(by_hand, page.public_id)
    requester.post(here, {"do": "reject", "task": task, "reason": "No evidence given"})
    assert Assignment.objects.get().state == AssignmentState.SUBMITTED
    refusal = {"do": "reject", "task": task, "reason": "A cat.", "evidence": "Its ears."}
    requester.post(here, refusal)
    assert earned(worker) == by_hand.reward // 2
    told = mine.get("/work/answers/").content.decode()
    assert "A cat." in told
    assert "Its ears." in told
    rejection = Rejection.objects.get()
    mine.post(f"/work/answers/{rejection.public_id}/dispute/", {"text": "A dog's ears."})
    assert "A dog&#x27;s ears." in requester.get(address(by_hand) + "?only=disputed").content.decode()
    requester.post(here, {"do": "grant", "answer": "You are right."})
    assert earned(worker) == by_hand.reward
    assert "You are right." in mine.get("/work/answers/").content.decode()


def test_an_admin_answers_a_dispute_in_the_requesters_place(
    by_hand: Pool, alice: User, admin: User, worker: User, client_for: ClientFor
) -> None:
    page = factories.answer(worker, by_hand)
    rejecting.reject(assignment=page, actor=alice, reason="A cat.", evidence="Its ears.")
    rejection = Rejection.objects.get()
    rejecting.dispute(worker=worker, rejection=rejection, text="A dog's ears.")
    client = client_for(admin)
    assert "A dog&#x27;s ears." in client.get("/control/disputes/").content.decode()
    there = f"/control/disputes/rejections/{rejection.public_id}/"
    assert client.post(there, {"do": "grant"}).status_code == 422
    client.post(there, {"do": "grant", f"{rejection.public_id}-answer": "So they are."})
    assert earned(worker) == by_hand.reward
    assert "A dog&#x27;s ears." not in client.get("/control/disputes/").content.decode()


def test_work_that_comes_back_says_so_with_its_comment(
    by_hand: Pool, alice: User, worker: User, client_for: ClientFor
) -> None:
    page = factories.answer(worker, by_hand)
    client_for(alice).post(address(by_hand, page.public_id), {"do": "rework", "comment": "Look again.", "hours": "24"})
    mine = client_for(worker)
    for path in ("/work/answers/", f"/work/{by_hand.public_id}/do/"):
        assert "Look again." in mine.get(path).content.decode()


def test_both_sides_see_when_a_page_is_accepted_by_itself(alice: User, worker: User, client_for: ClientFor) -> None:
    pool = factories.make_open_pool(alice, tasks=1, accept_delay_seconds=7200)
    factories.answer(worker, pool)
    assert "accepted by itself" in client_for(alice).get(address(pool)).content.decode()
    assert "by itself" in client_for(worker).get("/work/answers/").content.decode()


def test_a_bonus_is_paid_once_for_one_form(by_hand: Pool, alice: User, worker: User, client_for: ClientFor) -> None:
    page = factories.answer(worker, by_hand)
    client = client_for(alice)
    for amount in ("x", "0.30", "0.30"):
        client.post(address(by_hand, page.public_id), {"do": "bonus", "amount": amount, "reason": "Well.", "key": "k"})
    assert earned(worker) == 300_000
    assert "Bonus: Well." in client_for(worker).get("/work/earnings/").content.decode()


def test_what_is_no_page_of_the_project_is_not_found(
    by_hand: Pool, alice: User, charlie: User, worker: User, client_for: ClientFor
) -> None:
    page = factories.answer(worker, by_hand)
    factories.fund(charlie)
    other = factories.make_open_pool(charlie, name="Charlie's")
    client = client_for(charlie)
    assert client.post(address(other, page.public_id), {"do": "accept"}).status_code == 404
    assert client.post(address(by_hand, page.public_id), {"do": "accept"}).status_code == 404
    assert Assignment.objects.get().state == AssignmentState.SUBMITTED
