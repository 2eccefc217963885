"""The port by which admins see jobs, over the due rows of all live process managers."""

from collections.abc import Sequence
from uuid import UUID

from application.ports.commands import Command
from application.ports.jobs import JobOutcome, JobPage, JobQuery
from domain.operations.job import Job
from infrastructure.postgres.pools import Pool
from infrastructure.processes import job_rows
from infrastructure.processes.job_rows import Queues


class PostgresJobs:
    """One transaction per question, so that page and total are of one moment's tables."""

    def __init__(self, pool: Pool, *, queues: Queues, commands: Sequence[type[Command]]) -> None:
        self._pool = pool
        self._queues = queues
        self._names = tuple(sorted(command.name for command in commands))

    @property
    def processes(self) -> Sequence[str]:
        return tuple(sorted(self._queues.values()))

    @property
    def names(self) -> Sequence[str]:
        return self._names

    async def find(self, query: JobQuery) -> JobPage:
        async with self._pool.connection() as connection, connection.transaction():
            return await job_rows.find(connection, self._queues, query)

    async def one(self, job_id: UUID) -> tuple[Job, JobOutcome | None] | None:
        async with self._pool.connection() as connection, connection.transaction():
            return await job_rows.one(connection, self._queues, job_id)
