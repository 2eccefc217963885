"""The read model of address books. The addresses stay sealed in it."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never, cast, get_args
from uuid import UUID

import msgspec

from application.ports.log import Record
from domain.accounts.address_events import (
    AddressAdded,
    AddressBookEvent,
    AddressBookOpened,
    AddressRemoved,
    AddressReplaced,
    DefaultAddressChosen,
)
from domain.shared.identifiers import AccountId, AddressId
from domain.shared.sealed import Sealed
from projections import bulk
from projections.projection import Connection, Projection

DDL = """
CREATE TABLE {schema}.address_book (
    id         uuid PRIMARY KEY,
    account_id uuid NOT NULL UNIQUE,
    default_id uuid,
    version    bigint NOT NULL
) WITH (fillfactor = 70);
CREATE TABLE {schema}.address (
    address_book_id uuid NOT NULL,
    id              uuid NOT NULL,
    person          uuid NOT NULL,
    box             text NOT NULL,
    position        bigint NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (address_book_id, id)
);
COMMENT ON COLUMN {schema}.address.position IS 'in the log, at which it was added; the oldest are shown first';
"""
_OPEN = """
INSERT INTO {schema}.address_book (id, account_id, version)
SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::bigint[])
"""
_TOUCH = """
UPDATE {schema}.address_book b SET version = t.version, default_id = CASE WHEN t.chosen THEN t.id ELSE b.default_id END
  FROM unnest(%b::uuid[], %b::bigint[], %b::boolean[], %b::uuid[]) AS t (book, version, chosen, id)
 WHERE b.id = t.book
"""
_REMOVE = """
DELETE FROM {schema}.address a USING unnest(%b::uuid[], %b::uuid[]) AS r (book, id)
 WHERE a.address_book_id = r.book AND a.id = r.id
"""
_ADD = """
INSERT INTO {schema}.address (address_book_id, id, person, box, position, created_at, updated_at)
SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::bigint[], %b::timestamptz[], %b::timestamptz[])
"""
_REPLACE = """
UPDATE {schema}.address a SET person = r.person, box = r.box, updated_at = r.at
  FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::timestamptz[]) AS r (book, id, person, box, at)
 WHERE a.address_book_id = r.book AND a.id = r.id
"""


class _Change:
    """What a batch makes of one book."""

    def __init__(self) -> None:
        self.default: tuple[bool, UUID | None] = (False, None)
        """Whether the default is another one now, and which."""
        self.added: dict[UUID, tuple[Sealed, int, datetime, datetime]] = {}
        self.replaced: dict[UUID, tuple[Sealed, datetime]] = {}
        self.removed: set[UUID] = set()

    def apply(self, record: Record) -> None:
        self.version = record.version
        match event := cast(AddressBookEvent, record.event):
            case AddressAdded(address_id=address_id, address=address, at=at):
                self.added[address_id] = (address, record.position, at, at)
            case AddressReplaced(address_id=address_id, address=address, at=at) if address_id in self.added:
                _, position, created_at, _ = self.added[address_id]
                self.added[address_id] = (address, position, created_at, at)
            case AddressReplaced(address_id=address_id, address=address, at=at):
                self.replaced[address_id] = (address, at)
            case AddressRemoved(address_id=address_id):
                self._remove(address_id)
            case DefaultAddressChosen(address_id=address_id):
                self.default = (True, address_id)
            case AddressBookOpened():
                pass
            case _:
                assert_never(event)

    def _remove(self, address_id: UUID) -> None:
        self.added.pop(address_id, None)
        self.replaced.pop(address_id, None)
        self.removed.add(address_id)


async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    opened, changes = [], dict[UUID, _Change]()
    for record in records:
        if isinstance(event := record.event, AddressBookOpened):
            opened.append((event.address_book_id, event.account_id, record.version))
        else:
            changes.setdefault(record.stream, _Change()).apply(record)
    books = sorted(changes.items(), key=lambda change: change[0])
    await bulk.write(conn, _OPEN.format(schema=schema), opened)
    await bulk.write(conn, _TOUCH.format(schema=schema), ((id_, c.version, *c.default) for id_, c in books))
    await bulk.write(conn, _REMOVE.format(schema=schema), ((id_, gone) for id_, c in books for gone in c.removed))
    added = ((id_, each, sealed.person, sealed.box, *at) for id_, c in books for each, (sealed, *at) in c.added.items())
    await bulk.write(conn, _ADD.format(schema=schema), added)
    replaced = (
        (id_, each, sealed.person, sealed.box, at) for id_, c in books for each, (sealed, at) in c.replaced.items()
    )
    await bulk.write(conn, _REPLACE.format(schema=schema), replaced)


ADDRESS_BOOKS = Projection(name="address_books", version=1, events=get_args(AddressBookEvent), ddl=DDL, apply=apply)

_BOOK = """
SELECT a.id, a.person, a.box, a.id IS NOT DISTINCT FROM b.default_id, a.created_at, a.updated_at, b.version
  FROM {books}.address_book b JOIN {books}.address a ON a.address_book_id = b.id
 WHERE b.account_id = %b ORDER BY a.position
"""


class AddressRow(msgspec.Struct, frozen=True):
    id: AddressId
    address: Sealed
    default: bool
    created_at: datetime
    updated_at: datetime
    version: int
    """Of the whole book."""


async def addresses(conn: Connection, account: AccountId, *, books: str) -> list[AddressRow]:
    """The account's, the oldest first."""
    rows = await bulk.read(conn, _BOOK.format(books=books), (account,))
    return [AddressRow(id_, Sealed(person, box), *rest) for id_, person, box, *rest in rows]
