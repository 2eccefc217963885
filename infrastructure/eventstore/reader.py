"""Reads the log in position order."""

from collections.abc import Set as AbstractSet
from typing import Any, ClassVar

from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from application.ports.log import Record
from domain.shared.event import Event
from infrastructure.eventstore.codec import EventCodec

_PAGE = """
SELECT notification_id, originator_id, originator_version, topic, state, ordering_key, recorded_at, command_id
  FROM till.stored_events WHERE notification_id > %s ORDER BY notification_id LIMIT %s
"""
_HEAD = "SELECT position FROM till.log_head"


class Unread(Event, frozen=True, kw_only=True):
    """Stands in a record for an event that this code cannot read, and that somebody chose to do without."""

    topic: ClassVar[str] = "till.unread"


class LogReader:
    """Gives records as every projection, process manager and tool sees them."""

    def __init__(self, codec: EventCodec) -> None:
        self._codec = codec

    async def read(
        self, conn: AsyncConnection[Any], *, after: int, limit: int, dispensable: AbstractSet[int] = frozenset()
    ) -> list[Record]:
        """Up to `limit` records beyond the position, oldest first. At the positions in `dispensable`, an event that
        this code cannot read is Unread; elsewhere that raises what the codec does."""
        cursor = conn.cursor(row_factory=tuple_row, binary=True)
        await cursor.execute(_PAGE, (after, limit), prepare=True)
        rows = await cursor.fetchall()
        return [self._record(*row) if row[0] not in dispensable else self._record_if_read(*row) for row in rows]

    def _record_if_read(self, position: int, stream: Any, version: int, *rest: Any) -> Record:
        try:
            return self._record(position, stream, version, *rest)
        except Exception:  # noqa: BLE001 - an upcast may fail in any way
            _, _, key, recorded_at, command_id = rest
            return Record(
                position=position,
                stream=stream,
                version=version,
                category=Unread.topic,
                family=None,
                key=key,
                event=Unread(),
                recorded_at=recorded_at,
                command_id=command_id,
            )

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
