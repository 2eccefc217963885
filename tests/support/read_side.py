"""The read models on a real database, fed by hand."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TypedDict
from uuid import UUID

from application.ports.log import Record
from domain.shared.event import Event
from infrastructure.bootstrap.tables import READ_MODELS
from infrastructure.runner.feeding import Feeder
from infrastructure.runner.instances import ensure
from infrastructure.runner.standings import standings
from projections.catalogue_tables import Tables
from projections.projection import Connection, Projection
from tests.support.journal import SLOTS, Journal
from tests.support.times import NOON
from tests.support.waiting import until

PROJECTIONS = READ_MODELS


class Joined(TypedDict):
    """The schemas that queries join."""

    catalogue: str
    stock: str


JOINED: Joined = {"catalogue": "catalogue_v1", "stock": "stock_levels_v1"}
TABLES = Tables("catalogue_v1", "stock_levels_v1", "categories_v1", "reviews_v1")


class ReadSide:
    """All read models, live and empty at first."""

    def __init__(self, journal: Journal, conn: Connection) -> None:
        self.journal = journal
        self.conn = conn

    async def happened(self, stream: UUID, *events: Event, key: UUID | None = None) -> list[Record]:
        """The events are in the log and in every read model."""
        records = self.journal.write(stream, *events, key=key)
        await self.feed(records)
        return records

    async def feed(self, records: Sequence[Record]) -> None:
        for projection in PROJECTIONS:
            await self.feeder(projection).feed_all_slots(self.conn, records, upto=records[-1].position)

    def feeder(self, projection: Projection, schema: str | None = None) -> Feeder:
        return Feeder(projection, schema or f"{projection.name}_v1", slots=SLOTS, clock=self.journal.clock)


@asynccontextmanager
async def read_side_on(database: str) -> AsyncIterator[ReadSide]:
    journal = Journal(database)
    conn = await journal.connect()
    try:
        await ensure(conn, PROJECTIONS, slots=SLOTS, at=NOON)
        yield ReadSide(journal, conn)
    finally:
        await conn.close()


async def tracked(conn: Connection, schema: str) -> dict[str, int]:
    """Positions by slot."""
    cursor = await conn.execute("SELECT slot, position FROM till.tracking WHERE schema_name = %s", (schema,))
    return dict(await cursor.fetchall())


async def caught_up(shop: ReadSide, *schemas: str) -> None:
    """Every slot of these instances, of all live ones where none is named, has reached the end of the log."""

    async def behind() -> dict[str, int]:
        found = await standings(shop.conn)
        return {each.schema: each.lag for each in found if each.lag and (each.schema in schemas or not schemas)}

    await until(behind, lambda lags: not lags)
