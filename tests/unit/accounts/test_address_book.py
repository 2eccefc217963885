"""Which address is the default, and how many there may be."""

from uuid import UUID

import pytest

from domain.accounts.address_book import (
    ADDRESS_BOOKS,
    MAX_ADDRESSES,
    AddressBook,
    AddressBookFull,
    UnknownAddress,
)
from domain.accounts.address_events import AddressAdded, AddressRemoved, AddressReplaced, DefaultAddressChosen
from domain.shared.identifiers import AddressId, address_book_of
from domain.shared.refusal import AlreadyExists, NotFound
from tests.support.accounts import BUYER, sealed
from tests.support.given import after, given
from tests.support.times import NOON

HOME, WORK, UNKNOWN = (AddressId(UUID(int=n)) for n in (1, 2, 3))
WHERE = sealed(BUYER, "where")


def a_book(*kept: AddressId) -> AddressBook:
    book = after(ADDRESS_BOOKS, AddressBook.open(address_book_id=address_book_of(BUYER), account_id=BUYER, at=NOON))
    for address in kept:
        book = after(ADDRESS_BOOKS, book.add(address, WHERE, default=False, at=NOON), book)
    return book


def chosen(address: AddressId) -> DefaultAddressChosen:
    return DefaultAddressChosen(address_id=address, at=NOON)


def test_the_first_address_is_the_default() -> None:
    added = AddressAdded(address_id=HOME, address=WHERE, at=NOON)
    given(a_book()).when(lambda book: book.add(HOME, WHERE, default=False, at=NOON)).then(added, chosen(HOME))


@pytest.mark.parametrize("default", [False, True])
def test_a_further_address_is_the_default_where_it_is_chosen(*, default: bool) -> None:
    added = AddressAdded(address_id=WORK, address=WHERE, at=NOON)
    then = (added, chosen(WORK)) if default else (added,)
    given(a_book(HOME)).when(lambda book: book.add(WORK, WHERE, default=default, at=NOON)).then(*then)


def test_the_default_stays_it_until_another_is_chosen() -> None:
    replaced = AddressReplaced(address_id=HOME, address=WHERE, at=NOON)
    given(a_book(HOME, WORK)).when(lambda book: book.replace(HOME, WHERE, default=False, at=NOON)).then(replaced)


def test_after_the_default_the_oldest_of_the_rest_is_it() -> None:
    removed = AddressRemoved(address_id=HOME, at=NOON)
    given(a_book(HOME, WORK)).when(lambda book: book.remove(HOME, at=NOON)).then(removed, chosen(WORK))
    given(a_book(HOME)).when(lambda book: book.remove(HOME, at=NOON)).then(removed)


def test_what_is_not_there_is_neither_replaced_nor_removed() -> None:
    book = a_book(HOME)
    given(book).when(lambda b: b.replace(UNKNOWN, WHERE, default=True, at=NOON)).refused(NotFound)
    given(book).when(lambda b: b.remove(UNKNOWN, at=NOON)).refused(NotFound)
    given(book).when(lambda b: b.add(HOME, WHERE, default=True, at=NOON)).refused(AlreadyExists)


def test_a_copy_is_of_what_stands_there_or_of_the_default() -> None:
    book, moved = a_book(HOME, WORK), sealed(BUYER, "elsewhere")
    book = after(ADDRESS_BOOKS, book.replace(WORK, moved, default=False, at=NOON), book)
    assert (book.copy_of(HOME), book.copy_of(WORK), book.copy_of(None)) == (WHERE, moved, WHERE)
    assert a_book().copy_of(None) is None
    with pytest.raises(UnknownAddress):
        book.copy_of(UNKNOWN)


def test_a_book_has_an_end() -> None:
    book = a_book(*(AddressId(UUID(int=100 + n)) for n in range(MAX_ADDRESSES)))
    given(book).when(lambda b: b.add(HOME, WHERE, default=False, at=NOON)).refused(AddressBookFull)
