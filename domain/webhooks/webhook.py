"""A place outside that is sent what happens in the shop."""

from datetime import datetime, timedelta
from typing import assert_never, get_args

import msgspec
from msgspec.structs import replace

from domain.shared.category import Category
from domain.shared.identifiers import AccountId, WebhookId
from domain.shared.refusal import NotFound
from domain.webhooks.events import (
    StopReason,
    WebhookAimed,
    WebhookDeleted,
    WebhookDescribed,
    WebhookEvent,
    WebhookRegistered,
    WebhookReplayed,
    WebhookResumed,
    WebhookSecretRotated,
    WebhookStopped,
    WebhookTypesChosen,
)

OVERLAP = timedelta(days=1)
"""How long the former secret signs beside the new one, so that receivers can change over."""


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """Sent to unless it is stopped; deleted for good."""

    id: WebhookId
    url: str
    description: str
    types: tuple[str, ...]
    generation: int
    """Of its secret, from 1."""
    former_until: datetime | None
    """Until when the secret before signs too."""
    stopped: StopReason | None
    registered_at: datetime
    changed_at: datetime
    deleted: bool

    @staticmethod
    def register(
        *, webhook_id: WebhookId, by: AccountId, url: str, description: str, types: tuple[str, ...], at: datetime
    ) -> tuple[WebhookEvent, ...]:
        return (
            WebhookRegistered(
                webhook_id=webhook_id, registered_by=by, url=url, description=description, types=types, at=at
            ),
        )

    def require_there(self) -> None:
        """Raises NotFound for one that was deleted."""
        if self.deleted:
            raise NotFound("There is no such webhook.")

    def aim(self, url: str, at: datetime) -> tuple[WebhookEvent, ...]:
        self.require_there()
        return () if url == self.url else (WebhookAimed(url=url, at=at),)

    def describe(self, description: str, at: datetime) -> tuple[WebhookEvent, ...]:
        self.require_there()
        return () if description == self.description else (WebhookDescribed(description=description, at=at),)

    def choose(self, types: tuple[str, ...], at: datetime) -> tuple[WebhookEvent, ...]:
        self.require_there()
        return () if types == self.types else (WebhookTypesChosen(types=types, at=at),)

    def rotate_secret(self, at: datetime) -> tuple[WebhookEvent, ...]:
        self.require_there()
        return (WebhookSecretRotated(generation=self.generation + 1, former_until=at + OVERLAP, at=at),)

    def stop(self, reason: StopReason, at: datetime) -> tuple[WebhookEvent, ...]:
        """Once is enough; why it was stopped first is what stays."""
        self.require_there()
        return () if self.stopped else (WebhookStopped(reason=reason, at=at),)

    def resume(self, at: datetime) -> tuple[WebhookEvent, ...]:
        self.require_there()
        return (WebhookResumed(at=at),) if self.stopped else ()

    def replay(self, after: int, at: datetime) -> tuple[WebhookEvent, ...]:
        self.require_there()
        return (WebhookReplayed(after=after, at=at),)

    def delete(self, at: datetime) -> tuple[WebhookEvent, ...]:
        self.require_there()
        return (WebhookDeleted(at=at),)


def evolve(webhook: Webhook | None, event: WebhookEvent) -> Webhook:
    """The webhook after the event."""
    match event:
        case WebhookRegistered():
            return Webhook(
                id=event.webhook_id,
                url=event.url,
                description=event.description,
                types=event.types,
                generation=1,
                former_until=None,
                stopped=None,
                registered_at=event.at,
                changed_at=event.at,
                deleted=False,
            )
        case _ if webhook is None:
            raise ValueError(f"{event.topic} came first")
        case WebhookAimed(url=url):
            return replace(webhook, url=url, changed_at=event.at)
        case WebhookDescribed(description=description):
            return replace(webhook, description=description, changed_at=event.at)
        case WebhookTypesChosen(types=types):
            return replace(webhook, types=types, changed_at=event.at)
        case WebhookSecretRotated(generation=generation, former_until=until):
            return replace(webhook, generation=generation, former_until=until, changed_at=event.at)
        case WebhookStopped(reason=reason):
            return replace(webhook, stopped=reason, changed_at=event.at)
        case WebhookResumed():
            return replace(webhook, stopped=None, changed_at=event.at)
        case WebhookReplayed():
            return replace(webhook, changed_at=event.at)
        case WebhookDeleted():
            return replace(webhook, deleted=True, changed_at=event.at)
        case _:
            assert_never(event)


WEBHOOKS: Category[Webhook, WebhookEvent] = Category(
    name="webhook",
    family=None,
    events=get_args(WebhookEvent),
    state=Webhook,
    evolve=evolve,
    key=lambda webhook: webhook.id,
)
