"""The log behind the eventsourcing library's recorder interface, for tools and for code written against it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore, PostgresProcessRecorder
from psycopg import Cursor
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow

from application.ports.clock import Clock

SCHEMA = "till"
CHANNEL = "till_log"

_APPEND = """
SELECT head FROM till.append(
    %s, '{}', '{}', %s::uuid[], %s::bigint[], %s::text[], %s::bytea[], %s::uuid[], %s::uuid[],
    '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', NULL)
"""


def datastore(conninfo: str, *, pool_size: int = 2) -> PostgresDatastore:
    """The library's connection pool on our database."""
    given = conninfo_to_dict(conninfo)
    return PostgresDatastore(
        dbname=str(given["dbname"]),
        host=str(given.get("host", "")),
        port=str(given.get("port", "")),
        user=str(given.get("user", "")),
        password=str(given.get("password", "")),
        pool_size=pool_size,
        schema=SCHEMA,
    )


class _Appending(PostgresApplicationRecorder):
    """Inserts through `till.append`. Events inserted here have no command; their ordering key is their stream."""

    clock: Clock

    def _insert_stored_events(self, curs: Cursor[DictRow], stored_events: Sequence[StoredEvent], **_: Any) -> None:
        curs.execute(_APPEND, parameters(stored_events, self.clock.now()))

    def _fetch_ids_after_insert_events(
        self, curs: Cursor[DictRow], stored_events: Sequence[StoredEvent], **_: Any
    ) -> Sequence[int]:
        row = curs.fetchone()
        head = int(row["head"]) if row else 0
        return list(range(head - len(stored_events) + 1, head + 1))


class TillRecorder(_Appending):
    """The library's application recorder on our log, with gap-free positions.

    A version that is there already raises the library's IntegrityError.
    """

    def __init__(self, datastore: PostgresDatastore, *, clock: Clock) -> None:
        super().__init__(datastore)
        self.clock = clock
        self.channel_name = CHANNEL

    def create_table(self) -> None:
        """Nothing to do: the tables belong to the migrations."""


class TillProcessRecorder(PostgresProcessRecorder, _Appending):
    """The same with the library's tracking table beside it, which `create_table` makes."""

    def __init__(self, datastore: PostgresDatastore, *, clock: Clock) -> None:
        super().__init__(datastore)
        self.clock = clock
        self.channel_name = CHANNEL
        self.sql_create_statements = [
            s for s in self.sql_create_statements if self.tracking_table_name in s.as_string()
        ]


def parameters(stored_events: Sequence[StoredEvent], now: datetime) -> tuple[object, ...]:
    """The event columns of `till.append`, in its order."""
    streams = [event.originator_id for event in stored_events]
    return (
        now,
        streams,
        [event.originator_version for event in stored_events],
        [event.topic for event in stored_events],
        [event.state for event in stored_events],
        streams,
        [None] * len(stored_events),
    )
