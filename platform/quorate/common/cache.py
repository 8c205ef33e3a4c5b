"""Django's Redis cache with one client a pool: Django makes a new one for every call, which costs more than the call."""

from typing import Any

from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache as DjangoRedisCache
from django.core.cache.backends.redis import RedisCacheClient


class LastingClient(RedisCacheClient):
    """Clients of redis-py hold no state beside their pool and are safe to share among threads."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **options)
        self.clients: dict[int, Any] = {}

    def get_client(self, key: str | None = None, *, write: bool = False) -> Any:  # type: ignore[override]  # stubs differ
        """The pool's client."""
        index = self._get_connection_pool_index(write)  # type: ignore[attr-defined]  # not in the stubs
        if index not in self.clients:
            self.clients[index] = super().get_client(key, write=write)
        return self.clients[index]


class RedisCache(DjangoRedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = LastingClient

    def hit(self, key: str, timeout: int, times: int) -> int:
        """Count so many more under `key`, in one call but for the first."""
        client = self._cache.get_client(None, write=True)
        name = self.make_and_validate_key(key)
        count = int(client.incrby(name, times))
        if count == times:
            client.expire(name, timeout)
        return count


def hit(key: str, timeout: int, times: int = 1) -> int:
    """Count so many more under `key`, forgotten `timeout` seconds after the first. Raises RedisError when Redis is away."""
    if hasattr(cache, "hit"):
        return int(cache.hit(key, timeout, times))
    cache.add(key, 0, timeout)
    return cache.incr(key, times)
