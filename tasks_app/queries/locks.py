"""Locks on rows that several jobs may want at once."""

from typing import TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def passing_by(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Lock these rows, passing over those another job holds: two jobs share the work and none is done twice.

    SQLite has no row locks and needs none: its IMMEDIATE transaction holds the only write lock there is.
    """
    if connection.vendor == "postgresql":
        return rows.select_for_update(of=("self",), skip_locked=True)
    return rows
