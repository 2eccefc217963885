"""What Kafka did not bring is read from the log, slot by slot."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from application.ports.log import Record, slot_of
from domain.shared.category import Category
from infrastructure.eventstore.codec import EventCodec
from infrastructure.runner.feeding import Feeder
from infrastructure.runner.poison import Culprit
from infrastructure.runner.tracking import going
from infrastructure.streaming.consumer_metrics import FROM_LOG
from infrastructure.streaming.message import partition_of
from projections import bulk
from projections.projection import Connection

PAGE = 500
"""Records, and transactions of that size."""

_PAGE = """
SELECT notification_id, topic, ordering_key, originator_id, originator_version, state, recorded_at, command_id
  FROM till.stored_events
 WHERE notification_id > %s AND notification_id <= %s AND split_part(topic, ':', 1) <> ALL(%s::text[])
 ORDER BY notification_id LIMIT %s
"""
_PLACE = "SELECT topic, ordering_key, state FROM till.stored_events WHERE notification_id = %s"


class Gap(NamedTuple):
    """Of a slot: what stands beyond `after`, up to `upto`."""

    after: int
    upto: int


class Stretch(msgspec.Struct, frozen=True):
    """What the log has in some gaps, up to the position `end`."""

    records: Sequence[Record]
    end: int
    unfit: "Unfit | None" = None
    """Follows `end`."""


class Unfit(msgspec.Struct, frozen=True):
    """An event that this code cannot read, and the slots that it may belong to: a type that this code has never heard
    of may be of any family."""

    culprit: Culprit
    slots: frozenset[str]
    error: Exception


class SlotLog:
    """The log as the slots see it."""

    def __init__(self, codec: EventCodec, categories: Sequence[Category[Any, Any]], *, partitions: int) -> None:
        self.codec = codec
        self.partitions = partitions
        self._categories = {kind.topic: category for category in categories for kind in category.events}

    async def holds(self, conn: Connection, slot: str, position: int) -> bool:
        """Whether the log has an event of the slot at the position."""
        rows = await bulk.read(conn, _PLACE, (position,))
        return bool(rows) and slot in self._slots(rows[0][0], rows[0][1], [slot])

    async def can_read(self, conn: Connection, position: int) -> bool:
        """Whether this code can read what the log has at the position."""
        for topic, _, state in await bulk.read(conn, _PLACE, (position,)):
            try:
                self.codec.decode(topic, state)
            except Exception:  # noqa: BLE001 - an upcast may fail in any way
                return False
            return True
        return False

    async def read(self, conn: Connection, gaps: Mapping[str, Gap], *, limit: int = PAGE) -> Stretch:
        """The first records of these gaps."""
        start, end = min(gap.after for gap in gaps.values()), max(gap.upto for gap in gaps.values())
        rows = await bulk.read(conn, _PAGE, (start, end, self._foreign(gaps), limit))
        records: list[Record] = []
        for position, topic, key, *rest in rows:
            slots = self._slots(topic, key, [slot for slot, gap in gaps.items() if gap.after < position <= gap.upto])
            if not slots:
                continue
            try:
                records.append(self._record(position, topic, key, *rest))
            except Exception as error:  # noqa: BLE001 - an upcast may fail in any way; somebody has to decide
                return Stretch(records, position - 1, Unfit(Culprit(position, rest[0], topic), slots, error))
        return Stretch(records, rows[-1][0] if len(rows) == limit else end)

    def _foreign(self, gaps: Mapping[str, Gap]) -> list[str]:
        """Types that are known to be of other families; of these the log need not be read."""
        families = {slot.rpartition("-")[0] for slot in gaps}
        return [topic for topic, category in self._categories.items() if category.family not in families]

    def _slots(self, topic: str, key: UUID, among: Sequence[str]) -> frozenset[str]:
        category = self._categories.get(topic.partition(":")[0])
        if category is None:
            number = zlib.crc32(key.bytes) % self.partitions
            return frozenset(slot for slot in among if partition_of(slot) == number)
        if category.family is None:
            return frozenset()
        return frozenset(among) & {slot_of(category.family, key, self.partitions)}

    def _record(self, position: int, topic: str, key: UUID, stream: UUID, *rest: Any) -> Record:
        category = self.codec.category(topic)
        version, state, recorded_at, command_id = rest
        return Record(
            position=position,
            stream=stream,
            version=version,
            category=category.name,
            family=category.family,
            key=key,
            event=self.codec.decode(topic, state),
            recorded_at=recorded_at,
            command_id=command_id,
        )


class GapFiller:
    """Brings slots of an instance up to positions, from the log alone."""

    def __init__(self, log: SlotLog) -> None:
        self._log = log

    async def step(self, conn: Connection, feeder: Feeder, upto: Mapping[str, int]) -> bool:
        """One page of what is missing, in a transaction; False where nothing is, in slots that go on.

        An event that this code cannot read stops its slot, as one that cannot be applied does. Raises as `feed`.
        """
        tracked = await going(conn, feeder.schema, upto)
        gaps = {slot: Gap(position, upto[slot]) for slot, position in tracked.items() if position < upto[slot]}
        if not gaps:
            return False
        stretch = await self._log.read(conn, gaps)
        ends = {slot: min(gap.upto, stretch.end) for slot, gap in gaps.items() if gap.after < stretch.end}
        if ends:
            await feeder.feed(conn, stretch.records, ends=ends, after={slot: gaps[slot].after for slot in ends})
            FROM_LOG.labels(feeder.projection.name).inc(len(stretch.records))
        if stretch.unfit is not None:
            for slot in stretch.unfit.slots:
                await feeder.stop(conn, slot, stretch.unfit.culprit, stretch.unfit.error)
        return True
