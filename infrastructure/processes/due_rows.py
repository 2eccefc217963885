"""Due commands as rows: scheduled, claimed under a lease with a fencing token, finished, or dead and visible."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from projections import bulk
from projections.projection import Connection

CHANNEL = "till_due"

DDL = """
CREATE TABLE {schema}.due (
    id          uuid PRIMARY KEY,
    instance    uuid NOT NULL,
    step        text NOT NULL,
    name        text NOT NULL,
    body        bytea NOT NULL,
    cause       uuid,
    asked_at    timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    status      text NOT NULL CHECK (status IN ('scheduled', 'running', 'done', 'refused', 'dead', 'withdrawn')),
    attempts    integer NOT NULL DEFAULT 0,
    rounds      integer NOT NULL DEFAULT 0,
    lease_until timestamptz,
    leased_by   text,
    token       bigint NOT NULL DEFAULT 0,
    last_error  text,
    finished_at timestamptz,
    changed_at  timestamptz NOT NULL,
    version     integer NOT NULL DEFAULT 1
);
CREATE INDEX due_by_time ON {schema}.due (due_at) WHERE status IN ('scheduled', 'running');
CREATE INDEX due_by_step ON {schema}.due (instance, step);
CREATE INDEX due_by_moment ON {schema}.due ((greatest(due_at, asked_at)), id);
CREATE INDEX due_dead ON {schema}.due (name) WHERE status = 'dead';
"""
"""`asked_at` is the time of the event that scheduled the row, `rounds` how often somebody has tried it anew by hand."""

INHERIT = """
UPDATE {schema}.due AS new
   SET status = old.status, attempts = old.attempts, rounds = old.rounds, due_at = old.due_at,
       lease_until = old.lease_until, leased_by = old.leased_by, token = old.token, last_error = old.last_error,
       finished_at = old.finished_at, changed_at = old.changed_at, version = old.version
  FROM {former}.due AS old
 WHERE old.id = new.id AND (
       old.status <> 'scheduled' OR (old.attempts + old.rounds > 0 AND new.status = 'scheduled'))
"""
"""Run when a rebuilt instance goes live: what was done stays done, what was withdrawn stays withdrawn."""

_SCHEDULE = """
INSERT INTO {schema}.due (id, instance, step, name, body, cause, asked_at, due_at, status, finished_at, changed_at,
                          version)
SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::bytea[], %b::uuid[], %b::timestamptz[],
                     %b::timestamptz[], %b::text[], %b::timestamptz[], %b::timestamptz[], %b::integer[])
ON CONFLICT (id) DO NOTHING
"""
_WITHDRAW = """
UPDATE {schema}.due AS d SET status = 'withdrawn', finished_at = w.at, changed_at = w.at, version = d.version + 1
  FROM unnest(%b::uuid[], %b::text[], %b::timestamptz[]) AS w (instance, step, at)
 WHERE d.instance = w.instance AND d.step = w.step AND d.status = 'scheduled'
"""
_CLAIM = """
WITH claimed AS (
    SELECT id FROM {schema}.due
     WHERE (status = 'scheduled' AND due_at <= %(now)s) OR (status = 'running' AND lease_until <= %(now)s)
     ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), leased AS (
    UPDATE {schema}.due AS d
       SET status = 'running', attempts = d.attempts + 1, token = d.token + 1, lease_until = %(until)s,
           leased_by = %(by)s, changed_at = %(now)s, version = d.version + 1
      FROM claimed WHERE d.id = claimed.id
    RETURNING d.id, d.name, d.body, d.cause, d.attempts, d.token, d.rounds, d.due_at
)
SELECT l.id, l.name, l.body, l.cause, c.correlation_id, l.attempts, l.token, l.rounds
  FROM leased l LEFT JOIN till.commands c ON c.id = l.cause ORDER BY l.due_at
"""
_FINISH = """
UPDATE {schema}.due
   SET status = %(status)s, last_error = %(error)s, due_at = coalesce(%(again_at)s, due_at), lease_until = NULL,
       leased_by = NULL, changed_at = %(now)s, version = version + 1,
       finished_at = CASE WHEN %(status)s = 'scheduled' THEN NULL ELSE %(now)s::timestamptz END
 WHERE id = %(id)s AND token = %(token)s AND status = 'running'
