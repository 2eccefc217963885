"""Commands on webhooks: what is recorded, and the row that those who send go by."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from application.access import VersionMismatch
from application.ports.side_rows import RemovedWebhook, ReplayedWebhook, WebhookTarget
from application.ports.work import Work
from application.webhooks import (
    DeleteWebhook,
    EditWebhook,
    GiveUpWebhook,
    RegisterWebhook,
    ReplayWebhook,
    WebhookKept,
    delete_webhook,
    edit_webhook,
    give_up_webhook,
    register_webhook,
    replay_webhook,
)
from domain.shared.identifiers import WebhookId
from domain.shared.refusal import AlreadyExists, Forbidden, NotFound
from domain.webhooks.events import (
    StopReason,
    WebhookAimed,
    WebhookDeleted,
    WebhookRegistered,
    WebhookReplayed,
    WebhookResumed,
    WebhookSecretRotated,
    WebhookStopped,
)
from tests.support.accounts import ADMIN, BUYER
from tests.support.shop import FakeShop
from tests.support.times import NOON

HOOK = WebhookId(UUID(int=0x3EB))
URL = "https://erp.example/hooks"
REGISTER = RegisterWebhook(webhook_id=HOOK, url=URL, description="", types=("ordering.*",))


@pytest.fixture
def shop() -> FakeShop:
    shop = FakeShop()
    shop.ask(lambda work: register_webhook(REGISTER, work), by=ADMIN)
    return shop


def edited(shop: FakeShop, **changes: object) -> WebhookKept:
    command = EditWebhook(webhook_id=HOOK, **changes)  # type: ignore[arg-type]
    return shop.ask(lambda work: edit_webhook(command, work), by=ADMIN)


def target(shop: FakeShop) -> WebhookTarget:
    row = [each for each in shop.log.rows if isinstance(each, WebhookTarget)][-1]
    assert row.version == len(shop.log.events(HOOK))
    return row


def test_a_webhook_is_registered_with_its_row(shop: FakeShop) -> None:
    assert shop.log.events(HOOK) == (
        WebhookRegistered(
            webhook_id=HOOK, registered_by=ADMIN, url=URL, description="", types=("ordering.*",), at=NOON
        ),
    )
    row = target(shop)
    assert (row.id, row.url, row.types, row.stopped, row.generation) == (HOOK, URL, ("ordering.*",), None, 1)
    with pytest.raises(AlreadyExists):
        shop.ask(lambda work: register_webhook(REGISTER, work), by=ADMIN)


def test_only_what_is_new_is_recorded(shop: FakeShop) -> None:
    edited(shop, url=URL, types=("ordering.*",), description="", active=True)
    assert len(shop.log.events(HOOK)) == 1
    edited(shop, url="https://erp.example/v2", active=False, expected_version=1)
    assert shop.log.events(HOOK)[1:] == (
        WebhookAimed(url="https://erp.example/v2", at=NOON),
        WebhookStopped(reason=StopReason.ASKED, at=NOON),
    )
    assert (target(shop).url, target(shop).stopped) == ("https://erp.example/v2", "asked")
    with pytest.raises(VersionMismatch):
        edited(shop, active=True, expected_version=1)
    edited(shop, active=True)
    assert shop.log.events(HOOK)[-1] == WebhookResumed(at=NOON)
    assert target(shop).stopped is None


def test_a_new_secret_leaves_the_former_a_day(shop: FakeShop) -> None:
    assert edited(shop, rotate_secret=True).generation == 2
    until = NOON + timedelta(days=1)
    assert shop.log.events(HOOK)[-1] == WebhookSecretRotated(generation=2, former_until=until, at=NOON)
    assert (target(shop).generation, target(shop).former_until) == (2, until)


def test_a_replay_moves_those_who_send_back(shop: FakeShop) -> None:
    kept = shop.ask(lambda work: replay_webhook(ReplayWebhook(webhook_id=HOOK, after=41), work), by=ADMIN)
    assert shop.log.events(HOOK)[-1] == WebhookReplayed(after=41, at=NOON)
    assert shop.log.rows[-1] == ReplayedWebhook(id=HOOK, after=41, version=kept.version)


def test_the_shop_gives_up_once_and_keeps_the_first_reason(shop: FakeShop) -> None:
    command = GiveUpWebhook(webhook_id=HOOK, reason=StopReason.FAILING)
    with pytest.raises(Forbidden):
        shop.ask(lambda work: give_up_webhook(command, work), by=ADMIN)
    shop.ask_itself(lambda work: give_up_webhook(command, work))
    shop.ask_itself(lambda work: give_up_webhook(GiveUpWebhook(webhook_id=HOOK, reason=StopReason.GONE), work))
    assert shop.log.events(HOOK)[1:] == (WebhookStopped(reason=StopReason.FAILING, at=NOON),)
    assert target(shop).stopped == "failing"


def test_what_is_deleted_is_not_there_any_more(shop: FakeShop) -> None:
    shop.ask(lambda work: delete_webhook(DeleteWebhook(webhook_id=HOOK), work), by=ADMIN)
    assert shop.log.events(HOOK)[-1] == WebhookDeleted(at=NOON)
    assert shop.log.rows[-1] == RemovedWebhook(id=HOOK)
    before = len(shop.log.rows)
    asked: list[Callable[[Work], WebhookKept]] = [
        lambda work: edit_webhook(EditWebhook(webhook_id=HOOK, active=False), work),
        lambda work: replay_webhook(ReplayWebhook(webhook_id=HOOK, after=0), work),
        lambda work: delete_webhook(DeleteWebhook(webhook_id=HOOK), work),
    ]
    for each in asked:
        with pytest.raises(NotFound):
            shop.ask(each, by=ADMIN)
    with pytest.raises(NotFound):
        shop.ask_itself(lambda work: give_up_webhook(GiveUpWebhook(webhook_id=HOOK, reason=StopReason.GONE), work))
    assert len(shop.log.rows) == before


@pytest.mark.parametrize(
    "ask",
    [
        lambda work: register_webhook(RegisterWebhook(webhook_id=HOOK, url=URL, description="", types=()), work),
        lambda work: edit_webhook(EditWebhook(webhook_id=HOOK, active=False), work),
        lambda work: replay_webhook(ReplayWebhook(webhook_id=HOOK, after=0), work),
        lambda work: delete_webhook(DeleteWebhook(webhook_id=HOOK), work),
    ],
)
def test_webhooks_are_for_admins(shop: FakeShop, ask: Callable[[Work], WebhookKept]) -> None:
    with pytest.raises(Forbidden):
        shop.ask(ask, by=BUYER)
    assert len(shop.log.events(HOOK)) == 1
