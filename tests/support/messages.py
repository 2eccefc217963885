"""Stored events as the log has them, and how they look on the way."""

from typing import Any
from uuid import UUID

from msgspec.structs import replace

from application.ports.log import Record
from domain.shared.event import Event
from infrastructure.eventstore.raw import StoredEvent
from infrastructure.eventstore.registry import event_codec
from infrastructure.streaming.message import Header, Message, Received, message_of, record_of
from tests.support.times import NOON

CODEC = event_codec()
PREFIX = "commerce"
PARTITIONS = 8
STREAM = UUID("0b000000-0000-4000-8000-000000000001")
KEY = UUID("0e000000-0000-4000-8000-000000000003")
COMMAND = UUID("c0000000-0000-4000-8000-000000000003")


def stored(event: Event, **changes: Any) -> StoredEvent:
    """The event's row in the log, at position 12, as the seventh of its stream."""
    name = CODEC.name(event)
    row = StoredEvent(
        position=12,
        stream=STREAM,
        version=7,
        topic=name,
        state=CODEC.encode(event),
        family=CODEC.category(name).family,
        ordering_key=KEY,
        recorded_at=NOON,
        command_id=COMMAND,
    )
    return replace(row, **changes)


def message(event: Event, *, prev: int = 9, **changes: Any) -> Message:
    return message_of(stored(event, **changes), prev=prev, prefix=PREFIX, partitions=PARTITIONS)


def received(sent: Message) -> Received:
    """What a consumer with the same code makes of it."""
    return record_of(sent.topic, sent.partition, sent.key, sent.value, sent.headers, codec=CODEC, partitions=PARTITIONS)


def recorded(row: StoredEvent) -> Record:
    """What a reader of the log makes of it."""
    category = CODEC.category(row.topic)
    return Record(
        position=row.position,
        stream=row.stream,
        version=row.version,
        category=category.name,
        family=category.family,
        key=row.ordering_key,
        event=CODEC.decode(row.topic, row.state),
        recorded_at=row.recorded_at,
        command_id=row.command_id,
    )


def with_headers(sent: Message, **values: bytes | None) -> list[Header]:
    """Its headers, with these in place of its own; underscores mean hyphens where no name has an underscore."""
    return [(name, values.get(name.replace("-", "_"), value)) for name, value in sent.headers]
