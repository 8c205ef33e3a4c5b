"""Pausing, banning, lifting: what counts, what reopens, what is left alone."""

import pytest

from quorate.accounts.models import User
from quorate.events.models import Dirty, Event
from quorate.ledger import book
from tasks_app.domain import giving_back, handing_out, quality, rejecting, reviewing
from tasks_app.domain.consensus import aggregate_project
from tasks_app.enums import AssignmentState, ResultState, Topic
from tasks_app.errors import Conflict, Forbidden, InvalidInput
from tasks_app.models import Answer, Assignment, Pool, Restriction, Result, Task
from tests import factories

REASON = "Answers without looking"


def counting(worker: User) -> list[bool]:
    return list(Answer.objects.filter(worker=worker).order_by("pk").values_list("counts", flat=True))


def dirty_keys(project_id: int) -> list[int]:
    rows = Dirty.objects.filter(topic=Topic.AGGREGATE, scope=project_id)
    return sorted(rows.values_list("key", flat=True))


def events(verb: str) -> int:
    return Event.objects.filter(verb=verb).count()


def test_pause_stops_new_work_and_nothing_else(worker: User, admin: User, open_pool: Pool) -> None:
    held = factories.take(worker, open_pool)
    factories.answer(worker, open_pool)
    restriction = quality.pause_worker(worker=worker, actor=admin, reason=f"  {REASON} ")
    assert (restriction.kind, restriction.reason, restriction.created_by) == ("paused", REASON, admin)
    assert handing_out.take(worker=worker, pool=open_pool.public_id).reason == "restricted"
    assert factories.hand_in(worker, held).state == AssignmentState.SUBMITTED
    assert counting(worker) == [True, True]


def test_pausing_twice_is_one_pause(worker: User, admin: User) -> None:
    first = quality.pause_worker(worker=worker, actor=admin, reason=REASON)
    again = quality.pause_worker(worker=worker, actor=admin, reason="Another reason")
    assert (again.pk, again.reason, events("worker.paused")) == (first.pk, REASON, 1)


def test_ban_takes_answers_out_and_marks_their_tasks(
    worker: User, workers: list[User], admin: User, open_pool: Pool
) -> None:
    factories.answer_all([worker, workers[0]], open_pool, ["dog", "cat"])
    Dirty.objects.all().delete()
    restriction = quality.ban_worker(worker=worker, actor=admin, reason=REASON)
    assert counting(worker) == [False] * 3
    assert counting(workers[0]) == [True] * 3
    reasons = set(Answer.objects.filter(worker=worker).values_list("excluded_reason", flat=True))
    assert reasons == {f"worker banned ({restriction.public_id})"}
    tasks = sorted(Task.objects.filter(pool=open_pool).values_list("pk", flat=True))
    assert dirty_keys(open_pool.project_id) == [0, *tasks]
    assert Event.objects.get(verb="worker.banned").data["answers"] == 3


def test_ban_ends_pages_in_work_and_frees_their_places(worker: User, admin: User, open_pool: Pool) -> None:
    held = factories.take(worker, open_pool)
    quality.ban_worker(worker=worker, actor=admin, reason=REASON)
    assert Assignment.objects.get(pk=held.pk).state == AssignmentState.RETURNED
    assert list(Task.objects.filter(pool=open_pool).values_list("slots_free", "slots_live").distinct()) == [(3, 0)]
    assert handing_out.take(worker=worker, pool=open_pool.public_id).reason == "restricted"


def test_ban_again_takes_in_what_slipped_through(worker: User, admin: User, open_pool: Pool) -> None:
    factories.answer(worker, open_pool)
    first = quality.ban_worker(worker=worker, actor=admin, reason=REASON)
    assert quality.ban_worker(worker=worker, actor=admin, reason=REASON).pk == first.pk
    assert events("worker.banned") == 1
    Answer.objects.filter(worker=worker).update(counts=True, excluded_reason="")
    assert quality.ban_worker(worker=worker, actor=admin, reason=REASON).pk == first.pk
    assert (counting(worker), events("worker.banned")) == ([False], 2)


def test_ban_leaves_pay_alone(worker: User, admin: User, open_pool: Pool) -> None:
    paid, waiting = factories.answer(worker, open_pool), factories.answer(worker, open_pool)
    reviewing.accept(pool=open_pool, assignment_ids=[paid.pk], actor=None)
    quality.ban_worker(worker=worker, actor=admin, reason=REASON)
    assert book.balance(book.worker_account(worker.pk)) == 50_000
    assert Assignment.objects.get(pk=waiting.pk).state == AssignmentState.SUBMITTED
    reviewing.accept(pool=open_pool, assignment_ids=[waiting.pk], actor=None)
    assert book.balance(book.worker_account(worker.pk)) == 100_000


