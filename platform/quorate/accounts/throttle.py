"""Guessing passwords is slow: after some failures, an address waits."""

import hashlib
import logging

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

WINDOW_SECONDS = 300
# From one place to one account, and to one account from everywhere. The second is high: it must not lock people out for fun.
MOST_FROM_ONE_PLACE = 10
MOST_TO_ONE_ACCOUNT = 100


def _keys(email: str, place: str) -> tuple[tuple[str, int], tuple[str, int]]:
    account = hashlib.sha256(email.encode()).hexdigest()[:32]
    return (f"signin:{account}:{place}", MOST_FROM_ONE_PLACE), (f"signin:{account}", MOST_TO_ONE_ACCOUNT)


def may_try(*, email: str, place: str) -> bool:
    """Whether this address may try to sign in from this network address now. Yes where the cache is away: it is no lock."""
    try:
        return all(cache.get(key, 0) < most for key, most in _keys(email, place))
    except RedisError:
        return True


def failed(*, email: str, place: str) -> None:
    """Count one failure, and log it with its network address: what fail2ban and its like read."""
    logger.warning("Sign-in failed from %s", place or "an unknown address")
    try:
        for key, _ in _keys(email, place):
            cache.add(key, 0, WINDOW_SECONDS)
            cache.incr(key)
    except (RedisError, ValueError):  # ValueError: it expired between the two calls, and a window begins anew
        return


def succeeded(*, email: str, place: str) -> None:
    """Forget the failures from this place."""
    try:
        cache.delete(_keys(email, place)[0][0])
    except RedisError:
        return
