"""An assignment as its worker hands it in: with its pool and project, its open tasks, and whether it still may be."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from quorate.accounts.models import User, good_key
from quorate.common.prepared import Names, Prepared
from tasks_app.enums import RestrictionKind
from tasks_app.errors import NotFound
from tasks_app.models import Assignment, Restriction
from tasks_app.queries.gate import may_be_id


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task of an assignment that was not skipped."""

    pk: int
    data: dict[str, Any]


@dataclass(frozen=True)
class Held:
    """What one statement saw; `tasks` by public id, in order of id."""

    assignment: Assignment
    tasks: dict[str, OpenTask]
    now: datetime
    banned: bool


BANS = Restriction.objects.filter(kind=RestrictionKind.BANNED, lifted_at=None, worker=OuterRef("worker"))
# The tasks come in the assignment's row: asked for by a second statement, they would cost twice as much.
TASKS = """(SELECT {} FROM (
    SELECT t.id, t.public_id, t.data FROM tasks_app_slot s JOIN tasks_app_task t ON t.id = s.task_id
    WHERE s.assignment_id = tasks_app_assignment.id AND s.released_at IS NULL ORDER BY t.id) o)"""
AS_JSON = {
    "postgresql": "CAST(json_agg(json_build_array(id, public_id, data)) AS text)",
    "sqlite": "json_group_array(json_array(id, public_id, json(data)))",
}


def _held(names: Names) -> QuerySet[Assignment]:
    return (
        Assignment.objects.select_related("pool__project")
        .annotate(
            now=Now(),
            banned=Exists(BANS),
            tasks=RawSQL(TASKS.format(AS_JSON[connection.vendor]), [], output_field=TextField()),  # noqa: S611 - our own text
        )
        .filter(public_id=names.text("assignment"), worker_id=names.number("worker"))
    )


def _held_by_key(names: Names) -> QuerySet[Assignment]:
    return _held(names).filter(Exists(good_key(key=names.number("key"))))


HELD, HELD_BY_KEY = Prepared(_held), Prepared(_held_by_key)


def held(worker: User, public_id: str, *, api_key: int | None = None) -> Held:
    """The worker's own assignment, unlocked. One query. Raises NotFound; `api_key` as in `gate.market`."""
    found = None
    if may_be_id(public_id):
        if api_key is None:
            found = HELD.first(assignment=public_id, worker=worker.pk)
        else:
            found = HELD_BY_KEY.first(assignment=public_id, worker=worker.pk, key=api_key)
    if found is None:
        raise NotFound
    rows = json.loads(found.tasks or "[]")  # type: ignore[attr-defined]  # this and those below are annotated above
    return Held(
        assignment=found,
        tasks={name: OpenTask(pk, data) for pk, name, data in rows},
        now=found.now,  # type: ignore[attr-defined]
        banned=found.banned,  # type: ignore[attr-defined]
    )
