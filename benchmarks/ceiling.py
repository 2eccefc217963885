"""What the database could take: the rows of real batches again, by plain INSERTs on one connection, without logic."""

from datetime import datetime
from time import perf_counter
from typing import Any

import psycopg

from infrastructure.eventstore.writer import LogWriter, Receipt
from infrastructure.eventstore.writes import Writes

TABLES = """
DROP SCHEMA IF EXISTS ceiling CASCADE;
CREATE SCHEMA ceiling;
CREATE TABLE ceiling.commands (LIKE till.commands INCLUDING ALL);
CREATE TABLE ceiling.stored_events (LIKE till.stored_events INCLUDING ALL);
"""
INSERT = """
WITH c AS (
    INSERT INTO ceiling.commands SELECT * FROM unnest(
        %b::uuid[], %b::text[], %b::text[], %b::uuid[], %b::uuid[], %b::bytea[], %b::text[], %b::bytea[],
        %b::bigint[], %b::bigint[], %b::timestamptz[])
)
INSERT INTO ceiling.stored_events SELECT * FROM unnest(
    %b::uuid[], %b::bigint[], %b::text[], %b::bytea[], %b::bigint[], %b::uuid[], %b::uuid[], %b::timestamptz[])
"""
STRANGERS = """
SELECT (SELECT count(*) FROM ceiling.stored_events c
         WHERE NOT EXISTS (SELECT FROM till.stored_events e
                            WHERE e.notification_id = c.notification_id AND (e.*) IS NOT DISTINCT FROM (c.*)))
     + (SELECT count(*) FROM ceiling.commands c
         WHERE NOT EXISTS (SELECT FROM till.commands k WHERE k.id = c.id AND (k.*) IS NOT DISTINCT FROM (c.*)))
"""

Rows = tuple[list[Any], ...]


class CapturingWriter(LogWriter):
    """Keeps what it appended, batch by batch, as the rows that are now in the log."""

    captured: list[Rows] | None = None
    """None while nothing is to be kept."""

    async def append(self, writes: Writes, clock: datetime) -> Receipt:
        receipt = await super().append(writes, clock)
        if self.captured is not None:
            self.captured.append(rows_of(writes, receipt))
        return receipt


def rows_of(writes: Writes, receipt: Receipt) -> Rows:
    """Column by column, commands first; the same bytes as `till.append` stored."""
    events, commands = writes.events, writes.commands
    count = len(events.streams)
    base = receipt.head - count
    return (
        commands.ids,
        commands.names,
        commands.actors,
        commands.correlations,
        commands.causations,
        commands.fingerprints,
        commands.outcomes,
        commands.answers,
        [None if first is None else base + first for first in commands.firsts],
        [None if last is None else base + last for last in commands.lasts],
        [receipt.recorded_at] * len(commands.ids),
        events.streams,
        events.versions,
        events.topics,
        events.states,
        list(range(base + 1, receipt.head + 1)),
        events.keys,
        events.commands,
        [receipt.recorded_at] * count,
    )


class Ceiling:
    """An identical set of tables, and one connection to it."""

    def __init__(self, database: str) -> None:
        self._conn: psycopg.Connection[Any] = psycopg.connect(database, autocommit=True)
        self._conn.execute(TABLES)

    def close(self) -> None:
        self._conn.close()

    def insert(self, batches: list[Rows]) -> float:
        """Seconds for all batches, each committed before the next."""
        cursor = self._conn.cursor(binary=True)
        started = perf_counter()
        for rows in batches:
            cursor.execute(INSERT, rows, prepare=True)
        return perf_counter() - started

    def strangers(self) -> int:
        """Inserted rows that the log does not hold column for column; 0 is what makes this a ceiling of it."""
        row = self._conn.execute(STRANGERS).fetchone()
        assert row is not None
        return int(row[0])
