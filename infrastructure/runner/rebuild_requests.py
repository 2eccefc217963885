"""Rebuilds that admins ask for: a worker takes them one after another, and says what became of each."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import psycopg
import structlog

from application.ports.clock import Clock
from application.ports.operations import RebuildStanding
from infrastructure.runner.listening import listen
from infrastructure.runner.rebuild import AlreadyRebuilding, Rebuild, RebuildStopped
from projections import bulk
from projections.projection import Connection

CHANNEL = "till_rebuild"
POLL = 5.0
"""Seconds; only where a notification got lost."""

_WAITING = "SELECT id, name FROM till.rebuild_request WHERE status IN ('requested', 'running') ORDER BY requested_at"
_TAKE = """
SELECT pg_try_advisory_lock(hashtextextended('till rebuild request ' || %s, 0))
"""
_BEGIN = "UPDATE till.rebuild_request SET status = 'running' WHERE id = %s AND status IN ('requested', 'running')"
_END = "UPDATE till.rebuild_request SET status = %s, error = %s, finished_at = %s WHERE id = %s"
_LATEST = """
SELECT DISTINCT ON (name) id, name, status, requested_at, finished_at, error
  FROM till.rebuild_request ORDER BY name, requested_at DESC
"""

_log = structlog.get_logger(__name__)


async def latest(conn: Connection) -> dict[str, RebuildStanding]:
    """Of each projection that was ever asked for, by name."""
    rows = await bulk.read(conn, _LATEST)
    return {
        name: RebuildStanding(
            id=id_, name=name, status=status, requested_at=requested, finished_at=finished, error=error
        )
        for id_, name, status, requested, finished, error in rows
    }


class Rebuilder:
    """Any number may run: a request is one's for as long as its connection holds, so that a crash gives it back."""

    def __init__(
        self,
        *,
        connect: Callable[[], Awaitable[Connection]],
        rebuilding: Callable[[str], Awaitable[Rebuild]],
        clock: Clock,
    ) -> None:
        """`rebuilding` raises LookupError for a name that nothing has."""
        self._connect = connect
        self._rebuilding = rebuilding
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; a rebuild under way is given up then, and begun again by whoever comes next."""
        heard = asyncio.Event()
        listening = listen(self._connect, (CHANNEL,), lambda *_: heard.set(), poll=POLL)
        tasks = [asyncio.create_task(listening), asyncio.create_task(self._serve(heard), name="rebuilds")]
        await stop.wait()
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _serve(self, heard: asyncio.Event) -> None:
        while True:
            await heard.wait()
            heard.clear()
            try:
                await self.run_waiting()
            except (psycopg.Error, OSError) as error:
                _log.warning("rebuilds wait for the database", error=repr(error))

    async def run_waiting(self) -> int:
        """Everything that waits now, once; how many that were."""
        conn = await self._connect()
        done = 0
        try:
            for request, name in await bulk.read(conn, _WAITING):
                taken = await bulk.read(conn, _TAKE, (str(request),))
                if taken[0][0] and (await conn.execute(_BEGIN, (request,))).rowcount:
                    status, error = await self._outcome(name)
                    await conn.execute(_END, (status, error, self._clock.now(), request))
                    done += 1
        finally:
            await conn.close()
        return done

    async def _outcome(self, name: str) -> tuple[str, str | None]:
        try:
            schema = await (await self._rebuilding(name)).run()
        except AlreadyRebuilding:
            return "failed", "Another rebuild of it was under way."
        except (LookupError, RebuildStopped) as error:
            return "failed", str(error)[:2_000].replace("\x00", "")
        _log.info("rebuilt", name=name, schema=schema)
        return "done", None
