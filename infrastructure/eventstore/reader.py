"""Reads the log in position order."""

from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from application.ports.log import Record
from infrastructure.eventstore.codec import EventCodec

_PAGE = """
SELECT notification_id, originator_id, originator_version, topic, state, ordering_key, recorded_at, command_id
  FROM till.stored_events WHERE notification_id > %s ORDER BY notification_id LIMIT %s
"""
_HEAD = "SELECT position FROM till.log_head"


class LogReader:
    """Gives records as every projection, process manager and tool sees them."""

    def __init__(self, codec: EventCodec) -> None:
        self._codec = codec

    async def read(self, conn: AsyncConnection[Any], *, after: int, limit: int) -> list[Record]:
        """Up to `limit` records beyond the position, oldest first."""
        cursor = conn.cursor(row_factory=tuple_row, binary=True)
        await cursor.execute(_PAGE, (after, limit), prepare=True)
        return [self._record(*row) for row in await cursor.fetchall()]

    def _record(self, position: int, stream: Any, version: int, topic: str, state: bytes, *rest: Any) -> Record:
        category = self._codec.category(topic)
        key, recorded_at, command_id = rest
        return Record(
            position=position,
            stream=stream,
            version=version,
            category=category.name,
            family=category.family,
            key=key,
            event=self._codec.decode(topic, state),
            recorded_at=recorded_at,
            command_id=command_id,
        )


async def head(conn: AsyncConnection[Any]) -> int:
    """The last position of the log; 0 where it is empty."""
    cursor = await conn.execute(_HEAD, prepare=True)
    row = await cursor.fetchone()
    return int(row[0]) if row else 0
