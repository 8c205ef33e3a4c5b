"""After the fact: order and retraction leave no trace, demands that rise or fall reopen or settle within the maximum, pay is once."""

import random

import pytest

from quorate.accounts.models import User
from quorate.ledger import book
from quorate.ledger.models import Entry, EntryKind
from tasks_app.domain import handing_out, pricing, quality, reviewing
from tasks_app.domain.consensus import aggregate_project
from tasks_app.enums import ResultState
from tasks_app.models import Pool, Result, Task
from tests import factories

LABELS = ("cat", "dog")


def said(worker: int, task: Task, seed: int) -> str:
    """What this worker thinks of this item, whenever and wherever it is asked."""
    return LABELS[random.Random(f"{seed} {worker % 5} {task.name}").random() < (0.25 if worker % 5 else 0.5)]


def play(pool: Pool, crowd: list[User], luck: random.Random, seed: int) -> None:
    """Everybody in `crowd` answers all that the pool asks of them, in random order, the job coming when it likes."""
    ready = list(enumerate(crowd))
    while ready:
        number, worker = luck.choice(ready)
        held = handing_out.take(worker=worker, pool=pool.public_id).assignment
        if held is None:
            ready.remove((number, worker))
            continue
        factories.hand_in(worker, held, said(number, held.slots.get().task, seed))
        if luck.random() < 0.2:
            aggregate_project(pool.project_id)
    factories.aggregate(pool)


def outcome(pool: Pool) -> dict[str, tuple[object, ...]]:
    """State, result and answers of each item by name."""
    rows = Result.objects.filter(task__pool=pool).select_related("task")
    return {row.task.name: (row.task.state, row.value, row.confidence, row.answers) for row in rows}


@pytest.mark.parametrize("seed", [1, 2])
def test_neither_order_nor_a_retraction_leaves_a_trace(alice: User, admin: User, seed: int) -> None:
    """Everybody answers everything in one pool and another, in other orders; in the second a sixth answers too, and is banned."""
    crowd = factories.make_workers(5)
    plain, other = (
        factories.make_open_pool(alice, name=name, tasks=6, overlap_min=5, overlap_max=8, confidence=0.9)
        for name in ("One", "Another")
    )
    play(plain, crowd, random.Random(seed), seed)
    sixth = factories.make_workers(1, prefix="sixth")[0]
    play(other, [sixth], random.Random(seed), seed + 50)
    quality.ban_worker(worker=sixth, actor=admin, reason="Clicks at random")
    factories.aggregate(other)
    play(other, crowd, random.Random(seed + 100), seed)
    assert outcome(plain) == outcome(other)
    for pool in (plain, other):
        for task in pool.tasks.all():
            assert task.slots_free + task.slots_live + task.slots_done <= task.overlap_max == 8
            assert task.state == ResultState.OPEN or task.result.answers >= pool.overlap_min


def test_demands_that_rise_reopen_within_the_maximum_and_those_that_fall_settle_and_pay_stays_once(
    alice: User, workers: list[User]
) -> None:
    pool = factories.make_open_pool(alice, tasks=1, overlap_min=3, overlap_max=3, confidence=0.9)

    def answer(worker: User, label: str) -> tuple[str, int, int]:
        factories.answer(worker, pool, label)
        return decided()

    def demand(**values: object) -> tuple[str, int, int]:
        pricing.set_price(pool=Pool.objects.get(pk=pool.pk), actor=alice, **values)
        return decided()

    def decided() -> tuple[str, int, int]:
        factories.aggregate(pool)
        task = pool.tasks.get()
        return task.state, task.slots_free, task.slots_done

    answer(workers[0], "cat")
    answer(workers[1], "dog")
    assert answer(workers[2], "cat") == (ResultState.CONTESTED, 0, 3)
    assert demand(overlap_max=5) == (ResultState.OPEN, 1, 3)
    assert answer(workers[3], "cat") == (ResultState.OPEN, 1, 4)
    assert demand(confidence=0.55) == (ResultState.SETTLED, 0, 4)
    assert demand(confidence=0.999) == (ResultState.CONTESTED, 0, 4)
    assert demand(confidence=0.9) == (ResultState.OPEN, 1, 4)
    assert demand(overlap_min=5) == (ResultState.OPEN, 1, 4)
    assert answer(workers[4], "cat")[1:] == (0, 5)
    assert handing_out.take(worker=factories.make_workers(1, prefix="late")[0], pool=pool.public_id).assignment is None

    for _ in range(2):
        reviewing.accept_due(pool.pk)
    paid = Entry.objects.filter(kind=EntryKind.REWARD)
    assert (paid.count(), sum(paid.values_list("amount", flat=True))) == (5, 5 * pool.reward)
    assert book.audit() == []
