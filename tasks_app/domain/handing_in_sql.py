"""Writing a submission: answers, places, assignment, event and dirty rows. Beside taking_sql.py, and for the same reason:

on PostgreSQL one statement, planned once a connection, does what takes the ORM five; the steps stand below it for SQLite.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F

from quorate.accounts.models import User
from quorate.common.prepared import Statement
from quorate.events import dirty
from quorate.events.log import record
from tasks_app.enums import AssignmentState, Topic
from tasks_app.models import Answer, Assignment, Task


@dataclass(frozen=True)
class Submission:
    """A locked, active assignment with its pool and project, and the checked answers to write for it."""

    held: Assignment
    answers: Sequence[Answer]
    now: datetime
    key: str
    digest: str


def write(submission: Submission) -> None:
    """Write it all, inside the caller's transaction; the assignment given is brought up to date."""
    held = submission.held
    held.state = AssignmentState.SUBMITTED
    held.submitted_at = submission.now
    held.submit_key = submission.key
    held.submit_digest = submission.digest
    if connection.vendor == "postgresql":
        _write_postgresql(submission)
    else:
        _write_in_steps(submission)


# Tasks are named by an array and not by a join with `given`: of that the planner expects a hundred rows, and would read a small
# table of tasks whole. The dirty rows come last and in ascending order, as quorate.events.dirty.mark_all promises for every writer.
POSTGRESQL = Statement("""
WITH given AS (
    SELECT * FROM jsonb_to_recordset(CAST(%(answers)s AS jsonb))
        AS g(public_id varchar, task_id bigint, value jsonb, seconds double precision)),
answered AS (
    INSERT INTO tasks_app_answer (public_id, project_id, task_id, worker_id, assignment_id, value, seconds,
        question_version, created_at, counts, excluded_reason)
    SELECT public_id, %(project)s, task_id, %(worker)s, %(assignment)s, value, seconds, %(version)s, clock_timestamp(), true, ''
    FROM given),
placed AS (
    UPDATE tasks_app_task t SET slots_live = t.slots_live - 1, slots_done = t.slots_done + 1
    WHERE t.id = ANY(%(tasks)s)),
handed AS (
    UPDATE tasks_app_assignment SET state = 'submitted', submitted_at = %(now)s, submit_key = %(key)s,
        submit_digest = %(digest)s WHERE id = %(assignment)s),
noted AS (
    INSERT INTO events_event (actor_id, verb, object_type, object_id, scope, data)
    SELECT %(worker)s, 'submitted', 'assignment', %(public_id)s, %(scope)s, jsonb_build_object('answers', count(*)) FROM given)
INSERT INTO events_dirty AS d (topic, scope, key, seq, since, due_at)
SELECT topic, scope, key, 1, clock_timestamp(), clock_timestamp() + make_interval(secs => delay) FROM (
    SELECT 'accept' AS topic, CAST(%(pool)s AS bigint) AS scope, CAST(%(assignment)s AS bigint) AS key,
        CAST(%(delay)s AS double precision) AS delay WHERE %(accept)s
    UNION ALL SELECT 'aggregate', %(project)s, task_id, 0 FROM given) news
ORDER BY topic, scope, key
ON CONFLICT (topic, scope, key) DO UPDATE SET seq = d.seq + 1, due_at = LEAST(d.due_at, excluded.due_at)
""")


def _write_postgresql(submission: Submission) -> None:
    held = submission.held
    answers = [
        {"public_id": row.public_id, "task_id": row.task_id, "value": row.value, "seconds": row.seconds}
        for row in submission.answers
    ]
    parameters = {
        "answers": json.dumps(answers),
        "tasks": [row.task_id for row in submission.answers],
        "project": held.pool.project_id,
        "worker": held.worker_id,
        "assignment": held.pk,
        "version": held.pool.project.question_version,
        "now": submission.now,
        "key": submission.key,
        "digest": submission.digest,
        "public_id": held.public_id,
        "scope": held.pool.project.public_id,
        "pool": held.pool_id,
        "delay": held.pool.accept_delay_seconds,
        "accept": held.pool.accept_automatically,
    }
    with connection.cursor() as cursor:
        cursor.execute(*POSTGRESQL.bind(parameters))


def _write_in_steps(submission: Submission) -> None:
    held, project = submission.held, submission.held.pool.project
    task_ids = [row.task_id for row in submission.answers]
    Answer.objects.bulk_create(submission.answers)
    Task.objects.filter(pk__in=task_ids).update(slots_live=F("slots_live") - 1, slots_done=F("slots_done") + 1)
    held.save(update_fields=["state", "submitted_at", "submit_key", "submit_digest"])
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
