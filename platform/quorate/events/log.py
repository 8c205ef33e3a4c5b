"""Writing events. Call it inside the transaction of the change it tells of."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from quorate.events.models import Event


def record(
    *,
    actor: AbstractBaseUser | None,  # of AUTH_USER_MODEL; accounts stand above events, so it is not named here
    verb: str,
    object_type: str,
    object_id: str,
    scope: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """One line of the log. Raises TransactionManagementError outside a transaction: an event must not outlive its change."""
    if not transaction.get_connection().in_atomic_block:
        message = "An event is written in the transaction of its change."
        raise transaction.TransactionManagementError(message)
    Event.objects.create(
        actor_id=actor.pk if actor else None,
        verb=verb,
        object_type=object_type,
        object_id=object_id,
        scope=scope,
        data=data or {},
    )
