"""What the golden files of webhooks say."""

from datetime import timedelta
from uuid import UUID

from domain.shared.event import Event
from domain.shared.identifiers import WebhookId
from domain.webhooks.events import (
    StopReason,
    WebhookAimed,
    WebhookDeleted,
    WebhookDescribed,
    WebhookRegistered,
    WebhookReplayed,
    WebhookResumed,
    WebhookSecretRotated,
    WebhookStopped,
    WebhookTypesChosen,
)
from tests.golden.customers import ACCOUNT, AT

WEBHOOK = WebhookId(UUID("3eb00000-0000-4000-8000-00000000000e"))

WEBHOOKS: tuple[Event, ...] = (
    WebhookRegistered(
        webhook_id=WEBHOOK,
        registered_by=ACCOUNT,
        url="https://erp.example/hooks?token=1",
        description="ERP",
        types=("ordering.*", "payments.payment-succeeded"),
        at=AT,
    ),
    WebhookAimed(url="https://erp.example/v2/hooks", at=AT),
    WebhookDescribed(description="The new ERP", at=AT),
    WebhookTypesChosen(types=(), at=AT),
    WebhookSecretRotated(generation=2, former_until=AT + timedelta(days=1), at=AT),
    WebhookStopped(reason=StopReason.FAILING, at=AT),
    WebhookResumed(at=AT),
    WebhookReplayed(after=4_711, at=AT),
    WebhookDeleted(at=AT),
)
