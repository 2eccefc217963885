"""Files that no product names: of uploads that were never recorded, and of pictures that could not be removed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from application.ports.images import ImageKey, ImageStore
from domain.catalogue.events import ProductImageAdded, ProductImageRemoved
from infrastructure.eventstore.codec import EventCodec

_EVENTS = "SELECT topic, state FROM till.stored_events WHERE topic LIKE %s"


async def leftovers(
    store: ImageStore, conn: AsyncConnection[Any], codec: EventCodec, *, before: datetime
) -> list[ImageKey]:
    """What was kept before then and is in no product by what the log says, which is asked after the store."""
    found = [kept.key async for kept in store.kept() if kept.kept_at < before]
    named = await _named(conn, codec)
    return [key for key in found if key.image not in named]


async def _named(conn: AsyncConnection[Any], codec: EventCodec) -> set[UUID]:
    named: dict[type, set[UUID]] = {}
    for kind in (ProductImageAdded, ProductImageRemoved):
        rows = await conn.execute(_EVENTS, (f"{kind.topic}:%",))
        events = [codec.decode(topic, bytes(state)) async for topic, state in rows]
        named[kind] = {event.image_id for event in events if isinstance(event, kind)}
    return named[ProductImageAdded] - named[ProductImageRemoved]
