"""The in-process driver follows the log, whatever happens to its connections."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import psycopg

from application.ports.log import Record, slot_of
from domain.shared.category import Family
from domain.shared.identifiers import AccountId, CartId
from domain.shopping.events import CartOpened
from infrastructure.runner import poison
from infrastructure.runner.instances import create, drop, instances, point
from infrastructure.runner.tracking import reached
from projections.carts import CARTS
from projections.catalogue import CATALOGUE
from projections.projection import Connection, Projection
from projections.stock_levels import STOCK_LEVELS
from tests.integration.runner.conftest import Run
from tests.support.digests import digests
from tests.support.happenings import listed, product
from tests.support.journal import SLOTS
from tests.support.read_side import PROJECTIONS, ReadSide, caught_up
from tests.support.sales import day
from tests.support.times import NOON
from tests.support.waiting import until

OTHERS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


async def fed_by_hand(shop: ReadSide, records: Sequence[Record]) -> dict[str, object]:
    """What the tables must hold in the end: the same records, applied to instances of their own."""
    expected = dict[str, object]()
    for projection in PROJECTIONS:
        async with shop.conn.transaction():
            schema = await create(shop.conn, projection, slots=SLOTS, state="building", at=NOON)
        await shop.feeder(projection, schema).feed_all_slots(shop.conn, records, upto=records[-1].position)
        expected[projection.name] = digests(shop.journal.database, schema)
    return expected


def live(shop: ReadSide) -> dict[str, object]:
    return {each.name: digests(shop.journal.database, f"{each.name}_v1") for each in PROJECTIONS}


LIVE = [f"{each.name}_v1" for each in PROJECTIONS]


async def test_what_is_in_the_log_gets_into_the_tables(shop: ReadSide, running: Run) -> None:
    records = day(shop.journal, 150, seed=1)
    first, second = records[:600], records[600:]
    shop.journal.append(first)
    async with running():
        await caught_up(shop, *LIVE)
        shop.journal.append(second)
        await caught_up(shop, *LIVE)
    assert live(shop) == await fed_by_hand(shop, records)


async def test_lost_connections_lose_no_event_and_apply_none_twice(shop: ReadSide, running: Run) -> None:
    records = day(shop.journal, 150, seed=2)
    async with running():
        for start in range(0, len(records), 200):
            shop.journal.append(records[start : start + 200])
            await shop.conn.execute(OTHERS)
        await caught_up(shop, *LIVE)
    assert live(shop) == await fed_by_hand(shop, records)


async def test_a_database_that_is_away_for_a_while_is_waited_for(shop: ReadSide, running: Run) -> None:
    refused = 0

    async def connect() -> Connection:
        nonlocal refused
        if refused < 12:
            refused += 1
            raise psycopg.OperationalError("the server is starting up")
        return await shop.journal.connect()

    records = day(shop.journal, 10, seed=3)
    shop.journal.append(records)
    async with running(connect=connect):
        await caught_up(shop, *LIVE)
    assert refused == 12


async def test_one_feeds_and_another_takes_over(shop: ReadSide, running: Run) -> None:
    applied = dict.fromkeys("ab", 0)

    def counting(name: str) -> list[Projection]:
        async def apply(conn: Connection, schema: str, given: Sequence[Record]) -> None:
            applied[name] += len(given)
            await CATALOGUE.apply(conn, schema, given)

        return [replace(CATALOGUE, apply=apply)]

    async with running(counting("a")):
        shop.journal.append(shop.journal.record(product(1), listed(product(1))))
        await caught_up(shop, "catalogue_v1")
        async with running(counting("b")):
            shop.journal.append(shop.journal.record(product(2), listed(product(2))))
            await caught_up(shop, "catalogue_v1")
            assert applied == {"a": 2, "b": 0}
            await shop.conn.execute(OTHERS)
            shop.journal.append(shop.journal.record(product(3), listed(product(3))))
            await caught_up(shop, "catalogue_v1")
    assert sum(applied.values()) == 3


async def test_a_skipped_event_lets_a_running_slot_go_on(shop: ReadSide, running: Run) -> None:
    (bad,) = shop.journal.record(product(1), listed(product(1), name="\x00"))
    neighbour = next(n for n in range(2, 99) if slot_of(Family.CATALOGUE, product(n), 8) == SLOTS.of(bad))
    (good,) = shop.journal.record(product(neighbour), listed(product(neighbour)))
    shop.journal.append([bad, good])
    async with running([CATALOGUE]) as runner:
        await until(lambda: poison.stops(shop.conn), lambda stops: len(stops) == 1)
        await poison.skip(shop.conn, "catalogue", bad.position, by="operator", at=NOON)
        await caught_up(shop, "catalogue_v1")
        assert not runner.faults
    assert digests(shop.journal.database, "catalogue_v1")["product"][0] == 1


async def test_new_instances_are_fed_and_dropped_ones_left(shop: ReadSide, running: Run) -> None:
    shop.journal.append(day(shop.journal, 5, seed=4))
    async with running([STOCK_LEVELS]):
        await caught_up(shop, "stock_levels_v1")
        async with shop.conn.transaction():
            schema = await create(shop.conn, STOCK_LEVELS, slots=SLOTS, state="fed", at=NOON)
        await caught_up(shop, schema)
        assert digests(shop.journal.database, schema) == digests(shop.journal.database, "stock_levels_v1")
        async with shop.conn.transaction():
            await point(shop.conn, "stock_levels", schema)
        await drop(shop.conn, "stock_levels_v1")
        shop.journal.append(shop.journal.record(product(1), listed(product(1))))
        await caught_up(shop, schema)
    assert [each.schema for each in await instances(shop.conn) if each.name == "stock_levels"] == [schema]


async def test_an_instance_of_another_version_of_the_code_is_left_alone(shop: ReadSide, running: Run) -> None:
    shop.journal.append(shop.journal.record(product(1), listed(product(1))))
    old, new = CATALOGUE.version, CATALOGUE.version + 1
    newer = replace(CATALOGUE, version=new)
    async with running([newer, STOCK_LEVELS]) as runner:
        await caught_up(shop, "stock_levels_v1")
        assert runner.faults == {"catalogue_v1": f"of version {old}, the code has {new}: rebuild it"}
    assert await reached(shop.conn, "catalogue_v1") == 0


async def test_it_stops_in_the_middle_of_a_backlog_with_whole_batches(shop: ReadSide, running: Run) -> None:
    records = day(shop.journal, 400, seed=5)
    shop.journal.append(records)

    async def begun() -> int:
        return await reached(shop.conn, "order_history_v1") or 0

    async with running():
        await until(begun, bool)
    async with running():
        await caught_up(shop, *LIVE)
    assert live(shop) == await fed_by_hand(shop, records)
    assert not [task for task in asyncio.all_tasks() if "pump" in task.get_name()]


async def test_tracking_follows_what_does_not_concern_the_projection(shop: ReadSide, running: Run) -> None:
    shop.journal.append(shop.journal.record(product(1), listed(product(1))))
    async with running([CATALOGUE, CARTS]):
        await caught_up(shop, "catalogue_v1", "carts_v1")
        for number in range(3):
            opened = CartOpened(cart_id=CartId(UUID(int=number)), buyer_id=AccountId(UUID(int=number)), at=NOON)
            shop.journal.append(shop.journal.record(UUID(int=number), opened))
        await caught_up(shop, "catalogue_v1", "carts_v1")


async def test_a_log_that_this_code_cannot_read_is_a_fault_that_shows(shop: ReadSide, running: Run) -> None:
    shop.journal.write(product(1), listed(product(1)))
    await shop.conn.execute("UPDATE till.stored_events SET topic = 'catalogue.from-the-future:1'")
    async with running([CATALOGUE]) as runner:

        async def faults() -> dict[str, str]:
            return dict(runner.faults)

        await until(faults, lambda found: "from-the-future" in found.get("catalogue_v1", ""))
        await shop.conn.execute("UPDATE till.stored_events SET topic = 'catalogue.product-listed:1'")
        await caught_up(shop, "catalogue_v1")
        assert not runner.faults
