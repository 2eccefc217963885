"""Where jobs are tried anew and withdrawn: the decision's command row and the job's own row change in one transaction.

The job's row is held first and the append lock taken last, for the length of one append: whoever holds that lock waits
for no job. What is known of the command's id already is answered from its row, and changes nothing again.
"""

import asyncio
from collections.abc import Mapping
from functools import partial

import msgspec
import psycopg

from application.jobs import JobKept, RetryJob, WithdrawJob, retry_job, withdraw_job
from application.ports.clock import Clock
from application.ports.commands import CommandBus, Envelope, Outcome, OutcomeUnknown
from domain.operations.job import Handling, Job
from infrastructure.commandloop.committing import Committer
from infrastructure.commandloop.pending import Pending
from infrastructure.commandloop.states import StateCache
from infrastructure.eventstore.codec import EventCodec
from infrastructure.eventstore.writer import LogWriter
from infrastructure.processes import job_rows
from infrastructure.processes.job_rows import Queues

PATIENCE = 5.0
"""Seconds a decision may take; statements have a limit of their own."""
UNKNOWN = Handling(kept_because="This version does not know the command; it may matter to another.")


class JobDesk:
    """Carries out the commands about jobs, one after another; any number of processes may have one."""

    def __init__(
        self,
        *,
        writer: LogWriter,
        queues: Queues,
        handlings: Mapping[str, Handling],
        codec: EventCodec,
        clock: Clock,
        partitions: int,
    ) -> None:
        """The writer is the desk's own; `handlings` goes by the names of commands."""
        self._writer = writer
        self._queues = queues
        self._handlings = handlings
        self._codec = codec
        self._clock = clock
        self._partitions = partitions
        self._turn = asyncio.Lock()

    async def submit(self, envelope: Envelope) -> Outcome:
        """Decide and commit. Raises KeyReused, OutcomeUnknown, ExecutionFailed and psycopg's errors (not executed)."""
        command = envelope.command
        if not isinstance(command, RetryJob | WithdrawJob):
            raise TypeError(f"{command.name} is not about a job")
        async with self._turn:
            try:
                return await self._carry_out(command, envelope)
            except BaseException:
                await self._writer.drop()
                raise

    async def close(self) -> None:
        await self._writer.drop()

    async def _carry_out(self, command: RetryJob | WithdrawJob, envelope: Envelope) -> Outcome:
        outcome: Outcome | None = None
        conn = await self._writer.connection()
        try:
            async with conn.transaction():
                held = await job_rows.hold(conn, self._queues, command.job_id)
                outcome = await self._decided(envelope, None if held is None else held[1])
                if held is not None and outcome.result is not None and not outcome.replayed:
                    await job_rows.keep(conn, held[0], msgspec.json.decode(outcome.result, type=JobKept).job)
        except psycopg.OperationalError as lost:
            if outcome is None:
                raise
            raise OutcomeUnknown("The connection was lost while it was committed.") from lost
        return outcome

    async def _decided(self, envelope: Envelope, job: Job | None) -> Outcome:
        handling = UNKNOWN if job is None else self._handlings.get(job.name, UNKNOWN)
        committer = Committer(
            writer=self._writer,
            handlers={
                RetryJob: partial(retry_job, job=job, handling=handling),
                WithdrawJob: partial(withdraw_job, job=job, handling=handling),
            },
            codec=self._codec,
            cache=StateCache(),
            clock=self._clock,
            partitions=self._partitions,
        )
        pending = Pending(envelope, deadline=asyncio.get_running_loop().time() + PATIENCE)
        await committer.settle([pending])
        return await pending.future


class DeskBeside:
    """One bus: commands about jobs go to the desk, all others to the loop."""

    def __init__(self, loop: CommandBus, desk: CommandBus) -> None:
        self._loop = loop
        self._desk = desk

    async def submit(self, envelope: Envelope) -> Outcome:
        about_jobs = isinstance(envelope.command, RetryJob | WithdrawJob)
        return await (self._desk if about_jobs else self._loop).submit(envelope)
