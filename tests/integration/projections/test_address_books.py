"""Address books, sealed as they are."""

import pytest

from domain.accounts.address_events import (
    AddressAdded,
    AddressBookEvent,
    AddressBookOpened,
    AddressRemoved,
    AddressReplaced,
    DefaultAddressChosen,
)
from domain.shared.identifiers import AddressId, address_book_of, derived
from domain.shared.sealed import Sealed
from projections.address_books import addresses
from tests.support.happenings import BUYER, SELLER
from tests.support.read_side import ReadSide
from tests.support.times import NOON

BOOK = address_book_of(BUYER)
OPENED = AddressBookOpened(address_book_id=BOOK, account_id=BUYER, at=NOON)


def address(name: str) -> AddressId:
    return AddressId(derived("address", name))


def sealed(text: str) -> Sealed:
    return Sealed(BUYER, text)


def added(name: str) -> AddressAdded:
    return AddressAdded(address_id=address(name), address=sealed(name), at=NOON)


def replaced(name: str, text: str) -> AddressReplaced:
    return AddressReplaced(address_id=address(name), address=sealed(text), at=NOON)


def removed(name: str) -> AddressRemoved:
    return AddressRemoved(address_id=address(name), at=NOON)


def chosen(name: str) -> DefaultAddressChosen:
    return DefaultAddressChosen(address_id=address(name), at=NOON)


@pytest.mark.parametrize(
    ("events", "shown"),
    [
        ([], []),
        ([added("a"), chosen("a")], [("a", "a", True)]),
        ([added("a"), chosen("a"), added("b")], [("a", "a", True), ("b", "b", False)]),
        ([added("a"), chosen("a"), added("b"), chosen("b")], [("a", "a", False), ("b", "b", True)]),
        ([added("a"), chosen("a"), replaced("a", "new")], [("a", "new", True)]),
        ([added("a"), chosen("a"), added("b"), removed("a"), chosen("b")], [("b", "b", True)]),
        ([added("a"), chosen("a"), removed("a")], []),
        ([added("a"), chosen("a"), removed("a"), added("a"), chosen("a")], [("a", "a", True)]),
    ],
)
@pytest.mark.parametrize("one_by_one", [True, False])
async def test_a_book_holds_what_was_put_into_it(
    shop: ReadSide, events: list[AddressBookEvent], shown: list[tuple[str, str, bool]], one_by_one: bool
) -> None:
    records = shop.journal.record(BOOK, OPENED, *events, key=BUYER)
    for batch in [[record] for record in records] if one_by_one else [records]:
        await shop.feed(batch)
    rows = await addresses(shop.conn, BUYER, books="address_books_v1")
    wanted = [(address(name), sealed(text), default) for name, text, default in shown]
    assert [(row.id, row.address, row.default) for row in rows] == wanted
    assert {row.version for row in rows} <= {1 + len(events)}
    assert await addresses(shop.conn, SELLER, books="address_books_v1") == []
