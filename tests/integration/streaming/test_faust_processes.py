"""`till project` as a process: it ends when told to, comes back where it was, and refuses what cannot work."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from infrastructure.cli.checks import fetch
from infrastructure.runner.standings import standings
from projections.order_history import ORDER_HISTORY
from tests.support.faust_system import FaustSystem, faust_system
from tests.support.read_side import read_side_on, tracked
from tests.support.sales import day
from tests.support.system import free_port
from tests.support.waiting import until

LIVE = "order_history_v1"
MOVED_WITHIN = 15.0
"""Seconds, of which a broker needs six to miss a member; and this machine may be busy."""


@pytest.fixture
async def system(database: str, broker: str, topic_prefix: str) -> AsyncIterator[FaustSystem]:
    async with read_side_on(database) as shop, faust_system(shop, broker, topic_prefix) as opened:
        yield opened


async def moved(system: FaustSystem) -> int:
    return sum((await tracked(system.shop.conn, LIVE)).values())


async def lag(system: FaustSystem) -> int:
    return next(each.lag for each in await standings(system.shop.conn) if each.schema == LIVE)


async def test_told_to_stop_it_ends_well_and_leaves_nothing_behind(system: FaustSystem, tmp_path: Path) -> None:
    system.shop.journal.append(day(system.shop.journal, 300, seed=1))
    with system.process(tmp_path, "project", "order_history") as process:
        await until(lambda: moved(system), bool, seconds=30)
        began = asyncio.get_running_loop().time()
        assert await asyncio.to_thread(process.end, signal.SIGTERM) == 0, process.log.read_text()
        assert asyncio.get_running_loop().time() - began < 6
    assert list(process.folder.iterdir()) == []
    async with system.driving(ORDER_HISTORY):
        await system.caught_up(LIVE)


async def test_it_tells_prometheus_how_far_it_is(system: FaustSystem, tmp_path: Path) -> None:
    port = free_port()
    system.shop.journal.append(day(system.shop.journal, 20, seed=5))
    with system.process(tmp_path, "project", "order_history", "--metrics-port", str(port)):
        await until(lambda: lag(system), lambda left: left == 0, seconds=30)

        async def told() -> dict[str, float]:
            return await asyncio.to_thread(metrics, f"http://127.0.0.1:{port}")

        position = 'till_projection_position{schema="order_history_v1"}'
        found = await until(told, lambda found: found.get(position, 0) == system.shop.journal.positions)
    assert found['till_projection_lag{schema="order_history_v1"}'] == 0
    assert found['till_consumer_waiting{projection="order_history"}'] == 0
    taken = found['till_consumed_batch_records_sum{projection="order_history"}']
    assert taken == found['till_projected_events_total{projection="order_history"}'] == 20 * 4


def metrics(url: str) -> dict[str, float]:
    """By name and labels."""
    lines = (fetch(f"{url}/metrics") or b"").decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


async def test_killed_it_comes_back_where_it_was(system: FaustSystem, tmp_path: Path) -> None:
    shop = system.shop
    records = day(shop.journal, 400, seed=2)
    with system.process(tmp_path, "project", "order_history") as process:
        for start in range(0, len(records), 1500):
            before = await moved(system)
            shop.journal.append(records[start : start + 1500])
            await until(lambda: moved(system), before.__lt__, seconds=30)
            await asyncio.to_thread(process.end, signal.SIGKILL)
            process.start()
        await until(lambda: lag(system), lambda left: left == 0, seconds=40)
    assert system.tables(ORDER_HISTORY) == await system.expected(ORDER_HISTORY, records)


async def test_what_a_killed_one_had_goes_to_the_others_in_seconds(system: FaustSystem, tmp_path: Path) -> None:
    shop = system.shop
    records = day(shop.journal, 300, seed=3)
    shop.journal.append(records[:1000])
    with ExitStack() as stack:
        first = stack.enter_context(system.process(tmp_path / "first", "project", "order_history"))
        await until(lambda: lag(system), lambda left: left == 0, seconds=30)
        stack.enter_context(system.process(tmp_path / "second", "project", "order_history"))
        shop.journal.append(records[1000:2000])
        await until(lambda: lag(system), lambda left: left == 0, seconds=30)
        await asyncio.to_thread(first.end, signal.SIGKILL)
        shop.journal.append(records[2000:])
        await until(lambda: lag(system), lambda left: left == 0, seconds=MOVED_WITHIN)
    assert system.tables(ORDER_HISTORY) == await system.expected(ORDER_HISTORY, records)


async def test_what_nobody_has_thought_of_ends_it_for_its_supervisor_to_see(
    system: FaustSystem, tmp_path: Path
) -> None:
    with system.process(tmp_path, "project", "order_history") as process:
        system.shop.journal.append(day(system.shop.journal, 3, seed=4))
        await until(lambda: moved(system), bool, seconds=30)
        await system.shop.conn.execute("DROP VIEW till.passed")
        assert await asyncio.to_thread(process.ended) == 1


@pytest.mark.parametrize(
    ("arguments", "environment", "reason"),
    [
        (("project", "nothing"), {}, "There is no read model 'nothing'; there are accounts, "),
        (("process", "order_history"), {}, "There is no process manager 'order-history'; there are account-"),
        (("project", "carts"), {"KAFKA_BOOTSTRAP_SERVERS": ""}, "KAFKA_BOOTSTRAP_SERVERS is not set"),
        (("project", "carts"), {"KAFKA_TOPIC_PREFIX": "test-none"}, "missing: test-none.catalogue, "),
    ],
)
async def test_what_cannot_work_is_refused(
    system: FaustSystem, tmp_path: Path, arguments: tuple[str, ...], environment: dict[str, str], reason: str
) -> None:
    with system.process(tmp_path, *arguments, environment=environment) as process:
        assert await asyncio.to_thread(process.ended) == 1
        assert reason in process.log.read_text()


async def test_topics_with_other_partitions_than_slots_are_refused(system: FaustSystem, tmp_path: Path) -> None:
    await system.shop.conn.execute("UPDATE till.setting SET value = '4' WHERE name = 'partitions'")
    with system.process(tmp_path, "project", "carts") as process:
        assert await asyncio.to_thread(process.ended) == 1
        assert "has 8" in process.log.read_text()


@pytest.mark.parametrize(
    ("arguments", "connected"),
    [(("execute",), "till executor"), (("process", "unpaid-orders"), "till project unpaid_orders")],
)
async def test_executors_and_process_managers_end_well(
    system: FaustSystem, tmp_path: Path, arguments: tuple[str, ...], connected: str
) -> None:
    with system.process(tmp_path, *arguments) as process:
        await until(lambda: connections(system, connected), bool, seconds=30)
        if arguments[0] == "process":
            system.shop.journal.append(day(system.shop.journal, 3, seed=6))
            await system.caught_up("unpaid_orders_v1")
        assert await asyncio.to_thread(process.end, signal.SIGTERM) == 0
        assert "Crashed" not in process.log.read_text()


async def connections(system: FaustSystem, name: str) -> int:
    cursor = await system.shop.conn.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s", (name,)
    )
    ((count,),) = await cursor.fetchall()
    return int(count)
