"""Cuts connections to a database, as a network or an administrator does."""

import asyncio
from collections.abc import Callable, Collection
from typing import Any

from tests.support.loops import rows

CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


async def cut_until_done(database: str, work: Collection["asyncio.Future[Any]"], *, pause: Callable[[], float]) -> int:
    """Cuts all connections until nothing waits; how often that was.

    `pause` is the seconds between two cuts. Where nothing was done in one, the next is longer, so that on a machine
    too slow to connect in it the work still gets on.
    """
    cuts, patience, waiting = 0, 1.0, len(work)
    while waiting:
        await asyncio.to_thread(rows, database, CUT)
        cuts += 1
        _, pending = await asyncio.wait(work, timeout=pause() * patience)
        patience = 1.0 if len(pending) < waiting else patience * 1.5
        waiting = len(pending)
    return cuts
