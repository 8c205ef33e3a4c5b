"""What holds for the whole instance, and what is expected of a pool under it."""

import statistics

from tasks_app.models import Pool, Terms
from tasks_app.queries.pools import CENT

# The newest pools of the same kind that say how long an item of it takes.
ALIKE = 50


def terms() -> Terms:
    """What admins have set, or the defaults. One query."""
    return Terms.objects.filter(pk=1).first() or Terms(pk=1)


def expected_seconds(pool: Pool) -> float | None:
    """Median seconds an item: measured in the pool, or else the median over pools of its kind; None without any. A query at most."""
    if pool.median_seconds:
        return pool.median_seconds
    alike = Pool.objects.filter(project__kind=pool.project.kind, median_seconds__gt=0).order_by("-pk")
    found = [float(seconds or 0) for seconds in alike.values_list("median_seconds", flat=True)[:ALIKE]]
    return statistics.median(found) if found else None


def too_little(pool: Pool) -> tuple[int, int] | None:
    """(expected pay an hour, the least that admins ask for) in micro-units where the first is below; else None. Two queries."""
    least = terms().least_per_hour
    seconds = expected_seconds(pool) if least else None
    if not seconds:
        return None
    hourly = round(pool.reward / pool.tasks_per_assignment * 3600 / seconds / CENT) * CENT
    return (hourly, least) if hourly < least else None
