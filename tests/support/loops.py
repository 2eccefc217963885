"""Command loops for tests: real ones, on a real database, one or several as if they were processes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import AsyncConnection

from application.ports.commands import Command, Envelope
from domain.shared.actor import Actor
from infrastructure.commandloop.batch import Handlers
from infrastructure.commandloop.committing import Committer
from infrastructure.commandloop.loop import CommandLoop
from infrastructure.commandloop.states import StateCache
from infrastructure.eventstore.codec import EventCodec
from infrastructure.eventstore.writer import LogWriter
from tests.support.tally import HANDLERS, NOON, TALLIES


class FixedClock:
    """Says what it is told to say."""

    def __init__(self, now: datetime = NOON) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time


def envelope(
    command: Command, *, command_id: UUID | None = None, keyed: bool = False, fingerprint: bytes = b""
) -> Envelope:
    return Envelope(
        id=command_id or uuid4(),
        command=command,
        actor=Actor.system("tests"),
        correlation_id=uuid4(),
        fingerprint=fingerprint,
        keeps_refusal=keyed,
    )


def committer(
    database: str,
    *,
    handlers: Handlers = HANDLERS,
    codec: EventCodec | None = None,
    writer: type[LogWriter] = LogWriter,
) -> Committer:
    async def connect() -> AsyncConnection[tuple[Any, ...]]:
        return await AsyncConnection.connect(database, autocommit=True)

    return Committer(
        writer=writer(connect),
        handlers=handlers,
        codec=codec or EventCodec([TALLIES]),
        cache=StateCache(),
        clock=FixedClock(),
        partitions=8,
    )


@asynccontextmanager
async def running(committer: Committer, **options: Any) -> AsyncIterator[CommandLoop]:
    deaths: list[str] = []
    loop = CommandLoop(committer, on_death=lambda: deaths.append("died"), **options)
    loop.start()
    try:
        yield loop
    finally:
        await loop.close()
        assert not deaths, "the command loop died"


def rows(database: str, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(database, autocommit=True) as conn:
        return conn.execute(query, parameters).fetchall()


def total(database: str, tally: UUID) -> int:
    """The sum over the log, whatever any process believes."""
    query = "SELECT coalesce(sum((data ->> 'by')::int), 0) FROM till.event_log WHERE stream = %s"
    return int(rows(database, query, tally)[0][0])
