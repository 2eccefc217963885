"""Where requests are counted for the limits: in this process, or in Redis for all processes."""

import asyncio
from time import monotonic
from typing import Any, Final, Protocol

import structlog
from limits.aio.storage import RedisStorage
from limits.storage import MemoryStorage
from redis.asyncio import BlockingConnectionPool, ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from api import metrics

IN_MEMORY: Final = "memory://"
PATIENCE: Final = 0.25
"""Seconds that a request waits for Redis."""
CONNECTIONS: Final = 64
PAUSE: Final = 2.0
"""Seconds until Redis is asked again after it did not answer; meanwhile nobody waits for it."""

_log = structlog.get_logger(__name__)


class Counts(Protocol):
    """Counts hits of a key within windows of fixed length."""

    async def hit(self, key: str, *, seconds: int, amount: int = 1) -> tuple[int, float]:
        """Hits in the window, this one included, and when it ends in Unix time. An amount of -1 takes one back."""

    def health(self) -> dict[str, str]:
        """`ok` or what is wrong, by what may be."""

    async def aclose(self) -> None:
        """Leaves nothing open."""


def counts(storage: str) -> Counts:
    """By the setting's text: `memory://`, or where Redis is."""
    return LocalCounts() if storage == IN_MEMORY else SharedCounts(storage)


class LocalCounts:
    """In this process's memory."""

    def __init__(self) -> None:
        self._storage = MemoryStorage()

    async def hit(self, key: str, *, seconds: int, amount: int = 1) -> tuple[int, float]:
        return self._storage.incr(key, seconds, amount), self._storage.get_expiry(key)

    def health(self) -> dict[str, str]:
        return {}

    async def aclose(self) -> None:
        self._storage.timer.cancel()


class SharedCounts:
    """In Redis; in this process's memory while Redis does not answer, so that there is always some limit."""

    def __init__(self, url: str) -> None:
        self._pool: ConnectionPool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=PATIENCE,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
        options: dict[str, Any] = {"connection_pool": self._pool}
        self._storage = RedisStorage(f"async+{url}", implementation="redispy", key_prefix="till", **options)
        self._local = LocalCounts()
        self._away: str | None = None
        self._asked_again_at = 0.0
        metrics.LIMITS_ALONE.set(0)

    async def hit(self, key: str, *, seconds: int, amount: int = 1) -> tuple[int, float]:
        if self._away is not None:
            if monotonic() < self._asked_again_at:
                return await self._locally(key, seconds, amount)
            self._asked_again_at = monotonic() + PAUSE  # one request tries for all
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._storage.incr(key, seconds, amount), await self._storage.get_expiry(key)
        except (RedisError, OSError) as error:
            self._lost(error)
            return await self._locally(key, seconds, amount)
        self._answered()
        return found

    def health(self) -> dict[str, str]:
        return {"rate limits": "ok" if self._away is None else f"counted by each process alone: {self._away}"}

    async def aclose(self) -> None:
        await self._local.aclose()
        await self._pool.aclose()

    async def _locally(self, key: str, seconds: int, amount: int) -> tuple[int, float]:
        metrics.LIMITS_COUNTED_ALONE.inc()
        return await self._local.hit(key, seconds=seconds, amount=amount)

    def _lost(self, error: Exception) -> None:
        self._asked_again_at = monotonic() + PAUSE
        if self._away is None:
            _log.warning("redis does not answer, limits are counted by each process alone", error=repr(error))
            metrics.LIMITS_ALONE.set(1)
        self._away = type(error).__name__

    def _answered(self) -> None:
        if self._away is not None:
            _log.info("redis answers again, limits are counted for all processes")
            metrics.LIMITS_ALONE.set(0)
        self._away = None
