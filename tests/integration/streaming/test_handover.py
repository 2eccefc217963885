"""A projection changes drivers, or its tables, under load: nobody who reads notices."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from application.ports.log import Record
from application.processes.unpaid_orders import UNPAID_ORDERS
from infrastructure.processes.driver import as_projection
from infrastructure.runner.instances import create, ensure, live_instance
from infrastructure.runner.rebuild import Rebuild
from infrastructure.runner.runner import Runner
from projections import bulk
from projections.order_history import ORDER_HISTORY
from projections.projection import Projection
from projections.stock_levels import STOCK_LEVELS
from tests.support.digests import digests
from tests.support.faust_system import FaustSystem, faust_system
from tests.support.journal import SLOTS
from tests.support.read_side import read_side_on, tracked
from tests.support.sales import day
from tests.support.times import NOON
from tests.support.waiting import until

PROJECTIONS: tuple[Projection, ...] = (ORDER_HISTORY, STOCK_LEVELS, as_projection(UNPAID_ORDERS))
LIVE = [f"{each.name}_v1" for each in PROJECTIONS]
TRADE = 20
"""Events at a time."""


@pytest.fixture
async def system(database: str, broker: str, topic_prefix: str) -> AsyncIterator[FaustSystem]:
    async with read_side_on(database) as shop, faust_system(shop, broker, topic_prefix) as opened:
        await ensure(shop.conn, PROJECTIONS, slots=SLOTS, at=NOON)
        yield opened


@asynccontextmanager
async def in_process(system: FaustSystem) -> AsyncIterator[None]:
    journal, stop = system.shop.journal, asyncio.Event()
    runner = Runner(
        connect=journal.connect, projections=PROJECTIONS, reader=journal.reader, slots=SLOTS, clock=journal.clock
    )
    running = asyncio.create_task(runner.run(stop))
    try:
        yield
    finally:
        stop.set()
        await running


class Trade:
    """Goes on until told to stop, and not beyond what there is to happen."""

    def __init__(self, system: FaustSystem, records: Sequence[Record]) -> None:
        self._system = system
        self._records = records
        self._stop = asyncio.Event()
        self.done = 0

    async def run(self) -> None:
        while not self._stop.is_set() and self.done < len(self._records):
            batch = self._records[self.done : self.done + TRADE]
            await asyncio.to_thread(self._system.shop.journal.append, batch)
            self.done += len(batch)
        assert self._stop.is_set(), "this was meant to be under load"

    def stop(self) -> None:
        self._stop.set()

    @property
    def happened(self) -> Sequence[Record]:
        return self._records[: self.done]


async def further(system: FaustSystem, events: int = 300) -> None:
    """Every projection has been brought so much further, in its slowest slot that has anything to say."""

    async def least() -> int:
        return min([max((await tracked(system.shop.conn, schema)).values()) for schema in LIVE])

    start = await least()
    await until(least, lambda position: position >= start + events, seconds=30)


async def test_from_in_process_to_faust_and_back_under_load(system: FaustSystem) -> None:
    shop = system.shop
    trade = Trade(system, day(shop.journal, 6_000, seed=1))
    trading = asyncio.create_task(trade.run())
    async with AsyncExitStack() as first, AsyncExitStack() as second:
        await first.enter_async_context(in_process(system))
        await further(system)
        await second.enter_async_context(system.driving(*PROJECTIONS))
        await further(system)
        await first.aclose()
        await further(system)
        await first.enter_async_context(in_process(system))
        await further(system)
        await second.aclose()
        await further(system)
        trade.stop()
        await trading
        await system.caught_up(*LIVE)
    for projection in PROJECTIONS:
        assert system.tables(projection) == await system.expected(projection, trade.happened), projection.name


async def test_a_rebuild_and_its_switch_under_load_are_seen_by_nobody(system: FaustSystem) -> None:
    shop = system.shop
    trade, over = Trade(system, day(shop.journal, 6_000, seed=2)), asyncio.Event()

    async def watch() -> list[tuple[str, int]]:
        """What one reader sees: the live schema, and how many orders are in it."""
        seen = []
        conn = await shop.journal.connect()
        while not over.is_set():
            live = await live_instance(conn, "order_history")
            assert live is not None
            ((count,),) = await bulk.read(conn, f"SELECT count(*) FROM {live.schema}.orders")
            seen.append((live.schema, count))
        await conn.close()
        return seen

    trading = asyncio.create_task(trade.run())
    async with system.driving(*PROJECTIONS):
        await further(system)
        watching = asyncio.create_task(watch())
        schema = await rebuilding(system, ORDER_HISTORY).run()
        await further(system)
        trade.stop()
        await trading
        await system.caught_up(*LIVE, schema)
        over.set()
        seen = await watching
    assert {name for name, _ in seen} == {"order_history_v1", schema}
    assert [name for name, _ in seen] == sorted(name for name, _ in seen), "the pointer went back"
    counts = [count for _, count in seen]
    assert counts == sorted(counts), "a reader saw orders vanish"
    expected = await system.expected(ORDER_HISTORY, trade.happened)
    assert digests(shop.journal.database, schema) == system.tables(ORDER_HISTORY) == expected


async def test_a_new_instance_gets_at_once_what_kafka_has_brought_to_the_others(system: FaustSystem) -> None:
    shop = system.shop
    records = day(shop.journal, 30, seed=3)
    async with system.driving(ORDER_HISTORY, patience=600):
        shop.journal.append(records)
        await system.caught_up("order_history_v1")
        async with shop.conn.transaction():
            schema = await create(shop.conn, ORDER_HISTORY, slots=SLOTS, state="fed", at=NOON)
        await system.caught_up(schema)
    assert digests(shop.journal.database, schema) == await system.expected(ORDER_HISTORY, records)


def rebuilding(system: FaustSystem, projection: Projection) -> Rebuild:
    journal = system.shop.journal
    return Rebuild(projection, connect=journal.connect, reader=journal.reader, slots=SLOTS, clock=journal.clock)
