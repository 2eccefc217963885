"""How fast events reach the read models and how far behind they are, how fast the log folds, and what it all weighs."""

import asyncio
import statistics
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any

import psutil
import psycopg
from psycopg import AsyncConnection

from application.ports.commands import CommandBus
from benchmarks.checkouts import checkouts, fill_carts
from benchmarks.results import Results
from infrastructure.eventstore.reader import LogReader
from infrastructure.eventstore.registry import CATEGORIES, event_codec
from infrastructure.replay import replay
from infrastructure.standing import look
from tests.support.crowd import Crowd, submit_all

BURSTS = 2
POLL_SECONDS = 0.01
CATCH_UP_SECONDS = 120.0
REPLAYS = 3
MEBIBYTE = 1024**2


def lag(connection: psycopg.Connection[Any]) -> tuple[int, int]:
    """The log's head, and how many events the slowest live read model or process manager is behind it."""
    standing = look(connection)
    reached = [instance.position for instance in standing.instances if instance.live]
    return standing.head.position, standing.head.position - min(reached, default=0)


async def caught_up(connection: psycopg.Connection[Any]) -> float:
    """When everything is projected, by the machine's clock."""
    async with asyncio.timeout(CATCH_UP_SECONDS):
        while lag(connection)[1] > 0:  # noqa: ASYNC110 - the worker is another process
            await asyncio.sleep(POLL_SECONDS)
    return perf_counter()


async def measure_projections(
    bus: CommandBus, crowd: Crowd, results: Results, connection: psycopg.Connection[Any]
) -> None:
    """Bursts of commands as fast as the loop goes, while the worker follows."""
    rates, lags, delays = list[float](), list[float](), list[float]()
    for _ in range(BURSTS):
        await caught_up(connection)
        before, _ = lag(connection)
        started = perf_counter()
        await fill_carts(bus, crowd.buyers, crowd.products)
        await submit_all(bus, checkouts(crowd.buyers), in_flight=64)
        ended = perf_counter()
        head, behind = lag(connection)
        done = await caught_up(connection)
        rates.append((head - before) / (done - started))
        lags.append(behind)
        delays.append(done - ended)
    results.add("projections, under a burst of commands", statistics.median(rates), "events/s")
    results.add("projections, lag when the burst ends", statistics.median(lags), "events")
    results.add("projections, until they have caught up", statistics.median(delays), "s")


async def measure_replay(database: str, results: Results) -> None:
    rates = []
    async with await AsyncConnection.connect(database, autocommit=True) as connection:
        for _ in range(REPLAYS):
            replayed = await replay(connection, reader=LogReader(event_codec()), categories=CATEGORIES)
            rates.append(replayed.events_per_second)
    results.add("replay, the whole log folded", statistics.median(rates), "events/s")


def measure_memory(ours: Mapping[str, psutil.Process], server: Sequence[psutil.Process], results: Results) -> None:
    """Resident set of each of ours; of PostgreSQL's processes the sum, with shared pages counted once."""
    for name, process in ours.items():
        results.add(f"memory, {name}", process.memory_info().rss / MEBIBYTE, "MiB")
    proportional = sum(_proportional(process) for process in server)
    results.add(f"memory, PostgreSQL in {len(server)} processes", proportional / MEBIBYTE, "MiB")


def _proportional(process: psutil.Process) -> int:
    """Pages of its own and its part of those it shares, where the system counts that; 0 where it has just ended."""
    try:
        info = process.memory_full_info()
    except psutil.NoSuchProcess:
        return 0
    share: int = getattr(info, "pss", info.uss)
    return share
