"""Connections of our processes: in autocommit mode, with timeouts on everything."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from infrastructure.postgres.connect import bounded

Pool = AsyncConnectionPool[AsyncConnection[Any]]
Connect = Callable[[], Coroutine[Any, Any, AsyncConnection[Any]]]


@asynccontextmanager
async def open_pool(conninfo: str, *, process: str, size: int = 8) -> AsyncIterator[Pool]:
    """A pool of them, closed at the end of the block."""
    bounds = bounded(conninfo, application_name=f"till {process}")
    pool: Pool = AsyncConnectionPool(
        bounds, min_size=2, max_size=size, kwargs={"autocommit": True}, open=False, timeout=5.0
    )
    async with pool:
        yield pool


def connector(conninfo: str, *, process: str, **limits: float) -> Connect:
    """Opens single connections of the same kind; `limits` are those of `bounded`."""
    bounds = bounded(conninfo, application_name=f"till {process}", **limits)

    async def connect() -> AsyncConnection[Any]:
        return await AsyncConnection.connect(bounds, autocommit=True)

    return connect
