"""A rebuild makes the same tables beside the live ones, and nobody who reads notices the switch."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from application.ports.log import Record
from infrastructure.runner import poison
from infrastructure.runner.instances import instances, live_instance
from infrastructure.runner.rebuild import AlreadyRebuilding, Rebuild, RebuildStopped
from projections import bulk
from projections.catalogue import CATALOGUE
from projections.order_history import ORDER_HISTORY
from projections.projection import Connection, Projection
from projections.stock_levels import STOCK_LEVELS
from tests.integration.runner.conftest import Run
from tests.support.digests import digests
from tests.support.happenings import listed, product
from tests.support.journal import SLOTS
from tests.support.read_side import PROJECTIONS, ReadSide, caught_up
from tests.support.sales import day
from tests.support.times import NOON


def rebuilding(shop: ReadSide, projection: Projection) -> Rebuild:
    journal = shop.journal
    return Rebuild(projection, connect=journal.connect, reader=journal.reader, slots=SLOTS, clock=journal.clock)


async def schemas(shop: ReadSide, name: str) -> dict[str, bool]:
    """Every instance, and whether it is live."""
    return {each.schema: each.live for each in await instances(shop.conn) if each.name == name}


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
async def test_a_rebuild_holds_the_same_rows(shop: ReadSide, projection: Projection) -> None:
    records = day(shop.journal, 100, seed=1)
    shop.journal.append(records)
    await shop.feed(records)
    steps: list[tuple[int, int]] = []
    schema = await rebuilding(shop, projection).run(lambda *step: steps.append(step))
    assert digests(shop.journal.database, schema) == digests(shop.journal.database, f"{projection.name}_v1")
    assert await schemas(shop, projection.name) == {f"{projection.name}_v1": False, schema: True}
    assert steps == sorted(steps)
    assert steps[-1] == (len(records), len(records))


async def test_the_switch_under_load_is_seen_by_nobody(shop: ReadSide, running: Run) -> None:
    records = day(shop.journal, 500, seed=2)
    done = asyncio.Event()
    shop.journal.append(records[:800])

    async def trade() -> None:
        for start in range(800, len(records), 25):
            await asyncio.to_thread(shop.journal.append, records[start : start + 25])

    async def watch() -> list[tuple[str, int]]:
        """What one reader sees: the live schema, and how many orders are in it."""
        seen = []
        conn = await shop.journal.connect()
        while not done.is_set():
            live = await live_instance(conn, "order_history")
            assert live is not None
            ((count,),) = await bulk.read(conn, f"SELECT count(*) FROM {live.schema}.orders")
            seen.append((live.schema, count))
        await conn.close()
        return seen

    async with running([ORDER_HISTORY]):
        trading, watching = asyncio.create_task(trade()), asyncio.create_task(watch())
        schema = await rebuilding(shop, ORDER_HISTORY).run()
        assert not trading.done(), "the rebuild was meant to be under load"
        await trading
        await caught_up(shop, "order_history_v1", schema)
        done.set()
        seen = await watching
    assert {name for name, _ in seen} == {"order_history_v1", schema}
    assert [name for name, _ in seen] == sorted(name for name, _ in seen), "the pointer went back"
    counts = [count for _, count in seen]
    assert counts == sorted(counts), "a reader saw orders vanish"
    assert counts[-1] == 500
    assert digests(shop.journal.database, schema) == digests(shop.journal.database, "order_history_v1")


def failing_at(position: int, projection: Projection) -> Projection:
    async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
        if any(record.position == position for record in records):
            raise ValueError("cannot be applied")
        await projection.apply(conn, schema, records)

    return replace(projection, apply=apply)


async def test_a_rebuild_that_cannot_go_on_changes_nothing(shop: ReadSide) -> None:
    records = day(shop.journal, 5, seed=3)
    shop.journal.append(records)
    await shop.feed(records)
    with pytest.raises(RebuildStopped, match=r"at 2 .*cannot be applied"):
        await rebuilding(shop, failing_at(2, STOCK_LEVELS)).run()
    assert await schemas(shop, "stock_levels") == {"stock_levels_v1": True}


async def test_what_the_live_one_stopped_at_does_not_hold_a_rebuild_up(shop: ReadSide) -> None:
    (bad,) = shop.journal.write(product(1), listed(product(1), name="\x00"))
    await shop.feed([bad])
    schema = await rebuilding(shop, CATALOGUE).run()
    assert (await schemas(shop, "catalogue"))[schema]
    assert {stop.schema for stop in await poison.stops(shop.conn)} == {"catalogue_v1", schema}


async def test_what_was_skipped_is_skipped_again(shop: ReadSide) -> None:
    (bad,) = shop.journal.write(product(1), listed(product(1), name="\x00"))
    await shop.feed([bad])
    await poison.skip(shop.conn, "catalogue", bad.position, by="operator", at=NOON)
    schema = await rebuilding(shop, CATALOGUE).run()
    assert (await schemas(shop, "catalogue"))[schema]
    assert await poison.stops(shop.conn) == []
    audit = await bulk.read(shop.conn, "SELECT schema_name, status, acted_by FROM till.poison ORDER BY id")
    assert audit == [("catalogue_v1", "skipped", "operator"), (schema, "skipped", "operator")]


async def test_one_rebuild_at_a_time(shop: ReadSide) -> None:
    shop.journal.append(day(shop.journal, 5, seed=4))
    refused: list[bool] = []

    async def second() -> None:
        with pytest.raises(AlreadyRebuilding):
            await rebuilding(shop, STOCK_LEVELS).run()
        refused.append(True)

    async def slow(conn: Connection, schema: str, records: Sequence[Record]) -> None:
        await second()
        await STOCK_LEVELS.apply(conn, schema, records)

    await rebuilding(shop, replace(STOCK_LEVELS, apply=slow)).run()
    assert refused == [True]


async def test_the_one_before_is_kept_and_older_ones_are_dropped(shop: ReadSide, running: Run) -> None:
    records = day(shop.journal, 5, seed=5)
    shop.journal.append(records[:50])
    async with running([STOCK_LEVELS]):
        second = await rebuilding(shop, STOCK_LEVELS).run()
        third = await rebuilding(shop, STOCK_LEVELS).run()
        assert await schemas(shop, "stock_levels") == {second: False, third: True}
        shop.journal.append(records[50:])
        await caught_up(shop, second, third)
    assert digests(shop.journal.database, second) == digests(shop.journal.database, third)


async def test_what_a_projection_inherits_is_there_when_it_goes_live(shop: ReadSide) -> None:
    records = day(shop.journal, 5, seed=6)
    shop.journal.append(records)
    await shop.feed(records)
    await shop.conn.execute("UPDATE stock_levels_v1.level SET threshold = 77")
    inheriting = replace(
        STOCK_LEVELS,
        inherit="UPDATE {schema}.level n SET threshold = o.threshold FROM {former}.level o"
        " WHERE o.product_id = n.product_id",
    )
    schema = await rebuilding(shop, inheriting).run()
    assert await bulk.read(shop.conn, f"SELECT DISTINCT threshold FROM {schema}.level") == [(77,)]
