"""Reads the log as it is stored: bodies stay bytes, so that what passes them on cannot change them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import tuple_row

from domain.shared.category import Family
from infrastructure.eventstore.codec import EventCodec, UnknownTopic

# A page ends with the row that makes it too heavy; octet_length does not fetch what is stored out of line.
_PAGE = """
SELECT notification_id, originator_id, originator_version, topic, state, ordering_key, recorded_at, command_id
  FROM (SELECT *, sum(octet_length(state)) OVER (ORDER BY notification_id) - octet_length(state) AS bytes_before
          FROM (SELECT * FROM till.stored_events
                 WHERE notification_id > %s ORDER BY notification_id LIMIT %s) AS page) AS weighed
 WHERE bytes_before < %s ORDER BY notification_id
"""


class StoredEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the log."""

    position: int
    stream: UUID
    version: int
    """Of the stream, from 1."""
    topic: str
    """With its version, as on disk: `ordering.order-placed:1`."""
    state: bytes
    """The event's JSON."""
    family: Family | None
    """None for a private stream, whose events are never sent."""
    ordering_key: UUID
    recorded_at: datetime
    command_id: UUID | None


class RawReader:
    """Gives rows in position order, and never one of an event that this code has not heard of: whether and where it
    may be published is known to newer code alone."""

    def __init__(self, codec: EventCodec) -> None:
        self._codec = codec

    def read(self, conn: Connection[Any], *, after: int, limit: int, weight: int) -> list[StoredEvent]:
        """Up to `limit` rows beyond the position, until their bodies exceed `weight` bytes; one at least, if any.

        They end before an event that is unknown; raises UnknownTopic where that is the first of them.
        """
        cursor = conn.cursor(row_factory=tuple_row, binary=True)
        cursor.execute(_PAGE, (after, limit, weight), prepare=True)
        found: list[StoredEvent] = []
        for row in cursor.fetchall():
            try:
                found.append(self._stored(*row))
            except UnknownTopic as unknown:
                if found:
                    break
                raise UnknownTopic(f"{unknown} at position {row[0]}") from unknown
        return found

    def _stored(self, position: int, stream: UUID, version: int, topic: str, state: bytes, *rest: Any) -> StoredEvent:
        key, recorded_at, command_id = rest
        return StoredEvent(
            position=position,
            stream=stream,
            version=version,
            topic=topic,
            state=state,
            family=self._codec.category(topic).family,
            ordering_key=key,
            recorded_at=recorded_at,
            command_id=command_id,
        )
