"""At the end of a pool a slow worker holds nobody up: within the maximum, within the hold, and not before the end."""

from datetime import timedelta

import pytest

from quorate.accounts.models import User
from quorate.ledger import book
from quorate.ledger.models import AccountKind
from tasks_app.domain import handing_out
from tasks_app.domain.pricing import cost_at_the_end
from tasks_app.domain.straggling import LEAST, reissue_slow
from tasks_app.enums import Lane, ResultState
from tasks_app.models import Assignment, Pool
from tests import factories


@pytest.fixture
def ending(alice: User, workers: list[User]) -> Pool:
    """One item, one answer in, its second place held by the second worker."""
    pool = factories.make_open_pool(alice, tasks=1, overlap_min=2, overlap_max=3)
    factories.answer(workers[0], pool, "cat", seconds=5.0)
    factories.aggregate(pool)
    factories.take(workers[1], pool)
    return pool


def make_slow(pool: Pool) -> None:
    held = Assignment.objects.filter(pool=pool, state="active")
    for row in held:
        Assignment.objects.filter(pk=row.pk).update(created_at=row.created_at - LEAST - timedelta(seconds=1))


def places(pool: Pool) -> tuple[int, int, int]:
    task = pool.tasks.get()
    return task.slots_free, task.slots_live, task.slots_done


def test_what_a_slow_worker_holds_is_asked_of_one_more(ending: Pool, workers: list[User]) -> None:
    assert reissue_slow() == 0
    make_slow(ending)
    assert [reissue_slow(), reissue_slow()] == [1, 0]
    assert places(ending) == (1, 1, 1)
    assert ending.tasks.get().lane == Lane.WANTED
    factories.answer(workers[2], ending, "cat", seconds=5.0)
    factories.aggregate(ending)
    make_slow(ending)
    assert reissue_slow() == 0
    assert sum(places(ending)) <= 3
    account = book.find(AccountKind.HELD, ref=ending.public_id)
    assert book.balance(account) >= cost_at_the_end(ending, spent=0)[1] - ending.reward * 2


def test_the_second_place_is_withdrawn_when_the_first_answer_settles(ending: Pool, workers: list[User]) -> None:
    make_slow(ending)
    assert reissue_slow() == 1
    held = Assignment.objects.get(pool=ending, worker=workers[1], state="active")
    factories.hand_in(workers[1], held, "cat", seconds=5.0)
    Pool.objects.filter(pk=ending.pk).update(confidence=0.6)
    factories.aggregate(ending)
    task = ending.tasks.get()
    assert (task.state, task.slots_free) == (ResultState.SETTLED, 0)
    assert handing_out.take(worker=workers[2], pool=ending.public_id).assignment is None


@pytest.mark.parametrize("change", [{"overlap_max": 2}, {"expired": True}, {"state": "paused"}, {"room": True}])
def test_not_beyond_the_maximum_the_lifetime_a_pause_or_while_there_is_other_work(
    ending: Pool, change: dict[str, object]
) -> None:
    make_slow(ending)
    if "overlap_max" in change:
        ending.tasks.update(**change)
    elif "expired" in change:
        assert ending.opened_at is not None
        Pool.objects.filter(pk=ending.pk).update(expires_at=ending.opened_at)
    elif "state" in change:
        Pool.objects.filter(pk=ending.pk).update(**change)
    else:
        task = factories.add_tasks(ending, 1, first=7)[0]
        ending.tasks.filter(pk=task.pk).update(slots_free=1)
    assert reissue_slow() == 0
