"""Objects as the API's JSON, written by hand: no serializer machinery on the hot path. serializers.py documents the shapes."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from quorate.accounts.models import User
from quorate.common import money
from tasks_app.domain.pricing import Estimate
from tasks_app.models import Answer, Assignment, Export, Pool, Project, Result, Task
from tasks_app.queries.api_lists import Progress, Wallet
from tasks_app.queries.api_work import PageTask
from tasks_app.tools import media_in

Json = dict[str, Any]
MediaUrl = Callable[[str], str]


def iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def assignment_page(
    assignment: Assignment,
    tasks: Sequence[PageTask],
    *,
    now: datetime,
    instructions_html: str,
    media_url: MediaUrl,
) -> Json:
    """An assignment with all that is needed to work on it. `media_url` signs the address of a stored file."""
    pool = assignment.pool
    project = pool.project
    return {
        "id": assignment.public_id,
        "pool": pool.public_id,
        "state": assignment.state,
        "expires_at": assignment.expires_at.isoformat(),
        "seconds_left": max(0, int((assignment.expires_at - now).total_seconds())),
        "reward": money.text(assignment.reward),
        "currency": settings.CURRENCY,
        "kind": project.kind,
        "question": project.question,
        "instructions_html": instructions_html,
        "tasks": [
            {
                "id": task.id,
                "position": task.position,
                "item": task.item,
                **media_addresses(task.item, media_url),
                "state": task.state,
            }
            for task in tasks
        ],
    }


def media_addresses(item: Json, media_url: MediaUrl) -> Json:
    """Where the item's picture is, and those of its other columns by name."""
    found = {name: media_url(sha256) for name, sha256 in media_in(item).items()}
    return {"media_url": found.pop("", None), "media_urls": found}


def receipt(assignment: Assignment, *, replayed: bool) -> Json:
    """What a submission was answered with."""
    return {
        "assignment": {
            "id": assignment.public_id,
            "state": assignment.state,
            "reward": money.text(assignment.reward),
        },
        "replayed": replayed,
    }


def me(user: User, wallet: Wallet) -> Json:
    return {
        "id": user.public_id,
        "name": user.name,
        "email": user.email,
        "is_requester": user.is_requester,
        "is_worker": user.is_worker,
        "is_admin": user.is_admin,
        "balance": money.text(wallet.balance),
        "earned": money.text(wallet.earned),
        "currency": settings.CURRENCY,
    }


def project(row: Project, *, role: str | None) -> Json:
    return {
        "id": row.public_id,
        "name": row.name,
        "kind": row.kind,
        "question": row.question,
        "question_version": row.question_version,
        "instructions": row.instructions,
        "role": role,
        "created_at": iso(row.created_at),
        "archived_at": iso(row.archived_at),
    }


def pool(row: Pool) -> Json:
    return {
        "id": row.public_id,
        "project": row.project.public_id,
        "title": row.title,
        "description": row.description,
        "keywords": row.keywords,
        "state": row.state,
        "reward": money.text(row.reward),
        "currency": settings.CURRENCY,
        "tasks_per_assignment": row.tasks_per_assignment,
        "assignment_seconds": row.assignment_seconds,
        "lifetime_days": row.lifetime_days,
        "overlap_min": row.overlap_min,
        "overlap_max": row.overlap_max,
        "overlap_mode": row.overlap_mode,
        "overlap_votes": row.overlap_votes,
        "overlap_worth": row.overlap_worth,
        "confidence": row.confidence,
        "accept_automatically": row.accept_automatically,
        "accept_delay_seconds": row.accept_delay_seconds,
        "median_seconds": row.median_seconds,
        "created_at": iso(row.created_at),
        "opened_at": iso(row.opened_at),
        "expires_at": iso(row.expires_at),
        "closed_at": iso(row.closed_at),
    }


def pool_detail(row: Pool, progress: Progress, cost: Estimate) -> Json:
    """A pool with how far it is and what it costs."""
    return pool(row) | {
        "progress": {
            "tasks": progress.tasks,
            "open": progress.open,
            "settled": progress.settled,
            "contested": progress.contested,
            "answers": progress.answers,
        },
        "money": {
            "cost_min": money.text(cost.cost_min),
            "cost_max": money.text(cost.cost_max),
            "held": money.text(cost.held),
            "spent": money.text(cost.spent),
            "missing": money.text(cost.missing),
        },
    }


def result(row: Result, of: Task) -> Json:
    return {
        "task": of.public_id,
        "name": of.name,
        "state": of.state,
        "value": row.value,
        "summary": row.summary,
        "confidence": row.confidence,
        "votes": row.votes,
        "posterior": row.posterior,
        "disputed": row.disputed,
        "answers": row.answers,
        "method": row.method,
        "why": row.why,
        "reason": row.reason,
        "version": row.version,
        "updated_at": iso(row.updated_at),
    }


def task(row: Task, *, media_url: MediaUrl) -> Json:
    """A task for its requester: with the extra columns, which workers are not shown."""
    found: Result | None = getattr(row, "result", None)
    return {
        "id": row.public_id,
        "pool": row.pool.public_id,
        "kind": row.kind,
        "name": row.name,
        "item": row.data,
        **media_addresses(row.data, media_url),
        "state": row.state,
        "overlap": {"free": row.slots_free, "live": row.slots_live, "done": row.slots_done, "max": row.overlap_max},
        "result": None if found is None else result(found, row),
        "created_at": iso(row.created_at),
    }


def answer(row: Answer, *, worker: str) -> Json:
    """An answer under the worker's pseudonym."""
    return {
        "id": row.public_id,
        "worker": worker,
        "value": row.value,
        "seconds": row.seconds,
        "signals": row.signals,
        "created_at": iso(row.created_at),
        "counts": row.counts,
        "excluded_reason": row.excluded_reason,
    }


def assignment(row: Assignment, *, worker: str) -> Json:
    """An assignment as a line of a list."""
    return {
        "id": row.public_id,
        "pool": row.pool.public_id,
        "state": row.state,
        "worker": worker,
        "reward": money.text(row.reward),
        "tasks": row.task_count,
        "created_at": iso(row.created_at),
        "expires_at": iso(row.expires_at),
        "submitted_at": iso(row.submitted_at),
        "decided_at": iso(row.decided_at),
        "decision_reason": row.decision_reason,
    }


def export(row: Export, *, file: str | None) -> Json:
    return {
        "id": row.public_id,
        "project": row.project.public_id,
        "format": row.format,
        "state": row.state,
        "rows": row.rows,
        "created_at": iso(row.created_at),
        "finished_at": iso(row.finished_at),
        "error": row.error,
        "file": file,
    }
