"""A client that reads the live orders all the time, as the API does, and remembers what it saw."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from infrastructure.postgres.pools import connector, open_pool
from infrastructure.runner.read_positions import ReadPositions
from projections.order_queries import OrderQuery, find_orders

MODEL = "order_history"


@dataclass
class Reading:
    """One entry per read; a read that fails ends the reading, and the test with it."""

    schemas: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    @property
    def kept_its_way(self) -> bool:
        """Whether no order was ever seen and then not, and no table was live again that another had followed."""
        return self.counts == sorted(self.counts) and self.schemas == sorted(self.schemas)


@asynccontextmanager
async def reading_orders(database: str) -> AsyncIterator[Reading]:
    """For the length of the block. Raises what a read raised."""
    reading, done = Reading(), asyncio.Event()
    positions = ReadPositions(connect=connector(database, process="tests positions"))
    await positions.start()

    async def read() -> None:
        async with open_pool(database, process="tests reader") as pool:
            while not done.is_set():
                schema = positions.schema_of(MODEL)
                async with pool.connection() as conn:
                    found = await find_orders(conn, OrderQuery(limit=10), orders=schema)
                reading.schemas.append(schema)
                reading.counts.append(found.total)

    task = asyncio.create_task(read())
    try:
        yield reading
    finally:
        done.set()
        await task
        await positions.close()
