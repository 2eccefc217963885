"""The event log as its readers see it."""

import zlib
from datetime import datetime
from uuid import UUID

import msgspec

from domain.shared.category import Family
from domain.shared.event import Event


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One committed event and where it stands."""

    position: int
    """Gap-free from 1, in commit order."""
    stream: UUID
    version: int
    """Of the stream, from 1."""
    category: str
    family: Family | None
    key: UUID
    """The ordering key within the family."""
    event: Event
    recorded_at: datetime
    command_id: UUID | None


def slot_of(family: Family, key: UUID, partitions: int) -> str:
    """Where a key's events queue up, `orders-3`; the same in every driver."""
    return f"{family}-{zlib.crc32(key.bytes) % partitions}"
