"""The read model of the full-text search: what each product says, and what facets are counted by."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import assert_never, cast
from uuid import UUID

import msgspec
from msgspec.structs import astuple, replace

from application.ports.log import Record
from domain.catalogue.events import (
    ProductDescribed,
    ProductListed,
    ProductRepriced,
    ProductRestored,
    ProductWithdrawn,
)
from domain.shared.money import Money
from projections import bulk
from projections.projection import Connection, Projection
from projections.search_terms import terms

DDL = """
CREATE TABLE {schema}.document (
    product_id  uuid PRIMARY KEY,
    seller_id   uuid NOT NULL,
    category_id uuid,
    band        smallint NOT NULL,
    withdrawn   boolean NOT NULL,
    terms       tsvector NOT NULL
) WITH (fillfactor = 85);
CREATE INDEX document_by_terms ON {schema}.document USING gin (terms) WITH (fastupdate = off);
CREATE TABLE {schema}.change (
    product_id uuid PRIMARY KEY,
    position   bigint NOT NULL
);
CREATE INDEX change_by_position ON {schema}.change (position);
COMMENT ON TABLE {schema}.change IS 'apart, so that a new price does not write the terms'' index anew';
COMMENT ON COLUMN {schema}.document.band IS 'of the price less the standing discount; sales are the catalogue''s';
"""
_COLUMNS = "product_id, seller_id, category_id, band, withdrawn, terms"
_TOUCHED = f"SELECT {_COLUMNS.replace('terms', 'NULL')} FROM {{schema}}.document WHERE product_id = ANY(%b::uuid[])"
_KEEP = f"""
INSERT INTO {{schema}}.document AS d ({_COLUMNS})
SELECT product_id, seller_id, category_id, band, withdrawn, coalesce(terms, '')::tsvector
  FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::smallint[], %b::boolean[], %b::text[])
    AS r ({_COLUMNS})
ON CONFLICT (product_id) DO UPDATE SET
    category_id = excluded.category_id, band = excluded.band, withdrawn = excluded.withdrawn
"""
_SAY = """
UPDATE {schema}.document d SET terms = r.terms::tsvector
  FROM unnest(%b::uuid[], %b::text[]) AS r (product_id, terms) WHERE d.product_id = r.product_id
"""
_CHANGED = "SELECT product_id, position FROM {schema}.change WHERE position > %b"
_MARK = """
INSERT INTO {schema}.change (product_id, position) SELECT * FROM unnest(%b::uuid[], %b::bigint[])
ON CONFLICT (product_id) DO UPDATE SET position = excluded.position
"""
BANDS = (10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000)
"""Minor units at which a band of prices ends and the next begins."""

SearchEvent = ProductListed | ProductDescribed | ProductRepriced | ProductWithdrawn | ProductRestored


class _Row(msgspec.Struct, frozen=True):
    """A row, its columns in order; no terms where they stay as they are."""

    product_id: UUID
    seller_id: UUID
    category_id: UUID | None
    band: int
    withdrawn: bool
    terms: str | None = None


async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    products = list({record.key for record in records})
    stored = await bulk.read(conn, _TOUCHED.format(schema=schema), (products,))
    known = {row[0] for row in stored}
    rows = {row[0]: _Row(*row) for row in stored}
    for record in records:
        row = _after(rows.get(record.key), cast(SearchEvent, record.event))
        if row is not None:
            rows[row.product_id] = row
    kept = sorted(rows.values(), key=lambda row: row.product_id)
    await bulk.write(conn, _KEEP.format(schema=schema), map(astuple, kept))
    said = [(row.product_id, row.terms) for row in kept if row.terms is not None and row.product_id in known]
    await bulk.write(conn, _SAY.format(schema=schema), said)
    last = {record.key: record.position for record in records}
    await bulk.write(conn, _MARK.format(schema=schema), [(row.product_id, last[row.product_id]) for row in kept])


def _after(row: _Row | None, event: SearchEvent) -> _Row | None:
    """The row after the event; None where the product is unknown, because its first event was skipped as poison."""
    match event:
        case ProductListed():
            band = _band(event.price, event.discount)
            return _Row(event.product_id, event.seller_id, event.category_id, band, False, _said(event))
        case _ if row is None:
            return None
        case ProductDescribed():
            return replace(row, category_id=event.category_id, terms=_said(event))
        case ProductRepriced():
            return replace(row, band=_band(event.price, event.discount))
        case ProductWithdrawn():
            return replace(row, withdrawn=True)
        case ProductRestored():
            return replace(row, withdrawn=False)
        case _:
            assert_never(event)


def _said(event: ProductListed | ProductDescribed) -> str:
    return terms(name=event.name, sku=event.sku, attributes=event.attributes, description=event.description)


def _band(price: Money, discount: int) -> int:
    return bisect_right(BANDS, (price - price.share(discount)).minor)


SEARCH = Projection(
    name="search",
    version=1,
    events=(ProductListed, ProductDescribed, ProductRepriced, ProductWithdrawn, ProductRestored),
    ddl=DDL,
    apply=apply,
)


async def changed_documents(conn: Connection, schema: str, after: int) -> list[tuple[UUID, int]]:
    """Products whose row was changed beyond the position, and by which."""
    return [(row[0], row[1]) for row in await bulk.read(conn, _CHANGED.format(schema=schema), (after,))]
