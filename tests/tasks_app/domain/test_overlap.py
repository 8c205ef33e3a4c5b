"""The rule of overlap on a pool: what each mode asks for, why it stopped, and who is served first."""

import pytest

from quorate.accounts.models import User
from tasks_app.domain import pricing
from tasks_app.domain.giving_back import PATIENCE, wanted_key
from tasks_app.enums import Lane, OverlapMode, ResultState
from tasks_app.errors import InvalidInput
from tasks_app.models import Pool, Task
from tests import factories


def pool_of(owner: User, **values: object) -> Pool:
    return factories.make_open_pool(owner, tasks=1, **{"overlap_min": 2, "overlap_max": 5, **values})


def say(pool: Pool, workers: list[User], labels: str) -> Task:
    """Each worker in turn: c = cat, d = dog; as long as anybody is asked."""
    for worker, letter in zip(workers, labels, strict=False):
        if pool.tasks.get().slots_free:
            factories.answer(worker, pool, {"c": "cat", "d": "dog"}[letter])
            factories.aggregate(pool)
    return pool.tasks.select_related("result").get()


@pytest.mark.parametrize(
    ("values", "said", "state", "reason", "why"),
    [
        ({"overlap_mode": "agreement", "overlap_votes": 2}, "cdcd", "settled", "agreement", "after 3 answers, 2 of them equal; 2 was asked"),
        ({"overlap_mode": "margin", "overlap_votes": 2}, "cdccd", "settled", "margin", "after 4 answers, 2 ahead; 2 was asked"),
        ({"overlap_mode": "margin", "overlap_votes": 3}, "cdcd", "contested", "spread", "after 4 answers; even 5 would hardly settle it"),
        ({"overlap_mode": "fixed", "overlap_min": 3, "overlap_max": 3}, "cdcc", "settled", "number", "after 3 answers; 3 were asked for"),
        ({"overlap_mode": "value", "overlap_worth": 0.4}, "cd", "settled", "value", "after 2 answers; another answer is expected to gain"),
        ({"confidence": 0.6}, "cc", "settled", "confidence", "after 2 answers; 60% was asked"),
        ({"overlap_max": 4}, "cdcd", "contested", "maximum", "the maximum overlap is reached"),
        ({"confidence": 0.999, "overlap_max": 4}, "cddd", "contested", "spread", "answers; even 4 would hardly settle it"),
    ],
)  # fmt: skip
def test_each_mode_stops_for_its_own_reason(
    alice: User, workers: list[User], values: dict[str, object], said: str, state: str, reason: str, why: str
) -> None:
    task = say(pool_of(alice, **values), workers, said)
    assert (task.state, task.result.reason) == (state, reason)
    assert why in task.result.why


def test_another_mode_on_a_running_pool_decides_anew(alice: User, workers: list[User]) -> None:
    pool = pool_of(alice, confidence=0.999)
    assert say(pool, workers, "cc").state == ResultState.OPEN
    pricing.set_price(pool=pool, actor=alice, overlap_mode="agreement", overlap_votes=2)
    factories.aggregate(pool)
    assert pool.tasks.get().state == ResultState.SETTLED
    pricing.set_price(pool=pool, actor=alice, overlap_mode="confidence")
    factories.aggregate(pool)
    task = pool.tasks.get()
    assert (task.state, task.slots_free, task.lane) == (ResultState.OPEN, 1, Lane.WANTED)


def test_the_most_useful_task_is_wanted_first_and_none_waits_for_ever(alice: User, workers: list[User]) -> None:
    pool = factories.make_open_pool(alice, tasks=2, overlap_min=2, overlap_max=5, confidence=0.999)
    clear, split = pool.tasks.order_by("queue_key")
    for worker, answer_to_split in zip(workers[:2], ("cat", "dog"), strict=True):
        for _ in range(2):
            held = factories.take(worker, pool)
            is_split = held.slots.get().task_id == split.pk
            factories.hand_in(worker, held, answer_to_split if is_split else "cat")
    factories.aggregate(pool)
    clear.refresh_from_db()
    split.refresh_from_db()
    assert (clear.lane, split.lane) == (Lane.WANTED, Lane.WANTED)
    assert split.queue_key < clear.queue_key <= wanted_key() + PATIENCE
    assert factories.take(workers[2], pool).slots.get().task_id == split.pk


def test_a_kind_whose_answers_are_never_equal_has_no_counting_rule(alice: User) -> None:
    project = factories.make_project(alice, kind="bounding_box")
    with pytest.raises(InvalidInput) as refused:
        pricing.set_price(pool=project.pools.get(), actor=alice, overlap_mode=OverlapMode.MARGIN)
    assert list(refused.value.fields) == ["overlap_mode"]
