"""What PostgreSQL makes of the two statements that run for every answer: planned once, for all values, whatever the number of tasks."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quorate.accounts import linking
from quorate.accounts.models import User
from tasks_app.enums import Lane, TaskKind
from tasks_app.models import Pool, Slot
from tests import factories

# Enough that reading them all is dearer than the index, were the planner left in the dark about how few are wanted.
MANY = 2000

pytestmark = pytest.mark.postgres_only


def plan_of(sent: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sent}")
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.fixture
def executed(open_pool: Pool, worker: User) -> list[str]:
    """The prepared statements sent for one answer in a pool of many tasks."""
    factories.add_tasks(open_pool, MANY, first=10)
    open_pool.tasks.update(slots_free=3)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as queries:
        factories.answer(worker, open_pool)
    return [query["sql"] for query in queries if query["sql"].startswith("EXECUTE")]


def test_no_statement_of_an_answer_reads_all_tasks(executed: list[str]) -> None:
    plans = [plan_of(sent) for sent in executed]

    assert len(plans) == 4  # market, take, held, write
    assert [plan for plan in plans if "Seq Scan on tasks_app_task" in plan] == []


def test_hand_out_walks_the_index_in_order_and_sorts_nothing(executed: list[str]) -> None:
    plan = next(plan for sent in executed if "task_room" in (plan := plan_of(sent)))

    lanes = plan[: plan.index("WindowAgg")] if "WindowAgg" in plan else plan
    assert "Index Scan using task_room on tasks_app_task t" in lanes
    assert "Sort Key: t.queue_key" not in plan


def test_plans_are_made_without_the_values(executed: list[str]) -> None:
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(custom_plans) FROM pg_prepared_statements WHERE name LIKE 'q\\_%%'")
        assert cursor.fetchone() == (0,)


def updates_of_tasks() -> Counter[str]:
    """Rows of tasks written anew: all, and those that left the indexes alone. Of this connection, since it last reported."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_get_xact_tuples_updated(c.oid), pg_stat_get_xact_tuples_hot_updated(c.oid) "
            "FROM pg_class c WHERE relname = 'tasks_app_task'"
        )
        updated, hot = cursor.fetchone()
    return Counter(all=updated, hot=hot)


def test_taking_and_handing_in_leave_the_indexes_of_tasks_alone(open_pool: Pool, worker: User) -> None:
    before = updates_of_tasks()
    factories.answer(worker, open_pool)

    assert updates_of_tasks() - before == Counter(all=2, hot=2)


def test_page_with_known_answers_reads_no_whole_table(open_pool: Pool, worker: User) -> None:
    factories.add_tasks(open_pool, MANY, first=10)
    open_pool.tasks.update(slots_free=3)
    known = open_pool.tasks.order_by("-pk").values("pk")[:300]
    open_pool.tasks.filter(pk__in=known).update(kind=TaskKind.GOLD, lane=Lane.KNOWN)
    Pool.objects.filter(pk=open_pool.pk).update(has_known=True, known_share=0.5, tasks_per_assignment=2)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as queries:
        held = factories.take(worker, open_pool)

    assert sorted(held.slots.values_list("task__kind", flat=True)) == ["gold", "main"]
    plans = [plan_of(query["sql"]) for query in queries if query["sql"].startswith("EXECUTE")]
    assert len(plans) == 2  # market, take
    assert [plan for plan in plans if "Seq Scan on tasks_app_task" in plan] == []


def test_accounts_of_one_person_are_looked_up_and_no_table_is_read(open_pool: Pool, workers: list[User]) -> None:
    factories.add_tasks(open_pool, MANY, first=10)
    open_pool.tasks.update(slots_free=3)
    for account in [*workers[:2], *factories.make_workers(MANY, prefix="other")[:1]]:
        linking.came_in(user=account, device="one browser")
    page = factories.take(workers[4], open_pool)
    Slot.objects.bulk_create(
        Slot(task=task, worker=account, assignment=page, position=1)
        for task in open_pool.tasks.order_by("-pk")[:MANY]
        for account in workers[2:4]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as queries:
        factories.take(workers[0], open_pool)

    plans = [plan_of(query["sql"]) for query in queries if query["sql"].startswith("EXECUTE")]
    assert len(plans) == 2  # market, take
    assert [plan for plan in plans if "Seq Scan on tasks_app_task" in plan] == []
    assert "user_person" in plans[1]
    assert "Seq Scan on accounts_user" not in plans[1]
    assert "Seq Scan on tasks_app_slot" not in plans[1]
