"""Feeds records to one instance; an event that cannot be applied stops its own slot and no other."""

from collections.abc import Mapping, Sequence

import structlog

from application.ports.clock import Clock
from application.ports.log import Record
from infrastructure.postgres.transience import described, is_transient
from infrastructure.runner import poison
from infrastructure.runner.metrics import EVENTS, POISONED
from infrastructure.runner.poison import Culprit
from infrastructure.runner.slots import Slots
from infrastructure.runner.tracking import InstanceGone, SlotBehind, advance
from projections.projection import Connection, Projection

_log = structlog.get_logger(__name__)


class Feeder:
    """One instance, as a driver feeds it: batches in log order, on any connection."""

    def __init__(self, projection: Projection, schema: str, *, slots: Slots, clock: Clock) -> None:
        self.projection = projection
        self.schema = schema
        self._slots = slots
        self._clock = clock
        self._kinds = frozenset(projection.events)
        self._families = slots.families_of(projection)
        self._consumed = slots.consumed_by(projection)

    def concerns(self, record: Record) -> bool:
        """Whether it moves a slot that the projection consumes; then readers may wait for it."""
        return record.family in self._families

    async def feed_all_slots(self, conn: Connection, records: Sequence[Record], *, upto: int, after: int = 0) -> None:
        """The in-process driver's step: the records are all there is between the positions, so every slot ends at
        `upto`. Raises as `feed`, and SlotBehind where a slot has to be read from before `after`."""
        ends = dict.fromkeys(self._consumed, upto)
        await self.feed(conn, records, ends=ends, after=dict.fromkeys(self._consumed, after))

    async def feed(
        self, conn: Connection, records: Sequence[Record], *, ends: Mapping[str, int], after: Mapping[str, int]
    ) -> None:
        """Apply a batch; where it fails, event by event. `after` and `ends` say, per slot, between which positions the
        records are all there is. Raises InstanceGone, SlotBehind, and whatever may pass when tried anew."""
        wanted = [record for record in records if type(record.event) in self._kinds]
        try:
            await self._advance(conn, wanted, ends, after)
        except (InstanceGone, SlotBehind):
            raise
        except Exception as error:
            if is_transient(error):
                raise
            _log.warning("batch failed, trying event by event", schema=self.schema, error=described(error))
            await self._one_by_one(conn, wanted, ends, after)

    async def _one_by_one(
        self, conn: Connection, records: Sequence[Record], ends: Mapping[str, int], after: Mapping[str, int]
    ) -> None:
        """A slot that stops here is left alone for the rest of the batch, even if it is let go on meanwhile."""
        stopped: set[str] = set()
        for record in records:
            slot = self._slots.of(record)
            if slot in stopped:
                continue
            try:
                await self._advance(conn, [record], {slot: record.position}, after)
            except (InstanceGone, SlotBehind):
                raise
            except Exception as error:
                if is_transient(error):
                    raise
                if await self.stop(conn, slot, Culprit.of(record), error):
                    stopped.add(slot)
        await self._advance(conn, [], {slot: end for slot, end in ends.items() if slot not in stopped}, after)

    async def stop(self, conn: Connection, slot: str, culprit: Culprit, error: Exception) -> bool:
        """Record the event that cannot be applied, and stop its slot before it. False where there is no need to,
        because somebody chose to pass over it, or another driver has."""
        stopped = await poison.stop(conn, self.schema, slot, culprit, error, at=self._clock.now())
        if stopped:
            POISONED.labels(self.projection.name).inc()
            _log.error(
                "slot stopped", schema=self.schema, slot=slot, position=culprit.position,
                stream=str(culprit.stream), type=culprit.type, error=described(error),
            )  # fmt: skip
        return stopped

    async def _advance(
        self, conn: Connection, records: Sequence[Record], ends: Mapping[str, int], after: Mapping[str, int]
    ) -> None:
        applied = await advance(conn, self.projection, self.schema, records, ends=ends, slots=self._slots, after=after)
        EVENTS.labels(self.projection.name).inc(applied)
