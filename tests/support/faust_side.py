"""Consumers on a real database, and a Kafka in memory before them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from msgspec import json

from application.ports.log import Record
from infrastructure.eventstore.codec import EventCodec
from infrastructure.eventstore.registry import CATEGORIES
from infrastructure.runner.instances import create
from infrastructure.streaming.arriving import Arrival
from infrastructure.streaming.consuming import Consumer
from infrastructure.streaming.gaps import SlotLog
from projections.projection import Projection
from tests.support.digests import digests
from tests.support.faust_carrier import PARTITIONS, Carrier
from tests.support.journal import SLOTS
from tests.support.read_side import ReadSide, read_side_on
from tests.support.times import NOON

_SAVED = "UPDATE till.relay SET position = %s, slots = %s"


class FaustSide:
    """A shop whose read models are fed by consumers."""

    def __init__(self, shop: ReadSide) -> None:
        self.shop = shop
        self.carrier = Carrier()
        self._consumers: list[Consumer] = []

    def log(self, codec: EventCodec | None = None) -> SlotLog:
        return SlotLog(codec or self.shop.journal.codec, CATEGORIES, partitions=PARTITIONS)

    def consumer(self, projection: Projection, *, codec: EventCodec | None = None) -> Consumer:
        journal = self.shop.journal
        consumer = Consumer(projection, connect=journal.connect, log=self.log(codec), slots=SLOTS, clock=journal.clock)
        self._consumers.append(consumer)
        return consumer

    async def happened(self, records: Sequence[Record]) -> list[Arrival]:
        """The records are in the log and on their way; the relay has saved how far it is."""
        self.shop.journal.append(records)
        arrivals = self.carrier.carry(records)
        await self.relayed(records[-1].position)
        return arrivals

    async def relayed(self, position: int) -> None:
        slots = json.encode(self.carrier.slots).decode()
        await self.shop.conn.execute(_SAVED, (position, slots))

    async def expected(self, projection: Projection, records: Sequence[Record]) -> dict[str, tuple[int, str]]:
        """What the tables must hold: the same records, fed by hand to an instance of their own."""
        async with self.shop.conn.transaction():
            schema = await create(self.shop.conn, projection, slots=SLOTS, state="building", at=NOON)
        await self.shop.feeder(projection, schema).feed_all_slots(self.shop.conn, records, upto=records[-1].position)
        return self.tables(schema)

    def tables(self, schema: str) -> dict[str, tuple[int, str]]:
        return digests(self.shop.journal.database, schema)

    async def close(self) -> None:
        for consumer in self._consumers:
            await consumer.close()


@asynccontextmanager
async def faust_side_on(database: str) -> AsyncIterator[FaustSide]:
    async with read_side_on(database) as shop:
        side = FaustSide(shop)
        try:
            yield side
        finally:
            await side.close()


def ours(arrivals: Sequence[Arrival], projection: Projection) -> list[Arrival]:
    """Those of the topics that the projection follows."""
    families = SLOTS.families_of(projection)
    return [arrival for arrival in arrivals if arrival.topic.rpartition(".")[2] in families]


def in_batches(arrivals: Sequence[Arrival], size: int = 50) -> list[Sequence[Arrival]]:
    return [arrivals[start : start + size] for start in range(0, len(arrivals), size)]
