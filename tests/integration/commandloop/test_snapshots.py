"""Long streams are loaded from a snapshot and what came after it."""

import asyncio
from uuid import UUID, uuid4

import msgspec
import psycopg
from psycopg import AsyncConnection

from infrastructure.commandloop.snapshots import SNAPSHOT_EVERY, SnapshotKeeper
from infrastructure.eventstore.writer import LogWriter
from tests.support.loops import committer, envelope, rows, running
from tests.support.tally import Raise
from tests.support.waiting import until


async def raise_often(database: str, tally: UUID, times: int) -> None:
    """Through a loop with a keeper; returns when the last snapshot due is there."""
    keeper = SnapshotKeeper(LogWriter(lambda: AsyncConnection.connect(database, autocommit=True)))
    keeper.start()
    async with running(committer(database), after_commit=keeper.notice) as loop:
        await asyncio.gather(*(loop.submit(envelope(Raise(tally=tally))) for _ in range(times)))
        await until(lambda: asyncio.to_thread(rows, database, "SELECT version FROM till.snapshots"), bool)
    await keeper.close()


async def answered(database: str, tally: UUID) -> int:
    async with running(committer(database)) as cold:
        outcome = await cold.submit(envelope(Raise(tally=tally)))
    total: int = msgspec.json.decode(outcome.result or b"")["total"]
    return total


async def test_a_cold_load_begins_at_the_snapshot(database: str) -> None:
    tally = uuid4()
    await raise_often(database, tally, SNAPSHOT_EVERY + 50)
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("UPDATE till.snapshots SET state = convert_to(replace(convert_from(state, 'UTF8'), "
                     "'\"total\":', '\"total\":1'), 'UTF8')")  # fmt: skip
    assert await answered(database, tally) > 1_000, "the doctored snapshot was not read"


async def test_with_and_without_snapshots_the_state_is_the_same(database: str) -> None:
    tally = uuid4()
    await raise_often(database, tally, SNAPSHOT_EVERY + 50)
    assert await answered(database, tally) == SNAPSHOT_EVERY + 51
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("TRUNCATE till.snapshots")
    assert await answered(database, tally) == SNAPSHOT_EVERY + 52


async def test_a_snapshot_of_another_shape_is_ignored(database: str) -> None:
    tally = uuid4()
    await raise_often(database, tally, SNAPSHOT_EVERY + 50)
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("UPDATE till.snapshots SET shape = 99, state = 'no json'")
    assert await answered(database, tally) == SNAPSHOT_EVERY + 51


async def test_a_snapshot_that_cannot_be_read_is_done_without(database: str) -> None:
    tally = uuid4()
    await raise_often(database, tally, SNAPSHOT_EVERY + 50)
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("UPDATE till.snapshots SET state = '{}'")
    assert await answered(database, tally) == SNAPSHOT_EVERY + 51
