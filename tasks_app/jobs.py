"""Celery's doors. A job takes ids, calls one domain function, and is safe to run twice, late, or not at all.

Domain functions are imported inside: a job is rung from below the domain, and opens the door only when it runs.
"""

from celery import shared_task

from tasks_app.enums import Topic


@shared_task(name=f"tasks_app.jobs.{Topic.AGGREGATE}")
def aggregate(project_id: int) -> None:
    """Bring a project's results up to date."""
    from tasks_app.domain.consensus import aggregate_project

    aggregate_project(project_id)


@shared_task(name=f"tasks_app.jobs.{Topic.JUDGE}")
def judge(project_id: int) -> None:
    """Score the answers to known items, and bring what is known of the workers up to date."""
    from tasks_app.domain.judging import judge_project

    judge_project(project_id)


@shared_task(name=f"tasks_app.jobs.{Topic.ACCEPT}")
def accept(pool_id: int) -> None:
    """Accept and pay what is due in a pool."""
    from tasks_app.domain.reviewing import accept_due

    accept_due(pool_id)


@shared_task(name=f"tasks_app.jobs.{Topic.IMPORT}")
def import_items(import_id: int) -> None:
    """Work the next slice of an import."""
    from tasks_app.domain.importing import run_import_slice

    run_import_slice(import_id)


@shared_task(name=f"tasks_app.jobs.{Topic.EXPORT}")
def export_results(export_id: int) -> None:
    """Prepare an export."""
    from tasks_app.domain.exporting import run_export

    run_export(export_id)


@shared_task(name="tasks_app.jobs.expect_shard")
def expect_shard(round_id: int, shard_id: int) -> None:
    """Work one shard for one step of a fit over shards."""
    from tasks_app.domain import sharded_fits

    sharded_fits.expect_shard(round_id, shard_id)


@shared_task(name="tasks_app.jobs.tick")
def tick() -> None:
    """What the clock brings: expired assignments, pools at the end of their lifetime."""
    from tasks_app.domain.ticking import tick as run_tick

    run_tick()
