"""Which events integrations are shown, and in what form."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from application.ports.feed import CloudEvent
from domain.payments.events import PaymentAttempted
from domain.shared.category import Category, Family
from infrastructure.eventstore.registry import CATEGORIES

FAMILIES = frozenset({Family.ORDERS, Family.CATALOGUE, Family.PROMOTIONS})
"""What people do about themselves (accounts, sessions, addresses, carts, wishlists) is nobody else's business."""

_SEALED = {"person", "box"}
_IN_THE_CLEAR = {PaymentAttempted.topic: "reference"}
"""What a buyer may have written of themselves, like an address at a bank."""


def topics(*, shown: bool, categories: Iterable[Category[Any, Any]] = CATEGORIES) -> list[str]:
    """Of events that are in the feed, or of those that are withheld; between them, of every event."""
    return sorted(
        kind.topic for category in categories for kind in category.events if (category.family in FAMILIES) is shown
    )


SHOWN = topics(shown=True)
WITHHELD = topics(shown=False)


class Numbered(msgspec.Struct, frozen=True):
    """A row of the feed with what the log says of it."""

    sequence: int
    stream: UUID
    version: int
    topic: str
    state: bytes
    key: UUID
    recorded_at: datetime


def cloud_event(row: Numbered) -> CloudEvent:
    """Raises msgspec.DecodeError for bytes that are no event."""
    kind, _, kind_version = row.topic.partition(":")
    data = msgspec.json.decode(row.state, type=dict[str, Any])
    if (field := _IN_THE_CLEAR.get(kind)) is not None and field in data:
        data[field] = None
    return CloudEvent(
        id=f"{row.stream}:{row.version}",
        type=kind,
        typeversion=int(kind_version),
        subject=row.stream,
        time=row.recorded_at.astimezone(UTC),
        partitionkey=row.key,
        sequence=row.sequence,
        data=without_personal_data(data) if b'"box"' in row.state else data,
    )


def without_personal_data(value: Any) -> Any:
    """Sealed texts are null, however deep they stand: even the ciphertext says whose it is."""
    if isinstance(value, dict):
        return None if value.keys() == _SEALED else {name: without_personal_data(v) for name, v in value.items()}
    return [without_personal_data(each) for each in value] if isinstance(value, list) else value
