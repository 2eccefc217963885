"""Desks over the tally's jobs, and a look at them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from application.jobs import RetryJob, WithdrawJob
from application.ports.commands import Envelope
from domain.operations.job import Handling, Job
from domain.shared.actor import Actor
from infrastructure.eventstore.codec import EventCodec
from infrastructure.eventstore.writer import Connection, LogWriter
from infrastructure.processes.job_desk import JobDesk
from infrastructure.processes.jobs import PostgresJobs
from tests.integration.processes.conftest import BONUS, SCHEMA, Shop
from tests.support.tally import TALLIES, Raise

QUEUES = {"tally_bonus": BONUS.name}
FREE: Mapping[str, Handling] = {Raise.name: Handling()}


@asynccontextmanager
async def a_desk(shop: Shop, handlings: Mapping[str, Handling] = FREE) -> AsyncIterator[JobDesk]:
    """As in a process of its own."""

    async def connect() -> Connection:
        return await AsyncConnection.connect(shop.database, autocommit=True)

    desk = JobDesk(
        writer=LogWriter(connect), queues=QUEUES, handlings=handlings, codec=EventCodec([TALLIES]), clock=shop.clock,
        partitions=8,
    )  # fmt: skip
    try:
        yield desk
    finally:
        await desk.close()


def jobs_of(shop: Shop) -> PostgresJobs:
    return PostgresJobs(shop.pool, queues=QUEUES, commands=[Raise])


def wish(command: RetryJob | WithdrawJob, *, key: UUID | None = None, fingerprint: bytes = b"") -> Envelope:
    return Envelope(
        id=key or uuid4(),
        command=command,
        actor=Actor.system("tests"),
        correlation_id=uuid4(),
        keeps_refusal=True,
        fingerprint=fingerprint,
    )


async def job_id(shop: Shop, tally: UUID, step: str) -> UUID:
    async with shop.pool.connection() as conn:
        query = f"SELECT id FROM {SCHEMA}.due WHERE instance = %s AND step = %s"
        (row,) = await (await conn.execute(query, (tally, step))).fetchall()
        return UUID(str(row[0]))


async def seen(shop: Shop, job: UUID) -> Job:
    found = await jobs_of(shop).one(job)
    assert found is not None
    return found[0]


async def give_up(shop: Shop, job: UUID) -> None:
    async with shop.pool.connection() as conn:
        await conn.execute(
            f"UPDATE {SCHEMA}.due SET status = 'dead', attempts = 10, last_error = 'boom', finished_at = asked_at"
            " WHERE id = %s",
            (job,),
        )
