"""Which slot an event queues up in, and which slots a projection consumes: the same under every driver."""

from collections.abc import Sequence
from typing import Any

from application.ports.log import Record, slot_of
from domain.shared.category import Category, Family
from domain.shared.event import Event
from projections import bulk
from projections.projection import Connection, Projection

_PARTITIONS = "SELECT value FROM till.setting WHERE name = 'partitions'"


async def stored_partitions(conn: Connection) -> int:
    """Slots per family. Changing it needs a drain."""
    rows = await bulk.read(conn, _PARTITIONS)
    return int(rows[0][0])


class Slots:
    """The slots of a database's published families."""

    def __init__(self, categories: Sequence[Category[Any, Any]], partitions: int) -> None:
        self._partitions = partitions
        self._families: dict[type[Event], Family] = {
            kind: category.family for category in categories if category.family for kind in category.events
        }

    def of(self, record: Record) -> str:
        """Raises ValueError for an event of a private stream, which nobody consumes."""
        if record.family is None:
            raise ValueError(f"{record.category} is private")
        return slot_of(record.family, record.key, self._partitions)

    def families_of(self, projection: Projection) -> frozenset[Family]:
        """Raises KeyError where it consumes events of a private stream."""
        return frozenset(self._families[kind] for kind in projection.events)

    def consumed_by(self, projection: Projection) -> tuple[str, ...]:
        """Every slot its events may come in."""
        return tuple(
            f"{family}-{number}"
            for family in sorted(self.families_of(projection))
            for number in range(self._partitions)
        )
