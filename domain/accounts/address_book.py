"""Where somebody has things sent."""

from datetime import datetime
from typing import assert_never, get_args

import msgspec
from msgspec.structs import replace

from domain.accounts.address_events import (
    AddressAdded,
    AddressBookEvent,
    AddressBookOpened,
    AddressRemoved,
    AddressReplaced,
    DefaultAddressChosen,
)
from domain.shared.category import Category, Family
from domain.shared.identifiers import AccountId, AddressBookId, AddressId
from domain.shared.refusal import AlreadyExists, NotFound, Refusal
from domain.shared.sealed import Sealed

MAX_ADDRESSES = 50


class AddressBookFull(Refusal):
    """An address book holds at most 50 addresses."""

    code = "address-book-full"


class UnknownAddress(Refusal):
    """The buyer's address book has no such address."""

    code = "unknown-address"


class Entry(msgspec.Struct, frozen=True):
    """One address of a book, and when it was added."""

    address: Sealed
    added_at: datetime


class AddressBook(msgspec.Struct, frozen=True, kw_only=True):
    """An account's one address book. Where there are addresses, exactly one is the default."""

    id: AddressBookId
    account_id: AccountId
    addresses: dict[AddressId, Entry] = {}
    """The oldest first."""
    default: AddressId | None = None

    @staticmethod
    def open(*, address_book_id: AddressBookId, account_id: AccountId, at: datetime) -> tuple[AddressBookEvent, ...]:
        return (AddressBookOpened(address_book_id=address_book_id, account_id=account_id, at=at),)

    def add(
        self, address_id: AddressId, address: Sealed, *, default: bool, at: datetime
    ) -> tuple[AddressBookEvent, ...]:
        """The first one is the default whatever is said. Raises AddressBookFull, AlreadyExists."""
        if address_id in self.addresses:
            raise AlreadyExists("There is an address with this identifier.")
        if len(self.addresses) >= MAX_ADDRESSES:
            raise AddressBookFull(f"An address book holds at most {MAX_ADDRESSES} addresses.")
        added = AddressAdded(address_id=address_id, address=address, at=at)
        chosen = (DefaultAddressChosen(address_id=address_id, at=at),) if default or not self.addresses else ()
        return (added, *chosen)

    def replace(
        self, address_id: AddressId, address: Sealed, *, default: bool, at: datetime
    ) -> tuple[AddressBookEvent, ...]:
        """The default stays it until another is chosen. Raises NotFound."""
        self.require(address_id)
        replaced = AddressReplaced(address_id=address_id, address=address, at=at)
        chosen = (DefaultAddressChosen(address_id=address_id, at=at),) if default and address_id != self.default else ()
        return (replaced, *chosen)

    def remove(self, address_id: AddressId, *, at: datetime) -> tuple[AddressBookEvent, ...]:
        """After the default, the oldest of the rest is the default. Raises NotFound."""
        self.require(address_id)
        removed = AddressRemoved(address_id=address_id, at=at)
        rest = [other for other in self.addresses if other != address_id]
        if address_id != self.default or not rest:
            return (removed,)
        return (removed, DefaultAddressChosen(address_id=rest[0], at=at))

    def copy_of(self, address_id: AddressId | None) -> Sealed | None:
        """What an order keeps of it; without an id, of the default, if there is one. Raises UnknownAddress."""
        if address_id is None:
            address_id = self.default
        elif address_id not in self.addresses:
            raise UnknownAddress("There is no such address in your address book.")
        return None if address_id is None else self.addresses[address_id].address

    def require(self, address_id: AddressId) -> None:
        """Raises NotFound."""
        if address_id not in self.addresses:
            raise NotFound("There is no such address.")


def evolve(book: AddressBook | None, event: AddressBookEvent) -> AddressBook:
    """The address book after the event."""
    match event:
        case AddressBookOpened():
            return AddressBook(id=event.address_book_id, account_id=event.account_id)
        case _ if book is None:
            raise ValueError(f"{event.topic} came first")
        case AddressAdded(address_id=address_id, address=address, at=at):
            return replace(book, addresses={**book.addresses, address_id: Entry(address, at)})
        case AddressReplaced(address_id=address_id, address=address):
            entry = Entry(address, book.addresses[address_id].added_at)
            return replace(book, addresses={**book.addresses, address_id: entry})
        case AddressRemoved(address_id=address_id):
            rest = {other: entry for other, entry in book.addresses.items() if other != address_id}
            return replace(book, addresses=rest, default=None if book.default == address_id else book.default)
        case DefaultAddressChosen(address_id=address_id):
            return replace(book, default=address_id)
        case _:
            assert_never(event)


ADDRESS_BOOKS: Category[AddressBook, AddressBookEvent] = Category(
    name="address-book",
    family=Family.CUSTOMERS,
    events=get_args(AddressBookEvent),
    state=AddressBook,
    evolve=evolve,
    key=lambda book: book.account_id,
    snapshot_version=2,
)
