"""Events that cannot be applied: they stop their slot, are recorded, and go on only when somebody decides."""

from datetime import datetime
from uuid import UUID

import msgspec

from application.ports.log import Record
from infrastructure.postgres.transience import described
from infrastructure.runner.instances import announce
from projections import bulk
from projections.projection import Connection

LONGEST_ERROR = 2_000

_STOP = """
INSERT INTO till.poison (schema_name, name, slot, position, stream, type, error, stopped_at, status, acted_by, acted_at)
SELECT i.schema_name, i.name, %(slot)s, %(position)s, %(stream)s, %(type)s, %(error)s, %(at)s,
       CASE WHEN before.acted_by IS NULL THEN 'stopped' ELSE 'skipped' END, before.acted_by, before.acted_at
  FROM till.projection_instance i
  LEFT JOIN LATERAL (
      SELECT p.acted_by, p.acted_at FROM till.poison p
       WHERE p.name = i.name AND p.position = %(position)s AND p.status = 'skipped' ORDER BY p.id DESC LIMIT 1
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
_GO_ON = """
UPDATE till.tracking SET stopped = false, position = greatest(position, %s) WHERE schema_name = %s AND slot = %s
"""
_STOPPED = """
SELECT name, schema_name, slot, position, stream, type, error, stopped_at
  FROM till.poison WHERE status = 'stopped' ORDER BY name, position
"""


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


async def stop(conn: Connection, schema: str, slot: str, record: Record, error: Exception, *, at: datetime) -> bool:
    """Record the event and stop its slot before it. An event that somebody chose to skip before, in another instance
    of the same projection, is passed over again; False then."""
    values = {
        "schema": schema,
        "slot": slot,
        "position": record.position,
        "stream": record.stream,
        "type": record.event.topic,
        "error": described(error).replace("\x00", "")[:LONGEST_ERROR],
        "at": at,
    }
    async with conn.transaction():
        await conn.execute("SELECT FROM till.tracking WHERE schema_name = %s AND slot = %s FOR UPDATE", (schema, slot))
        rows = await bulk.read(conn, _STOP, values)
        stopped = bool(rows) and rows[0][0] == "stopped"
        if stopped:
            await conn.execute(_HOLD, (schema, slot))
        else:
            await conn.execute(_LEAVE_BEHIND, (record.position, schema, slot, record.position))
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
        for schema, slot in rows:
            await conn.execute(_GO_ON, (passed, schema, slot))
        await announce(conn)


async def stops(conn: Connection) -> list[Stop]:
    """Everything that waits for a decision, in every instance."""
    return [Stop(*row) for row in await bulk.read(conn, _STOPPED)]
