"""What Kafka brings: records as they arrived, and the log's records in them, batch by batch."""

from collections.abc import Iterable, Iterator
from itertools import chain

import msgspec

from application.ports.log import Record
from infrastructure.eventstore.codec import EventCodec
from infrastructure.streaming.message import Header, Received, Unreadable, record_of


class Arrival(msgspec.Struct, frozen=True):
    """A record of a topic, whatever it holds."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[Header]

    @property
    def slot(self) -> str:
        """Partition 3 of `commerce.orders` is slot `orders-3`."""
        return f"{self.topic.rpartition('.')[2]}-{self.partition}"

    def read(self, codec: EventCodec, *, partitions: int) -> Received:
        """Raises Unreadable."""
        return record_of(
            self.topic, self.partition, self.key, self.value, self.headers, codec=codec, partitions=partitions
        )


Understood = tuple[Arrival, Received | Unreadable]


class Run(msgspec.Struct):
    """Records of one slot: all there is between the positions `after` and `end`."""

    after: int
    end: int
    first: Arrival
    """Follows `after`."""
    records: list[Record]


class Batch:
    """Records to be fed together. What a slot's run follows has to be in the tables before it."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}

    def add(self, arrival: Arrival, received: Received) -> None:
        """Take it in, unless it is here already. Where it does not follow its neighbour, the run begins anew with it:
        what was here of the slot is then among what has to be there before."""
        slot, record = arrival.slot, received.record
        run = self._runs.get(slot)
        if run is None or received.prev > run.end:
            self._runs[slot] = Run(received.prev, record.position, arrival, [record])
        elif record.position > run.end:
            run.records.append(record)
            run.end = record.position

    def drop(self, slot: str) -> None:
        """Do without what it brought of the slot."""
        del self._runs[slot]

    def first(self, slot: str) -> tuple[Arrival, int]:
        """The record that follows `after`, and its position."""
        run = self._runs[slot]
        return run.first, run.records[0].position

    @property
    def after(self) -> dict[str, int]:
        return {slot: run.after for slot, run in self._runs.items()}

    @property
    def ends(self) -> dict[str, int]:
        return {slot: run.end for slot, run in self._runs.items()}

    @property
    def records(self) -> list[Record]:
        """In the log's order."""
        return sorted(chain.from_iterable(run.records for run in self._runs.values()), key=_position)


def _position(record: Record) -> int:
    return record.position


def understand(arrivals: Iterable[Arrival], codec: EventCodec, *, partitions: int) -> list[Understood]:
    """Each with the log's record in it, or with the reason why there is none."""
    understood: list[Understood] = []
    for arrival in arrivals:
        try:
            understood.append((arrival, arrival.read(codec, partitions=partitions)))
        except Unreadable as unreadable:
            understood.append((arrival, unreadable))
    return understood


def batches(
    understood: Iterable[Understood], *, head: int
) -> Iterator[tuple[Batch, tuple[Arrival, Unreadable] | None]]:
    """What can be fed together, and the record after it that cannot be read; none after the last.

    `head` is the log's end: a record from beyond it is none of this log's.
    """
    batch = Batch()
    for arrival, found in understood:
        if isinstance(found, Received) and found.record.position <= head:
            batch.add(arrival, found)
            continue
        unreadable = found if isinstance(found, Unreadable) else Unreadable(f"the log ends at {head}")
        yield batch, (arrival, unreadable)
        batch = Batch()
    yield batch, None
