"""Locks on assignments that several jobs may want at once."""

from django.db import connection
from django.db.models import QuerySet

from tasks_app.models import Assignment


def passing_by(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Lock these rows, passing over those another job holds: two jobs share the work and none is done twice.

    SQLite has no row locks and needs none: its IMMEDIATE transaction holds the only write lock there is.
    """
    if connection.vendor == "postgresql":
        return rows.select_for_update(of=("self",), skip_locked=True)
    return rows
