"""An event that cannot be applied stops its own slot, visibly, until somebody decides."""

from collections.abc import Sequence
from dataclasses import replace

import psycopg
import pytest

from application.ports.log import Record, slot_of
from domain.catalogue.events import ProductListed
from domain.shared.category import Family
from infrastructure.runner import poison
from infrastructure.runner.poison import NothingStopped
from projections import bulk
from projections.catalogue import CATALOGUE
from projections.projection import Connection
from projections.stock_levels import STOCK_LEVELS
from tests.support.happenings import listed, product
from tests.support.journal import SLOTS
from tests.support.read_side import ReadSide, tracked
from tests.support.times import NOON

SCHEMA = "catalogue_v1"
POISON = 3
"""Which product PostgreSQL will not take: its name holds the one character that no text may."""


def name_of(record: Record) -> str:
    assert isinstance(record.event, ProductListed)
    return record.event.name


def ten_products(shop: ReadSide) -> list[Record]:
    records = []
    for number in range(10):
        name = "bad\x00name" if number == POISON else f"product {number}"
        records += shop.journal.record(product(number), listed(product(number), name=name))
    return records


async def names(shop: ReadSide) -> set[str]:
    return {row[0] for row in await bulk.read(shop.conn, f"SELECT name FROM {SCHEMA}.product")}


async def test_only_its_own_slot_stops(shop: ReadSide) -> None:
    records = ten_products(shop)
    bad = records[POISON]
    slot = SLOTS.of(bad)
    await shop.feed(records)
    behind = [record for record in records if SLOTS.of(record) == slot and record.position >= bad.position]
    assert await names(shop) == set(map(name_of, records)) - set(map(name_of, behind))
    positions = await tracked(shop.conn, SCHEMA)
    assert positions.pop(slot) < bad.position
    assert set(positions.values()) == {10}
    (stop,) = await poison.stops(shop.conn)
    assert (stop.name, stop.schema, stop.slot, stop.position) == ("catalogue", SCHEMA, slot, bad.position)
    assert (stop.type, stop.stream, stop.stopped_at) == ("catalogue.product-listed", product(POISON), NOON)
    assert stop.error == 'CharacterNotInRepertoire: invalid byte sequence for encoding "UTF8": 0x00'


async def test_a_stopped_slot_waits_and_the_others_do_not(shop: ReadSide) -> None:
    records = ten_products(shop)
    await shop.feed(records)
    slot = SLOTS.of(records[POISON])
    late = next(n for n in range(20, 99) if slot_of(Family.CATALOGUE, product(n), 8) == slot)
    more = shop.journal.record(product(late), listed(product(late), name="waits"))
    before = (await tracked(shop.conn, SCHEMA))[slot]
    await shop.feed(more)
    assert "waits" not in await names(shop)
    assert (await tracked(shop.conn, SCHEMA))[slot] == before
    assert len(await poison.stops(shop.conn)) == 1


async def test_skipping_is_audited_and_goes_on_behind_the_event(shop: ReadSide) -> None:
    records = ten_products(shop)
    await shop.feed(records)
    await poison.skip(shop.conn, "catalogue", records[POISON].position, by="operator", at=NOON)
    assert await poison.stops(shop.conn) == []
    await shop.feed(records)
    assert len(await names(shop)) == 9
    assert set((await tracked(shop.conn, SCHEMA)).values()) == {10}
    audit = await bulk.read(shop.conn, "SELECT status, acted_by, acted_at FROM till.poison")
    assert audit == [("skipped", "operator", NOON)]


async def test_a_retry_that_fails_again_stops_again(shop: ReadSide) -> None:
    records = ten_products(shop)
    await shop.feed(records)
    await poison.retry(shop.conn, "catalogue", records[POISON].position, by="operator", at=NOON)
    await shop.feed(records)
    assert len(await poison.stops(shop.conn)) == 1
    audit = await bulk.read(shop.conn, "SELECT status FROM till.poison ORDER BY id")
    assert audit == [("retried",), ("stopped",)]


async def test_a_retry_after_the_fault_was_mended_loses_nothing(shop: ReadSide) -> None:
    records = ten_products(shop)
    await shop.feed(records)
    await poison.retry(shop.conn, "catalogue", records[POISON].position, by="operator", at=NOON)

    async def mended(conn: Connection, schema: str, given: Sequence[Record]) -> None:
        cured = shop.journal.record(product(POISON), listed(product(POISON), name="cured"))[0]
        await CATALOGUE.apply(conn, schema, [cured if r.stream == product(POISON) else r for r in given])

    await shop.feeder(replace(CATALOGUE, apply=mended)).feed_all_slots(shop.conn, records, upto=10)
    assert len(await names(shop)) == 10
    assert set((await tracked(shop.conn, SCHEMA)).values()) == {10}


async def test_nothing_is_decided_where_nothing_stopped(shop: ReadSide) -> None:
    for decide in (poison.retry, poison.skip):
        with pytest.raises(NothingStopped):
            await decide(shop.conn, "catalogue", 1, by="operator", at=NOON)


@pytest.mark.parametrize(
    "failure",
    [psycopg.errors.SerializationFailure(), psycopg.errors.DeadlockDetected(), psycopg.errors.AdminShutdown()],
)
async def test_a_database_that_fails_us_is_no_poison(shop: ReadSide, failure: psycopg.Error) -> None:
    tried = 0

    async def unlucky(conn: Connection, schema: str, given: Sequence[Record]) -> None:
        nonlocal tried
        tried += 1
        raise failure

    records = ten_products(shop)
    with pytest.raises(type(failure)):
        await shop.feeder(replace(STOCK_LEVELS, apply=unlucky, events=CATALOGUE.events)).feed_all_slots(
            shop.conn, records, upto=10
        )
    assert tried == 1, "there is nothing to find out event by event"
    assert await bulk.read(shop.conn, "SELECT 1 FROM till.poison") == []
    assert set((await tracked(shop.conn, "stock_levels_v1")).values()) == {0}
