"""Deleting an account: the door, what is found behind it, and what is gone afterwards."""

from datetime import timedelta
from uuid import UUID

import pytest

from application.access import VersionMismatch
from application.accounts.closing import (
    CloseAccount,
    ClosingEnded,
    ClosingKept,
    EndClosing,
    UndeliveredOrders,
    close_account,
    end_closing,
    require_deleted,
)
from application.accounts.profile import EditProfile, edit_profile
from application.accounts.registration import register_account
from application.effects.closing import SettleClosing, settle_closing
from application.effects.effect import EffectPorts
from application.ports.commands import Command, Outcome
from application.ports.open_orders import OpenOrder
from application.ports.side_rows import Forgotten
from application.processes.closing_accounts import OpenClosing, instance, react
from application.processes.process import Due, Withdraw
from domain.accounts.account import ACCOUNTS, AccountStatus
from domain.accounts.email_claim import EMAIL_CLAIMS
from domain.accounts.events import AccountClosing, AccountDeleted, AccountRenamed, AccountReopened
from domain.accounts.standing import AccountInClosing, ClosingOver
from domain.shared.identifiers import AccountId, OrderId
from domain.shared.refusal import Forbidden, NotFound
from tests.support.accounts import ADMIN, BUYER, SELLER, STRANGER, sealed
from tests.support.fake_mail import an_outside
from tests.support.fake_open_orders import FakeOpenOrders
from tests.support.shop import FakeShop, registration
from tests.support.story import drive
from tests.support.times import NOON

OPEN = OpenOrder(order_id=OrderId(UUID(int=0x0D)), order_number="T-1", status="shipped")
CLOSING = UUID(int=0xC1)


@pytest.fixture
def shop() -> FakeShop:
    return FakeShop()


def closed(shop: FakeShop, account: AccountId = BUYER, *, by: AccountId | None = None) -> UUID:
    command = CloseAccount(account_id=account)
    kept = shop.ask(lambda work: close_account(command, work), by=by or account)
    assert isinstance(kept, ClosingKept)
    return kept.closing


def ended(shop: FakeShop, closing: UUID, *orders: OpenOrder) -> ClosingEnded:
    command = EndClosing(account_id=BUYER, closing=closing, undelivered=orders)
    return shop.ask_itself(lambda work: end_closing(command, work))


def test_behind_a_closed_door_nothing_is_done(shop: FakeShop) -> None:
    closed(shop)
    renaming = EditProfile(account_id=BUYER, full_name=sealed(BUYER, "new"))
    with pytest.raises(Forbidden):
        shop.ask(lambda work: edit_profile(renaming, work), by=BUYER)
    with pytest.raises(AccountInClosing):
        shop.ask(lambda work: edit_profile(renaming, work), by=ADMIN)


def test_a_door_is_closed_once(shop: FakeShop) -> None:
    first, second = closed(shop), closed(shop, by=ADMIN)
    assert first == second
    assert [type(event) for event in shop.log.events(BUYER)[1:]] == [AccountClosing]


def test_only_the_owner_and_admins_close(shop: FakeShop) -> None:
    for other in (STRANGER, SELLER):
        with pytest.raises(NotFound):
            closed(shop, by=other)
    outdated = CloseAccount(account_id=BUYER, expected_version=7)
    with pytest.raises(VersionMismatch):
        shop.ask(lambda work: close_account(outdated, work), by=BUYER)


def test_only_the_shop_itself_ends_a_closing(shop: FakeShop) -> None:
    command = EndClosing(account_id=BUYER, closing=closed(shop), undelivered=())
    with pytest.raises(Forbidden):
        shop.ask(lambda work: end_closing(command, work), by=ADMIN)


def test_where_nothing_is_under_way_the_person_is_forgotten(shop: FakeShop) -> None:
    closing = closed(shop)
    assert ended(shop, closing) == ClosingEnded(account_id=BUYER, undelivered=())
    assert shop.log.events(BUYER)[-1] == AccountDeleted(account_id=BUYER, closing=closing, at=NOON)
    assert shop.log.state(ACCOUNTS, BUYER).status is AccountStatus.DELETED
    assert shop.log.rows[-1] == Forgotten(account_id=BUYER, person_id=BUYER)
    assert shop.log.state(EMAIL_CLAIMS, registration(BUYER).email_claim).holder is None
    successor = registration(AccountId(UUID(int=0x77)), email=str(BUYER))
    shop.ask_anonymously(lambda work: register_account(successor, work))


def test_an_account_is_deleted_once_and_whoever_comes_second_says_so_too(shop: FakeShop) -> None:
    closing = closed(shop)
    assert ended(shop, closing) == ended(shop, closing) == ended(shop, closing, OPEN)
    assert [type(event) for event in shop.log.events(BUYER)[1:]] == [AccountClosing, AccountDeleted]
    with pytest.raises(NotFound):
        closed(shop, by=ADMIN)


def test_where_orders_are_under_way_it_is_reopened(shop: FakeShop) -> None:
    closing = closed(shop)
    kept = ended(shop, closing, OPEN)
    with pytest.raises(UndeliveredOrders) as refused:
        require_deleted(kept)
    assert "T-1" in refused.value.violations[0].message
    assert shop.log.events(BUYER)[-1] == AccountReopened(account_id=BUYER, closing=closing, at=NOON)
    renaming = EditProfile(account_id=BUYER, full_name=sealed(BUYER, "new"))
    shop.ask(lambda work: edit_profile(renaming, work), by=BUYER)
    assert isinstance(shop.log.events(BUYER)[-1], AccountRenamed)


def test_what_was_found_behind_one_door_says_nothing_of_the_next(shop: FakeShop) -> None:
    first = closed(shop)
    ended(shop, first, OPEN)
    closed(shop)
    with pytest.raises(ClosingOver):
        ended(shop, first)
    assert shop.log.state(ACCOUNTS, BUYER).status is AccountStatus.CLOSING


def test_a_closing_that_nobody_ends_is_settled_later() -> None:
    begun = AccountClosing(account_id=BUYER, closing=CLOSING, at=NOON)
    settle = SettleClosing(account_id=BUYER, closing=CLOSING)
    state, decisions = react(None, begun)
    assert (state, decisions) == (
        OpenClosing(CLOSING),
        (Due(f"settle:{CLOSING}", settle, at=NOON + timedelta(seconds=30)),),
    )
    for end in (
        AccountDeleted(account_id=BUYER, closing=CLOSING, at=NOON),
        AccountReopened(account_id=BUYER, closing=CLOSING, at=NOON),
    ):
        assert instance(end) == instance(begun) == BUYER
        assert react(state, end) == (None, (Withdraw(f"settle:{CLOSING}"),))
    assert instance(AccountRenamed(name=sealed(BUYER, "new"))) is None


@pytest.mark.parametrize("orders", [(), (OPEN,)])
def test_settling_looks_and_says_what_it_found(orders: tuple[OpenOrder, ...]) -> None:
    said: list[Command] = []

    async def submit(command: Command, step: str) -> Outcome:
        del step
        said.append(command)
        return Outcome(command_id=CLOSING, result=b"{}")

    ports = EffectPorts.of(an_outside(open_orders=FakeOpenOrders(*orders)), submit=submit, now=NOON)
    drive(settle_closing(SettleClosing(account_id=BUYER, closing=CLOSING), ports))
    assert said == [EndClosing(account_id=BUYER, closing=CLOSING, undelivered=orders)]
