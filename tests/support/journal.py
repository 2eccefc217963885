"""A log to write any events into, legal or not, and the read side's parts on the same database."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg
from psycopg import AsyncConnection

from application.ports.log import Record
from domain.shared.event import Event
from infrastructure.eventstore.codec import EventCodec
from infrastructure.eventstore.reader import LogReader
from infrastructure.eventstore.registry import CATEGORIES, event_codec
from infrastructure.runner.slots import Slots
from projections.projection import Connection
from tests.support.loops import FixedClock
from tests.support.times import NOON

SLOTS = Slots(CATEGORIES, 8)

_HEAD = "UPDATE till.log_head SET position = position + 1, recorded_at = %s RETURNING position"
_EVENT = """
INSERT INTO till.stored_events
    (originator_id, originator_version, topic, state, notification_id, ordering_key, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


class Journal:
    """Writes straight into the log; streams get their versions by themselves."""

    def __init__(self, database: str, codec: EventCodec | None = None) -> None:
        self.database = database
        self.codec = codec or event_codec()
        self.reader = LogReader(self.codec)
        self.clock = FixedClock()
        self.positions = 0
        self._versions = defaultdict[UUID, int](int)

    async def connect(self) -> Connection:
        return await AsyncConnection.connect(self.database, autocommit=True)

    def record(self, stream: UUID, *events: Event, key: UUID | None = None) -> list[Record]:
        """The records these events would be, without writing them."""
        return [self._record(stream, event, key or stream) for event in events]

    def _record(self, stream: UUID, event: Event, key: UUID) -> Record:
        self.positions += 1
        self._versions[stream] += 1
        category = self.codec.category(self.codec.name(event))
        return Record(
            position=self.positions,
            stream=stream,
            version=self._versions[stream],
            category=category.name,
            family=category.family,
            key=key,
            event=event,
            recorded_at=NOON,
            command_id=None,
        )

    def write(self, stream: UUID, *events: Event, key: UUID | None = None) -> list[Record]:
        """Append to the log, one transaction for all."""
        records = self.record(stream, *events, key=key)
        self.append(records)
        return records

    def append(self, records: Sequence[Record]) -> None:
        with psycopg.connect(self.database) as conn:
            for record in records:
                conn.execute(_HEAD, (NOON,))
                conn.execute(_EVENT, self._columns(record))
            conn.execute("NOTIFY till_log")

    def _columns(self, record: Record) -> tuple[Any, ...]:
        name, state = self.codec.name(record.event), self.codec.encode(record.event)
        return record.stream, record.version, name, state, record.position, record.key, NOON
