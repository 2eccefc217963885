"""Commands on the caller's own address book."""

from datetime import datetime
from typing import ClassVar

from application.access import acting_account, require_version
from application.ports.commands import Command, Result
from application.ports.work import Work
from domain.accounts.address_book import ADDRESS_BOOKS, AddressBook
from domain.shared.identifiers import AccountId, AddressBookId, AddressId, address_book_of
from domain.shared.refusal import NotFound
from domain.shared.sealed import Sealed


class AddressKept(Result, frozen=True, kw_only=True):
    """One address after the command; `version` is the whole book's."""

    address_id: AddressId
    version: int
    default: bool
    added_at: datetime
    changed_at: datetime


class AddressGone(Result, frozen=True, kw_only=True):
    version: int


class AddAddress(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "accounts.add-address"
    address_id: AddressId
    address: Sealed
    default: bool


class ReplaceAddress(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "accounts.replace-address"
    address_id: AddressId
    address: Sealed
    default: bool
    expected_version: int | None = None


class RemoveAddress(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "accounts.remove-address"
    address_id: AddressId
    expected_version: int | None = None


def add_address(command: AddAddress, work: Work) -> AddressKept:
    """The book is opened on first use."""
    account = acting_account(work)
    book_id = address_book_of(account.id)
    if work.find(ADDRESS_BOOKS, book_id) is None:
        opened = AddressBook.open(address_book_id=book_id, account_id=account.id, at=work.now)
        work.record(ADDRESS_BOOKS, book_id, opened)
    book = work.get(ADDRESS_BOOKS, book_id)
    added = book.add(command.address_id, command.address, default=command.default, at=work.now)
    work.record(ADDRESS_BOOKS, book_id, added)
    return _kept(work, book_id, command.address_id)


def replace_address(command: ReplaceAddress, work: Work) -> AddressKept:
    book = _book_of(work, acting_account(work).id)
    book.require(command.address_id)
    require_version(work, book.id, command.expected_version)
    replaced = book.replace(command.address_id, command.address, default=command.default, at=work.now)
    work.record(ADDRESS_BOOKS, book.id, replaced)
    return _kept(work, book.id, command.address_id)


def remove_address(command: RemoveAddress, work: Work) -> AddressGone:
    book = _book_of(work, acting_account(work).id)
    book.require(command.address_id)
    require_version(work, book.id, command.expected_version)
    work.record(ADDRESS_BOOKS, book.id, book.remove(command.address_id, at=work.now))
    return AddressGone(version=work.version(book.id))


def _book_of(work: Work, account_id: AccountId) -> AddressBook:
    book = work.find(ADDRESS_BOOKS, address_book_of(account_id))
    if book is None:
        raise NotFound("There is no such address.")
    return book


def _kept(work: Work, book_id: AddressBookId, address_id: AddressId) -> AddressKept:
    book = work.get(ADDRESS_BOOKS, book_id)
    return AddressKept(
        address_id=address_id,
        version=work.version(book_id),
        default=book.default == address_id,
        added_at=book.addresses[address_id].added_at,
        changed_at=work.now,
    )
