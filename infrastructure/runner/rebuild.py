"""Builds a projection anew beside the live one, from the log's beginning, and switches over in one transaction."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from application.ports.clock import Clock
from application.ports.log import Record
from infrastructure.eventstore.reader import LogReader, head
from infrastructure.runner import poison
from infrastructure.runner.feeding import Feeder
from infrastructure.runner.instances import Instance, create, drop, instances, live_instance, point
from infrastructure.runner.pump import BATCH
from infrastructure.runner.slots import Slots
from infrastructure.runner.tracking import CHANNEL, SlotBehind, reached
from projections import bulk
from projections.projection import Connection, Projection

Progress = Callable[[int, int], None]
"""Called with how far it is, and how far the log goes."""

_ONE_AT_A_TIME = "SELECT pg_try_advisory_lock(hashtextextended('till rebuild ' || %s, 0))"
_LOCK_BOTH = """
SELECT schema_name, max(position) OVER (PARTITION BY schema_name) FROM (
    SELECT schema_name, position FROM till.tracking WHERE schema_name = ANY(%s::text[])
     ORDER BY schema_name, slot FOR UPDATE) AS locked
"""
_SKIPPED = "SELECT DISTINCT position FROM till.skipped WHERE name = %s"
_NOTIFY = "SELECT pg_notify(%s, %s)"

_log = structlog.get_logger(__name__)


def _silent(position: int, end: int) -> None:
    del position, end


class AlreadyRebuilding(Exception):
    """Another process rebuilds this projection."""


class RebuildStopped(Exception):
    """An event cannot be applied to the new tables, and the live ones have no such stop: nothing was switched."""

    def __init__(self, stops: list[poison.Stop]) -> None:
        super().__init__("; ".join(f"{stop.slot} at {stop.position} ({stop.type}): {stop.error}" for stop in stops))
        self.stops = tuple(stops)


class Rebuild:
    """One rebuild of one projection; `connect` gives connections in autocommit mode, without a statement timeout."""

    def __init__(
        self,
        projection: Projection,
        *,
        connect: Callable[[], Awaitable[Connection]],
        reader: LogReader,
        slots: Slots,
        clock: Clock,
    ) -> None:
        self._projection = projection
        self._connect = connect
        self._reader = reader
        self._slots = slots
        self._clock = clock
        self._dispensable = frozenset[int]()

    async def run(self, progress: Progress | None = None) -> str:
        """Gives the new live schema. The one before is fed on, for a way back; those before that are dropped.

        Raises AlreadyRebuilding and RebuildStopped; whatever it raises, the live instance is as it was.
        """
        conn = await self._connect()
        try:
            await conn.execute("SET synchronous_commit TO off")
            rows = await bulk.read(conn, _ONE_AT_A_TIME, (self._projection.name,))
            if not rows[0][0]:
                raise AlreadyRebuilding(self._projection.name)
            return await self._run(conn, progress or _silent)
        finally:
            await conn.close()

    async def _run(self, conn: Connection, progress: Progress) -> str:
        self._dispensable = frozenset(row[0] for row in await bulk.read(conn, _SKIPPED, (self._projection.name,)))
        await self._drop(conn, lambda instance: instance.state == "building")
        async with conn.transaction():
            schema = await create(conn, self._projection, slots=self._slots, state="building", at=self._clock.now())
        try:
            await self._catch_up(conn, schema, progress)
            former = await self._switch(conn, schema)
        except BaseException:
            with suppress(Exception):  # what went wrong first is what counts; leftovers go at the next rebuild
                await drop(conn, schema)
            raise
        await self._drop(conn, lambda instance: instance.schema not in {schema, former})
        return schema

    async def _read(self, conn: Connection, *, after: int) -> list[Record]:
        return await self._reader.read(conn, after=after, limit=BATCH, dispensable=self._dispensable)

    async def _catch_up(self, conn: Connection, schema: str, progress: Progress) -> None:
        feeder = self._feeder(schema)
        end = await head(conn)
        position = 0
        while True:
            records = await self._read(conn, after=position)
            if records:
                try:
                    await feeder.feed_all_slots(conn, records, upto=records[-1].position, after=position)
                except SlotBehind:
                    position = await reached(conn, schema) or 0
                    continue
                position = records[-1].position
            if len(records) < BATCH:
                progress(position, max(position, end))
                return
            if position > end:
                end = await head(conn)
            progress(position, end)

    async def _switch(self, conn: Connection, schema: str) -> str | None:
        """While both are locked neither moves: what the live one has, the new one has too, before it is pointed to."""
        former = await live_instance(conn, self._projection.name)
        schemas = [schema] if former is None else [schema, former.schema]
        async with conn.transaction():
            locked = dict(await bulk.read(conn, _LOCK_BOTH, (schemas,)))
            await self._feed_until(conn, schema, max(locked.values()))
            await self._require_no_new_stops(conn, schema, former)
            await point(conn, self._projection.name, schema)
            if former is not None and self._projection.inherit is not None:
                # After the pointer is ours: what an executor claimed before is committed, and seen here.
                await conn.execute(self._projection.inherit.format(schema=schema, former=former.schema))
            await conn.execute(_NOTIFY, (CHANNEL, self._projection.name))
        _log.info("projection switched", name=self._projection.name, schema=schema)
        return None if former is None else former.schema

    async def _feed_until(self, conn: Connection, schema: str, end: int) -> None:
        feeder = self._feeder(schema)
        position = await reached(conn, schema)
        while position is not None and position < end:
            records = await self._read(conn, after=position)
            position = records[-1].position
            await feeder.feed_all_slots(conn, records, upto=position)

    async def _require_no_new_stops(self, conn: Connection, schema: str, former: Instance | None) -> None:
        stops = await poison.stops(conn)
        known = {(stop.slot, stop.position) for stop in stops if former and stop.schema == former.schema}
        new = [stop for stop in stops if stop.schema == schema and (stop.slot, stop.position) not in known]
        if new:
            raise RebuildStopped(new)

    async def _drop(self, conn: Connection, unwanted: Callable[[Instance], bool]) -> None:
        for instance in await instances(conn):
            if instance.name == self._projection.name and not instance.live and unwanted(instance):
                await drop(conn, instance.schema)

    def _feeder(self, schema: str) -> Feeder:
        return Feeder(self._projection, schema, slots=self._slots, clock=self._clock)
