"""The read model of products: one row each, what lists need of it beside, and how many there are in all."""

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import assert_never, cast
from uuid import UUID

import msgspec
from msgspec.structs import astuple, replace

from application.ports.log import Record
from domain.catalogue.events import (
    ProductDescribed,
    ProductEvent,
    ProductImageAdded,
    ProductImageRemoved,
    ProductListed,
    ProductRepriced,
    ProductRestored,
    ProductWithdrawn,
    SaleCancelled,
    SaleEnded,
    SaleScheduled,
    SaleStarted,
)
from domain.catalogue.images import Image, after
from domain.catalogue.sales import Sales
from domain.shared.money import Money
from projections import bulk, catalogue_listing
from projections.catalogue_listing import Listing
from projections.projection import Connection, Projection

NAME_KEY = 200
"""Characters of a name that count for sorting; keeps an index entry far below what a B-tree page holds."""
BUCKETS = 8
"""Counter rows, so that two keys seldom wait for one row."""

DDL = """
CREATE TABLE {schema}.product (
    id              uuid PRIMARY KEY,
    seller_id       uuid NOT NULL,
    name            text NOT NULL,
    name_key        text COLLATE "C" NOT NULL,
    description     text NOT NULL,
    sku             text,
    attributes      text NOT NULL,
    price_minor     bigint NOT NULL,
    currency        text NOT NULL,
    discount        integer NOT NULL,
    withdrawn       boolean NOT NULL,
    version         bigint NOT NULL,
    position        bigint NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    images          text NOT NULL,
    category_id     uuid,
    sales           text NOT NULL
);
CREATE INDEX product_by_position ON {schema}.product (position);
CREATE INDEX product_by_category ON {schema}.product (category_id);

CREATE TABLE {schema}.product_count (
    bucket integer PRIMARY KEY,
    listed bigint NOT NULL
);
INSERT INTO {schema}.product_count SELECT bucket, 0 FROM generate_series(0, 7) AS bucket;
"""
_COLUMNS = """id, seller_id, created_at, updated_at, name, name_key, description, sku, attributes, price_minor,
    currency, discount, withdrawn, version, position, images, category_id, sales"""
_TOUCHED = f"SELECT {_COLUMNS} FROM {{schema}}.product WHERE id = ANY(%b::uuid[])"
_KEEP = f"""
INSERT INTO {{schema}}.product ({_COLUMNS})
SELECT {_COLUMNS}
  FROM unnest(%b::uuid[], %b::uuid[], %b::timestamptz[], %b::timestamptz[], %b::text[], %b::text[], %b::text[],
              %b::text[], %b::text[], %b::bigint[], %b::text[], %b::integer[], %b::boolean[],
              %b::bigint[], %b::bigint[], %b::text[], %b::uuid[], %b::text[]) AS r ({_COLUMNS})
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, name_key = excluded.name_key, description = excluded.description, sku = excluded.sku,
    attributes = excluded.attributes, price_minor = excluded.price_minor,
    currency = excluded.currency, discount = excluded.discount, withdrawn = excluded.withdrawn,
    version = excluded.version, position = excluded.position, updated_at = excluded.updated_at,
    images = excluded.images, category_id = excluded.category_id, sales = excluded.sales
"""
_COUNT = """
UPDATE {schema}.product_count c SET listed = c.listed + d.change
  FROM unnest(%b::integer[], %b::bigint[]) AS d (bucket, change) WHERE c.bucket = d.bucket
"""

_images = msgspec.json.Decoder(tuple[Image, ...])
decode_sales = msgspec.json.Decoder(Sales).decode
NO_SALES = msgspec.json.encode(Sales()).decode()


class _Row(msgspec.Struct, frozen=True):
    """A row, its columns in order."""

    id: UUID
    seller_id: UUID
    created_at: datetime
    updated_at: datetime
    name: str = ""
    name_key: str = ""
    description: str = ""
    sku: str | None = None
    attributes: str = "{}"
    price_minor: int = 0
    currency: str = ""
    discount: int = 0
    withdrawn: bool = False
    version: int = 0
    position: int = 0
    images: str = "[]"
    category_id: UUID | None = None
    sales: str = NO_SALES


