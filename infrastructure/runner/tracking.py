"""What an instance has consumed, per slot: locked first, moved last, in the transaction that writes its rows."""

from collections.abc import Iterable, Mapping, Sequence

from application.ports.log import Record
from infrastructure.runner.slots import Slots
from projections import bulk
from projections.projection import Connection, Projection

CHANNEL = "till_tracking"
"""Notified, with the projection's name, when a live instance has moved."""

_LOCK = """
SELECT slot, position, stopped FROM till.tracking
 WHERE schema_name = %s AND slot = ANY(%s::text[]) ORDER BY slot FOR UPDATE
"""
# The live pointer is read here, in the batch: a switch holds the tracking rows, so it is before or after all of this.
_MOVE = """
WITH moved AS (
    UPDATE till.tracking t SET position = e.position
      FROM unnest(%b::text[], %b::bigint[]) AS e (slot, position)
     WHERE t.schema_name = %b AND t.slot = e.slot AND t.position < e.position AND NOT t.stopped
    RETURNING t.slot
)
SELECT pg_notify(%b, p.name) FROM till.projection p WHERE p.live_schema = %b AND EXISTS (SELECT FROM moved)
"""
_GOING = "SELECT slot, position FROM till.tracking WHERE schema_name = %s AND slot = ANY(%s::text[]) AND NOT stopped"
_REACHED = "SELECT min(position) FROM till.tracking WHERE schema_name = %s AND NOT stopped"


class InstanceGone(Exception):
    """The instance was dropped."""


class SlotBehind(Exception):
    """Slots go on from before the records given: they were stopped and have just been let go on, or something between
    did not arrive."""

    def __init__(self, schema: str, slots: Iterable[str]) -> None:
        self.slots = frozenset(slots)
        super().__init__(f"{schema}: {', '.join(sorted(self.slots))}")


async def advance(
    conn: Connection,
    projection: Projection,
    schema: str,
    records: Sequence[Record],
    *,
    ends: Mapping[str, int],
    slots: Slots,
    after: Mapping[str, int],
) -> int:
    """Apply what is new of the records, once and for all, and move the slots of `ends` to where they end.

    One transaction. What is at or below a slot's tracked position is dropped, a stopped slot stays where it is.
    Every record's slot must be in `ends`; `after` is the position that each slot's records are complete from, 0 where
    it is not there.
    Gives how many records were applied; raises InstanceGone and SlotBehind.
    """
    async with conn.transaction():
        tracked = await _lock(conn, schema, ends)
        behind = [slot for slot, position in tracked.items() if position < after.get(slot, 0)]
        if behind:
            raise SlotBehind(schema, behind)
        fresh = [record for record in records if record.position > tracked.get(slots.of(record), record.position)]
        if fresh:
            await projection.apply(conn, schema, fresh)
        await bulk.read(conn, _MOVE, (list(ends), list(ends.values()), schema, CHANNEL, schema))
    return len(fresh)


async def _lock(conn: Connection, schema: str, ends: Mapping[str, int]) -> dict[str, int]:
    """Tracked positions of the slots that go on; they are ours until the transaction ends."""
    rows = await bulk.read(conn, _LOCK, (schema, list(ends)))
    if len(rows) < len(ends):
        raise InstanceGone(schema)
    return {slot: position for slot, position, stopped in rows if not stopped}


async def going(conn: Connection, schema: str, slots: Iterable[str]) -> dict[str, int]:
    """Tracked positions of those of the slots that go on; without a lock, so they may be further by now."""
    return dict(await bulk.read(conn, _GOING, (schema, list(slots))))


async def reached(conn: Connection, schema: str) -> int | None:
    """Where to read on: the lowest tracked position of the slots that go on; None where all are stopped, or gone."""
    rows = await bulk.read(conn, _REACHED, (schema,))
    position: int | None = rows[0][0]
    return position
