"""Where an order is sent: what was given, an address of the buyer's own book, or the book's default."""

from uuid import UUID

import pytest

from application.accounts.addresses import (
    AddAddress,
    RemoveAddress,
    ReplaceAddress,
    add_address,
    remove_address,
    replace_address,
)
from domain.accounts.address_book import UnknownAddress
from domain.shared.identifiers import AccountId, AddressId
from domain.shared.refusal import Violation
from tests.support.accounts import BUYER, STRANGER, sealed
from tests.support.buying import Buying
from tests.support.shopping import OTHER_ORDER

HOME, OFFICE, ELSEWHERE = (AddressId(UUID(int=0xAD0 + n)) for n in range(3))


@pytest.fixture
def shop() -> Buying:
    shop = Buying()
    shop.stocks(10)
    shop.carts(2)
    return shop


def keeps(shop: Buying, address_id: AddressId, text: str, *, default: bool = False, by: AccountId = BUYER) -> None:
    command = AddAddress(address_id=address_id, address=sealed(by, text), default=default)
    shop.ask(lambda work: add_address(command, work), by=by)


def test_an_order_goes_to_an_address_of_the_book_and_keeps_a_copy(shop: Buying) -> None:
    keeps(shop, HOME, "home")
    keeps(shop, OFFICE, "office")
    shop.checks_out(address_id=OFFICE)
    assert shop.order().placed.shipping_address == sealed(BUYER, "office")
    moved = ReplaceAddress(address_id=OFFICE, address=sealed(BUYER, "new office"), default=False)
    shop.ask(lambda work: replace_address(moved, work), by=BUYER)
    shop.carts(1)
    shop.checks_out(OTHER_ORDER, address_id=OFFICE)
    shop.ask(lambda work: remove_address(RemoveAddress(address_id=OFFICE), work), by=BUYER)
    assert shop.order().placed.shipping_address == sealed(BUYER, "office")
    assert shop.order(OTHER_ORDER).placed.shipping_address == sealed(BUYER, "new office")


def test_without_an_address_it_goes_to_the_default(shop: Buying) -> None:
    keeps(shop, HOME, "home")
    keeps(shop, OFFICE, "office", default=True)
    shop.checks_out()
    assert shop.order().placed.shipping_address == sealed(BUYER, "office")


def test_an_address_that_was_given_goes_before_the_default(shop: Buying) -> None:
    keeps(shop, HOME, "home")
    shop.checks_out(address=sealed(BUYER, "a friend's"))
    assert shop.order().placed.shipping_address == sealed(BUYER, "a friend's")


def test_where_there_is_no_book_and_nothing_was_given_there_is_no_address(shop: Buying) -> None:
    shop.checks_out()
    assert shop.order().placed.shipping_address is None


@pytest.mark.parametrize("address_id", [OFFICE, ELSEWHERE])
@pytest.mark.parametrize("has_book", [True, False])
def test_an_address_of_nobody_or_of_somebody_else_is_refused(
    shop: Buying, address_id: AddressId, has_book: bool
) -> None:
    keeps(shop, OFFICE, "a stranger's", by=STRANGER)
    if has_book:
        keeps(shop, HOME, "home")
    before = shop.history()
    with pytest.raises(UnknownAddress) as refused:
        shop.checks_out(address_id=address_id)
    message = "There is no such address in your address book."
    assert refused.value.violations == (Violation(pointer="/addressId", message=message),)
    assert shop.history() == before
