"""Another number of slots per family: only while nobody writes, and once everybody has read everything."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb

from application.ports.log import slot_of
from infrastructure.eventstore.codec import EventCodec
from infrastructure.postgres.connect import bounded

NAME = "till topics"
SETTLE = 2.0
"""Seconds. A process that read the old number just before we forbade it has sessions of its own by then."""
PAGE = 50_000

_PAGE = """
SELECT notification_id, topic, ordering_key FROM till.stored_events
 WHERE notification_id > %s ORDER BY notification_id LIMIT %s
"""
# Whoever starts from now on waits for us before it learns the number; nobody appends.
_HOLD = "LOCK TABLE till.setting IN ACCESS EXCLUSIVE MODE"
_PATIENCE = "SET LOCAL lock_timeout = '10s'"
_HEAD = "SELECT position FROM till.log_head FOR UPDATE"
_PARTITIONS = "SELECT value::int FROM till.setting WHERE name = 'partitions'"
_SESSIONS = """
SELECT application_name FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'till %'
 ORDER BY application_name
"""
_BUILDING = "SELECT schema_name FROM till.projection_instance WHERE state = 'building' ORDER BY schema_name"
_STOPPED = "SELECT schema_name, slot FROM till.tracking WHERE stopped ORDER BY schema_name, slot"
_TRACKED = "SELECT schema_name, slot, position FROM till.tracking ORDER BY schema_name, slot"
_RELAY = "SELECT position FROM till.relay"

_SET = "UPDATE till.setting SET value = %s WHERE name = 'partitions'"
_SLOTS = """
WITH former AS (DELETE FROM till.tracking RETURNING schema_name, regexp_replace(slot, '-[0-9]+$', '') AS family)
INSERT INTO till.tracking (schema_name, slot, position)
SELECT f.schema_name, f.family || '-' || n, %s
  FROM (SELECT DISTINCT schema_name, family FROM former) AS f, generate_series(0, %s - 1) AS n
"""
_SENT = "UPDATE till.relay SET slots = %s WHERE position > 0"


class NotDrained(Exception):
    """What still has to end before the number can be changed, in sentences; nothing was changed."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = tuple(reasons)


class LastPositions(msgspec.Struct):
    """The last position of each slot, under one number of slots per family."""

    partitions: int
    slots: dict[str, int] = {}

    def note(self, codec: EventCodec, position: int, topic: str, key: UUID) -> None:
        family = codec.category(topic).family
        if family is not None:
            self.slots[slot_of(family, key, self.partitions)] = position


def repartition(conninfo: str, *, partitions: int, codec: EventCodec, settle: float = SETTLE) -> int:
    """Gives the former number. Raises NotDrained.

    Every projection has read everything, so its new slots all begin at the log's head. For the relay the last position
    of each new slot is worked out from the log: what it sends next tells it as `prev`, so that a projection that is
    made later finds its gap, and fills it from the log.
    """
    bounds = bounded(conninfo, application_name=NAME, statement_seconds=0, idle_in_transaction_seconds=0)
    with psycopg.connect(bounds, row_factory=tuple_row) as conn:
        former = int(_one(conn, _PARTITIONS))
        before, after = LastPositions(former), LastPositions(partitions)
        read = _read_on(conn, 0, codec, before, after)
        conn.commit()
        conn.execute(_PATIENCE)
        conn.execute(_HOLD)
        head = int(_one(conn, _HEAD))
        conn.execute("SELECT pg_sleep(%s)", (settle,))
        _read_on(conn, read, codec, before, after)
        reasons = list(_unfinished(conn, before, head))
        if int(_one(conn, _PARTITIONS)) != former:
            reasons.append("somebody else has just changed the number")
        if reasons:
            raise NotDrained(reasons)
        conn.execute(_SET, (str(partitions),))
        conn.execute(_SLOTS, (head, partitions))
        conn.execute(_SENT, (Jsonb(after.slots),))
    return former


def _read_on(conn: psycopg.Connection[Any], position: int, codec: EventCodec, *lasts: LastPositions) -> int:
    """The log beyond the position, before anybody is held up; gives its end."""
    while True:
        rows = conn.cursor(binary=True).execute(_PAGE, (position, PAGE)).fetchall()
        for row in rows:
            for each in lasts:
                each.note(codec, *row)
        if not rows:
            return position
        position = rows[-1][0]


def _unfinished(conn: psycopg.Connection[Any], lasts: LastPositions, head: int) -> Iterator[str]:
    sessions = Counter(name for (name,) in conn.execute(_SESSIONS).fetchall())
    if sessions:
        listed = ", ".join(f"{name} ({count})" for name, count in sessions.items())
        yield f"still connected: {listed}"
    for (schema,) in conn.execute(_BUILDING).fetchall():
        yield f"{schema} is being built"
    for schema, slot in conn.execute(_STOPPED).fetchall():
        yield f"{schema} has stopped in {slot}: decide by `till projections` or `till dead-letters`"
    behind = Counter(
        schema for schema, slot, position in conn.execute(_TRACKED).fetchall() if position < lasts.slots.get(slot, 0)
    )
    for schema, count in behind.items():
        yield f"{schema} has not read everything, in {count} of its slots"
    sent = int(_one(conn, _RELAY))
    if sent not in {0, head}:
        yield f"the relay has sent up to {sent} of {head}"


def _one(conn: psycopg.Connection[Any], query: str) -> Any:
    return conn.execute(query).fetchall()[0][0]
