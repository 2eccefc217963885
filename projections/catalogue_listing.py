"""What lists are made of: a row for each product and each stretch of time in which its price stands.

A sale window makes three rows of one: before, during, after. So any instant has its prices in the indexes, and nobody
has to come by when a sale begins or ends.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

import msgspec

from domain.catalogue.sales import Sales
from domain.shared.money import Money
from projections import bulk
from projections.projection import Connection

BEGINNING, FOREVER = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
"""Where the first stretch begins and the last ends: no price begins before that, and none is asked for."""

DDL = """
CREATE TABLE {schema}.listing (
    id              uuid NOT NULL,
    valid_from      timestamptz NOT NULL,
    valid_to        timestamptz NOT NULL,
    seller_id       uuid NOT NULL,
    category_id     uuid,
    name_key        text COLLATE "C" NOT NULL,
    created_at      timestamptz NOT NULL,
    effective_minor bigint NOT NULL,
    reduction       integer NOT NULL,
    on_sale         boolean NOT NULL,
    position        bigint NOT NULL,
    PRIMARY KEY (id, valid_from)
);
COMMENT ON TABLE {schema}.listing IS 'products that are not withdrawn, until valid_to, which is not included';
CREATE INDEX listing_by_price ON {schema}.listing (effective_minor, id);
CREATE INDEX listing_by_name ON {schema}.listing (name_key, id);
CREATE INDEX listing_by_age ON {schema}.listing (created_at, id);
CREATE INDEX listing_by_reduction ON {schema}.listing (reduction, id);
CREATE INDEX listing_by_seller ON {schema}.listing (seller_id, created_at, id);
CREATE INDEX listing_by_category ON {schema}.listing (category_id, created_at, id);
CREATE INDEX listing_by_boundary ON {schema}.listing (valid_to) WHERE valid_to < '9999-12-31Z';
"""
_CLEAR = "DELETE FROM {schema}.listing WHERE id = ANY(%b::uuid[])"
_LIST = """
INSERT INTO {schema}.listing (id, valid_from, valid_to, seller_id, category_id, name_key, created_at, effective_minor,
                              reduction, on_sale, position)
SELECT * FROM unnest(%b::uuid[], %b::timestamptz[], %b::timestamptz[], %b::uuid[], %b::uuid[], %b::text[],
                     %b::timestamptz[], %b::bigint[], %b::integer[], %b::boolean[], %b::bigint[])
"""


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What lists need to know of a product."""

    id: UUID
    seller_id: UUID
    category_id: UUID | None
    name_key: str
    created_at: datetime
    price: Money
    discount: int
    """Standing, in basis points."""
    sales: Sales
    position: int
    known_at: datetime
    """Of the last event: what was over by then is listed no more."""


async def keep(conn: Connection, schema: str, touched: Sequence[UUID], listings: Iterable[Listing]) -> None:
    """These products are listed so from now on; those of `touched` that are not among them, not at all."""
    await conn.execute(_CLEAR.format(schema=schema), (touched,), prepare=True)
    rows = ((listing.id, *stretch) for listing in listings for stretch in _stretches(listing))
    await bulk.write(conn, _LIST.format(schema=schema), rows)


_NEXT = "SELECT min(valid_to) FROM {schema}.listing WHERE valid_to > %b AND valid_to < '9999-12-31Z'"


async def next_change(conn: Connection, schema: str, at: datetime) -> datetime | None:
    """When any price in the catalogue may change next, though nothing happens; None where none will."""
    rows = await bulk.read(conn, _NEXT.format(schema=schema), (at,))
    moment: datetime | None = rows[0][0]
    return moment


def next_boundary(sales: Sales, at: datetime) -> datetime:
    """Until when what holds then goes on to hold; FOREVER where nothing is to come."""
    return next((boundary for boundary in sales.boundaries() if at < boundary), FOREVER)


def _stretches(listing: Listing) -> Iterator[tuple[object, ...]]:
    """Their columns but for the id, in the order of time, without gaps."""
    coming = (boundary for boundary in listing.sales.boundaries() if listing.known_at < boundary)
    for start, end in pairwise([BEGINNING, *coming, FOREVER]):
        # What was over when it was last heard of the product is not listed; the first stretch takes its place.
        at = listing.known_at if start is BEGINNING else start
        effective = listing.sales.price(listing.price, listing.discount, at)
        yield (
            start,
            end,
            listing.seller_id,
            listing.category_id,
            listing.name_key,
            listing.created_at,
            effective.minor,
            listing.sales.reduction(listing.discount, at),
            effective < listing.price,
            listing.position,
        )
