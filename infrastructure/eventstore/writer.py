"""The writing side of the log: one append function, on one asynchronous connection."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from infrastructure.eventstore.writes import Writes

Connection = AsyncConnection[tuple[Any, ...]]
Connect = Callable[[], Coroutine[Any, Any, Connection]]

_APPEND = """
SELECT head, written_at FROM till.append(
    %b::timestamptz, %b::uuid[], %b::bigint[],
    %b::uuid[], %b::bigint[], %b::text[], %b::bytea[], %b::uuid[], %b::uuid[],
    %b::uuid[], %b::text[], %b::text[], %b::uuid[], %b::uuid[], %b::bytea[], %b::text[], %b::bytea[],
    %b::integer[], %b::integer[], %b::jsonb)
"""
_MOVED = """
SELECT r.stream FROM unnest(%b::uuid[], %b::bigint[]) AS r (stream, version)
  LEFT JOIN LATERAL (
      SELECT e.originator_version FROM till.stored_events e
       WHERE e.originator_id = r.stream ORDER BY e.originator_version DESC LIMIT 1
  ) AS s ON true
 WHERE coalesce(s.originator_version, 0) <> r.version LIMIT 1
"""
_LOCK = "SELECT position FROM till.log_head FOR UPDATE"
_BEYOND = "SELECT stream, version, topic, state FROM till.events_beyond(%b::uuid[], %b::bigint[])"
_SNAPSHOTS = "SELECT stream, category, shape, version, state FROM till.snapshots WHERE stream = ANY(%b::uuid[])"
_OUTCOMES = """
SELECT id, fingerprint, outcome, answer, first_position, last_position, recorded_at
  FROM till.commands WHERE id = ANY(%b::uuid[])
"""
_POSITIONS = """
SELECT e.topic, e.ordering_key, e.notification_id FROM till.stored_events e
 WHERE e.notification_id BETWEEN %b AND %b ORDER BY e.notification_id
"""
_KEEP_SNAPSHOT = """
INSERT INTO till.snapshots AS s (stream, category, shape, version, state) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (stream) DO UPDATE SET category = excluded.category, shape = excluded.shape,
    version = excluded.version, state = excluded.state
WHERE (excluded.shape, excluded.version) > (s.shape, s.version)
"""


class Receipt(NamedTuple):
    """The log's position after the append, and the time it gave the events."""

    head: int
    recorded_at: datetime


class StreamMoved(Exception):
    """A stream that the batch read has another version than the one read."""


class CommandKnown(Exception):
    """A command id of the batch is already in the log."""


class StoredCommand(NamedTuple):
    id: UUID
    fingerprint: bytes
    outcome: str
    answer: bytes
    first_position: int | None
    last_position: int | None
    recorded_at: datetime


class StoredSnapshot(NamedTuple):
    stream: UUID
    category: str
    shape: int
    version: int
    state: bytes


class StoredEventRow(NamedTuple):
    stream: UUID
    version: int
    topic: str
    state: bytes


class LogWriter:
    """One connection of one command loop. Not safe to use from two tasks at once."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._conn: Connection | None = None

    async def connection(self) -> Connection:
        """The open connection, a new one where the last was lost. Raises psycopg.OperationalError."""
        if self._conn is None or self._conn.closed:
            self._conn = await self._connect()
        return self._conn

    @property
    def lost(self) -> bool:
        """Whether there is no connection to rely on."""
        return self._conn is None or self._conn.closed

    async def drop(self) -> None:
        """Forget the connection: its state is not known any more."""
        conn, self._conn = self._conn, None
        if conn is not None:
            await conn.close()

    async def append(self, writes: Writes, clock: datetime) -> Receipt:
        """All or nothing. Raises StreamMoved or CommandKnown, where nothing was written."""
        rows = await self._rows(_APPEND, writes.parameters(clock))
        return Receipt(*rows[0])

    async def verify(self, writes: Writes) -> None:
        """Raises StreamMoved unless all streams read have the versions read at one instant."""
        if await self._rows(_MOVED, (writes.read_streams, writes.read_versions)):
            raise StreamMoved

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        """A transaction that holds the append lock: until it ends, nobody else appends."""
        conn = await self.connection()
        async with conn.transaction():
            await conn.execute(_LOCK)
            yield

    async def events_beyond(self, versions: Mapping[UUID, int]) -> list[StoredEventRow]:
        rows = await self._rows(_BEYOND, (list(versions), list(versions.values())))
        return [StoredEventRow(*row) for row in rows]

    async def snapshots(self, streams: Iterable[UUID]) -> list[StoredSnapshot]:
        return [StoredSnapshot(*row) for row in await self._rows(_SNAPSHOTS, (list(streams),))]

    async def commands(self, ids: Iterable[UUID]) -> list[StoredCommand]:
        return [StoredCommand(*row) for row in await self._rows(_OUTCOMES, (list(ids),))]

    async def positions(self, first: int, last: int) -> list[tuple[str, UUID, int]]:
        """Topic, ordering key and position of the events between two positions, both included."""
        return [(row[0], row[1], row[2]) for row in await self._rows(_POSITIONS, (first, last))]

    async def keep_snapshot(self, snapshot: StoredSnapshot) -> None:
        """Replaces an older one; a newer one stays."""
        conn = await self.connection()
        await conn.execute(
            _KEEP_SNAPSHOT, (snapshot.stream, snapshot.category, snapshot.shape, snapshot.version, snapshot.state)
        )

    async def _rows(self, query: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        conn = await self.connection()
        cursor = conn.cursor(row_factory=tuple_row, binary=True)
        try:
            await cursor.execute(query, parameters, prepare=True)
        except psycopg.Error as error:
            named = _named(error)
            if named is None:
                raise
            raise named from error
        return await cursor.fetchall()


def _named(error: psycopg.Error) -> StreamMoved | CommandKnown | None:
    if error.sqlstate == "TS001":
        return StreamMoved(str(error))
    if isinstance(error, psycopg.errors.UniqueViolation) and error.diag.constraint_name == "commands_pkey":
        return CommandKnown(str(error))
    return None
