"""The database's clock: the only one that web processes, workers and relay on several machines share."""

from datetime import UTC, datetime

from django.db import connection


def database_now() -> datetime:
    """The database's time, aware, in UTC. One query."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # clock_timestamp moves on inside a transaction; now() would stand at its start.
            cursor.execute("SELECT clock_timestamp()")
            now: datetime = cursor.fetchone()[0]
            return now.astimezone(UTC)
        cursor.execute("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
        return datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)