async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    products = list({record.key for record in records})
    stored = await bulk.read(conn, _TOUCHED.format(schema=schema), (products,))
    before = {row[0]: _Row(*row) for row in stored}
    after = dict(before)
    for record in records:
        row = _after(after.get(record.key), record)
        if row is not None:
            after[row.id] = row
    rows = sorted(after.values(), key=lambda row: row.id)
    await bulk.write(conn, _KEEP.format(schema=schema), map(astuple, rows))
    await catalogue_listing.keep(conn, schema, products, (_listing(row) for row in rows if not row.withdrawn))
    await bulk.write(conn, _COUNT.format(schema=schema), _count_changes(before, after))


def _after(row: _Row | None, record: Record) -> _Row | None:
    """The row after the event; None where the product is unknown, because its first event was skipped as poison."""
    event = cast(ProductEvent, record.event)
    if row is None and not isinstance(event, ProductListed):
        return None
    changed = _changed(row, event)
    return replace(changed, version=record.version, position=record.position)


def _changed(row: _Row | None, event: ProductEvent) -> _Row:
    match event:
        case ProductListed():
            return _priced(_described(_blank(event), event), event)
        case _ if row is None:
            raise ValueError(f"{event.topic} came first")
        case ProductDescribed():
            return _described(row, event)
        case ProductRepriced():
            return _priced(row, event)
        case ProductWithdrawn(at=at):
            return replace(row, withdrawn=True, updated_at=at)
        case ProductRestored(at=at):
            return replace(row, withdrawn=False, updated_at=at)
        case SaleScheduled() | SaleCancelled() | SaleStarted() | SaleEnded():
            sales = decode_sales(row.sales).after(event)
            return replace(row, sales=msgspec.json.encode(sales).decode(), updated_at=event.at)
        case ProductImageAdded(at=at) | ProductImageRemoved(at=at):
            shown = after(_images.decode(row.images), event)
            return replace(row, images=msgspec.json.encode(shown).decode(), updated_at=at)
        case _:
            assert_never(event)


def _blank(event: ProductListed) -> _Row:
    return _Row(
        id=event.product_id,
        seller_id=event.seller_id,
        currency=event.price.currency,
        created_at=event.at,
        updated_at=event.at,
    )


def _described(row: _Row, event: ProductListed | ProductDescribed) -> _Row:
    return replace(
        row,
        name=event.name,
        name_key=event.name.casefold()[:NAME_KEY],
        description=event.description,
        sku=event.sku,
        category_id=event.category_id,
        attributes=msgspec.json.encode(event.attributes).decode(),
        updated_at=event.at,
    )


def _priced(row: _Row, event: ProductListed | ProductRepriced) -> _Row:
    return replace(
        row,
        price_minor=event.price.minor,
        currency=event.price.currency,
        discount=event.discount,
        updated_at=event.at,
    )


def _listing(row: _Row) -> Listing:
    return Listing(
        id=row.id,
        seller_id=row.seller_id,
        category_id=row.category_id,
        name_key=row.name_key,
        created_at=row.created_at,
        price=Money(row.price_minor, row.currency),
        discount=row.discount,
        sales=decode_sales(row.sales),
        position=row.position,
        known_at=row.updated_at,
    )


def _count_changes(before: Mapping[UUID, _Row], after: Mapping[UUID, _Row]) -> list[tuple[int, int]]:
    """How many more are listed, per bucket, in the order in which rows are always locked."""
    changes = Counter[int]()
    for id_, row in after.items():
        was = id_ in before and not before[id_].withdrawn
        changes[zlib.crc32(id_.bytes) % BUCKETS] += (not row.withdrawn) - was
    return sorted((bucket, change) for bucket, change in changes.items() if change)


CATALOGUE = Projection(
    name="catalogue",
    version=4,
    events=(
        ProductListed,
        ProductDescribed,
        ProductRepriced,
        ProductWithdrawn,
        ProductRestored,
        ProductImageAdded,
        ProductImageRemoved,
        SaleScheduled,
        SaleCancelled,
        SaleStarted,
        SaleEnded,
    ),
    ddl=DDL + catalogue_listing.DDL,
    apply=apply,
)


_CHANGED = "SELECT id, position FROM {schema}.product WHERE position > %b"


async def changed_products(conn: Connection, schema: str, after: int) -> list[tuple[UUID, int]]:
    """Products whose row was changed beyond the position, and by which."""
    return [(row[0], row[1]) for row in await bulk.read(conn, _CHANGED.format(schema=schema), (after,))]
