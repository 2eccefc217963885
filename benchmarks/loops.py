"""The real command loop on a running shop's database, opened by the benchmark itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from psycopg import AsyncConnection

from application.policy import ShopPolicy
from benchmarks.ceiling import CapturingWriter
from infrastructure.bootstrap.tables import handlers
from infrastructure.bootstrap.writing import partitions
from infrastructure.clock import SystemClock
from infrastructure.collector import spare_long_lived_objects
from infrastructure.commandloop.committing import Committer
from infrastructure.commandloop.loop import CommandLoop
from infrastructure.commandloop.snapshots import SnapshotKeeper
from infrastructure.commandloop.states import StateCache
from infrastructure.eventstore.registry import event_codec
from infrastructure.eventstore.writer import LogWriter

CURRENCY = "INR"
POLICY = ShopPolicy(currency=CURRENCY, tax_rate=1_800, tax_inclusive=False, payment_window=timedelta(days=1))


@asynccontextmanager
async def open_loop(database: str) -> AsyncIterator[tuple[CommandLoop, CapturingWriter]]:
    """Put together as an API process does, but for the writer, which can keep what it writes."""

    async def connect() -> AsyncConnection[tuple[Any, ...]]:
        return await AsyncConnection.connect(database, autocommit=True)

    writer, snapshots = CapturingWriter(connect), SnapshotKeeper(LogWriter(connect))
    committer = Committer(
        writer=writer,
        handlers=handlers(POLICY),
        codec=event_codec(),
        cache=StateCache(),
        clock=SystemClock(),
        partitions=await partitions(database),
    )
    loop = CommandLoop(committer, on_death=_died, after_commit=snapshots.notice)
    snapshots.start()
    loop.start()
    spare_long_lived_objects()
    try:
        yield loop, writer
    finally:
        await loop.close()
        await snapshots.close()


def _died() -> None:
    raise RuntimeError("the command loop died; its log says why")
