"""What happens to address books."""

from datetime import datetime
from typing import ClassVar

from domain.shared.event import Event
from domain.shared.identifiers import AccountId, AddressBookId, AddressId
from domain.shared.sealed import Sealed


class AddressBookOpened(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "accounts.address-book-opened"
    address_book_id: AddressBookId
    account_id: AccountId
    at: datetime


class AddressAdded(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "accounts.address-added"
    address_id: AddressId
    address: Sealed
    """JSON of what was given."""
    at: datetime


class AddressReplaced(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "accounts.address-replaced"
    address_id: AddressId
    address: Sealed
    at: datetime


class AddressRemoved(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "accounts.address-removed"
    address_id: AddressId
    at: datetime


class DefaultAddressChosen(Event, frozen=True, kw_only=True):
    """By the owner, or because it is the first, or because the one before is gone."""

    topic: ClassVar[str] = "accounts.default-address-chosen"
    address_id: AddressId
    at: datetime


AddressBookEvent = AddressBookOpened | AddressAdded | AddressReplaced | AddressRemoved | DefaultAddressChosen
