"""The crowd's own errors, on top of the common ones (re-exported, so that callers import from one place)."""

from quorate.common.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from quorate.ledger.errors import InsufficientFunds

__all__ = [
    "AssignmentOver",
    "Conflict",
    "DomainError",
    "Forbidden",
    "InsufficientFunds",
    "InvalidInput",
    "KeyReused",
    "NotFound",
    "TooManyActive",
]


class AssignmentOver(Conflict):
    """This assignment has expired or was returned; its tasks have gone to others."""

    code = "assignment_over"


class KeyReused(Conflict):
    """This idempotency key was used before with another body."""

    code = "key_reused"


class TooManyActive(Conflict):
    """You hold as many unfinished assignments here as one worker may."""

    code = "too_many_active"
