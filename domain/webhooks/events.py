"""What happens to the places that webhooks go to. Private: their addresses may hold a receiver's secrets."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from domain.shared.event import Event
from domain.shared.identifiers import AccountId, WebhookId


class StopReason(StrEnum):
    """Why nothing is sent any more."""

    ASKED = "asked"
    """An admin wanted it so."""
    FAILING = "failing"
    """It had not taken an event for too long."""
    GONE = "gone"
    """It said that it is gone for good."""


class WebhookRegistered(Event, frozen=True, kw_only=True):
    """Events that happen from now on are sent there."""

    topic: ClassVar[str] = "webhooks.webhook-registered"
    webhook_id: WebhookId
    registered_by: AccountId
    url: str
    description: str
    types: tuple[str, ...]
    """`ordering.order-placed`, `ordering.*`; none is every type."""
    at: datetime


class WebhookAimed(Event, frozen=True, kw_only=True):
    """At another address."""

    topic: ClassVar[str] = "webhooks.webhook-aimed"
    url: str
    at: datetime


class WebhookDescribed(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "webhooks.webhook-described"
    description: str
    at: datetime


class WebhookTypesChosen(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "webhooks.webhook-types-chosen"
    types: tuple[str, ...]
    at: datetime


class WebhookSecretRotated(Event, frozen=True, kw_only=True):
    """The secret of this generation signs; the one before signs beside it until `former_until`."""

    topic: ClassVar[str] = "webhooks.webhook-secret-rotated"
    generation: int
    former_until: datetime
    at: datetime


class WebhookStopped(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "webhooks.webhook-stopped"
    reason: StopReason
    at: datetime


class WebhookResumed(Event, frozen=True, kw_only=True):
    """Where it had been stopped; what happened meanwhile is sent first."""

    topic: ClassVar[str] = "webhooks.webhook-resumed"
    at: datetime


class WebhookReplayed(Event, frozen=True, kw_only=True):
    """It is sent everything beyond this number of the feed, whatever it has had."""

    topic: ClassVar[str] = "webhooks.webhook-replayed"
    after: int
    at: datetime


class WebhookDeleted(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "webhooks.webhook-deleted"
    at: datetime


WebhookEvent = (
    WebhookRegistered
    | WebhookAimed
    | WebhookDescribed
    | WebhookTypesChosen
    | WebhookSecretRotated
    | WebhookStopped
    | WebhookResumed
    | WebhookReplayed
    | WebhookDeleted
)
