"""The end of the log, read and decoded once for all that follow it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from application.ports.log import Record
from infrastructure.eventstore.reader import LogReader
from projections.projection import Connection

KEPT = 4_000
"""Records; who is further behind reads for itself."""


class LogTail:
    """A window on the last records. Positions are gap-free, so a place in the window is a subtraction."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]], reader: LogReader, *, kept: int = KEPT) -> None:
        self._connect = connect
        self._reader = reader
        self._kept = kept
        self._conn: Connection | None = None
        self._lock = asyncio.Lock()
        self._before = 0
        """Position before the first record of the window."""
        self._records: list[Record] = []

    @property
    def end(self) -> int:
        """The last position read."""
        return self._before + len(self._records)

    async def read(self, after: int, limit: int) -> Sequence[Record]:
        """Up to `limit` records beyond the position. Raises what the database raises; the next call connects anew."""
        async with self._lock:
            if after < self._before:
                return await self._fetch(after, limit)
            if after > self.end:
                self._before, self._records = after, []
            if after == self.end:
                fresh = await self._fetch(after, limit)
                self._keep(fresh)
                return fresh
            start = after - self._before
            return self._records[start : start + limit]

    async def close(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            await conn.close()

    def _keep(self, fresh: Sequence[Record]) -> None:
        self._records.extend(fresh)
        surplus = len(self._records) - self._kept
        if surplus > self._kept:
            del self._records[:surplus]
            self._before += surplus

    async def _fetch(self, after: int, limit: int) -> list[Record]:
        if self._conn is None or self._conn.closed:
            self._conn = await self._connect()
        try:
            return await self._reader.read(self._conn, after=after, limit=limit)
        except Exception:
            await self.close()
            raise
