"""What can go wrong with money."""

from quorate.common.errors import Conflict


class InsufficientFunds(Conflict):
    """The balance does not cover what has to be held."""

    code = "insufficient_funds"
