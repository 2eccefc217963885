"""Every event reaches every table once, whatever is fed twice, in what order, and wherever it breaks off."""

from itertools import groupby
from random import Random

import psycopg
import pytest

from domain.inventory.events import StockReserved
from infrastructure.runner.instances import create, drop
from infrastructure.runner.tracking import InstanceGone
from projections import bulk
from projections.stock_levels import STOCK_LEVELS
from projections.stock_queries import level
from tests.support.digests import digests
from tests.support.happenings import product
from tests.support.journal import SLOTS
from tests.support.read_side import JOINED, PROJECTIONS, ReadSide, tracked
from tests.support.sales import day, opening
from tests.support.times import NOON


def everything(shop: ReadSide) -> dict[str, object]:
    return {each.name: digests(shop.journal.database, f"{each.name}_v1") for each in PROJECTIONS}


async def test_the_same_batch_twice_is_applied_once(shop: ReadSide) -> None:
    records = day(shop.journal, 20, seed=1)
    await shop.feed(records)
    once = everything(shop)
    await shop.feed(records)
    await shop.feed(records[len(records) // 2 :])
    assert everything(shop) == once


DIE_AT_TRACKING = """
CREATE FUNCTION till.die() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN new; END';
CREATE TRIGGER dies BEFORE UPDATE ON till.tracking FOR EACH ROW EXECUTE FUNCTION till.die()
"""


async def test_a_crash_between_rows_and_tracking_leaves_neither(shop: ReadSide) -> None:
    records = day(shop.journal, 20, seed=2)
    before = everything(shop)
    await shop.conn.execute(DIE_AT_TRACKING)
    dying = await shop.journal.connect()
    with pytest.raises(psycopg.OperationalError):
        await shop.feeder(STOCK_LEVELS).feed_all_slots(dying, records, upto=records[-1].position)
    await shop.conn.execute("DROP TRIGGER dies ON till.tracking")
    assert everything(shop) == before
    assert set((await tracked(shop.conn, "stock_levels_v1")).values()) == {0}
    await shop.feed(records)
    row = await level(shop.conn, product(0), **JOINED)
    assert row is not None
    sold = sum(r.event.quantity for r in records if r.key == product(0) and isinstance(r.event, StockReserved))
    assert (row.on_hand, row.reserved) == (100_000, sold)


@pytest.mark.parametrize("seed", range(3))
async def test_slots_may_come_in_any_order_against_each_other_and_more_than_once(shop: ReadSide, seed: int) -> None:
    records = day(shop.journal, 40, seed=seed)
    await shop.feed(records)
    in_order = everything(shop)
    random = Random(seed)
    for projection in PROJECTIONS:
        async with shop.conn.transaction():
            schema = await create(shop.conn, projection, slots=SLOTS, state="fed", at=NOON)
        feeder = shop.feeder(projection, schema)
        consumed = set(SLOTS.consumed_by(projection))
        queues = {slot: list(queue) for slot, queue in groupby(sorted(records, key=SLOTS.of), key=SLOTS.of)}
        pending = {slot: queue for slot, queue in queues.items() if slot in consumed}
        while pending:
            slot = random.choice(sorted(pending))
            size = random.randint(1, 30)
            batch = pending[slot][:size]
            await feeder.feed(shop.conn, batch, ends={slot: batch[-1].position}, after={})
            pending[slot] = pending[slot][random.randint(max(0, size - 3), size) :]
            if not pending[slot]:
                del pending[slot]
        assert digests(shop.journal.database, schema) == in_order[projection.name], projection.name


async def test_a_slot_never_moves_back(shop: ReadSide) -> None:
    records = opening(shop.journal)
    await shop.feed(records)
    far = await tracked(shop.conn, "catalogue_v1")
    await shop.feed(records[:3])
    assert await tracked(shop.conn, "catalogue_v1") == far
    assert set(far.values()) == {records[-1].position}


async def test_what_was_dropped_cannot_be_fed(shop: ReadSide) -> None:
    async with shop.conn.transaction():
        schema = await create(shop.conn, STOCK_LEVELS, slots=SLOTS, state="fed", at=NOON)
    await drop(shop.conn, schema)
    records = opening(shop.journal)
    with pytest.raises(InstanceGone):
        await shop.feeder(STOCK_LEVELS, schema).feed_all_slots(shop.conn, records, upto=records[-1].position)
    assert await bulk.read(shop.conn, "SELECT 1 FROM till.poison") == []
