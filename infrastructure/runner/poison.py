"""Events that cannot be applied: they stop their slot, are recorded, and go on only when somebody decides."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import msgspec

from application.ports.log import Record
from infrastructure.postgres.transience import described
from infrastructure.runner.instances import announce
from projections import bulk
from projections.projection import Connection

LONGEST_ERROR = 2_000

_LOCK = "SELECT position, stopped FROM till.tracking WHERE schema_name = %s AND slot = %s FOR UPDATE"
# Whoever skipped the event before, or the record that brought it, has decided for every instance.
_STOP = """
INSERT INTO till.poison (schema_name, name, slot, position, stream, type, error, stopped_at, status, acted_by, acted_at)
SELECT i.schema_name, i.name, %(slot)s, %(position)s, %(stream)s, %(type)s, %(error)s, %(at)s,
       CASE WHEN before.acted_by IS NULL THEN 'stopped' ELSE 'skipped' END, before.acted_by, before.acted_at
  FROM till.projection_instance i
  LEFT JOIN LATERAL (
      SELECT s.acted_by, s.acted_at FROM till.skipped s
       WHERE s.name = i.name AND s.slot = %(slot)s AND s.position = %(position)s ORDER BY s.acted_at DESC LIMIT 1
  ) AS before ON true
 WHERE i.schema_name = %(schema)s
RETURNING status
"""
_HOLD = "UPDATE till.tracking SET stopped = true WHERE schema_name = %s AND slot = %s"
_LEAVE_BEHIND = "UPDATE till.tracking SET position = %s WHERE schema_name = %s AND slot = %s AND position < %s"
_DECIDE = """
UPDATE till.poison SET status = %(status)s, acted_by = %(by)s, acted_at = %(at)s
 WHERE name = %(name)s AND position = %(position)s AND status = 'stopped'
RETURNING schema_name, slot
"""
_LOCK_EACH = """
SELECT FROM till.tracking t JOIN unnest(%s::text[], %s::text[]) AS s (schema_name, slot) USING (schema_name, slot)
 ORDER BY schema_name, slot FOR UPDATE OF t
"""
# A later statement than the lock: what another has stopped the slot for, is seen.
_GO_ON = """
UPDATE till.tracking t
   SET position = greatest(t.position, %s),
       stopped = EXISTS (SELECT FROM till.poison p
                          WHERE p.schema_name = t.schema_name AND p.slot = t.slot AND p.status = 'stopped')
              OR EXISTS (SELECT FROM till.dead_letter d JOIN till.projection_instance i ON i.name = d.name
                          WHERE i.schema_name = t.schema_name AND d.slot = t.slot AND d.status = 'stopped')
  FROM unnest(%s::text[], %s::text[]) AS s (schema_name, slot)
 WHERE t.schema_name = s.schema_name AND t.slot = s.slot
"""
_STOPPED = """
SELECT name, schema_name, slot, position, stream, type, error, stopped_at
  FROM till.poison WHERE status = 'stopped' ORDER BY name, position
"""


class Culprit(msgspec.Struct, frozen=True):
    """The event that stops a slot."""

    position: int
    stream: UUID
    type: str

    @classmethod
    def of(cls, record: Record) -> Self:
        return cls(record.position, record.stream, record.event.topic)


class Stop(msgspec.Struct, frozen=True):
    """A slot that waits for somebody to decide about the event at `position`."""

    name: str
    schema: str
    slot: str
    position: int
    stream: UUID
    type: str
    error: str
    stopped_at: datetime


class NothingStopped(Exception):
    """No slot of that projection is stopped at that position."""


async def stop(conn: Connection, schema: str, slot: str, culprit: Culprit, error: Exception, *, at: datetime) -> bool:
    """Record the event and stop its slot before it. Whether the slot stands there now: not where somebody chose to skip
    the event before, in another instance of the same projection, and it is passed over again; nor where another
    driver is past it."""
    values = {
        "schema": schema,
        "slot": slot,
        "position": culprit.position,
        "stream": culprit.stream,
        "type": culprit.type,
        "error": described(error).replace("\x00", "")[:LONGEST_ERROR],
        "at": at,
    }
    async with conn.transaction():
        standing = await bulk.read(conn, _LOCK, (schema, slot))
        if not standing or standing[0][0] >= culprit.position:
            return False
        if standing[0][1]:
            return True
        rows = await bulk.read(conn, _STOP, values)
        stopped = bool(rows) and rows[0][0] == "stopped"
        if stopped:
            await conn.execute(_HOLD, (schema, slot))
        else:
            await conn.execute(_LEAVE_BEHIND, (culprit.position, schema, slot, culprit.position))
    return stopped


async def retry(conn: Connection, name: str, position: int, *, by: str, at: datetime) -> None:
    """Try the event again, in every instance that stopped at it. Audited; raises NothingStopped."""
    await _decide(conn, name, position, status="retried", passed=0, by=by, at=at)


async def skip(conn: Connection, name: str, position: int, *, by: str, at: datetime) -> None:
    """Go on behind the event, in every instance that stopped at it. Audited; raises NothingStopped."""
    await _decide(conn, name, position, status="skipped", passed=position, by=by, at=at)


async def _decide(
    conn: Connection, name: str, position: int, *, status: str, passed: int, by: str, at: datetime
) -> None:
    values = {"status": status, "by": by, "at": at, "name": name, "position": position}
    async with conn.transaction():
        rows = await bulk.read(conn, _DECIDE, values)
        if not rows:
            raise NothingStopped(f"{name} is not stopped at {position}")
        await release(conn, rows, passed=passed)


async def release(conn: Connection, slots: Sequence[tuple[Any, ...]], *, passed: int = 0) -> None:
    """Let these slots (schema and slot) go on, within the caller's transaction, but for those that something else has
    stopped too; and tell the drivers."""
    schemas, names = [schema for schema, _ in slots], [slot for _, slot in slots]
    await conn.execute(_LOCK_EACH, (schemas, names))
    await conn.execute(_GO_ON, (passed, schemas, names))
    await announce(conn)


async def stops(conn: Connection) -> list[Stop]:
    """Everything that waits for a decision, in every instance."""
    return [Stop(*row) for row in await bulk.read(conn, _STOPPED)]
