"""The live levels as messages: what is told, in which form, and from where on."""

import asyncio
import re
from collections.abc import AsyncGenerator
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.answers import View, encode
from api.fields import Body
from api.live_levels import Follower
from api.problems import invalid
from domain.shared.identifiers import ProductId
from projections.stock_live import Change

HEARTBEAT = 15.0
"""Seconds of silence after which a stream shows that it is alive."""
BATCH = 100
"""Messages in one go."""
MOST_CHOSEN = 100
RECONNECT = 2_000
"""Milliseconds that clients of server-sent events wait before they come again."""
POSITION = re.compile(rb"[0-9]{1,18}")


class LiveQuery(Body):
    """Which products; all of them where none is named."""

    product_id: Annotated[list[UUID], Field(max_length=MOST_CHOSEN)] = []

    @property
    def chosen(self) -> list[ProductId] | None:
        return [ProductId(each) for each in dict.fromkeys(self.product_id)] or None


class InventoryUpdate(View, frozen=True, kw_only=True):
    """What there is of a product from this position of the log on."""

    type: Literal["INVENTORY_UPDATE"] = "INVENTORY_UPDATE"
    product_id: UUID
    available: int
    position: int


class Heartbeat(View, frozen=True, kw_only=True):
    """Everything up to the position has been told."""

    type: Literal["HEARTBEAT"] = "HEARTBEAT"
    position: int


def update(change: Change) -> bytes:
    return encode(InventoryUpdate(product_id=change.product_id, available=change.available, position=change.position))


def position_of(last_event_id: bytes | None) -> int | None:
    """What Last-Event-ID says; None without one. Raises a Problem for what was never sent as one."""
    if not last_event_id:
        return None
    if not POSITION.fullmatch(last_event_id):
        raise invalid("", "Last-Event-ID takes the id of an event of this stream.")
    return int(last_event_id)


async def batches(follower: Follower, *, silence: float = HEARTBEAT) -> AsyncGenerator[list[Change], None]:
    """What there is to tell, as soon as there is something, and nothing after each silence; nothing at once where
    there is nothing to begin with. Ends when the process stops."""
    while not follower.over:
        if follower.idle:
            await follower.wait(silence)
            if follower.idle:
                yield []
            continue
        found = follower.take(BATCH)
        if found or follower.idle:
            yield found
        else:
            await asyncio.sleep(0)


async def events(follower: Follower) -> AsyncGenerator[bytes, None]:
    """As server-sent events. Only what brings a client up to date carries an id: who comes back in between is told
    the rest again."""
    yield b"retry: %d\n\n" % RECONNECT
    async for found in batches(follower):
        told = b"".join([b"data: %b\n\n" % update(change) for change in found])
        # An id alone is kept by the client, and shown to nobody.
        yield told + (b"id: %d\n\n" % follower.reached if follower.idle else b"") or b": \n\n"
