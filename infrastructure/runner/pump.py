"""Moves one instance along the log, for as long as it exists and this process is the one that feeds it."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from application.ports.log import Record
from infrastructure.postgres.transience import described, is_transient
from infrastructure.runner.feeding import Feeder
from infrastructure.runner.log_tail import LogTail
from infrastructure.runner.metrics import BEHIND
from infrastructure.runner.tracking import InstanceGone, SlotBehind, reached
from projections.projection import Connection

BATCH = 500
PACE, SLOWEST_PACE, PER_EVENT = 0.01, 0.05, 0.001
"""Seconds between the beginnings of two batches that are not full: the more comes, the more waits to come together."""
POLL = 1.0
"""Seconds; only where a notification got lost, and between two tries to take over from another process."""
SETTLE = 0.25
"""Seconds after which the tracking shows what was read of other families."""
LONGEST_PAUSE = 5.0

_TRY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('till feed ' || %s, 0))"

_log = structlog.get_logger(__name__)


class Pump:
    """Feeds an instance under a session lock; whoever does not get the lock stands by."""

    def __init__(self, feeder: Feeder, *, connect: Callable[[], Awaitable[Connection]], tail: LogTail) -> None:
        self._feeder = feeder
        self._connect = connect
        self._tail = tail
        self._wake = asyncio.Event()
        self._look_again = True
        self._stopping = False
        self._at: int | None = None
        self._tracked = 0
        self._moved = 0.0
        self.fault: str | None = None
        """Why it does not move at the moment."""

    def wake(self, *, look_again: bool = False) -> None:
        """There may be more in the log; or the tracking itself may have changed."""
        self._look_again = self._look_again or look_again
        self._wake.set()

    def stop(self) -> None:
        """Finish the batch in hand and return."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Until stopped, or until the instance is gone. What fails is tried again, after longer and longer pauses."""
        pause = 0.05
        while not self._stopping:
            try:
                await self._session()
                pause = 0.05
            except InstanceGone:
                return
            except Exception as error:  # noqa: BLE001 - shown as a fault, and tried again
                self.fault = described(error)
                say = _log.warning if is_transient(error) else _log.error
                say("projection waits", schema=self._feeder.schema, error=self.fault, retry_in=pause)
                await self._rest(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _session(self) -> None:
        """One connection's life. Raises what the database raises."""
        conn = await self._connect()
        try:
            while not self._stopping and not await self._hold(conn):
                await self._rest(POLL)
            self._look_again = True
            while not self._stopping:
                try:
                    await self._step(conn)
                except SlotBehind:
                    self._look_again = True
            await self._settle(conn)
        finally:
            await conn.close()

    async def _hold(self, conn: Connection) -> bool:
        cursor = await conn.execute(_TRY_LOCK, (self._feeder.schema,))
        row = await cursor.fetchone()
        return bool(row and row[0])

    async def _step(self, conn: Connection) -> None:
        began = self._time()
        self._wake.clear()
        if self._look_again:
            self._look_again = False
            self._at = await reached(conn, self._feeder.schema)
            self._tracked = self._at or 0
        records = [] if self._at is None else list(await self._tail.read(self._at, BATCH))
        if records:
            await self._feed(conn, records)
        if self._time() - self._moved >= SETTLE:
            await self._settle(conn)
        self.fault = None
        if len(records) < BATCH and not self._stopping:
            await self._idle(began + min(max(len(records) * PER_EVENT, PACE), SLOWEST_PACE))

    async def _feed(self, conn: Connection, records: list[Record]) -> None:
        self._at = records[-1].position
        if any(map(self._feeder.concerns, records)):
            await self._feeder.feed_all_slots(conn, records, upto=self._at, after=self._tracked)
            self._tracked, self._moved = self._at, self._time()
        BEHIND.labels(self._feeder.schema).set(self._tail.end - self._at)

    async def _settle(self, conn: Connection) -> None:
        """Track what was read and did not concern the projection."""
        if self._at is not None and self._tracked < self._at:
            await self._feeder.feed_all_slots(conn, [], upto=self._at, after=self._tracked)
            self._tracked, self._moved = self._at, self._time()

    async def _idle(self, until: float) -> None:
        """Wait for more, and at least until then."""
        settled = self._at is None or self._tracked == self._at
        if not await self._woken(POLL if settled else SETTLE):
            self._look_again = self._look_again or settled
        if (left := until - self._time()) > 0 and not self._stopping:
            await asyncio.sleep(left)

    async def _woken(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return False
        return True

    async def _rest(self, seconds: float) -> None:
        self._wake.clear()
        if not self._stopping:
            await self._woken(seconds)

    @staticmethod
    def _time() -> float:
        return asyncio.get_running_loop().time()
