"""Emptying the database after a test whose rows were committed: the log and the ledger refuse to let go of theirs."""

from django.core.management import call_command
from django.db import connection


def wipe() -> None:
    """Every row of every table is gone, every trigger is as it was; what Django empties afterwards is empty already.

    PostgreSQL's TRUNCATE fires no row triggers. SQLite has no TRUNCATE: its triggers are set aside meanwhile.
    """
    with connection.cursor() as cursor:
        triggers = []
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        call_command("flush", verbosity=0, interactive=False, allow_cascade=True, inhibit_post_migrate=True)
        for _, sql in triggers:
            cursor.execute(sql)
