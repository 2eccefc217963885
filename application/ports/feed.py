"""The feed that integrations follow: events of the log without personal data, each under a gap-free number."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Protocol
from uuid import UUID

import msgspec

Field = Annotated[object, msgspec.Meta(extra_json_schema={"description": "As the event's contract says."})]


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as integrations see it: CloudEvents 1.0 in JSON."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    """`{stream}:{version}`: the same event has the same id for ever."""
    source: Literal["/tillstream"] = "/tillstream"
    type: str
    """`ordering.order-placed`."""
    typeversion: int
    """Of the form of `data`."""
    subject: UUID
    """The stream."""
    time: datetime
    """When it was recorded."""
    partitionkey: UUID
    """The ordering key: of an order's events and its payment's, the order's id."""
    sequence: int
    """Of the feed, from 1; the next event has the next number."""
    datacontenttype: Literal["application/json"] = "application/json"
    data: dict[str, Field]
    """As its contract says; personal data is null."""


class FeedPage(msgspec.Struct, frozen=True, kw_only=True):
    events: Sequence[CloudEvent]
    last: int
    """The last number there is."""
    complete: bool
    """Whether all that the log held when it was asked for has its number."""


class EventFeed(Protocol):
    @property
    def types(self) -> frozenset[str]:
        """Of the events that may be in it."""

    async def page(self, *, after: int, limit: int) -> FeedPage:
        """Events beyond the number, in order and without a gap: as many as asked for, or as are not too heavy."""
