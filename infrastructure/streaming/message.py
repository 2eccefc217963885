"""An event as Kafka carries it: its stored bytes, and a CloudEvents 1.0 envelope in binary mode around them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, field

from application.ports.log import Record, slot_of
from domain.shared.category import Family
from domain.shared.event import Event
from infrastructure.eventstore.codec import EventCodec, UnknownTopic
from infrastructure.eventstore.raw import StoredEvent

SOURCE = "/tillstream"
CONTENT_TYPE = "application/json"

Header = tuple[str, bytes | None]

_ALWAYS = (
    ("ce_specversion", b"1.0"),
    ("ce_source", SOURCE.encode()),
    ("content-type", CONTENT_TYPE.encode()),
)
_encode = msgspec.json.Encoder().encode
_LARGEST = 2**63 - 1
_DIGITS = 19
_Whole = Annotated[int, Meta(ge=0, le=_LARGEST)]
_Counted = Annotated[int, Meta(ge=1, le=_LARGEST)]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent: the same event gives the same message, however often it is sent."""

    topic: str
    partition: int
    key: bytes
    """The ordering key's text."""
    value: bytes
    """The event's JSON, as it is stored."""
    headers: list[tuple[str, bytes]]


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """The headers of every message, all of them text in ASCII. Others may stand beside them."""

    ce_specversion: Literal["1.0"]
    ce_id: str
    """`{stream}:{version}`: the same event has the same id for ever."""
    ce_source: Literal["/tillstream"]
    ce_type: str
    """The event's topic on disk, `ordering.order-placed`."""
    ce_typeversion: _Counted
    """Of the event's stored form."""
    ce_subject: UUID
    """The stream."""
    ce_streamversion: _Counted
    ce_time: Annotated[datetime, Meta(tz=True)]
    """When it was recorded; RFC 3339, UTC."""
    ce_partitionkey: UUID
    """The ordering key."""
    ce_commandid: UUID | None = None
    """The command that decided it; absent where there was none."""
    content_type: Literal["application/json"] = field(name="content-type")
    position: _Counted
    """In the log."""
    prev: _Whole
    """The position sent before it to the same partition, 0 for none: what lies between was never meant for it."""


_NAMES = frozenset(each.encode_name for each in msgspec.structs.fields(Envelope))
_NUMBERS = frozenset({"ce_typeversion", "ce_streamversion", "position", "prev"})


class Received(msgspec.Struct, frozen=True):
    """A message understood. `prev` is the position before it in its slot, 0 for none."""

    record: Record
    prev: int


