"""A projection changes drivers, and its tables, while commands come in and clients read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from infrastructure.bootstrap.worker import feeding
from infrastructure.clock import SystemClock
from tests.support.digests import digests
from tests.support.loops import rows
from tests.support.mixed_writing import MixedWriter
from tests.support.postgres import TestServer
from tests.support.reading import MODEL, reading_orders
from tests.support.streaming_system import StreamingSystem, process_managers, read_models
from tests.support.twin import copy_log, differences, feed_in_process, tables
from tests.support.waiting import until

MOVED = (MODEL, "catalogue", "unpaid_orders")
STRETCH = 200
"""Events that a driver has to bring into the tables before it is the next one's turn."""
_REACHED = """
SELECT min(p.position) FROM till.passed p JOIN till.projection l ON l.live_schema = p.schema_name
 WHERE l.name = ANY(%s::text[])
"""
_BEHIND = "SELECT (SELECT position FROM till.log_head) - min(position) FROM till.passed"


class InProcess:
    """The runner of a worker: feeds everything from a start to a stop."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def start(self) -> None:
        self._stop.clear()
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        self._stop.set()
        if self._running is not None:
            await self._running

    async def _run(self) -> None:
        async with feeding(self._database, clock=SystemClock()) as runner:
            await runner.run(self._stop)


@asynccontextmanager
async def by_faust(database: str, broker: str, prefix: str, home: Path) -> AsyncIterator[StreamingSystem]:
    """Relay and workers for what is moved. The rest of the test goes on while they stop."""
    managers = {name: what for name, what in process_managers().items() if name.replace("-", "_") in MOVED}
    programs = {"relay": ("relay",), **read_models(MODEL, "catalogue"), **managers}
    system = StreamingSystem(home, database=database, kafka=broker, prefix=prefix, programs=programs)
    system.__enter__()
    try:
        yield system
    finally:
        await asyncio.to_thread(system.__exit__, None, None, None)


async def further(database: str, writer: MixedWriter) -> None:
    """Whoever drives has brought what comes from now on into the live tables."""
    goal = writer.log.head + STRETCH
    await until(lambda: number(database, _REACHED, list(MOVED)), lambda position: position >= goal, seconds=60)


async def number(database: str, query: str, *parameters: object) -> int:
    ((found,),) = await asyncio.to_thread(rows, database, query, *parameters)
    return int(found or 0)


async def test_nobody_notices_a_move_to_faust_a_rebuild_there_and_the_way_back(
    postgres: TestServer, database: str, broker: str, topic_prefix: str, tmp_path: Path
) -> None:
    async with InProcess(database) as in_process:
        with MixedWriter(database, tmp_path, seed=5) as writer, writer.trade():
            in_process.start()
            await further(database, writer)
            async with reading_orders(database) as reading:
                async with by_faust(database, broker, topic_prefix, tmp_path) as faust:
                    await further(database, writer)
                    await in_process.stop()
                    await further(database, writer)
                    await asyncio.to_thread(faust.till, "rebuild", MODEL)
                    await further(database, writer)
                    in_process.start()
                await further(database, writer)
        await until(lambda: number(database, _BEHIND), lambda behind: behind == 0, seconds=60)
    with postgres.fresh() as twin:
        copy_log(database, twin)
        await feed_in_process(twin)
        assert differences(tables(database), tables(twin)) == {}
    assert digests(database, f"{MODEL}_v1") == digests(database, f"{MODEL}_v2")
    assert set(reading.schemas) == {f"{MODEL}_v1", f"{MODEL}_v2"}
    assert reading.kept_its_way
    print(f"{writer.log.head} events, {len(reading.counts)} reads")
