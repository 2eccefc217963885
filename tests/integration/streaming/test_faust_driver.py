"""Faust brings into the tables what the relay sends, whatever happens to what it depends on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import psycopg
import pytest
from kafka import KafkaAdminClient
from kafka.structs import TopicPartition

from application.ports.log import Record, slot_of
from application.processes.unpaid_orders import UNPAID_ORDERS
from domain.shared.category import Family
from infrastructure.processes.driver import as_projection
from infrastructure.runner.standings import standings
from infrastructure.streaming import dead_letters
from infrastructure.streaming.arriving import Arrival
from infrastructure.streaming.faust_app import StreamCrashed
from projections import bulk
from projections.catalogue import CATALOGUE
from projections.order_history import ORDER_HISTORY
from projections.projection import Connection
from projections.stock_levels import STOCK_LEVELS
from tests.support.faust_system import FaustSystem, faust_system
from tests.support.happenings import listed, product
from tests.support.journal import SLOTS
from tests.support.read_side import read_side_on, tracked
from tests.support.sales import day
from tests.support.times import NOON
from tests.support.waiting import until

FIRST = slot_of(Family.CATALOGUE, product(1), 8)
ELSEWHERE = next(n for n in range(2, 99) if slot_of(Family.CATALOGUE, product(n), 8) != FIRST)
OTHERS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND query NOT LIKE '%till.relay SET%'
"""


@pytest.fixture
async def system(database: str, broker: str, topic_prefix: str) -> AsyncIterator[FaustSystem]:
    async with read_side_on(database) as shop, faust_system(shop, broker, topic_prefix) as opened:
        yield opened


async def test_what_is_sent_gets_into_the_tables(system: FaustSystem) -> None:
    shop, manager = system.shop, as_projection(UNPAID_ORDERS)
    records = day(shop.journal, 150, seed=1)
    shop.journal.append(records[:600])
    projections = (ORDER_HISTORY, STOCK_LEVELS, manager)
    async with system.driving(*projections):
        await until(lambda: standings(shop.conn), lambda found: any(each.name == manager.name for each in found))
        shop.journal.append(records[600:])
        await system.caught_up(*(f"{each.name}_v1" for each in projections))
    for projection in projections:
        assert system.tables(projection) == await system.expected(projection, records)


async def test_it_goes_on_where_the_one_before_it_stopped(system: FaustSystem) -> None:
    shop, applied = system.shop, list[int]()

    async def noting(conn: Connection, schema: str, given: Sequence[Record]) -> None:
        applied.extend(record.position for record in given)
        await ORDER_HISTORY.apply(conn, schema, given)

    records = day(shop.journal, 150, seed=2)
    shop.journal.append(records)
    for _ in range(2):
        async with system.driving(replace(ORDER_HISTORY, apply=noting)):
            await until(lambda: tracked(shop.conn, "order_history_v1"), lambda slots: any(slots.values()))
    async with system.driving(replace(ORDER_HISTORY, apply=noting)):
        await system.caught_up("order_history_v1")
    assert len(applied) == len(set(applied))
    assert system.tables(ORDER_HISTORY) == await system.expected(ORDER_HISTORY, records)


async def test_lost_connections_lose_no_event_and_apply_none_twice(system: FaustSystem) -> None:
    shop = system.shop
    records = day(shop.journal, 150, seed=3)
    async with system.driving(ORDER_HISTORY, STOCK_LEVELS):
        for start in range(0, len(records), 150):
            shop.journal.append(records[start : start + 150])
            await shop.conn.execute(OTHERS)
        await system.caught_up("order_history_v1", "stock_levels_v1")
    for projection in (ORDER_HISTORY, STOCK_LEVELS):
        assert system.tables(projection) == await system.expected(projection, records)


async def test_a_database_that_is_away_is_waited_for_and_shows(system: FaustSystem) -> None:
    shop, away = system.shop, asyncio.Event()

    async def connect() -> Connection:
        if away.is_set():
            raise psycopg.OperationalError("the server is starting up")
        return await shop.journal.connect()

    async with system.driving(CATALOGUE, connect=connect, patience=60) as (driver,):
        shop.journal.write(product(1), listed(product(1)))
        await system.caught_up("catalogue_v1")
        away.set()
        await shop.conn.execute(OTHERS)
        (record,) = shop.journal.write(product(1), listed(product(1), name="later"))

        async def faults() -> dict[str, str]:
            return dict(driver.faults)

        await until(faults, lambda found: "starting up" in found.get("catalogue", ""), seconds=30)
        assert (await tracked(shop.conn, "catalogue_v1"))[SLOTS.of(record)] == 1
        away.clear()
        await system.caught_up("catalogue_v1")
        assert not driver.faults