class Unreadable(Exception):
    """A message that nobody sent who keeps to the contract; `position` is the log's, where that much can be read."""

    def __init__(self, reason: str, *, position: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


def topic_of(family: Family, *, prefix: str) -> str:
    """Where a family's events travel, `commerce.orders`."""
    return f"{prefix}.{family}"


def partition_of(slot: str) -> int:
    """Slot `orders-3` is partition 3 of its family's topic."""
    return int(slot.rpartition("-")[2])


def message_of(stored: StoredEvent, *, prev: int, prefix: str, partitions: int) -> Message:
    """Raises ValueError for an event of a private stream. `prev` is the position sent before it to its slot."""
    if stored.family is None:
        raise ValueError(f"{stored.topic} is private")
    return message_to(slot_of(stored.family, stored.ordering_key, partitions), stored, prev=prev, prefix=prefix)


def message_to(slot: str, stored: StoredEvent, *, prev: int, prefix: str) -> Message:
    """The same, where the slot is known."""
    family, _, partition = slot.rpartition("-")
    kind, _, kind_version = stored.topic.encode().partition(b":")
    stream, key, version = _text(stored.stream), _text(stored.ordering_key), b"%d" % stored.version
    headers = [
        *_ALWAYS,
        ("ce_id", b"%b:%b" % (stream, version)),
        ("ce_type", kind),
        ("ce_typeversion", kind_version),
        ("ce_subject", stream),
        ("ce_streamversion", version),
        ("ce_time", _text(stored.recorded_at.astimezone(UTC))),
        ("ce_partitionkey", key),
        ("position", b"%d" % stored.position),
        ("prev", b"%d" % prev),
    ]
    if stored.command_id is not None:
        headers.append(("ce_commandid", _text(stored.command_id)))
    return Message(topic=f"{prefix}.{family}", partition=int(partition), key=key, value=stored.state, headers=headers)


def _text(value: UUID | datetime) -> bytes:
    """As in JSON, without the quotes: the canonical text, ten times as fast as by Python."""
    return _encode(value)[1:-1]


def record_of(
    topic: str,
    partition: int,
    key: bytes | None,
    value: bytes | None,
    headers: Sequence[Header],
    *,
    codec: EventCodec,
    partitions: int,
) -> Received:
    """What was sent; raises Unreadable where a part is missing, malformed, unknown, or not where it belongs."""
    try:
        values = _values(headers)
        envelope = _envelope(values)
        family, category = _family(envelope, topic, codec)
        _check_place(envelope, str(values["ce_partitionkey"]), family, partition, key, partitions)
        event = _event(envelope, value, codec)
    except Unreadable as unreadable:
        unreadable.position = _position(headers)
        raise
    record = Record(
        position=envelope.position,
        stream=envelope.ce_subject,
        version=envelope.ce_streamversion,
        category=category,
        family=family,
        key=envelope.ce_partitionkey,
        event=event,
        recorded_at=envelope.ce_time,
        command_id=envelope.ce_commandid,
    )
    return Received(record, envelope.prev)


def _values(headers: Sequence[Header]) -> dict[str, str | int]:
    """Of the headers that are ours: texts, and numbers of decimal digits alone."""
    values: dict[str, str | int] = {}
    for name, value in headers:
        if name not in _NAMES:
            continue
        if value is None or not value.isascii():
            raise Unreadable(f"header {name} is not text in ASCII")
        if name in values:
            raise Unreadable(f"header {name} stands there more than once")
        if name not in _NUMBERS:
            values[name] = value.decode("ascii")
        elif _is_number(value):
            values[name] = int(value)
        else:
            raise Unreadable(f"header {name} is not a decimal number")
    return values


def _is_number(text: bytes) -> bool:
    """Decimal digits, and not so many that a position could not be meant."""
    return text.isdigit() and len(text) <= _DIGITS


def _envelope(values: Mapping[str, str | int]) -> Envelope:
    try:
        envelope = msgspec.convert(values, Envelope)
    except msgspec.ValidationError as error:
        raise Unreadable(f"headers: {error}") from error
    if envelope.ce_id != f"{values['ce_subject']}:{values['ce_streamversion']}":
        raise Unreadable("header ce_id is not that of the stream and its version")
    if envelope.ce_time.tzinfo is not UTC:
        raise Unreadable("header ce_time is not in UTC")
    return envelope


def _position(headers: Sequence[Header]) -> int | None:
    """As far as it can be told, of a message that is unreadable."""
    given = [value for name, value in headers if name == "position"]
    if len(given) != 1 or given[0] is None or not _is_number(given[0]):
        return None
    position = int(given[0])
    return position if 1 <= position <= _LARGEST else None


def _family(envelope: Envelope, topic: str, codec: EventCodec) -> tuple[Family, str]:
    try:
        category = codec.category(envelope.ce_type)
    except UnknownTopic as unknown:
        raise Unreadable(f"nothing here knows {envelope.ce_type}") from unknown
    if category.family is None:
        raise Unreadable(f"{envelope.ce_type} is private")
    if topic.rpartition(".")[2] != category.family:
        raise Unreadable(f"{envelope.ce_type} does not travel in {topic}")
    return category.family, category.name


def _check_place(
    envelope: Envelope, partition_key: str, family: Family, partition: int, key: bytes | None, partitions: int
) -> None:
    if key != partition_key.encode():
        raise Unreadable("the key is not that of header ce_partitionkey")
    if (expected := partition_of(slot_of(family, envelope.ce_partitionkey, partitions))) != partition:
        raise Unreadable(f"of {partitions} partitions, its key belongs into {expected}")


def _event(envelope: Envelope, value: bytes | None, codec: EventCodec) -> Event:
    name = f"{envelope.ce_type}:{envelope.ce_typeversion}"
    if value is None:
        raise Unreadable(f"{name} without a value")
    try:
        return codec.decode(name, value)
    except UnknownTopic as unknown:
        raise Unreadable(f"nothing here knows {name}") from unknown
    except msgspec.MsgspecError as error:
        raise Unreadable(f"{name}: {error}") from error
    except Exception as error:
        # An upcast meets whatever stands in these bytes. It fails alike each time, and must not name what it met.
        raise Unreadable(f"{name}: {type(error).__name__} on the way to the current version") from error