def test_ban_lets_settled_tasks_be_asked_again(worker: User, workers: list[User], admin: User, open_pool: Pool) -> None:
    factories.answer_all([worker, *workers[:2]], open_pool, ["cat"] * 3)
    aggregate_project(open_pool.project_id)
    assert set(Task.objects.filter(pool=open_pool).values_list("state", flat=True)) == {ResultState.SETTLED}
    quality.ban_worker(worker=worker, actor=admin, reason=REASON)
    aggregate_project(open_pool.project_id)
    assert set(Result.objects.values_list("answers", flat=True)) == {2}
    assert factories.answer(workers[3], open_pool).task_count == 1


def test_lift_of_a_ban_restores_what_it_took_out_alone(
    worker: User, workers: list[User], alice: User, admin: User, open_pool: Pool
) -> None:
    rejected = factories.answer(worker, open_pool)
    factories.answer(worker, open_pool)
    rejecting.reject(assignment=rejected, actor=alice, reason="Empty", evidence="See the second photo.")
    ban = quality.ban_worker(worker=worker, actor=admin, reason=REASON)
    assert counting(worker) == [False, False]
    Dirty.objects.all().delete()
    lifted = quality.lift(restriction=ban, actor=admin, reason="It was a mistake")
    assert (lifted.lifted_by, lifted.lift_reason, lifted.lifted_at is not None) == (admin, "It was a mistake", True)
    assert counting(worker) == [False, True]
    assert len(dirty_keys(open_pool.project_id)) == 2
    assert handing_out.take(worker=worker, pool=open_pool.public_id).assignment is not None


def test_lifting_twice_changes_nothing(worker: User, admin: User) -> None:
    ban = quality.ban_worker(worker=worker, actor=admin, reason=REASON)
    quality.lift(restriction=ban, actor=admin, reason="First")
    assert quality.lift(restriction=ban, actor=admin, reason="Second").lift_reason == "First"
    assert events("worker.lifted") == 1


def test_lift_of_a_pause_leaves_a_ban_in_force(worker: User, admin: User, open_pool: Pool) -> None:
    factories.answer(worker, open_pool)
    pause = quality.pause_worker(worker=worker, actor=admin, reason=REASON)
    quality.ban_worker(worker=worker, actor=admin, reason=REASON)
    quality.lift(restriction=pause, actor=admin, reason="Not needed")
    assert counting(worker) == [False]
    assert handing_out.take(worker=worker, pool=open_pool.public_id).reason == "restricted"


def test_ban_after_a_lifted_ban_is_a_new_one(worker: User, admin: User, open_pool: Pool) -> None:
    factories.answer(worker, open_pool)
    first = quality.ban_worker(worker=worker, actor=admin, reason=REASON)
    quality.lift(restriction=first, actor=admin, reason="Mistake")
    second = quality.ban_worker(worker=worker, actor=admin, reason=REASON)
    assert second.pk != first.pk
    quality.lift(restriction=first, actor=admin, reason="Again")
    assert counting(worker) == [False]


def test_restricting_needs_an_admin_and_a_reason(worker: User, alice: User, admin: User) -> None:
    with pytest.raises(Forbidden):
        quality.ban_worker(worker=worker, actor=alice, reason=REASON)
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(InvalidInput) as caught:
            quality.pause_worker(worker=worker, actor=admin, reason=reason)
        assert list(caught.value.fields) == ["reason"]
    ban = quality.ban_worker(worker=worker, actor=admin, reason=REASON)
    with pytest.raises(Forbidden):
        quality.lift(restriction=ban, actor=alice, reason=REASON)
    with pytest.raises(InvalidInput):
        quality.lift(restriction=ban, actor=admin, reason="")
    assert Restriction.objects.get().lifted_at is None


def test_nobody_restricts_or_lifts_themselves(admin: User) -> None:
    for act in (quality.pause_worker, quality.ban_worker):
        with pytest.raises(Conflict):
            act(worker=admin, actor=admin, reason=REASON)
    other = factories.make_user("ada", is_admin=True)
    ban = quality.ban_worker(worker=admin, actor=other, reason=REASON)
    with pytest.raises(Conflict):
        quality.lift(restriction=ban, actor=admin, reason=REASON)


def test_ban_of_many_answers_marks_all_of_them(
    worker: User, admin: User, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality, "MARK_AT_ONCE", 2)
    pool = factories.make_open_pool(alice, tasks=5)
    factories.answer_all([worker], pool, ["cat"])
    Dirty.objects.all().delete()
    quality.ban_worker(worker=worker, actor=admin, reason=REASON)
    assert len(dirty_keys(pool.project_id)) == 6


def test_ended_pages_cannot_be_given_back_once_more(worker: User, admin: User, open_pool: Pool) -> None:
    held = factories.take(worker, open_pool)
    quality.ban_worker(worker=worker, actor=admin, reason=REASON)
    giving_back.give_back(worker=worker, assignment=held.public_id)
    assert set(Task.objects.filter(pool=open_pool).values_list("slots_free", flat=True)) == {3}
