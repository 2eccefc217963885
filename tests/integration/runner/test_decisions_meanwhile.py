"""Somebody decides about a stopped slot, or drops an instance, while batches are being fed."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from application.ports.log import Record
from infrastructure.eventstore.reader import LogReader
from infrastructure.runner import poison
from infrastructure.runner.instances import instances
from infrastructure.runner.rebuild import Rebuild, RebuildStopped
from infrastructure.runner.tracking import SlotBehind
from projections import bulk
from projections.catalogue import CATALOGUE
from projections.projection import Connection, Projection
from projections.stock_levels import STOCK_LEVELS
from tests.integration.runner.conftest import Run
from tests.support.happenings import listed, product
from tests.support.journal import SLOTS
from tests.support.read_side import ReadSide, caught_up
from tests.support.sales import day
from tests.support.times import NOON
from tests.support.waiting import until


def forty_products(shop: ReadSide, *, bad: int) -> list[Record]:
    records = list[Record]()
    for number in range(1, 41):
        name = "bad\x00name" if number == bad else f"product {number}"
        records += shop.journal.record(product(number), listed(product(number), name=name))
    shop.journal.append(records)
    return records


def failing_at(position: int, projection: Projection) -> Projection:
    async def apply(conn: Connection, schema: str, given: Sequence[Record]) -> None:
        if any(record.position == position for record in given):
            raise ValueError("cannot be applied")
        await projection.apply(conn, schema, given)

    return replace(projection, apply=apply)


async def products(shop: ReadSide, schema: str = "catalogue_v1") -> int:
    ((count,),) = await bulk.read(shop.conn, f"SELECT count(*) FROM {schema}.product")
    return int(count)


def rebuilding(shop: ReadSide, projection: Projection) -> Rebuild:
    journal = shop.journal
    return Rebuild(projection, connect=journal.connect, reader=journal.reader, slots=SLOTS, clock=journal.clock)


async def skip(shop: ReadSide) -> None:
    await poison.skip(shop.conn, "catalogue", 1, by="operator", at=NOON)


async def test_a_slot_let_go_on_between_two_batches_misses_nothing(shop: ReadSide) -> None:
    records = forty_products(shop, bad=1)
    feeder = shop.feeder(CATALOGUE)
    await feeder.feed_all_slots(shop.conn, records[:20], upto=20)
    await skip(shop)
    with pytest.raises(SlotBehind):
        await feeder.feed_all_slots(shop.conn, records[20:], upto=40, after=20)
    await feeder.feed_all_slots(shop.conn, records, upto=40)
    assert await products(shop) == 39


async def test_a_slot_let_go_on_within_the_batch_that_stopped_it_misses_nothing(
    shop: ReadSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = forty_products(shop, bad=0)
    stop = poison.stop

    async def stop_and_retry(conn: Connection, *args: Any, at: datetime) -> bool:
        stopped = await stop(conn, *args, at=at)
        await poison.retry(shop.conn, "catalogue", 1, by="operator", at=NOON)
        return stopped

    monkeypatch.setattr(poison, "stop", stop_and_retry)
    await shop.feeder(failing_at(1, CATALOGUE)).feed_all_slots(shop.conn, records, upto=40)
    await shop.feeder(CATALOGUE).feed_all_slots(shop.conn, records, upto=40)
    assert await products(shop) == 40


class DecidesWhileReading(LogReader):
    """Somebody decides when a batch beyond the position was read, and has not been applied."""

    def __init__(self, shop: ReadSide, *, beyond: int) -> None:
        super().__init__(shop.journal.codec)
        self._shop = shop
        self._beyond = beyond
        self.decided = False

    async def read(
        self, conn: Connection, *, after: int, limit: int, dispensable: AbstractSet[int] = frozenset()
    ) -> list[Record]:
        records = await super().read(conn, after=after, limit=limit, dispensable=dispensable)
        if not self.decided and records and after >= self._beyond and await poison.stops(self._shop.conn):
            self.decided = True
            await skip(self._shop)
        return records


async def test_a_slot_let_go_on_while_the_runner_is_busy_misses_nothing(shop: ReadSide, running: Run) -> None:
    shop.journal.reader = reader = DecidesWhileReading(shop, beyond=40)
    forty_products(shop, bad=1)
    async with running([CATALOGUE]):
        await until(lambda: poison.stops(shop.conn), lambda stops: len(stops) == 1)
        shop.journal.append([r for n in range(50, 60) for r in shop.journal.record(product(n), listed(product(n)))])
        await caught_up(shop, "catalogue_v1")
    assert reader.decided
    assert await products(shop) == 49


async def test_a_slot_let_go_on_in_the_middle_of_a_rebuild_misses_nothing(
    shop: ReadSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infrastructure.runner.rebuild.BATCH", 10)
    await shop.feed(forty_products(shop, bad=1))
    shop.journal.reader = reader = DecidesWhileReading(shop, beyond=20)
    schema = await rebuilding(shop, CATALOGUE).run()
    assert reader.decided
    assert await products(shop, schema) == 39


async def test_a_rebuild_that_failed_stands_in_no_later_ones_way(shop: ReadSide) -> None:
    records = day(shop.journal, 5, seed=3)
    shop.journal.append(records)
    await shop.feed(records)

    for _ in range(2):
        with pytest.raises(RebuildStopped):
            await rebuilding(shop, failing_at(2, STOCK_LEVELS)).run()
        assert await poison.stops(shop.conn) == []
    schema = await rebuilding(shop, STOCK_LEVELS).run()
    assert schema in {each.schema for each in await instances(shop.conn) if each.live}


async def test_instances_that_were_dropped_hold_no_connection(shop: ReadSide, running: Run) -> None:
    shop.journal.append(day(shop.journal, 5, seed=5))

    async def feeders() -> int:
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database ="
        rows = await bulk.read(shop.conn, f"{held} (SELECT oid FROM pg_database WHERE datname = current_database())")
        return int(rows[0][0])

    async with running([STOCK_LEVELS]):
        for _ in range(3):
            await caught_up(shop, await rebuilding(shop, STOCK_LEVELS).run())
        await until(feeders, lambda count: count == 2)
