"""Questions to the catalogue: one product, and lists of them, with the stock there is of each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from psycopg.rows import tuple_row

from domain.shared.identifiers import AccountId, ProductId
from domain.shared.money import Money
from projections import bulk
from projections.projection import Connection

_attributes = msgspec.json.Decoder(dict[str, str])


class ProductRow(msgspec.Struct, frozen=True):
    """A product as it stands in the catalogue."""

    id: ProductId
    seller_id: AccountId
    name: str
    description: str
    sku: str | None
    attributes_json: str
    price_minor: int
    effective_minor: int
    currency: str
    discount: int
    """Basis points."""
    withdrawn: bool
    version: int
    position: int
    """Of the last event that changed the product itself."""
    created_at: datetime
    updated_at: datetime
    on_hand: int
    reserved: int
    stock_position: int
    """Of the last event that changed its stock; 0 where none is kept."""

    @property
    def attributes(self) -> dict[str, str]:
        return _attributes.decode(self.attributes_json)

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)

    @property
    def effective_price(self) -> Money:
        return Money(self.effective_minor, self.currency)

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


class Sort(StrEnum):
    PRICE = "price"
    """The effective one."""
    NAME = "name"
    CREATED_AT = "createdAt"
    DISCOUNT = "discount"


class After(msgspec.Struct, frozen=True):
    """Where a list goes on: behind the product with this sort key and id."""

    value: int | str | datetime
    id: UUID


class ProductQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which products, in what order, and which part of them. Prices are minor units, discounts basis points."""

    seller: AccountId | None = None
    min_price: int | None = None
    max_price: int | None = None
    min_discount: int | None = None
    on_sale: bool | None = None
    """Whether it costs less than its price."""
    in_stock: bool | None = None
    sort: Sort = Sort.CREATED_AT
    descending: bool = True
    limit: int = 20
    offset: int = 0
    after: After | None = None
    """Instead of the offset."""


class Products(msgspec.Struct, frozen=True):
    items: tuple[ProductRow, ...]
    total: int
    """Of all pages."""
    next: After | None
    """None where the list ends with the page."""


_FIELDS = """p.id, p.seller_id, p.name, p.description, p.sku, p.attributes, p.price_minor, p.effective_minor,
    p.currency, p.discount, p.withdrawn, p.version, p.position, p.created_at, p.updated_at,
    coalesce(s.on_hand, 0), coalesce(s.reserved, 0), coalesce(s.position, 0)"""
_STOCK = "LEFT JOIN {stock}.level s ON s.product_id = p.id"
_BY_ID = f"SELECT {_FIELDS} FROM {{catalogue}}.product p {_STOCK} WHERE p.id = %b"
_BY_IDS = f"SELECT {_FIELDS} FROM {{catalogue}}.product p {_STOCK} WHERE p.id = ANY(%b::uuid[])"
# The page is cut before the stock is joined, so that no plan joins more than a page.
_PAGE = f"""
SELECT {_FIELDS}, p.sort_key, ({{total}})
  FROM (SELECT p.*, p.{{column}} AS sort_key FROM {{catalogue}}.product p WHERE {{where}} {{start}}
         ORDER BY p.{{column}} {{order}}, p.id {{order}} LIMIT {{limit}} OFFSET {{offset}}) AS p
  {_STOCK}
 ORDER BY p.sort_key {{order}}, p.id {{order}}
"""
_ALL = "SELECT sum(listed)::bigint FROM {catalogue}.product_count"
_MATCHING = "SELECT count(*) FROM {catalogue}.product p WHERE {where}"
_IN_STOCK = "EXISTS (SELECT FROM {stock}.level l WHERE l.product_id = p.id AND l.on_hand > l.reserved)"
_COLUMNS = {
    Sort.PRICE: "effective_minor",
    Sort.NAME: "name_key",
    Sort.CREATED_AT: "created_at",
    Sort.DISCOUNT: "discount",
}
_FILTERS: Mapping[str, str] = {
    "seller": "p.seller_id = %(seller)b",
    "min_price": "p.effective_minor >= %(min_price)b",
    "max_price": "p.effective_minor <= %(max_price)b",
    "min_discount": "p.discount >= %(min_discount)b",
}


async def product(conn: Connection, product_id: ProductId, *, catalogue: str, stock: str) -> ProductRow | None:
    """Withdrawn ones too."""
    rows = await bulk.read(conn, _BY_ID.format(catalogue=catalogue, stock=stock), (product_id,))
    return ProductRow(*rows[0]) if rows else None


async def products_by_id(
    conn: Connection, products: Sequence[ProductId], *, catalogue: str, stock: str
) -> dict[ProductId, ProductRow]:
    """Those that exist, withdrawn ones too."""
    rows = await bulk.read(conn, _BY_IDS.format(catalogue=catalogue, stock=stock), (list(products),))
    return {row[0]: ProductRow(*row) for row in rows}


async def products(conn: Connection, query: ProductQuery, *, catalogue: str, stock: str) -> Products:
    """One page by one statement; a page behind the end takes a second one for the total."""
    conditions = _conditions(query)
    names = {"catalogue": catalogue, "stock": stock}
    where = " AND ".join(conditions).format(**names)
    total = (_ALL if len(conditions) == 1 else _MATCHING).format(**names, where=where)
    page = _PAGE.format(**names, **_window(query), where=where, total=total)
    values = _values(query)
    rows = await _rows(conn, page, values, prepare=query.offset == 0)
    if not rows:
        counted = await _rows(conn, total, values, prepare=True)
        return Products((), counted[0][0], None)
    shown = rows[: query.limit]
    *_, sort_key, count = shown[-1]
    following = After(sort_key, shown[-1][0]) if len(rows) > query.limit else None
    return Products(tuple([ProductRow(*row[:-2]) for row in shown]), count, following)


def _conditions(query: ProductQuery) -> list[str]:
    given = [text for name, text in _FILTERS.items() if getattr(query, name) is not None]
    if query.on_sale is not None:
        given.append("p.effective_minor < p.price_minor" if query.on_sale else "p.effective_minor = p.price_minor")
    if query.in_stock is not None:
        given.append(_IN_STOCK if query.in_stock else f"NOT {_IN_STOCK}")
    return ["NOT p.withdrawn", *given]


def _window(query: ProductQuery) -> dict[str, object]:
    """Limit and offset stand in the text: a plan for any limit would be a plan for a tenth of the table."""
    column, direction = _COLUMNS[query.sort], "<" if query.descending else ">"
    return {
        "column": column,
        "order": "DESC" if query.descending else "ASC",
        "start": f"AND (p.{column}, p.id) {direction} (%(value)b, %(id)b)" if query.after else "",
        "limit": int(query.limit) + 1,
        "offset": 0 if query.after else int(query.offset),
    }


def _values(query: ProductQuery) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(query, name) for name in _FILTERS}
    if query.after is not None:
        values |= {"value": query.after.value, "id": query.after.id}
    return values


async def _rows(conn: Connection, text: str, values: Mapping[str, object], *, prepare: bool) -> list[tuple[Any, ...]]:
    cursor = conn.cursor(row_factory=tuple_row, binary=True)
    await cursor.execute(text, values, prepare=prepare)
    return await cursor.fetchall()
