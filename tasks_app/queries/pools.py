"""Pools as pages read them."""

from tasks_app.grammar.price import most
from tasks_app.models import Pool, Project

CENT = 10_000


def current_pool(project: Project) -> Pool:
    """The project's newest pool, the one its pages speak of; its `.project` is `project` itself. One query.

    Every project has one from its creation on.
    """
    pool = project.pools.order_by("-id").first()
    if pool is None:
        raise Pool.DoesNotExist(f"Project {project.public_id} has no pool.")
    pool.project = project
    return pool


def top_reward(pool: Pool) -> int:
    """The most that a full page can pay anybody, in micro-units."""
    return pool.reward * most(pool.price_steps) // 100


def per_hour(pool: Pool) -> int | None:
    """Measured pay an hour at the pool's median seconds a task, to the cent: it is an estimate. None until measured."""
    if not pool.median_seconds:
        return None
    return round(pool.reward / pool.tasks_per_assignment * 3600 / pool.median_seconds / CENT) * CENT
