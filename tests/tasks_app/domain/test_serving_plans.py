"""What PostgreSQL makes of the two statements that run for every answer: planned once, for all values, whatever the number of tasks."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quorate.accounts.models import User
from tasks_app.models import Pool
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

    assert len(plans) == 5  # market, take, lock, slots, write
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


def test_taking_and_handing_in_leave_the_indexes_of_tasks_alone(open_pool: Pool, worker: User) -> None:
    factories.answer(worker, open_pool)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_get_xact_tuples_updated(c.oid), pg_stat_get_xact_tuples_hot_updated(c.oid) "
            "FROM pg_class c WHERE relname = 'tasks_app_task'"
        )
        updated, hot = cursor.fetchone()
    # Launching a pool updates its three tasks as well: they get their first places, and so enter the index.
    assert (updated - 3, hot) == (2, 2)
