"""A table that grew at once is counted at once, and what was planned for the small one is planned anew."""

import pytest
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks

from quorate.accounts.models import User
from quorate.common import table_growth
from tasks_app.domain import publishing
from tests import factories

pytestmark = pytest.mark.postgres_only


def plan() -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN EXECUTE one_task ('x')")
        return "\n".join(row[0] for row in cursor.fetchall())


def test_a_plan_for_few_tasks_is_made_anew_when_many_are_launched(
    alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    pool = factories.make_project(alice).pools.get()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tasks_app_task")
        cursor.execute("PREPARE one_task AS SELECT name FROM tasks_app_task WHERE public_id = $1")
    assert "Seq Scan" in plan()

    factories.add_tasks(pool, table_growth.MANY, first=10)
    assert "Seq Scan" in plan()

    with django_capture_on_commit_callbacks(execute=True):
        publishing.launch(pool=pool, actor=alice)
    assert "Index Scan" in plan()

    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE one_task")


def test_few_new_tasks_are_not_worth_a_count(
    alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    pool = factories.make_project(alice).pools.get()

    with django_capture_on_commit_callbacks() as callbacks:
        publishing.launch(pool=pool, actor=alice)
    assert callbacks == []
