"""Bonuses: something extra to a worker for a page, out of the requester's balance."""

from typing import Any

from django.db import transaction

from quorate.accounts.models import User
from quorate.ledger import book
from tasks_app.domain.noting import note_assignment
from tasks_app.domain.pricing import MAX_REWARD
from tasks_app.domain.submitting import HANDED_IN
from tasks_app.errors import Conflict
from tasks_app.models import Assignment
from tasks_app.tools.fields import Problems, read_number, read_text

MAX_KEY, MAX_REASON = 40, 200


def give_bonus(*, assignment: Assignment, actor: User, amount: Any, reason: Any, key: str) -> bool:
    """Pay the worker of a page that was handed in `amount` micro-units extra; the worker reads the reason.

    The same `key` again pays nothing more: False. Raises InvalidInput naming "amount", "reason" or "key", Conflict for a page
    that was not handed in, InsufficientFunds.
    """
    problems = Problems()
    micro = read_number(amount, "amount", problems, minimum=1, maximum=MAX_REWARD)
    clean = read_text(reason, "reason", problems, maximum=MAX_REASON)
    clean_key = read_text(key, "key", problems, maximum=MAX_KEY)
    problems.check()
    if assignment.state not in HANDED_IN:
        raise Conflict("A bonus is for a page that was handed in.")
    with transaction.atomic():
        paid = book.bonus(
            payer_id=assignment.pool.project.created_by_id,
            worker_id=assignment.worker_id,
            amount=int(micro or 0),
            ref=f"{assignment.public_id}:{clean_key}",
            memo=clean,
            actor=actor,
        )
        if paid:
            note_assignment(assignment, actor, "bonus", amount=int(micro or 0), reason=clean)
    return paid
