"""Submitting a page of answers: everything in one transaction, nothing after it. The broker is never spoken to here."""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from quorate.accounts.models import User
from quorate.common.prepared import Prepared
from tasks_app import tools
from tasks_app.domain.handing_in_sql import Submission, write
from tasks_app.enums import AssignmentState, RestrictionKind
from tasks_app.errors import AssignmentOver, InvalidInput, KeyReused, NotFound
from tasks_app.models import Answer, Assignment, Restriction, Slot

# The clock of the page and the way through the network are the worker's bad luck up to this; then the place goes on.
GRACE = timedelta(seconds=10)
HANDED_IN = (AssignmentState.SUBMITTED, AssignmentState.ACCEPTED, AssignmentState.REJECTED)


@dataclass(frozen=True)
class Submitted:
    """One answer as it came from outside: the task's public id, the answer unchecked, the page's measured seconds."""

    task: str
    answer: Any
    seconds: float = 0.0


@dataclass(frozen=True)
class Receipt:
    """What a submission led to. `replayed`: it had been handed in before, with these very answers."""

    assignment: Assignment
    replayed: bool


def submit(*, worker: User, assignment: str, answers: Sequence[Submitted], submit_key: str = "") -> Receipt:
    """Hand in the worker's assignment with this public id. Three statements on PostgreSQL, whatever the number of tasks.

    The same answers again are answered like the first time, under any key; other answers are KeyReused. Raises NotFound for
    what is not the worker's, AssignmentOver after expiry or return, InvalidInput naming "answers.N.…" otherwise.
    """
    if len(submit_key) > 80:
        raise InvalidInput(fields={"Idempotency-Key": "At most 80 characters."})
    digest = _digest(answers)
    with transaction.atomic():
        held = _lock(worker, assignment)
        if held.state in HANDED_IN:
            if held.submit_digest != digest:
                raise KeyReused("This assignment was handed in before, with other answers.")
            return Receipt(held, replayed=True)
        now: datetime = held.now  # type: ignore[attr-defined]  # annotated by _lock
        if held.state != AssignmentState.ACTIVE or held.expires_at + GRACE <= now:
            raise AssignmentOver
        if held.banned:  # type: ignore[attr-defined]  # idem; a page taken in the moment of the ban escaped its clearing
            raise AssignmentOver("You cannot hand in work at the moment; your page shows the reason.")
        rows = _checked(held, answers, now)
        write(Submission(held=held, answers=rows, now=now, key=submit_key, digest=digest))
    return Receipt(held, replayed=False)


BANS = Restriction.objects.filter(kind=RestrictionKind.BANNED, lifted_at=None, worker=OuterRef("worker"))
LOCKED = Prepared(
    lambda names: (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("pool__project")
        .annotate(now=Now(), banned=Exists(BANS))
        .filter(public_id=names.text("assignment"), worker_id=names.number("worker"))[:1]
    )
)
SLOTS = Prepared(
    lambda names: (
        Slot.objects.select_for_update(of=("task",))
        .select_related("task")
        .filter(assignment_id=names.number("assignment"), released_at=None)
        .order_by("task_id")
    )
)


def _lock(worker: User, public_id: str) -> Assignment:
    """The worker's assignment, locked: a double click's second request waits here and then finds it handed in."""
    found = LOCKED.first(assignment=public_id, worker=worker.pk)
    if found is None:
        raise NotFound
    return found


def _checked(held: Assignment, answers: Sequence[Submitted], now: datetime) -> list[Answer]:
    """The rows to write, in order of task id. Locks the tasks in that order, so that two pages cannot wait in a ring."""
    slots = SLOTS.rows(assignment=held.pk)
    tasks = {slot.task.public_id: slot.task for slot in slots}
    project = held.pool.project
    tool = tools.get(project.kind)
    problems: dict[str, list[str]] = {}
    rows: dict[str, Answer] = {}
    longest = max((now - held.created_at).total_seconds(), 0.0)
    for number, given in enumerate(answers):
        task = tasks.get(given.task)
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
        seconds = given.seconds if math.isfinite(given.seconds) else 0.0
        rows[given.task] = Answer(
            project=project,
            task=task,
            worker_id=held.worker_id,
            assignment=held,
            value=value,
            seconds=min(max(seconds, 0.0), longest),
            question_version=project.question_version,
        )
    if not problems and len(rows) < len(tasks):
        problems["answers"] = [f"{len(tasks) - len(rows)} of {len(tasks)} tasks are not answered."]
    if problems:
        raise InvalidInput(fields=problems)
    return sorted(rows.values(), key=lambda row: row.task_id)


def _digest(answers: Sequence[Submitted]) -> str:
    """What was said, whatever the order of tasks and the time it took: a retry may measure other seconds."""
    said = sorted(([given.task, given.answer] for given in answers), key=lambda pair: str(pair[0]))
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":"), default=str).encode()).hexdigest()
