"""A database with the same log whose tables the in-process driver has made: what everything else has to equal."""

import asyncio

import psycopg

from infrastructure.bootstrap.tables import projections
from infrastructure.bootstrap.worker import feeding
from infrastructure.clock import SystemClock
from infrastructure.postgres.pools import connector
from infrastructure.runner.standings import standings
from tests.support.digests import digests
from tests.support.loops import rows
from tests.support.waiting import until

_TABLES = ("till.commands", "till.stored_events", "till.log_head")
_LIVE = "SELECT name, live_schema FROM till.projection"

Tables = dict[str, tuple[int, str]]
"""Rows and digest by projection and table, of the live instances."""


def copy_log(source: str, target: str) -> None:
    """Of one migrated database into another, whose own is empty."""
    with psycopg.connect(source) as here, psycopg.connect(target) as there:
        there.execute("DELETE FROM till.log_head")
        for table in _TABLES:
            reading = here.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)".encode())
            writing = there.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)".encode())
            with reading as read, writing as write:
                for data in read:
                    write.write(data)


async def feed_in_process(database: str) -> None:
    """Everything that the log says, to everything that there is."""
    stop = asyncio.Event()
    conn = await connector(database, process="twin")()
    async with conn, feeding(database, clock=SystemClock()) as runner:
        running = asyncio.create_task(runner.run(stop))
        await until(lambda: _behind(conn), lambda behind: behind == 0, seconds=120)
        stop.set()
        await running


async def _behind(conn: psycopg.AsyncConnection[tuple[object, ...]]) -> int:
    """Counts an instance that is not there yet."""
    found = await standings(conn)
    return len(projections()) - len(found) + sum(each.lag for each in found)


def tables(database: str, *names: str) -> Tables:
    """Of these projections and process managers; of all, where none is named."""
    live = dict(rows(database, _LIVE))
    wanted = names or [projection.name for projection in projections()]
    return {f"{name}.{table}": held for name in wanted for table, held in digests(database, live[name]).items()}


def differences(found: Tables, expected: Tables) -> dict[str, tuple[object, object]]:
    """What differs, by table: what was found, and what it should be."""
    names = sorted(found.keys() | expected.keys())
    return {name: (found.get(name), expected.get(name)) for name in names if found.get(name) != expected.get(name)}
