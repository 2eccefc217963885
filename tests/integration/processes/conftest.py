"""A process manager over tallies, its tables live in a real database, and executors that serve it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from application.ports.commands import CommandBus
from application.ports.log import Record
from application.processes.process import Decision, Due, ProcessManager, Withdraw
from domain.shared.category import Family
from domain.shared.event import Event
from infrastructure.processes.driver import as_projection
from infrastructure.processes.executor import Executor
from tests.support.fake_mail import an_outside
from tests.support.loops import FixedClock, committer, running
from tests.support.tally import NOON, Raise, Raised

LATER = NOON + timedelta(minutes=30)


class Seen(msgspec.Struct, frozen=True):
    """How far one tally has come."""

    total: int


def follow(state: Seen | None, event: Event) -> tuple[Seen | None, list[Decision]]:
    """A first raise schedules a bonus for later and a receipt at once; a negative one takes the bonus back."""
    assert isinstance(event, Raised)
    total = (state.total if state else 0) + event.by
    if event.by < 0:
        return None, [Withdraw("bonus")]
    if state is None:
        receipts = UUID(int=event.tally.int ^ 1)
        return Seen(total), [
            Due("bonus", Raise(tally=event.tally, by=100, limit=150), at=LATER),
            Due("receipt", Raise(tally=receipts)),
        ]
    return Seen(total), []


BONUS: ProcessManager[Seen] = ProcessManager(
    name="tally-bonus",
    version=1,
    events=(Raised,),
    state=Seen,
    instance=lambda event: event.tally if isinstance(event, Raised) else None,
    react=follow,
)
PROJECTION = as_projection(BONUS)
SCHEMA = "tally_bonus_v1"
POINTER = "tally_bonus"


def record(tally: UUID, *, by: int = 1, version: int = 1) -> Record:
    return Record(
        position=version, stream=tally, version=version, category="tally", family=Family.CATALOGUE, key=tally,
        event=Raised(tally=tally, by=by), recorded_at=NOON, command_id=uuid4(),
    )  # fmt: skip


def make_instance(conn: psycopg.Connection[Any], schema: str, number: int = 1) -> None:
    conn.execute(f"CREATE SCHEMA {schema}")
    conn.execute(PROJECTION.ddl.format(schema=schema))
    conn.execute(
        "INSERT INTO till.projection_instance VALUES (%s, 'tally_bonus', 1, %s, 'fed', %s)", (schema, number, NOON)
    )


@dataclass
class Shop:
    """What a test of due commands needs."""

    database: str
    pool: AsyncConnectionPool[AsyncConnection[Any]]
    bus: CommandBus
    clock: FixedClock

    async def tell(self, *records: Record, schema: str = SCHEMA) -> None:
        async with self.pool.connection() as conn, conn.transaction():
            await PROJECTION.apply(conn, schema, records)

    def executor(
        self, *, bus: CommandBus | None = None, effects: Any = None, managers: Mapping[str, str] = {POINTER: BONUS.name}
    ) -> Executor:
        return Executor(
            pool=self.pool, bus=bus or self.bus, outside=an_outside(), clock=self.clock,
            managers=managers, commands=[Raise], effects=effects or {},
        )  # fmt: skip

    async def due(self, schema: str = SCHEMA) -> dict[str, tuple[str, int]]:
        """Status and attempts by step."""
        async with self.pool.connection() as conn:
            cursor = await conn.execute(f"SELECT step, status, attempts FROM {schema}.due")
            return {step: (status, attempts) for step, status, attempts in await cursor.fetchall()}


@asynccontextmanager
async def shop_on(database: str) -> AsyncIterator[Shop]:
    with psycopg.connect(database, autocommit=True) as conn:
        make_instance(conn, SCHEMA)
        conn.execute("INSERT INTO till.projection VALUES ('tally_bonus', %s)", (SCHEMA,))
    committing = committer(database)
    async with (
        AsyncConnectionPool(database, min_size=2, max_size=6, kwargs={"autocommit": True}, open=False) as pool,
        running(committing) as bus,
    ):
        clock = committing.clock
        assert isinstance(clock, FixedClock)
        yield Shop(database, pool, bus, clock)


@pytest.fixture
async def shop(database: str) -> AsyncIterator[Shop]:
    async with shop_on(database) as opened:
        yield opened
