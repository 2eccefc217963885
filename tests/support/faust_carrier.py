"""A Kafka in memory: what a relay would send of a journal's records, as it would arrive."""

from collections import defaultdict
from collections.abc import Iterable

from msgspec.structs import replace

from application.ports.log import Record
from infrastructure.eventstore.codec import EventCodec
from infrastructure.eventstore.raw import StoredEvent
from infrastructure.eventstore.registry import event_codec
from infrastructure.streaming.arriving import Arrival
from infrastructure.streaming.message import message_of
from tests.support.journal import SLOTS

PARTITIONS = 8


class Carrier:
    """Numbers the offsets and tells each record what went before it, as the topics and the relay do."""

    def __init__(self, *, codec: EventCodec | None = None, prefix: str = "test") -> None:
        self._codec = codec or event_codec()
        self._prefix = prefix
        self._sent = defaultdict[str, int](int)
        self._offsets = defaultdict[tuple[str, int], int](int)

    @property
    def slots(self) -> dict[str, int]:
        """The last position sent, per slot."""
        return dict(self._sent)

    def carry(self, records: Iterable[Record]) -> list[Arrival]:
        """The records of published streams, in order, after those carried before."""
        return [self._carry(record) for record in records if record.family is not None]

    def again(self, arrivals: Iterable[Arrival]) -> list[Arrival]:
        """The same, sent again."""
        return [self._placed(arrival) for arrival in arrivals]

    def stranger(self, partition: int, topic: str, *, value: bytes = b"hello") -> Arrival:
        """What somebody else sent to one of our topics."""
        return self._placed(Arrival(f"{self._prefix}.{topic}", partition, 0, None, value, []))

    def _carry(self, record: Record) -> Arrival:
        slot = SLOTS.of(record)
        stored = StoredEvent(
            position=record.position,
            stream=record.stream,
            version=record.version,
            topic=self._codec.name(record.event),
            state=self._codec.encode(record.event),
            family=record.family,
            ordering_key=record.key,
            recorded_at=record.recorded_at,
            command_id=record.command_id,
        )
        sent = message_of(stored, prev=self._sent[slot], prefix=self._prefix, partitions=PARTITIONS)
        self._sent[slot] = record.position
        return self._placed(Arrival(sent.topic, sent.partition, 0, sent.key, sent.value, list(sent.headers)))

    def _placed(self, arrival: Arrival) -> Arrival:
        place = (arrival.topic, arrival.partition)
        self._offsets[place] += 1
        return replace(arrival, offset=self._offsets[place])


def with_headers(arrival: Arrival, **values: bytes | None) -> Arrival:
    """The same, with these headers in place of its own."""
    return replace(arrival, headers=[(name, values.get(name, value)) for name, value in arrival.headers])
