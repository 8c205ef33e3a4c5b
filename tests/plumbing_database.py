"""The test database, and the way to it for processes that a test starts. Loaded by plumbing.py, after pytest-django."""

import os
from collections.abc import Iterable
from typing import Any

import pytest


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """A test database that is no one else's. SQLite: a file, as in life, for threads and processes to meet in."""
    from django.conf import settings

    database: dict[str, Any] = settings.DATABASES["default"]
    test: dict[str, Any] = database.setdefault("TEST", {})
    if "sqlite" in database["ENGINE"]:
        test["NAME"] = str(settings.DATA / "db.sqlite3")
    else:
        test["NAME"] = os.environ.get("QUORATE_TEST_DB_NAME", "test_quorate") + f"_{os.getpid()}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Makes the database one that can be emptied between tests.

    Append-only tables refuse to be emptied too, on SQLite, where that is a DELETE; PostgreSQL truncates, which is not
    refused. So the triggers are taken away while Django empties the tables, and put back.
    """
    from django.db import connection

    with django_db_blocker.unblock():
        if connection.vendor != "sqlite":
            return
        # On the class: in a browser test Django finds another connection object than here.
        operations = type(connection.ops)
        empty = operations.execute_sql_flush

        def empty_past_triggers(self: Any, sql_list: Iterable[str]) -> None:
            with self.connection.cursor() as cursor:
                cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
                triggers = cursor.fetchall()
            drops = [f'DROP TRIGGER "{name}"' for name, _ in triggers]
            # In one transaction: never without them for others.
            empty(self, [*drops, *sql_list, *(sql for _, sql in triggers)])

        operations.execute_sql_flush = empty_past_triggers  # type: ignore[method-assign]


@pytest.fixture
def child_environment(transactional_db: None) -> dict[str, str]:
    """The environment for a process of ours that works on the very database, Redis and data folder of this test."""
    from django.conf import settings

    environment = dict(os.environ)
    if settings.DATABASE_URL:
        name = settings.DATABASES["default"]["NAME"]
        environment["DATABASE_URL"] = f"{settings.DATABASE_URL.rsplit('/', 1)[0]}/{name}"
    return environment
