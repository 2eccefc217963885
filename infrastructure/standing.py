"""Where everything stands: the log's head, each projection behind it, what has stopped, and what is due."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import class_row

_HEAD = "SELECT position, nullif(recorded_at, 'epoch') AS recorded_at FROM till.log_head"
_PROJECTIONS = """
SELECT i.name, i.schema_name AS schema, p.live_schema = i.schema_name AS live, i.state,
       coalesce(min(t.position), 0) AS position, count(*) FILTER (WHERE t.stopped) AS stopped_slots
  FROM till.projection_instance i
  LEFT JOIN till.projection p ON p.name = i.name
  LEFT JOIN till.passed t ON t.schema_name = i.schema_name
 GROUP BY i.name, i.schema_name, p.live_schema, i.state, i.number
 ORDER BY i.name, i.number
"""
_STOPS = """
SELECT schema_name AS schema, slot, position, type, error, stopped_at FROM till.poison
 WHERE status = 'stopped' ORDER BY schema_name, slot
"""
_DEAD_LETTERS = """
SELECT id AS number, name, slot, topic, partition, "offset", error, stored_at FROM till.dead_letter
 WHERE status = 'stopped' ORDER BY id
"""
_RELAY = "SELECT position FROM till.relay"
_QUEUES = """
SELECT p.name, p.live_schema FROM till.projection p
 WHERE to_regclass(format('%I.due', p.live_schema)) IS NOT NULL ORDER BY p.name
"""


@dataclass(frozen=True, slots=True)
class Head:
    """The last event."""

    position: int
    recorded_at: datetime | None
    """None while the log is empty."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One set of tables of a projection or a process manager; `position` is that of its slowest slot."""

    name: str
    schema: str
    live: bool
    state: str
    position: int
    stopped_slots: int


@dataclass(frozen=True, slots=True)
class Stop:
    """An event that could not be applied, and that its slot waits at."""

    schema: str
    slot: str
    position: int
    type: str
    error: str
    stopped_at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record of Kafka that could not be read, and that its slot waits at."""

    number: int
    name: str
    slot: str
    topic: str
    partition: int
    offset: int
    error: str
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class Queue:
    """A process manager's due commands, counted by status."""

    name: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """One look at everything, in one snapshot."""

    head: Head
    relay: int
    """The last position that was sent to Kafka; 0 where nothing ever was."""
    instances: list[Instance]
    stops: list[Stop]
    dead_letters: list[DeadLetter]
    queues: list[Queue]


def look(connection: Connection[Any]) -> Standing:
    """Reads it in one read-only transaction."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        head = connection.cursor(row_factory=class_row(Head)).execute(_HEAD).fetchone()
        return Standing(
            head=head or Head(position=0, recorded_at=None),
            relay=connection.execute(_RELAY).fetchall()[0][0],
            instances=connection.cursor(row_factory=class_row(Instance)).execute(_PROJECTIONS).fetchall(),
            stops=connection.cursor(row_factory=class_row(Stop)).execute(_STOPS).fetchall(),
            dead_letters=connection.cursor(row_factory=class_row(DeadLetter)).execute(_DEAD_LETTERS).fetchall(),
            queues=[
                Queue(name, _counts(connection, schema)) for name, schema in connection.execute(_QUEUES).fetchall()
            ],
        )


def _counts(connection: Connection[Any], schema: str) -> dict[str, int]:
    query = sql.SQL("SELECT status, count(*) FROM {} GROUP BY status ORDER BY status")
    return dict(connection.execute(query.format(sql.Identifier(schema, "due"))).fetchall())
