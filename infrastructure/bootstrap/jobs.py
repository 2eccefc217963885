"""What admins and operators reach jobs by."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from application.ports.clock import Clock
from infrastructure.bootstrap.due_commands import DUE_COMMANDS, HANDLINGS
from infrastructure.bootstrap.tables import PROCESS_MANAGERS
from infrastructure.bootstrap.writing import partitions
from infrastructure.eventstore.registry import event_codec
from infrastructure.eventstore.writer import LogWriter
from infrastructure.postgres.pools import Pool, connector
from infrastructure.processes.driver import schema_stem
from infrastructure.processes.job_desk import JobDesk
from infrastructure.processes.jobs import PostgresJobs

QUEUES: Mapping[str, str] = {schema_stem(manager): manager.name for manager in PROCESS_MANAGERS}
"""Whatever has due rows, by the name of its live pointer."""


def jobs(pool: Pool) -> PostgresJobs:
    return PostgresJobs(pool, queues=QUEUES, commands=DUE_COMMANDS)


@asynccontextmanager
async def job_desk(conninfo: str, *, clock: Clock, process: str) -> AsyncIterator[JobDesk]:
    """With a connection of its own, made when it is first needed."""
    desk = JobDesk(
        writer=LogWriter(connector(conninfo, process=f"{process} jobs")),
        queues=QUEUES,
        handlings=HANDLINGS,
        codec=event_codec(),
        clock=clock,
        partitions=await partitions(conninfo),
    )
    try:
        yield desk
    finally:
        await desk.close()
