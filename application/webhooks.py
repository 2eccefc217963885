"""Commands on webhooks: what an admin wants sent where, and what the shop itself gives up on."""

from datetime import datetime
from typing import ClassVar

from application.access import acting_account, require_the_shop, require_version
from application.ports.commands import Command, Result, Touched, touching
from application.ports.side_rows import RemovedWebhook, ReplayedWebhook, WebhookTarget
from application.ports.work import Work
from domain.accounts.events import Role
from domain.shared.identifiers import WebhookId
from domain.shared.refusal import AlreadyExists
from domain.webhooks.events import StopReason, WebhookEvent
from domain.webhooks.webhook import WEBHOOKS, Webhook


class WebhookKept(Result, frozen=True, kw_only=True):
    webhook_id: WebhookId
    generation: int
    """Of the secret."""
    version: int
    at: datetime


class OfWebhook(Command, frozen=True, kw_only=True):
    """What every command on a webhook names."""

    webhook_id: WebhookId

    def streams(self) -> Touched:
        return touching(WEBHOOKS, self.webhook_id)


class RegisterWebhook(OfWebhook, frozen=True, kw_only=True):
    name: ClassVar[str] = "webhooks.register-webhook"
    url: str
    description: str
    types: tuple[str, ...]


class EditWebhook(OfWebhook, frozen=True, kw_only=True):
    """None leaves a thing as it is."""

    name: ClassVar[str] = "webhooks.edit-webhook"
    url: str | None = None
    description: str | None = None
    types: tuple[str, ...] | None = None
    active: bool | None = None
    rotate_secret: bool = False
    expected_version: int | None = None


class ReplayWebhook(OfWebhook, frozen=True, kw_only=True):
    name: ClassVar[str] = "webhooks.replay-webhook"
    after: int


class DeleteWebhook(OfWebhook, frozen=True, kw_only=True):
    name: ClassVar[str] = "webhooks.delete-webhook"
    expected_version: int | None = None


class GiveUpWebhook(OfWebhook, frozen=True, kw_only=True):
    """The shop's own: nothing more is sent there until an admin says so."""

    name: ClassVar[str] = "webhooks.give-up-webhook"
    reason: StopReason


def register_webhook(command: RegisterWebhook, work: Work) -> WebhookKept:
    admin = acting_account(work, Role.ADMIN)
    if work.find(WEBHOOKS, command.webhook_id) is not None:
        raise AlreadyExists("There is a webhook with this identifier.")
    registered = Webhook.register(
        webhook_id=command.webhook_id,
        by=admin.id,
        url=command.url,
        description=command.description,
        types=command.types,
        at=work.now,
    )
    return _recorded(work, command.webhook_id, registered)


def edit_webhook(command: EditWebhook, work: Work) -> WebhookKept:
    webhook = _for_admins(work, command.webhook_id)
    require_version(work, webhook.id, command.expected_version)
    events = list[WebhookEvent]()
    if command.url is not None:
        events += webhook.aim(command.url, work.now)
    if command.description is not None:
        events += webhook.describe(command.description, work.now)
    if command.types is not None:
        events += webhook.choose(command.types, work.now)
    if command.rotate_secret:
        events += webhook.rotate_secret(work.now)
    if command.active is not None:
        events += webhook.resume(work.now) if command.active else webhook.stop(StopReason.ASKED, work.now)
    return _recorded(work, webhook.id, tuple(events))


def replay_webhook(command: ReplayWebhook, work: Work) -> WebhookKept:
    webhook = _for_admins(work, command.webhook_id)
    kept = _recorded(work, webhook.id, webhook.replay(command.after, work.now))
    work.attach(ReplayedWebhook(id=webhook.id, after=command.after, version=kept.version))
    return kept


def delete_webhook(command: DeleteWebhook, work: Work) -> WebhookKept:
    webhook = _for_admins(work, command.webhook_id)
    require_version(work, webhook.id, command.expected_version)
    kept = _recorded(work, webhook.id, webhook.delete(work.now))
    work.attach(RemovedWebhook(id=webhook.id))
    return kept


def give_up_webhook(command: GiveUpWebhook, work: Work) -> WebhookKept:
    require_the_shop(work)
    webhook = work.get(WEBHOOKS, command.webhook_id)
    return _recorded(work, webhook.id, webhook.stop(command.reason, work.now))


def _for_admins(work: Work, webhook_id: WebhookId) -> Webhook:
    """Raises Forbidden, and NotFound for what is not there any more."""
    acting_account(work, Role.ADMIN)
    webhook = work.get(WEBHOOKS, webhook_id)
    webhook.require_there()
    return webhook


def _recorded(work: Work, webhook_id: WebhookId, events: tuple[WebhookEvent, ...]) -> WebhookKept:
    """With the row that those who send go by, written in the same append."""
    webhook = work.record(WEBHOOKS, webhook_id, events) or work.get(WEBHOOKS, webhook_id)
    version = work.version(webhook_id)
    if events and not webhook.deleted:
        work.attach(target_of(webhook, version))
    return WebhookKept(webhook_id=webhook_id, generation=webhook.generation, version=version, at=work.now)


def target_of(webhook: Webhook, version: int) -> WebhookTarget:
    return WebhookTarget(
        id=webhook.id,
        url=webhook.url,
        description=webhook.description,
        types=webhook.types,
        stopped=webhook.stopped,
        generation=webhook.generation,
        former_until=webhook.former_until,
        version=version,
        created_at=webhook.registered_at,
        updated_at=webhook.changed_at,
    )
