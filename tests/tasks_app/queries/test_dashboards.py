"""Numbers of a pool: by state, money, spread of answers, pace, time left."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from pytest_django import DjangoAssertNumQueries

from quorate.accounts.models import User
from quorate.common.clock import database_now
from tasks_app.domain import publishing, reviewing
from tasks_app.enums import PoolState, ResultState
from tasks_app.models import Answer, Pool, Task
from tasks_app.queries import dashboards
from tests import factories


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def test_progress_counts_states_of_each_pool(alice: User) -> None:
    pools = [factories.make_open_pool(alice, tasks=number) for number in (4, 1)]
    ids = list(Task.objects.filter(pool=pools[0]).values_list("pk", flat=True))
    Task.objects.filter(pk__in=ids[:2]).update(state=ResultState.SETTLED)
    Task.objects.filter(pk=ids[2]).update(state=ResultState.CONTESTED)
    found = dashboards.progress(pools)
    assert found == {
        pools[0].pk: dashboards.Progress(open=1, settled=2, contested=1),
        pools[1].pk: dashboards.Progress(open=1),
    }
    assert (found[pools[0].pk].total, found[pools[0].pk].done) == (4, 3)


@pytest.mark.parametrize("count", [1, 3])
def test_progress_and_money_take_a_fixed_number_of_queries(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    pools = [factories.make_open_pool(alice) for _ in range(count)]
    with django_assert_num_queries(5):
        assert len(dashboards.progress(pools)) == len(dashboards.money(pools)) == count


def test_money_follows_a_pool_to_its_end(alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice, reward=100_000)
    assert dashboards.money([pool])[pool.public_id] == dashboards.PoolMoney(held=2_100_000)
    factories.answer(worker, pool)
    reviewing.accept_due(pool.pk)
    assert dashboards.money([pool])[pool.public_id] == dashboards.PoolMoney(held=2_000_000, spent=100_000)
    publishing.close(pool=pool, actor=alice)
    after = dashboards.money([pool])[pool.public_id]
    assert after == dashboards.PoolMoney(held=0, spent=100_000, released=2_000_000)
    assert after.put_in == 2_100_000


def test_money_of_a_draft_is_nothing(alice: User) -> None:
    pool = factories.make_project(alice).pools.get()
    assert dashboards.money([pool]) == {}


def test_spread_counts_answers_of_tasks(alice: User) -> None:
    pool = factories.make_open_pool(alice, tasks=4)
    for number, task in enumerate(Task.objects.filter(pool=pool).order_by("id")):
        Task.objects.filter(pk=task.pk).update(slots_free=0, slots_done=number)
    Task.objects.filter(pool=pool, slots_done=3).update(state=ResultState.SETTLED)
    found = dashboards.counted_stand(pool).spread
    assert found == dashboards.Spread(counts={0: 1, 1: 1, 2: 1, 3: 1}, open_counts={0: 1, 1: 1, 2: 1})
    assert (found.answers, found.per_done) == (6, 3.0)


def test_spread_adds_states_with_the_same_number_of_answers(alice: User) -> None:
    pool = factories.make_open_pool(alice, tasks=3)
    Task.objects.filter(pool=pool).update(slots_free=0, slots_done=3)
    first = Task.objects.filter(pool=pool).order_by("id").values_list("pk", flat=True)[0]
    Task.objects.filter(pk=first).update(state=ResultState.SETTLED)
    assert dashboards.counted_stand(pool).spread == dashboards.Spread(counts={3: 3}, open_counts={3: 2})


def test_per_minute_puts_answers_into_full_minutes(alice: User, worker: User) -> None:
    pool = factories.make_open_pool(alice)
    for _ in range(3):
        factories.answer(worker, pool)
    now = datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)
    whole = now.replace(second=0)
    moments = [whole - timedelta(seconds=1), whole - timedelta(minutes=2, seconds=59), whole + timedelta(seconds=1)]
    for row, at in zip(Answer.objects.order_by("id"), moments, strict=True):
        Answer.objects.filter(pk=row.pk).update(created_at=at)
    found = dashboards.per_minute(pool, now)
    assert len(found) == dashboards.MINUTES
    assert (found[-1], found[-3], sum(found)) == (1, 1, 2)  # the minute that is not over does not count


@pytest.mark.parametrize(
    ("open_counts", "recent", "expected"),
    [
        # Ten untouched items, minimum 3, maximum 7, nothing finished yet: the middle is likely; 60 answers a minute.
        ({0: 10}, [60] * 10, (50.0, 30.0, 70.0)),
        # Minutes before the first answer do not slow the pace.
        ({0: 10}, [0] * 8 + [60, 60], (50.0, 30.0, 70.0)),
        # An item beyond its minimum takes one more at least.
        ({6: 10}, [60] * 10, (10.0, 10.0, 10.0)),
    ],
)
def test_remaining_is_what_is_left_at_the_pace(
    open_counts: dict[int, int], recent: list[int], expected: tuple[float, float, float]
) -> None:
    pool = Pool(state=PoolState.OPEN, overlap_min=3, overlap_max=7)
    found = dashboards.remaining(pool, dashboards.Spread(counts=open_counts, open_counts=open_counts), recent)
    assert (found.likely, found.least, found.most) == expected


def test_remaining_goes_by_what_finished_items_took() -> None:
    pool = Pool(state=PoolState.OPEN, overlap_min=3, overlap_max=7)
    finished = dashboards.Spread(counts={4: 20, 0: 10}, open_counts={0: 10})
    assert dashboards.remaining(pool, finished, [60]).likely == 40.0


@pytest.mark.parametrize(
    ("state", "open_counts", "recent"),
    [
        (PoolState.PAUSED, {0: 1}, [5]),
        (PoolState.OPEN, {}, [5]),
        (PoolState.OPEN, {0: 1}, [0, 0]),
        (PoolState.OPEN, {0: 1}, []),
    ],
)
def test_remaining_is_unknown_without_a_pace_or_a_rest(
    state: PoolState, open_counts: dict[int, int], recent: list[int]
) -> None:
    pool = Pool(state=state, overlap_min=3, overlap_max=7)
    spread = dashboards.Spread(counts=open_counts, open_counts=open_counts)
    assert dashboards.remaining(pool, spread, recent) == dashboards.Remaining()


def test_live_is_one_picture(alice: User, workers: list[User]) -> None:
    pool = factories.make_open_pool(alice)
    factories.answer(workers[0], pool)
    factories.take(workers[1], pool)
    live = dashboards.live(pool)
    assert live.progress == dashboards.Progress(open=3)
    assert (live.in_work, live.workers, live.spread.answers) == (1, 1, 1)
    assert live.money.held == 3 * 7 * 50_000
    assert live.last_answer is not None
    assert abs(live.at - database_now()) < timedelta(seconds=30)


# --- Remembering ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("cost", "seconds"), [(0.0, 0), (0.04, 0), (0.06, 1), (0.15, 3), (0.2, 4), (30.0, 4)])
def test_counts_are_kept_for_twenty_times_their_cost_and_four_seconds_at_most(cost: float, seconds: int) -> None:
    assert dashboards.kept_for(cost) == seconds


@pytest.mark.parametrize(("tasks", "seconds"), [(0, 0), (24_999, 0), (60_000, 2), (1_000_000, 4)])
def test_counts_of_large_pools_are_kept_however_quick_they_were(tasks: int, seconds: int) -> None:
    assert dashboards.kept_for(0.001, tasks=tasks) == seconds
    count = iter([tasks, 0])
    shown = [dashboards.remembered("test", lambda: next(count), size=int, clock=lambda: 0.0) for _ in range(2)]
    assert shown == [tasks, tasks if seconds else 0]


@pytest.mark.parametrize(("cost", "asked"), [(0.0, 2), (0.2, 1)])
def test_what_is_costly_to_count_is_counted_once_for_all_who_look(cost: float, asked: int) -> None:
    clock = itertools.cycle([0.0, cost])
    numbers = itertools.count(1)
    assert [dashboards.remembered("test", lambda: next(numbers), clock=lambda: next(clock)) for _ in range(2)] == [
        1,
        asked,
    ]


def test_the_cost_in_the_end_and_the_money_saved_follow_the_answers() -> None:
    """Four items done with three answers each, two open with one; an answer costs .05."""
    pool = Pool(state=PoolState.OPEN, overlap_min=2, overlap_max=5, reward=100_000, tasks_per_assignment=2)
    spread = dashboards.Spread(counts={3: 4, 1: 2}, open_counts={1: 2})
    assert dashboards.ending(pool, spread) == dashboards.Ending(likely=900_000, least=800_000, most=1_100_000)
    assert dashboards.saved_money(pool, spread) == 400_000
    done = dashboards.Spread(counts={3: 4}, open_counts={})
    assert dashboards.ending(pool, done) is None
    assert dashboards.saved_money(pool, dashboards.Spread({0: 2}, {0: 2})) is None
