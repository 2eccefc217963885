"""Whether a process can serve: what was checked, and `ok` or what is wrong with it."""

from typing import Any

import psycopg
import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from infrastructure.runner.standings import standings

PATIENCE = 1.0
"""Seconds to wait for a connection."""

_log = structlog.get_logger(__name__)


async def readiness(pool: AsyncConnectionPool[AsyncConnection[Any]]) -> dict[str, str]:
    """`database`, and each live read model by `projection <name>`. Never raises: that is an answer too."""
    try:
        async with pool.connection(timeout=PATIENCE) as connection:
            found = await standings(connection)
    except psycopg.Error as error:
        _log.warning("database not reached", error=repr(error))
        return {"database": "not reached"}
    checks = {"database": "ok"}
    for standing in found:
        if standing.live:
            stopped = ", ".join(standing.stopped)
            checks[f"projection {standing.name}"] = f"stopped: {stopped}" if stopped else "ok"
    return checks
