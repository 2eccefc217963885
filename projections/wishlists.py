"""The read model of wishlists: which products, since when. What they cost now is asked of the catalogue."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never, cast
from uuid import UUID

import msgspec

from application.ports.log import Record
from domain.shared.identifiers import AccountId, ProductId, WishlistId
from domain.shopping.events import WishAdded, WishlistEvent, WishlistOpened, WishRemoved
from projections import bulk
from projections.projection import Connection, Projection

DDL = """
CREATE TABLE {schema}.wishlist (
    id         uuid PRIMARY KEY,
    buyer_id   uuid NOT NULL UNIQUE,
    version    bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE TABLE {schema}.wish (
    wishlist_id uuid NOT NULL,
    product_id  uuid NOT NULL,
    position    bigint NOT NULL,
    added_at    timestamptz NOT NULL,
    PRIMARY KEY (wishlist_id, product_id)
);
COMMENT ON COLUMN {schema}.wish.position IS 'in the log, at which it was added; the latest are shown first';
"""
_OPEN = """
INSERT INTO {schema}.wishlist (id, buyer_id, version, created_at, updated_at)
SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::bigint[], %b::timestamptz[], %b::timestamptz[])
"""
_TOUCH = """
UPDATE {schema}.wishlist w SET version = t.version, updated_at = t.at
  FROM unnest(%b::uuid[], %b::bigint[], %b::timestamptz[]) AS t (id, version, at) WHERE w.id = t.id
"""
_REMOVE = """
DELETE FROM {schema}.wish w USING unnest(%b::uuid[], %b::uuid[]) AS r (wishlist_id, product_id)
 WHERE w.wishlist_id = r.wishlist_id AND w.product_id = r.product_id
"""
_ADD = """
INSERT INTO {schema}.wish (wishlist_id, product_id, position, added_at)
SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::bigint[], %b::timestamptz[])
ON CONFLICT (wishlist_id, product_id) DO UPDATE SET position = excluded.position, added_at = excluded.added_at
"""


class _Change:
    """What a batch makes of one wishlist: a product that was touched is there since then, or gone."""

    def __init__(self) -> None:
        self.wishes: dict[UUID, tuple[int, datetime] | None] = {}

    def apply(self, record: Record) -> None:
        self.version, self.at = record.version, record.recorded_at
        match event := cast(WishlistEvent, record.event):
            case WishAdded(product_id=product_id, at=at):
                self.wishes[product_id] = (record.position, at)
            case WishRemoved(product_id=product_id):
                self.wishes[product_id] = None
            case WishlistOpened():
                pass
            case _:
                assert_never(event)


async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    opened, changes = [], dict[UUID, _Change]()
    for record in records:
        if isinstance(event := record.event, WishlistOpened):
            opened.append((event.wishlist_id, event.buyer_id, record.version, event.at, record.recorded_at))
        else:
            changes.setdefault(record.stream, _Change()).apply(record)
    await bulk.write(conn, _OPEN.format(schema=schema), opened)
    touched = ((wishlist, change.version, change.at) for wishlist, change in sorted(changes.items(), key=_by_id))
    await bulk.write(conn, _TOUCH.format(schema=schema), touched)
    wishes = [(id_, *wish) for id_, change in changes.items() for wish in change.wishes.items()]
    await bulk.write(conn, _REMOVE.format(schema=schema), ((id_, product) for id_, product, at in wishes if not at))
    await bulk.write(conn, _ADD.format(schema=schema), ((id_, product, *at) for id_, product, at in wishes if at))


def _by_id(change: tuple[UUID, _Change]) -> UUID:
    return change[0]


WISHLISTS = Projection(
    name="wishlists", version=1, events=(WishlistOpened, WishAdded, WishRemoved), ddl=DDL, apply=apply
)

_WISHLIST = """
SELECT w.id, w.version, w.created_at, w.updated_at, i.product_id, i.added_at
  FROM {wishlists}.wishlist w LEFT JOIN {wishlists}.wish i ON i.wishlist_id = w.id
 WHERE w.buyer_id = %b ORDER BY i.position DESC
"""


class WishlistRow(msgspec.Struct, frozen=True):
    id: WishlistId
    version: int
    created_at: datetime
    updated_at: datetime
    wishes: tuple[tuple[ProductId, datetime], ...]
    """Products and when they were added; the latest first."""


async def wishlist(conn: Connection, buyer: AccountId, *, wishlists: str) -> WishlistRow | None:
    """The buyer's one wishlist; None before its first use."""
    rows = await bulk.read(conn, _WISHLIST.format(wishlists=wishlists), (buyer,))
    if not rows:
        return None
    id_, version, created_at, updated_at, *_ = rows[0]
    wishes = tuple((product, at) for *_, product, at in rows if product is not None)
    return WishlistRow(id_, version, created_at, updated_at, wishes)
