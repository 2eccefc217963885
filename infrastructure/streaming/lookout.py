"""Looks after slots that are behind and that Kafka brings nothing to: those are caught up from the log."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

import msgspec

from infrastructure.runner.metrics import BEHIND
from infrastructure.runner.standings import standings
from infrastructure.streaming.consumer_metrics import POSITION
from projections import bulk
from projections.projection import Connection, Projection

PATIENCE = 3.0
"""Seconds that Kafka has to bring a slot what was sent to it."""

_SLOTS = """
SELECT t.schema_name, t.slot, t.position, t.stopped, coalesce((r.slots ->> t.slot)::bigint, 0)
  FROM till.projection_instance i JOIN till.tracking t ON t.schema_name = i.schema_name CROSS JOIN till.relay r
 WHERE i.name = %s AND i.version = %s AND i.state = 'fed'
"""


class SlotStanding(msgspec.Struct, frozen=True):
    """One slot of one instance: how far it is, and how far the relay has sent."""

    schema: str
    slot: str
    position: int
    stopped: bool
    sent: int


Missing = Mapping[str, Mapping[str, int]]
"""By instance and slot, up to where it has to be caught up."""


class Lookout:
    """Remembers what it saw, to tell a slot that is behind for good from one that is being fed."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._waiting: dict[tuple[str, str], tuple[int, float]] = {}
        """Slots that are behind: where they were seen, and since when."""

    def missing(
        self, seen: Iterable[SlotStanding], *, ours: AbstractSet[str], now: float, at_once: bool = False
    ) -> Missing:
        """Of the slots that are ours, those that have not moved for too long in spite of what was sent to them; or all
        that are behind, at once."""
        missing: dict[str, dict[str, int]] = {}
        waiting: dict[tuple[str, str], tuple[int, float]] = {}
        for each in seen:
            if each.stopped or each.slot not in ours or each.position >= each.sent:
                continue
            place = (each.schema, each.slot)
            position, since = self._waiting.get(place, (each.position, now))
            waiting[place] = (each.position, since if position == each.position else now)
            if at_once or now - waiting[place][1] >= self._patience:
                missing.setdefault(each.schema, {})[each.slot] = each.sent
        self._waiting = waiting
        return missing


async def slot_standings(conn: Connection, projection: Projection) -> list[SlotStanding]:
    """Every slot of the instances that this code feeds."""
    rows = await bulk.read(conn, _SLOTS, (projection.name, projection.version))
    return [SlotStanding(*row) for row in rows]


async def outdated(conn: Connection, projection: Projection) -> Mapping[str, str]:
    """The live instance, where it is of another version of the code, and what to do; and tell Prometheus how far each
    instance is."""
    found = [each for each in await standings(conn) if each.name == projection.name]
    for each in found:
        POSITION.labels(each.schema).set(each.position)
        BEHIND.labels(each.schema).set(each.lag)
    return {
        each.schema: f"of version {each.version}, the code has {projection.version}: rebuild it"
        for each in found
        if each.live and each.version != projection.version
    }