async def test_an_error_that_nobody_has_thought_of_ends_it_and_loses_nothing(
    system: FaustSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = system.shop
    consumer = system.consumer(CATALOGUE)
    (record,) = shop.journal.write(product(1), listed(product(1)))

    async def stumble(arrivals: Sequence[Arrival]) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(consumer, "take", stumble)
    with pytest.raises(ExceptionGroup) as raised:
        async with asyncio.timeout(20):
            await system.driver(consumer).run(asyncio.Event())
    assert raised.group_contains(StreamCrashed, match="a bug")
    assert (await tracked(shop.conn, "catalogue_v1"))[SLOTS.of(record)] == 0
    async with system.driving(CATALOGUE, patience=60):
        await system.caught_up("catalogue_v1")


async def test_what_a_stranger_sent_stops_a_slot_until_somebody_decides(system: FaustSystem) -> None:
    shop = system.shop
    (first,) = shop.journal.write(product(1), listed(product(1), name="before"))
    partition = int(SLOTS.of(first).rpartition("-")[2])
    async with system.driving(CATALOGUE, patience=60):
        await system.caught_up("catalogue_v1")
        headers = [("position", b"1"), ("position", b"2")]
        await system.send("catalogue", partition, key=b"\xff", value=None, headers=headers)
        await system.send("catalogue", partition, value=b"\x00 neither JSON nor text \xff")
        letters = await until(lambda: dead_letters.dead_letters(shop.conn), lambda found: len(found) == 2)
        assert [(each.arrival.key, each.arrival.value, each.arrival.headers) for each in letters] == [
            (b"\xff", None, headers),
            (None, b"\x00 neither JSON nor text \xff", []),
        ]
        shop.journal.write(product(1), listed(product(1), name="after"))
        (other,) = shop.journal.write(product(ELSEWHERE), listed(product(ELSEWHERE), name="elsewhere"))
        await until(lambda: tracked(shop.conn, "catalogue_v1"), lambda slots: slots[SLOTS.of(other)] == 3)
        for letter in letters:
            await dead_letters.skip(shop.conn, letter.id, by="operator", at=NOON)
        await system.caught_up("catalogue_v1")
    rows = await bulk.read(shop.conn, "SELECT name FROM catalogue_v1.product")
    assert sorted(rows) == [("after",), ("elsewhere",)]


async def test_what_kafka_has_lost_is_read_from_the_log(system: FaustSystem) -> None:
    shop = system.shop
    records = day(shop.journal, 40, seed=5)
    shop.journal.append(records)

    async def relayed() -> int:
        ((position,),) = await bulk.read(shop.conn, "SELECT position FROM till.relay")
        return int(position)

    await until(relayed, lambda position: position == records[-1].position)
    await asyncio.to_thread(_forget_everything, system, "orders")
    async with system.driving(ORDER_HISTORY, patience=0.1):
        await system.caught_up("order_history_v1")
    assert system.tables(ORDER_HISTORY) == await system.expected(ORDER_HISTORY, records)


def _forget_everything(system: FaustSystem, family: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=system.broker.split(","))
    everything = {TopicPartition(f"{system.prefix}.{family}", n): -1 for n in range(8)}
    admin.delete_records(everything)
    admin.close()


async def test_live_tables_of_another_version_are_a_fault_that_shows(system: FaustSystem) -> None:
    system.shop.journal.write(product(1), listed(product(1)))
    here, next_ = CATALOGUE.version, CATALOGUE.version + 1
    async with system.driving(replace(CATALOGUE, version=next_)) as (driver,):

        async def faults() -> dict[str, str]:
            return dict(driver.faults)

        fault = f"of version {here}, the code has {next_}: rebuild it"
        await until(faults, lambda found: found == {"catalogue_v1": fault})
    assert set((await tracked(system.shop.conn, "catalogue_v1")).values()) == {0}
