"""Pools as pages read them."""

from tasks_app.models import Pool, Project


def current_pool(project: Project) -> Pool:
    """The project's newest pool, the one its pages speak of; its `.project` is `project` itself. One query.

    Every project has one from its creation on.
    """
    pool = project.pools.order_by("-id").first()
    if pool is None:
        raise Pool.DoesNotExist(f"Project {project.public_id} has no pool.")
    pool.project = project
    return pool
