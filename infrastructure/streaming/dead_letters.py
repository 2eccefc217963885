"""Records that cannot be read: stored as they came, with their slot stopped, until somebody decides about them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from infrastructure.runner.poison import LONGEST_ERROR, release
from infrastructure.streaming.arriving import Arrival
from infrastructure.streaming.gaps import SlotLog
from infrastructure.streaming.message import Header, Unreadable
from projections import bulk
from projections.projection import Connection

# The slot's rows first: nothing is fed, and nobody decides, until this is over.
_LOCK = """
SELECT position FROM till.tracking
 WHERE schema_name = ANY(%s::text[]) AND slot = %s ORDER BY schema_name, slot FOR UPDATE
"""
_STORE = """
INSERT INTO till.dead_letter
    (name, slot, position, topic, partition, "offset", key, value, header_names, header_values, error, stored_at,
     status)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'stopped')
ON CONFLICT (name, topic, partition, "offset") DO NOTHING
RETURNING id
"""
_HOLD = """
UPDATE till.tracking t SET stopped = true
 WHERE t.schema_name = ANY(%(schemas)s::text[]) AND t.slot = %(slot)s
   AND (%(position)s::bigint IS NULL OR t.position < %(position)s)
   AND EXISTS (SELECT FROM till.dead_letter d
                WHERE d.name = %(name)s AND d.topic = %(topic)s AND d.partition = %(partition)s
                  AND d."offset" = %(offset)s AND d.status = 'stopped')
"""
_LETTER = """
SELECT id, name, slot, position, topic, partition, "offset", key, value, header_names, header_values, error, stored_at,
       status, acted_by, acted_at
  FROM till.dead_letter
"""
_LETTERS = _LETTER + " WHERE %s OR status = 'stopped' ORDER BY id"
_WAITING = _LETTER + " WHERE id = %s AND status = 'stopped' FOR UPDATE"
_SETTLE = """
UPDATE till.dead_letter SET status = %s, acted_by = %s, acted_at = %s
 WHERE name = %s AND slot = %s AND status = 'stopped' AND (id = %s OR position = %s)
"""
_INSTANCES = "SELECT schema_name FROM till.projection_instance WHERE name = %s"


class DeadLetter(msgspec.Struct, frozen=True):
    """One record that could not be read, and what became of it."""

    id: int
    name: str
    """Of the projection that could not read it."""
    slot: str
    position: int | None
    """Of the slot's event that it should have brought; None where the log has none for it."""
    arrival: Arrival
    error: str
    stored_at: datetime
    status: str
    """`stopped`, `retried` or `skipped`."""
    acted_by: str | None
    acted_at: datetime | None


class NothingToDecide(Exception):
    """There is no such dead letter, or somebody has decided about it."""


class StillUnreadable(Exception):
    """What the record should have brought cannot be read by this code either; says why."""


async def store(
    conn: Connection,
    name: str,
    schemas: Sequence[str],
    arrival: Arrival,
    *,
    position: int | None,
    error: str,
    at: datetime,
) -> int | None:
    """Keep the record and stop its slot in these instances, in one transaction; gives the dead letter's id.

    None where nothing has to be decided: it is kept already, or the instances are all past its position, or there are
    none.
    """
    async with conn.transaction():
        tracked = await bulk.read(conn, _LOCK, (schemas, arrival.slot))
        if all(position is not None and reached >= position for (reached,) in tracked):
            return None
        names = [name.encode() for name, _ in arrival.headers]
        values = [value for _, value in arrival.headers]
        text = error.replace("\x00", "")[:LONGEST_ERROR]
        place = (arrival.topic, arrival.partition, arrival.offset)
        row = (name, arrival.slot, position, *place, arrival.key, arrival.value, names, values, text, at)
        stored = await bulk.read(conn, _STORE, row)
        await conn.execute(
            _HOLD,
            {
                "schemas": schemas,
                "slot": arrival.slot,
                "position": position,
                "name": name,
                "topic": arrival.topic,
                "partition": arrival.partition,
                "offset": arrival.offset,
            },
        )
    return int(stored[0][0]) if stored else None


async def dead_letters(conn: Connection, *, decided: bool = False) -> list[DeadLetter]:
    """Those that wait for a decision, and those that had theirs where asked for; the oldest first."""
    return [_letter(*row) for row in await bulk.read(conn, _LETTERS, (decided,))]


async def retry(conn: Connection, number: int, *, log: SlotLog, by: str, at: datetime) -> DeadLetter:
    """Let its slot go on if what the record should have brought can be read by now: from the record, and from the log,
    which has the same and is what the drivers go on with. Audited; raises NothingToDecide and StillUnreadable."""
    async with conn.transaction():
        letter = await _waiting(conn, number)
        position = letter.position if letter.position is not None else _own_position(letter, log)
        if not await log.holds(conn, letter.slot, position):
            raise StillUnreadable(f"the log has no event of {letter.slot} at {position}")
        if not await log.can_read(conn, position):
            raise StillUnreadable(f"this version of Tillstream cannot read the event at {position}")
        return await _settle(conn, letter, "retried", by=by, at=at)


async def skip(conn: Connection, number: int, *, by: str, at: datetime) -> DeadLetter:
    """Let its slot go on without the record. The event that the log has in its place is still applied where it can be,
    and passed over where it cannot, in rebuilds too. Audited; raises NothingToDecide."""
    async with conn.transaction():
        return await _settle(conn, await _waiting(conn, number), "skipped", by=by, at=at)


def _own_position(letter: DeadLetter, log: SlotLog) -> int:
    try:
        return letter.arrival.read(log.codec, partitions=log.partitions).record.position
    except Unreadable as unreadable:
        raise StillUnreadable(unreadable.reason) from unreadable


async def _waiting(conn: Connection, number: int) -> DeadLetter:
    for row in await bulk.read(conn, _WAITING, (number,)):
        return _letter(*row)
    raise NothingToDecide(f"no dead letter {number} waits for a decision")


async def _settle(conn: Connection, letter: DeadLetter, status: str, *, by: str, at: datetime) -> DeadLetter:
    """Copies of the record, which a relay may send again, are settled with it."""
    await conn.execute(_SETTLE, (status, by, at, letter.name, letter.slot, letter.id, letter.position))
    rows = await bulk.read(conn, _INSTANCES, (letter.name,))
    await release(conn, [(schema, letter.slot) for (schema,) in rows])
    return msgspec.structs.replace(letter, status=status, acted_by=by, acted_at=at)


def _letter(number: int, name: str, slot: str, position: int | None, *rest: Any) -> DeadLetter:
    topic, partition, offset, key, value, names, values, *fate = rest
    headers: list[Header] = [(bytes(n).decode(), v) for n, v in zip(names, values, strict=True)]
    arrival = Arrival(topic, partition, offset, key, value, headers)
    return DeadLetter(number, name, slot, position, arrival, *fate)
