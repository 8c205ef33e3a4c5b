"""Submitting a page of answers: everything in one transaction, nothing after it. The broker is never spoken to here.

The assignment is read, judged, and written on condition that it still is what was read; if it is not, all of that anew. On
PostgreSQL these are two statements, each by itself, and nothing is locked between them.
"""

import hashlib
import json
import math
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from quorate.accounts.models import User
from tasks_app import tools
from tasks_app.domain.handing_in_sql import Said, Submission, write
from tasks_app.enums import AssignmentState
from tasks_app.errors import AssignmentOver, InvalidInput, KeyReused
from tasks_app.models import Assignment
from tasks_app.queries.held import Held, held
from tasks_app.tools.signals import Signals

# The clock of the page and the way through the network are the worker's bad luck up to this; then the place goes on.
GRACE = timedelta(seconds=10)
HANDED_IN = (AssignmentState.SUBMITTED, AssignmentState.ACCEPTED, AssignmentState.REJECTED)


@dataclass(frozen=True)
class Submitted:
    """One answer as it came from outside: the task's public id, the answer unchecked, what the page measured."""

    task: str
    answer: Any
    seconds: float = 0.0
    signals: Signals | None = None


@dataclass(frozen=True)
class Receipt:
    """What a submission led to. `replayed`: it had been handed in before, with these very answers."""

    assignment: Assignment
    replayed: bool


def submit(
    *, worker: User, assignment: str, answers: Sequence[Submitted], submit_key: str = "", api_key: int | None = None
) -> Receipt:
    """Hand in the worker's assignment with this public id. Two statements on PostgreSQL, whatever the number of tasks.

    The same answers again are answered like the first time, under any key; other answers are KeyReused. Raises NotFound for
    what is not the worker's, AssignmentOver after expiry or return, InvalidInput naming "answers.N.…" otherwise. `api_key` as
    in `gate.market`.
    """
    if len(submit_key) > 80:
        raise InvalidInput(fields={"Idempotency-Key": "At most 80 characters."})
    digest = _digest(answers)
    # SQLite has one writer: within its transaction nothing changes between reading and writing.
    with nullcontext() if connection.vendor == "postgresql" else transaction.atomic():
        while True:
            read = held(worker, assignment, api_key=api_key)
            if read.assignment.state in HANDED_IN:
                if read.assignment.submit_digest != digest:
                    raise KeyReused("This assignment was handed in before, with other answers.")
                return Receipt(read.assignment, replayed=True)
            if submit_key and (read.assignment.submit_key, read.assignment.submit_digest) == (submit_key, digest):
                # It went back to be done again, and what comes late is the first time once more.
                return Receipt(read.assignment, replayed=True)
            rows = _checked(read, answers)
            if write(Submission(read.assignment, rows, read.now, submit_key, digest)):
                return Receipt(read.assignment, replayed=False)
            # Somebody was faster: a second click, an expiry, a task skipped. None of them can be so for ever: each takes
            # the assignment nearer to its end.


def _checked(read: Held, answers: Sequence[Submitted]) -> list[Said]:
    """What to write, in order of task id. Raises what `submit` promises."""
    assignment = read.assignment
    if assignment.state != AssignmentState.ACTIVE or assignment.expires_at + GRACE <= read.now:
        raise AssignmentOver
    if read.banned:  # a page taken in the moment of the ban escaped its clearing
        raise AssignmentOver("You cannot hand in work at the moment; your page shows the reason.")
    project = assignment.pool.project
    tool = tools.get(project.kind)
    problems: dict[str, list[str]] = {}
    rows: dict[str, Said] = {}
    for number, given in enumerate(answers):
        task = read.tasks.get(given.task)
        if task is None or given.task in rows:
            text = "This task is here twice." if task else "This is no open task of the assignment."
            problems[f"answers.{number}.task"] = [text]
            continue
        try:
            value = tool.clean_answer(project.question, task.data, given.answer)
        except InvalidInput as error:
            for name, texts in error.fields.items():
                problems[f"answers.{number}.answer.{name}".rstrip(".")] = texts
            continue
        rows[given.task] = Said(
            task_id=task.pk,
            value=value,
            seconds=_seconds(given.seconds, assignment.created_at, read.now),
            signals=given.signals.stored if given.signals else None,
        )
    if not problems and len(rows) < len(read.tasks):
        problems["answers"] = [f"{len(read.tasks) - len(rows)} of {len(read.tasks)} tasks are not answered."]
    if problems:
        raise InvalidInput(fields=problems)
    return sorted(rows.values(), key=lambda row: row.task_id)


def _seconds(measured: float, since: datetime, now: datetime) -> float:
    """What the page measured, within what the clock allows."""
    longest = max((now - since).total_seconds(), 0.0)
    return min(max(measured, 0.0), longest) if math.isfinite(measured) else 0.0


def _digest(answers: Sequence[Submitted]) -> str:
    """What was said, whatever the order of tasks and the time it took: a retry may measure other seconds."""
    said = sorted(([given.task, given.answer] for given in answers), key=lambda pair: str(pair[0]))
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":"), default=str).encode()).hexdigest()
