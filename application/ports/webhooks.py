"""What there is to see of webhooks: where they go, how far they are, and what was tried."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from domain.shared.identifiers import WebhookId


class WebhookStanding(msgspec.Struct, frozen=True, kw_only=True):
    id: WebhookId
    url: str
    description: str
    types: Sequence[str]
    stopped: str | None
    """Why nothing is sent; None where it is."""
    version: int
    created_at: datetime
    updated_at: datetime
    after: int | None
    """Everything up to this number of the feed is done with; None until the first look."""
    failing_since: datetime | None
    """Since when it has not taken what it was sent."""
    again_at: datetime | None
    """When it is tried next, where it did not."""


class DeliveryNote(msgspec.Struct, frozen=True, kw_only=True):
    """One try to send one event."""

    id: int
    sequence: int
    event_id: str
    event_type: str
    attempt: int
    at: datetime
    milliseconds: int
    status: int | None
    """Of the answer; None where none came."""
    error: str | None
    """None where it was taken."""


class Webhooks(Protocol):
    async def page(
        self, *, limit: int, offset: int, after: tuple[datetime, WebhookId] | None
    ) -> tuple[Sequence[WebhookStanding], int]:
        """Newest first, one more than the limit where there are more; and how many there are of all pages."""

    async def one(self, webhook_id: WebhookId) -> WebhookStanding | None: ...

    async def deliveries(self, webhook_id: WebhookId, *, before: int | None, limit: int) -> Sequence[DeliveryNote]:
        """The latest tries, newest first, one more than the limit where there are more."""

    def secret(self, webhook_id: WebhookId, generation: int) -> str:
        """What signs, `whsec_…`; the same whenever it is asked for."""