"""
_NEXT = """
SELECT min(CASE status WHEN 'running' THEN lease_until ELSE due_at END)
  FROM {schema}.due WHERE status IN ('scheduled', 'running')
"""
_LIVE = "SELECT name, live_schema FROM till.projection WHERE name = ANY(%s::text[]) ORDER BY name FOR SHARE"


class NewDue(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    instance: UUID
    step: str
    name: str
    body: bytes
    cause: UUID | None
    """The command whose event scheduled this one."""
    asked_at: datetime
    due_at: datetime
    status: str = "scheduled"
    finished_at: datetime | None = None
    changed_at: datetime
    version: int = 1

    def withdrawn(self, at: datetime) -> "NewDue":
        """As it is where a later event of the same batch takes it back."""
        if self.status != "scheduled":
            return self
        return msgspec.structs.replace(
            self, status="withdrawn", finished_at=at, changed_at=at, version=self.version + 1
        )


class Claimed(msgspec.Struct, frozen=True):
    """A row that is this executor's until its lease ends; `token` proves it afterwards."""

    pointer: str
    """Name of the live pointer it was found by."""
    id: UUID
    name: str
    body: bytes
    cause: UUID | None
    correlation: UUID | None
    attempts: int
    """This one included."""
    token: int
    rounds: int = 0
    """How often somebody has tried it anew."""


async def schedule(conn: Connection, schema: str, rows: Sequence[NewDue]) -> None:
    """A row that is there already stays as it is."""
    if rows:
        await bulk.write(conn, _SCHEDULE.format(schema=schema), map(msgspec.structs.astuple, rows))
        await conn.execute(f"NOTIFY {CHANNEL}")


async def withdraw(conn: Connection, schema: str, keys: Sequence[tuple[UUID, str, datetime]]) -> None:
    """Rows that wait under these steps will not be carried out; those that run go on.

    Each step stands once, with when it was taken back.
    """
    await bulk.write(conn, _WITHDRAW.format(schema=schema), keys)


async def live_schemas(conn: Connection, names: Sequence[str]) -> dict[str, str]:
    """The schemas that executors serve, by the pointers' names, held live until the transaction ends."""
    return dict(await bulk.read(conn, _LIVE, (list(names),)))


async def live_schema(conn: Connection, name: str) -> str | None:
    """As `live_schemas`, of one; None before the first run."""
    return (await live_schemas(conn, [name])).get(name)


async def claim(conn: Connection, name: str, *, now: datetime, lease: timedelta, limit: int, by: str) -> list[Claimed]:
    """Rows of the live instance that are due, or whose executor let its lease pass. One short transaction."""
    async with conn.transaction():
        schema = await live_schema(conn, name)
        if schema is None:
            return []
        parameters = {"now": now, "until": now + lease, "limit": limit, "by": by}
        return [Claimed(name, *row) for row in await bulk.read(conn, _CLAIM.format(schema=schema), parameters)]


async def finish(
    conn: Connection,
    row: Claimed,
    *,
    status: str,
    now: datetime,
    error: str | None = None,
    again_at: datetime | None = None,
) -> bool:
    """Records what became of the row, in whatever instance is live by now: a rebuilt one has inherited the lease.

    False where another executor has taken it over since.
    """
    parameters = {
        "status": status, "error": error, "again_at": again_at, "now": now, "id": row.id, "token": row.token,
    }  # fmt: skip
    async with conn.transaction():
        schema = await live_schema(conn, row.pointer)
        cursor = await conn.execute(_FINISH.format(schema=schema), parameters)
    return cursor.rowcount == 1


async def next_due(conn: Connection, name: str) -> datetime | None:
    """When the live instance has something to do next; None where nothing waits."""
    async with conn.transaction():
        schema = await live_schema(conn, name)
        if schema is None:
            return None
        rows = await bulk.read(conn, _NEXT.format(schema=schema))
    moment: datetime | None = rows[0][0]
    return moment
