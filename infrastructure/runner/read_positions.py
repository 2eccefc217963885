"""What an API process knows of the live read models: where they are, which schema they live in, and what changed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from uuid import UUID

import structlog

from infrastructure.runner.changes import Changes, ChangesSince
from infrastructure.runner.instances import CONTROL
from infrastructure.runner.listening import listen
from infrastructure.runner.tracking import CHANNEL
from projections import bulk
from projections.projection import Connection

POLL = 1.0
"""Seconds; only where a notification got lost."""
PACE = 0.05
"""Seconds between two looks while nobody waits."""
HURRY = 0.002
"""Seconds between two looks while somebody does."""

_LIVE = """
SELECT p.name, p.live_schema, array_agg(t.slot), array_agg(t.position)
  FROM till.projection p JOIN till.tracking t ON t.schema_name = p.live_schema GROUP BY p.name
"""

_log = structlog.get_logger(__name__)


class UnknownProjection(LookupError):
    """Nothing of that name is live, as far as this process knows."""


class ReadPositions:
    """One per process, started before it is asked. A read model is never reported further than it is."""

    def __init__(
        self, *, connect: Callable[[], Awaitable[Connection]], changes: Mapping[str, ChangesSince] | None = None
    ) -> None:
        """`changes` says, for the projections whose rendered answers are cached, how to ask which products changed."""
        self._connect = connect
        self._schemas: dict[str, str] = {}
        self._slots: dict[str, dict[str, int]] = {}
        self._changes = Changes(changes or {})
        self._heard = asyncio.Event()
        self._hurry = asyncio.Event()
        self._looked: asyncio.Future[None] | None = None
        """Those who wait for any movement at all wait for the next look."""
        self._waiters: set[tuple[asyncio.Future[None], Callable[[], bool]]] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._conn: Connection | None = None

    async def start(self) -> None:
        """Look once, then follow. Raises what the database raises, where it cannot be reached now."""
        await self._look()
        listening = listen(self._connect, (CHANNEL, CONTROL), self._notice, poll=POLL)
        self._tasks = [asyncio.create_task(listening), asyncio.create_task(self._follow(), name="read positions")]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self._forget_connection()

    def schema_of(self, projection: str) -> str:
        """The live schema, `catalogue_v1`; raises UnknownProjection."""
        try:
            return self._schemas[projection]
        except KeyError:
            raise UnknownProjection(projection) from None

    def position_of(self, projection: str, slot: str) -> int | None:
        """How far the slot is; None where the projection does not consume it."""
        return self._slots.get(projection, {}).get(slot)

    def standing(self, projections: Sequence[str], product: UUID | None) -> tuple[object, ...]:
        """Changes whenever rows of theirs may have changed: of one product's, or any. Cheap."""
        return (*(self._schemas.get(name) for name in projections), self._changes.mark(product))

    async def wait(self, projections: Sequence[str], slots: Mapping[str, int], *, seconds: float) -> bool:
        """Until each has passed these positions, in the slots it consumes; False where time ran out first."""

        def there() -> bool:
            return all(self._has_passed(name, slots) for name in projections)

        if there():
            return True
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiter = (future, there)
        self._waiters.add(waiter)
        self._hurry.set()
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            return False
        finally:
            self._waiters.discard(waiter)
        return True

    async def moved(self, projection: str, slots: Mapping[str, int]) -> Mapping[str, int]:
        """Where its slots are, once they are known and elsewhere than there."""
        while not (now := self._slots.get(projection)) or now == slots:
            if self._looked is None:
                self._looked = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._looked)
        return now

    def _notice(self, channel: str, payload: str) -> None:  # noqa: ARG002 - as `listen` calls it
        self._heard.set()

    def _has_passed(self, projection: str, wanted: Mapping[str, int]) -> bool:
        tracked = self._slots.get(projection)
        if tracked is None:
            return False
        return all(tracked.get(slot, position) >= position for slot, position in wanted.items())

    async def _follow(self) -> None:
        while True:
            await self._heard.wait()
            self._heard.clear()
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001 - whatever it is, readers must not trust what was known before
                _log.warning("read positions unknown", error=repr(error))
                self._changes.distrust()
                self._slots = {}  # a server that crashed may come back with less than it had shown
                await self._forget_connection()
                await asyncio.sleep(PACE)
                self._heard.set()
            await self._pause()

    async def _pause(self) -> None:
        if not self._waiters:
            self._hurry.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(PACE):
                    await self._hurry.wait()
        else:
            await asyncio.sleep(HURRY)

    async def _look(self) -> None:
        """Positions, then what changed up to them, then the waiters: who waited finds no cached answer of before."""
        if self._conn is None or self._conn.closed:
            self._conn = await self._connect()
        rows = await bulk.read(self._conn, _LIVE)
        schemas = {name: schema for name, schema, _, _ in rows}
        slots = {name: dict(zip(slots, positions, strict=True)) for name, _, slots, positions in rows}
        await self._changes.look(self._conn, schemas, slots)
        self._schemas, self._slots = schemas, slots
        looked, self._looked = self._looked, None
        if looked is not None:
            looked.set_result(None)
        for future, there in list(self._waiters):
            if not future.done() and there():
                future.set_result(None)

    async def _forget_connection(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            with suppress(Exception):
                await conn.close()
