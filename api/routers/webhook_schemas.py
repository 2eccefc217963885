"""What clients send and see of webhooks."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.answers import View
from api.fields import Body, Text, Truth, absent
from api.routers.events import After
from application.ports.webhooks import DeliveryNote, WebhookStanding

Url = Annotated[str, Text(2_048, 1)]
Summary = Annotated[str, Text(500)]
EventTypes = Annotated[list[Annotated[str, Text(100, 1)]], Field(max_length=100)]


class WebhookForm(Body):
    url: Url
    """HTTPS; what answers there with 2xx within ten seconds has taken an event."""
    events: EventTypes = Field(default_factory=list)
    """Types, `ordering.order-placed` or `ordering.*`; none is every type."""
    description: Summary = ""


class WebhookPatch(Body):
    url: Url = absent()
    events: EventTypes = absent()
    description: Summary = absent()
    is_active: Truth = absent()
    """True resumes one that was stopped; what happened meanwhile is sent first."""
    rotate_secret: Truth = absent()
    """A new secret, shown in the answer; the former signs beside it for a day."""


class ReplayForm(Body):
    after: After
    """Everything beyond this number of the feed is sent, whether it was before or not."""


class WebhookView(View, frozen=True, kw_only=True):
    id: UUID
    url: str
    events: list[str]
    description: str
    is_active: bool
    stopped_because: str | None
    """asked, failing or gone."""
    after: int | None
    """Everything up to this number of the feed was taken."""
    failing_since: datetime | None
    next_try_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


class SecretWebhookView(WebhookView, frozen=True, kw_only=True):
    secret: str | None = None
    """What signs, by Standard Webhooks; shown where it is made, and nowhere else."""


class WebhookPage(View, frozen=True, kw_only=True):
    items: list[WebhookView]
    page: int | None
    limit: int
    total: int
    pages: int
    next_cursor: str | None


class DeliveryView(View, frozen=True, kw_only=True):
    id: int
    sequence: int
    event_id: str
    event_type: str
    attempt: int
    at: datetime
    milliseconds: int
    status_code: int | None
    error: str | None
    """None where it was taken."""


class DeliveryPage(View, frozen=True, kw_only=True):
    items: list[DeliveryView]
    limit: int
    next_cursor: str | None


def shown(standing: WebhookStanding, *, secret: str | None = None) -> SecretWebhookView:
    return SecretWebhookView(
        id=standing.id,
        url=standing.url,
        events=list(standing.types),
        description=standing.description,
        is_active=standing.stopped is None,
        stopped_because=standing.stopped,
        after=standing.after,
        failing_since=standing.failing_since,
        next_try_at=standing.again_at,
        created_at=standing.created_at,
        updated_at=standing.updated_at,
        version=standing.version,
        secret=secret,
    )


def listed(standing: WebhookStanding) -> WebhookView:
    view = shown(standing)
    return WebhookView(**{name: getattr(view, name) for name in WebhookView.__struct_fields__})


def delivery(note: DeliveryNote) -> DeliveryView:
    return DeliveryView(
        id=note.id,
        sequence=note.sequence,
        event_id=note.event_id,
        event_type=note.event_type,
        attempt=note.attempt,
        at=note.at,
        milliseconds=note.milliseconds,
        status_code=note.status,
        error=note.error,
    )
