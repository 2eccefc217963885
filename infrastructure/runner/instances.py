"""Instances of projections: a schema of tables each, of which one per name is live."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime

import msgspec

from infrastructure.runner.slots import Slots
from projections import bulk
from projections.projection import Connection, Projection

CONTROL = "till_control"
"""Notified when instances come, go or are told to go on."""

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('till instances', 0))"
_HOLD = "SELECT pg_advisory_lock(hashtextextended('till instances', 0))"
_LET_GO = "SELECT pg_advisory_unlock(hashtextextended('till instances', 0))"
_ALL = """
SELECT i.schema_name, i.name, i.version, i.number, i.state, p.live_schema IS NOT DISTINCT FROM i.schema_name
  FROM till.projection_instance i LEFT JOIN till.projection p ON p.name = i.name ORDER BY i.name, i.number
"""
_NUMBER = "SELECT coalesce(max(number), 0) + 1 FROM till.projection_instance WHERE name = %s"
_ADD = """
INSERT INTO till.projection_instance (schema_name, name, version, number, state, created_at)
VALUES (%s, %s, %s, %s, %s, %s)
"""
_TRACK = "INSERT INTO till.tracking (schema_name, slot, position) SELECT %s, unnest(%s::text[]), 0"
_POINT = """
INSERT INTO till.projection (name, live_schema) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET live_schema = excluded.live_schema
"""
_FEED = "UPDATE till.projection_instance SET state = 'fed' WHERE schema_name = %s"
_UNDECIDED = "DELETE FROM till.poison WHERE schema_name = %s AND status = 'stopped'"
_NOTIFY = "SELECT pg_notify(%s, '')"


class Instance(msgspec.Struct, frozen=True):
    """One schema of a projection's tables. `building` is fed by its rebuild alone, `fed` by the drivers."""

    schema: str
    name: str
    version: int
    number: int
    state: str
    live: bool


class InstanceIsLive(Exception):
    """What clients read is not dropped."""


async def instances(conn: Connection) -> list[Instance]:
    return [Instance(*row) for row in await bulk.read(conn, _ALL)]


async def live_instance(conn: Connection, name: str) -> Instance | None:
    return next((found for found in await instances(conn) if found.name == name and found.live), None)


async def ensure(conn: Connection, projections: Iterable[Projection], *, slots: Slots, at: datetime) -> None:
    """Create an empty live instance of every projection that has none. Any number of processes may call it at once."""
    async with conn.transaction():
        await conn.execute(_LOCK)
        known = {instance.name for instance in await instances(conn) if instance.live}
        for projection in projections:
            if projection.name not in known:
                schema = await create(conn, projection, slots=slots, state="fed", at=at)
                await point(conn, projection.name, schema)


@asynccontextmanager
async def none_yet(conn: Connection) -> AsyncIterator[bool]:
    """Whether there is no instance of anything: no process was ever at work. Then none begins until the block ends."""
    await conn.execute(_HOLD)
    try:
        untouched = not await instances(conn)
        if untouched:
            yield True
    finally:
        await conn.execute(_LET_GO)
    if not untouched:
        yield False


async def create(conn: Connection, projection: Projection, *, slots: Slots, state: str, at: datetime) -> str:
    """Make an empty instance within the caller's transaction; gives its schema."""
    rows = await bulk.read(conn, _NUMBER, (projection.name,))
    number = int(rows[0][0])
    schema = f"{projection.name}_v{number}"
    await conn.execute(f"CREATE SCHEMA {schema}")
    await conn.execute(projection.ddl.format(schema=schema))
    await conn.execute(_ADD, (schema, projection.name, projection.version, number, state, at))
    await conn.execute(_TRACK, (schema, list(slots.consumed_by(projection))))
    await announce(conn)
    return schema


async def point(conn: Connection, name: str, schema: str) -> None:
    """Make the schema the live one within the caller's transaction."""
    await conn.execute(_POINT, (name, schema))
    await conn.execute(_FEED, (schema,))
    await announce(conn)


async def drop(conn: Connection, schema: str) -> None:
    """Drop an instance and its tables; raises InstanceIsLive. What is unknown is gone already.

    Nobody has to decide any more about what stopped there; what was decided stays on record.
    """
    async with conn.transaction():
        await conn.execute(_LOCK)
        found = next((instance for instance in await instances(conn) if instance.schema == schema), None)
        if found is None:
            return
        if found.live:
            raise InstanceIsLive(schema)
        await conn.execute("SELECT FROM till.tracking WHERE schema_name = %s ORDER BY slot FOR UPDATE", (schema,))
        await conn.execute(_UNDECIDED, (schema,))
        await conn.execute("DELETE FROM till.projection_instance WHERE schema_name = %s", (schema,))
        await conn.execute(f"DROP SCHEMA {schema} CASCADE")
        await announce(conn)


async def announce(conn: Connection) -> None:
    """Tell the drivers to look again."""
    await conn.execute(_NOTIFY, (CONTROL,))
