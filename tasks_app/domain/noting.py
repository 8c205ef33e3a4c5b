"""Events about pools, imports, assignments and what rules did, in the transaction of their change."""

from quorate.accounts.models import User
from quorate.events.log import record
from tasks_app.models import Assignment, Firing, Import, Pool


def note_pool(pool: Pool, actor: User | None, verb: str, **data: object) -> None:
    """One event about a pool, in its project's history."""
    record(
        actor=actor,
        verb=f"pool.{verb}",
        object_type="pool",
        object_id=pool.public_id,
        scope=pool.project.public_id,
        data=data,
    )


def note_import(batch: Import, actor: User | None, verb: str, **data: object) -> None:
    """One event about an import, in its project's history."""
    record(
        actor=actor,
        verb=f"import.{verb}",
        object_type="import",
        object_id=batch.public_id,
        scope=batch.pool.project.public_id,
        data=data,
    )


def note_assignment(assignment: Assignment, actor: User | None, verb: str, **data: object) -> None:
    """One event about a page that was handed in, in its project's history."""
    record(
        actor=actor,
        verb=verb,
        object_type="assignment",
        object_id=assignment.public_id,
        scope=assignment.pool.project.public_id,
        data=data,
    )


def note_firing(firing: Firing, actor: User | None, verb: str, **data: object) -> None:
    """One event about what a rule did to a worker, or what was said against it, in its project's history."""
    record(
        actor=actor,
        verb=verb,
        object_type="user",
        object_id=firing.worker.public_id,
        scope=firing.project.public_id,
        data={"firing": firing.public_id, **data},
    )
