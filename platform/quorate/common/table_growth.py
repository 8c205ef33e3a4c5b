"""Telling PostgreSQL's planner that a table has grown."""

from functools import partial

from django.db import connection, transaction

# Below this no plan changes; the count itself, of a sample of 30,000 rows, takes some tenths of a second.
MANY = 1_000


def note_growth(table: str, rows: int) -> None:
    """Have a table counted once the transaction has committed, if so many rows came or changed that its plans may.

    Autovacuum does so within minutes. Meanwhile connections would go on with what they planned for a small table
    (quorate.common.prepared), which may be to read all of it; a new count makes PostgreSQL plan anew in every connection.
    What fails here is logged and harms nobody; a table that is being vacuumed just now is left to that.
    """
    if connection.vendor == "postgresql" and rows >= MANY:
        transaction.on_commit(partial(_count, table), robust=True)


def _count(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE (SKIP_LOCKED) {connection.ops.quote_name(table)}")
