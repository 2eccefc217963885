"""The process's one writer, put together."""

import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from application.ports.clock import Clock
from infrastructure.bootstrap.tables import handlers, policy
from infrastructure.commandloop.committing import Committer
from infrastructure.commandloop.loop import CommandLoop
from infrastructure.commandloop.snapshots import SnapshotKeeper
from infrastructure.commandloop.states import StateCache
from infrastructure.eventstore.registry import event_codec
from infrastructure.eventstore.writer import LogWriter
from infrastructure.postgres.pools import connector
from infrastructure.runner.slots import stored_partitions
from infrastructure.settings import Settings


def end_process() -> None:
    """A process without its writer is of no use; its supervisor starts another."""
    os.kill(os.getpid(), signal.SIGTERM)


@asynccontextmanager
async def command_loop(
    settings: Settings, conninfo: str, *, clock: Clock, process: str, on_death: Callable[[], None] = end_process
) -> AsyncIterator[CommandLoop]:
    """The process's one writer, running."""
    connect = connector(conninfo, process=f"{process} writer")
    async with AsyncExitStack() as stack:
        snapshots = SnapshotKeeper(LogWriter(connect))
        snapshots.start()
        stack.push_async_callback(snapshots.close)
        committer = Committer(
            writer=LogWriter(connect),
            handlers=handlers(policy(settings)),
            codec=event_codec(),
            cache=StateCache(),
            clock=clock,
            partitions=await partitions(conninfo),
        )
        loop = CommandLoop(committer, on_death=on_death, after_commit=snapshots.notice)
        loop.start()
        stack.push_async_callback(loop.close)
        yield loop


async def partitions(conninfo: str) -> int:
    """Slots per family, as the database has it."""
    conn = await connector(conninfo, process="set-up")()
    async with conn:
        return await stored_partitions(conn)
