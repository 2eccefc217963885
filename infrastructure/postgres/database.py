"""The database that the settings mean."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from infrastructure.postgres.embedded import EmbeddedPostgres, EmbeddedPostgresFailed
from infrastructure.settings import Settings

LOOK_EVERY = 1.0
"""Seconds."""

_log = structlog.get_logger(__name__)


def embedded_home(settings: Settings) -> Path:
    """Where the embedded server lives."""
    return settings.till_home / "postgres"


@contextmanager
def open_database(settings: Settings) -> Iterator[str]:
    """Its connection string. In embedded mode the server runs for the length of the block at least."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with EmbeddedPostgres(embedded_home(settings)) as server:
        yield server.conninfo()


async def keep_running(settings: Settings) -> None:
    """Until cancelled: start the embedded server again whenever somebody killed it. Others' servers are theirs."""
    if settings.database_url is not None:
        return
    server = EmbeddedPostgres(embedded_home(settings))
    while True:
        await asyncio.sleep(LOOK_EVERY)
        try:
            if await asyncio.to_thread(server.revive):
                _log.warning("database was gone and is started again")
        except EmbeddedPostgresFailed as failed:
            _log.error("database does not start", error=str(failed))
