"""How many jobs were given up, told to Prometheus for as long as nobody has decided about them."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import psycopg
import structlog
from prometheus_client import Gauge
from psycopg_pool import PoolTimeout

from infrastructure.postgres.pools import Pool
from infrastructure.processes import job_rows
from infrastructure.processes.job_rows import Queues

DEAD = Gauge(
    "till_jobs_dead",
    "Jobs that were given up and that nobody has decided about, by command.",
    ["command"],
    multiprocess_mode="mostrecent",
)
PAUSE = 15.0
"""Seconds between looks."""

_log = structlog.get_logger(__name__)


async def watch(pool: Pool, queues: Queues, commands: Sequence[str], stop: asyncio.Event) -> None:
    """Until told to stop; every executor tells the same."""
    while not stop.is_set():
        try:
            await look(pool, queues, commands)
        except (psycopg.Error, PoolTimeout) as error:
            _log.warning("dead jobs are not counted", error=repr(error))
        with suppress(TimeoutError):
            async with asyncio.timeout(PAUSE):
                await stop.wait()


async def look(pool: Pool, queues: Queues, commands: Sequence[str]) -> None:
    """Each command has a figure, so that one that was decided about goes back to 0."""
    async with pool.connection() as connection, connection.transaction():
        found = await job_rows.dead(connection, queues)
    for name in {*commands, *found}:
        DEAD.labels(name).set(found.get(name, 0))
