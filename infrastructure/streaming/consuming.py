"""Takes what Kafka brings into the tables of one projection: once in effect, in order per slot, without a gap."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress

import structlog

from application.ports.clock import Clock
from infrastructure.runner.feeding import Feeder
from infrastructure.runner.instances import ensure
from infrastructure.runner.slots import Slots
from infrastructure.runner.tracking import InstanceGone, SlotBehind
from infrastructure.streaming.arriving import Arrival, Batch, batches, understand
from infrastructure.streaming.consumer_metrics import BATCHES, DEAD_LETTERS
from infrastructure.streaming.dead_letters import store
from infrastructure.streaming.gaps import GapFiller, SlotLog
from infrastructure.streaming.message import Unreadable
from projections import bulk
from projections.projection import Connection, Projection

_FED = """
SELECT (SELECT position FROM till.log_head),
       ARRAY(SELECT schema_name FROM till.projection_instance
              WHERE name = %s AND version = %s AND state = 'fed' ORDER BY number)
"""

_log = structlog.get_logger(__name__)


class Consumer:
    """Feeds every instance of the projection that is of this code's version, batch by batch, on one connection.

    Any number may run on one database, beside in-process drivers: the tracking rows are locked in each transaction.
    """

    def __init__(
        self,
        projection: Projection,
        *,
        connect: Callable[[], Awaitable[Connection]],
        log: SlotLog,
        slots: Slots,
        clock: Clock,
    ) -> None:
        """`connect` gives connections in autocommit mode."""
        self.projection = projection
        self._connect = connect
        self._slots = slots
        self._clock = clock
        self._log = log
        self._filler = GapFiller(log)
        self._feeders: dict[str, Feeder] = {}
        self._turn = asyncio.Lock()
        self._conn: Connection | None = None

    async def prepare(self) -> None:
        """Make an empty live instance where there is none. Raises what the database raises."""
        async with await self._connect() as conn:
            await ensure(conn, [self.projection], slots=self._slots, at=self._clock.now())

    async def take(self, arrivals: Sequence[Arrival]) -> None:
        """When this returns, each of them is in the tables, or known there, or stored as a dead letter.

        Raises what the database raises; then the same may be taken again.
        """
        understood = understand(arrivals, self._log.codec, partitions=self._log.partitions)
        BATCHES.labels(self.projection.name).observe(len(arrivals))
        async with self._turn:
            try:
                conn = await self._connection()
                head, feeders = await self._fed(conn)
                for batch, unreadable in batches(understood, head=head):
                    for feeder in feeders:
                        await self._feed(conn, feeder, feeders, batch)
                    if unreadable is not None:
                        await self._lay_aside(conn, feeders, *unreadable)
            except BaseException:
                await self._forget_connection()
                raise

    async def catch_up(self, schema: str, upto: Mapping[str, int]) -> bool:
        """Bring these slots of an instance a page further from the log; False where nothing was missing up to there."""
        async with self._turn:
            try:
                conn = await self._connection()
                _, feeders = await self._fed(conn)
                feeder = next((each for each in feeders if each.schema == schema), None)
                return feeder is not None and await self._filler.step(conn, feeder, upto)
            except InstanceGone:
                return False
            except BaseException:
                await self._forget_connection()
                raise

    async def close(self) -> None:
        """When what is in hand is done."""
        async with self._turn:
            await self._forget_connection()

    async def _feed(self, conn: Connection, feeder: Feeder, feeders: Sequence[Feeder], batch: Batch) -> None:
        with suppress(InstanceGone):
            while behind := await self._behind(conn, feeder, batch):
                await self._go_before(conn, feeder, feeders, batch, behind)

    async def _behind(self, conn: Connection, feeder: Feeder, batch: Batch) -> AbstractSet[str]:
        """Feed the batch, unless there are slots that it goes on from beyond: gives these."""
        if ends := batch.ends:
            try:
                await feeder.feed(conn, batch.records, ends=ends, after=batch.after)
            except SlotBehind as behind:
                return behind.slots
        return frozenset()

    async def _go_before(
        self, conn: Connection, feeder: Feeder, feeders: Sequence[Feeder], batch: Batch, slots: AbstractSet[str]
    ) -> None:
        """Bring these slots from the log to where the batch goes on; one that the batch goes on from what the log does
        not have stops instead."""
        after = batch.after
        gaps = {slot: after[slot] for slot in slots if await self._log.holds(conn, slot, after[slot])}
        for slot in slots - gaps.keys():
            arrival, position = batch.first(slot)
            reason = f"follows {after[slot]}, where the log has no event of {slot}"
            await self._lay_aside(conn, feeders, arrival, Unreadable(reason, position=position))
            batch.drop(slot)
        while await self._filler.step(conn, feeder, gaps):
            pass

    async def _lay_aside(
        self, conn: Connection, feeders: Sequence[Feeder], arrival: Arrival, unreadable: Unreadable
    ) -> None:
        position = unreadable.position
        if position is not None and not await self._log.holds(conn, arrival.slot, position):
            position = None
        number = await store(
            conn, self.projection.name, [feeder.schema for feeder in feeders], arrival,
            position=position, error=unreadable.reason, at=self._clock.now(),
        )  # fmt: skip
        if number is not None:
            DEAD_LETTERS.labels(self.projection.name).inc()
            _log.error(
                "dead letter", number=number, projection=self.projection.name, slot=arrival.slot,
                topic=arrival.topic, partition=arrival.partition, offset=arrival.offset, error=unreadable.reason,
            )  # fmt: skip

    async def _fed(self, conn: Connection) -> tuple[int, list[Feeder]]:
        """The log's end, and the instances to feed: both as they are now, read for every batch."""
        ((head, schemas),) = await bulk.read(conn, _FED, (self.projection.name, self.projection.version))
        return head, [self._feeder(schema) for schema in schemas]

    def _feeder(self, schema: str) -> Feeder:
        if schema not in self._feeders:
            self._feeders[schema] = Feeder(self.projection, schema, slots=self._slots, clock=self._clock)
        return self._feeders[schema]

    async def _connection(self) -> Connection:
        if self._conn is None or self._conn.closed:
            self._conn = await self._connect()
        return self._conn

    async def _forget_connection(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            await conn.close()
