"""Writing a submission: answers, places, assignment, event and dirty rows. Beside taking_sql.py, and for the same reason:

on PostgreSQL one statement, planned once a connection, does what takes the ORM five; the steps stand below it for SQLite.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F

from quorate.accounts.models import User
from quorate.common.ids import new_public_id
from quorate.common.prepared import Statement
from quorate.events import dirty
from quorate.events.log import record
from tasks_app.enums import AssignmentState, Topic
from tasks_app.models import Answer, Assignment, Task


@dataclass(frozen=True, slots=True)
class Said:
    """A checked answer to one task."""

    task_id: int
    value: Any
    seconds: float
    signals: dict[str, Any] | None


@dataclass(frozen=True)
class Submission:
    """An assignment as it was read, active, with its pool and project; and the checked answers to write for it."""

    held: Assignment
    answers: Sequence[Said]
    now: datetime
    key: str
    digest: str


def write(submission: Submission) -> bool:
    """Write it all, inside the caller's transaction if there is one; the assignment given is brought up to date.

    False, and nothing is written: since it was read, the assignment was handed in, ended, or lost a task.
    """
    written = _write_postgresql(submission) if connection.vendor == "postgresql" else _write_in_steps(submission)
    if written:
        held = submission.held
        held.state = AssignmentState.SUBMITTED
        held.submitted_at = submission.now
        held.submit_key = submission.key
        held.submit_digest = submission.digest
    return written


# - The assignment was read without a lock, so `handed` asks again whether it still is what was read: a second click waits
#   here for the first, then finds it handed in. A skipped task lowers `task_count`. All else follows from that row.
# - `locked` takes the tasks in order of id, so that two pages cannot wait for each other in a ring; the dirty rows wait for
#   `placed` and come last, in ascending order, as quorate.events.dirty.mark_all promises for every writer.
# - Tasks are named by an array and not by a join with `given`: of that the planner expects a hundred rows, and would read a
#   small table of tasks whole.
POSTGRESQL = Statement("""
WITH handed AS (
    UPDATE tasks_app_assignment SET state = 'submitted', submitted_at = %(now)s, submit_key = %(key)s,
        submit_digest = %(digest)s
    WHERE id = %(assignment)s AND state = 'active' AND task_count = CAST(%(count)s AS int)
    RETURNING id, public_id, pool_id, worker_id),
given AS (
    SELECT g.*, handed.id AS assignment_id, handed.worker_id
    FROM handed, jsonb_to_recordset(CAST(%(answers)s AS jsonb))
        AS g(public_id varchar, task_id bigint, value jsonb, seconds double precision, signals jsonb)),
locked AS MATERIALIZED (
    SELECT t.id FROM tasks_app_task t
    WHERE t.id = ANY(%(tasks)s) AND EXISTS (SELECT 1 FROM handed) ORDER BY t.id FOR NO KEY UPDATE OF t),
placed AS (
    UPDATE tasks_app_task t SET slots_live = t.slots_live - 1, slots_done = t.slots_done + 1
    WHERE t.id = ANY(ARRAY(SELECT id FROM locked)) RETURNING t.id),
answered AS (
    INSERT INTO tasks_app_answer (public_id, project_id, task_id, worker_id, assignment_id, value, seconds,
        signals, question_version, created_at, counts, excluded_reason)
    SELECT public_id, %(project)s, task_id, worker_id, assignment_id, value, seconds, signals, %(version)s,
        clock_timestamp(), true, ''
    FROM given),
noted AS (
    INSERT INTO events_event (actor_id, verb, object_type, object_id, scope, data)
    SELECT worker_id, 'submitted', 'assignment', public_id, %(scope)s, jsonb_build_object('answers', CAST(%(count)s AS int))
    FROM handed)
INSERT INTO events_dirty AS d (topic, scope, key, seq, since, due_at)
SELECT topic, scope, key, 1, clock_timestamp(), clock_timestamp() + make_interval(secs => delay) FROM (
    SELECT 'accept' AS topic, pool_id AS scope, id AS key, CAST(%(delay)s AS double precision) AS delay
    FROM handed WHERE %(accept)s
    UNION ALL SELECT 'aggregate', %(project)s, id, 0 FROM placed) news
ORDER BY topic, scope, key
ON CONFLICT (topic, scope, key) DO UPDATE SET seq = d.seq + 1, due_at = LEAST(d.due_at, excluded.due_at)
""")


def _write_postgresql(submission: Submission) -> bool:
    held = submission.held
    answers = [
        {
            "public_id": new_public_id(),
            "task_id": row.task_id,
            "value": row.value,
            "seconds": row.seconds,
            "signals": row.signals,
        }
        for row in submission.answers
    ]
    parameters = {
        "answers": json.dumps(answers),
        "tasks": [row.task_id for row in submission.answers],
        "count": len(answers),
        "project": held.pool.project_id,
        "assignment": held.pk,
        "version": held.pool.project.question_version,
        "now": submission.now,
        "key": submission.key,
        "digest": submission.digest,
        "scope": held.pool.project.public_id,
        "delay": held.pool.accept_delay_seconds,
        "accept": held.pool.accept_automatically,
    }
    with connection.cursor() as cursor:
        cursor.execute(*POSTGRESQL.bind(parameters))
        return bool(cursor.rowcount > 0)


def _write_in_steps(submission: Submission) -> bool:
    """SQLite's one writer is the caller: what it read is so still."""
    held, project = submission.held, submission.held.pool.project
    task_ids = [row.task_id for row in submission.answers]
    Answer.objects.bulk_create(
        Answer(
            project=project,
            task_id=row.task_id,
            worker_id=held.worker_id,
            assignment=held,
            value=row.value,
            seconds=row.seconds,
            signals=row.signals,
            question_version=project.question_version,
        )
        for row in submission.answers
    )
    Task.objects.filter(pk__in=task_ids).update(slots_live=F("slots_live") - 1, slots_done=F("slots_done") + 1)
    Assignment.objects.filter(pk=held.pk).update(
        state=AssignmentState.SUBMITTED,
        submitted_at=submission.now,
        submit_key=submission.key,
        submit_digest=submission.digest,
    )
    record(
        actor=User(pk=held.worker_id),
        verb="submitted",
        object_type="assignment",
        object_id=held.public_id,
        scope=project.public_id,
        data={"answers": len(task_ids)},
    )
    news = [dirty.News(Topic.AGGREGATE, project.pk, task) for task in task_ids]
    if held.pool.accept_automatically:
        news.append(dirty.News(Topic.ACCEPT, held.pool_id, held.pk, float(held.pool.accept_delay_seconds)))
    dirty.mark_all(news)
    return True
