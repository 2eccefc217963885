"""Hears PostgreSQL's notifications, and never gives up on them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import psycopg
import structlog

from projections.projection import Connection

LONGEST_PAUSE = 2.0

_log = structlog.get_logger(__name__)


async def listen(
    connect: Callable[[], Awaitable[Connection]],
    channels: Iterable[str],
    heard: Callable[[str, str], None],
    *,
    poll: float,
) -> None:
    """Until cancelled: call `heard` with channel and payload of every notification.

    It is called with two empty strings after every (re)connection, every `poll` seconds without one, and when the
    connection is lost, because something may have been missed.
    """
    pause = 0.05
    while True:
        try:
            conn = await connect()
            try:
                for channel in channels:
                    await conn.execute(f"LISTEN {channel}")
                pause = 0.05
                while True:
                    heard("", "")
                    async for notification in conn.notifies(timeout=poll):
                        heard(notification.channel, notification.payload)
            finally:
                await conn.close()
        except (psycopg.Error, OSError) as error:
            _log.warning("not listening", error=repr(error), retry_in=pause)
            heard("", "")
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
