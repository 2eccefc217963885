"""Lists of the catalogue: which products, in what order; many lists of one shape by one statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import msgspec

from domain.shared.identifiers import AccountId, CategoryId, ProductId
from projections import bulk
from projections.catalogue_ratings import behind_unrated, by_rating
from projections.catalogue_tables import Tables
from projections.projection import Connection


class Sort(StrEnum):
    PRICE = "price"
    """The effective one."""
    NAME = "name"
    CREATED_AT = "createdAt"
    DISCOUNT = "discount"
    RATING = "rating"
    """In hundredths of a star; products without one come last in either direction."""


class After(msgspec.Struct, frozen=True):
    """Where a list goes on: behind the product with this sort key and id."""

    value: int | str | datetime | None
    id: UUID


class Shape(msgspec.Struct, frozen=True):
    """What the statement's text depends on: lists that differ in nothing else are asked for together."""

    filters: tuple[str, ...]
    on_sale: bool | None
    in_stock: bool | None
    sort: Sort
    descending: bool
    goes_on: bool
    behind_unrated: bool
    limit: int
    offset: int


class ProductQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which products, in what order, and which part of them. Prices are minor units, discounts basis points."""

    seller: AccountId | None = None
    category: CategoryId | None = None
    """Or any below it."""
    min_price: int | None = None
    max_price: int | None = None
    min_discount: int | None = None
    on_sale: bool | None = None
    """Whether it costs less than its price then."""
    in_stock: bool | None = None
    sort: Sort = Sort.CREATED_AT
    descending: bool = True
    limit: int = 20
    offset: int = 0
    after: After | None = None
    """Instead of the offset."""

    @property
    def shape(self) -> Shape:
        return Shape(
            tuple([name for name in _FILTERS if getattr(self, name) is not None]),
            self.on_sale,
            self.in_stock,
            self.sort,
            self.descending,
            self.after is not None,
            self.after is not None and self.after.value is None,
            self.limit,
            0 if self.after else self.offset,
        )


class Listed(msgspec.Struct, frozen=True):
    """A product's place in a list, and the last events that changed what is shown of it."""

    id: ProductId
    position: int
    stock_position: int
    """0 where no stock is kept."""
    category_position: int
    """0 where it stands in no category."""
    rating_position: int
    """0 where nobody ever said anything of it."""
    until: datetime
    """When its price may change though nothing happens: the next end of a sale window."""


class ProductList(msgspec.Struct, frozen=True):
    items: tuple[Listed, ...]
    total: int
    """Of all pages."""
    next: After | None
    """None where the list ends with the page."""
    until: datetime | None
    """When any price in the catalogue may change; None where none will."""


_FILTERS: Mapping[str, tuple[str, str]] = {
    "seller": ("uuid", "p.seller_id = q.seller"),
    "category": (
        "uuid",
        "p.category_id IN (SELECT c.id FROM {categories}.category c WHERE c.path @> ARRAY[q.category])",
    ),
    "min_price": ("bigint", "p.effective_minor >= q.min_price"),
    "max_price": ("bigint", "p.effective_minor <= q.max_price"),
    "min_discount": ("integer", "p.reduction >= q.min_discount"),
}
"""Type of the value, and the condition."""
_SORTED: Mapping[Sort, tuple[str, str]] = {
    Sort.PRICE: ("bigint", "effective_minor"),
    Sort.NAME: ("text", "name_key"),
    Sort.CREATED_AT: ("timestamptz", "created_at"),
    Sort.DISCOUNT: ("bigint", "reduction"),
    Sort.RATING: ("bigint", ""),
}
THEN = "p.valid_from <= q.at AND q.at < p.valid_to"
_IN_STOCK = "EXISTS (SELECT FROM {stock}.level l WHERE l.product_id = p.id AND l.on_hand > l.reserved)"
_ALL = "SELECT sum(listed)::bigint FROM {catalogue}.product_count"
_MATCHING = "SELECT count(*) FROM {catalogue}.listing p WHERE {where}"
_BOUNDARY = """SELECT min(b.valid_to) FROM {catalogue}.listing b
         WHERE b.valid_to > q.at AND b.valid_to < '9999-12-31Z'"""
# Every list is cut to its page before the others are joined, so that no plan joins more than the pages. A list without
# products still has a row, for its total. Limit and offset stand in the text: a plan for any limit would be a plan for
# a tenth of the table.
_LISTS = """
SELECT q.n, counted.total, ({boundary}), p.id, p.position, coalesce(s.position, 0), coalesce(k.position, 0),
       coalesce(r.position, 0), p.valid_to, p.sort_key
  FROM unnest({arrays}) AS q ({columns})
 CROSS JOIN LATERAL ({total}) AS counted (total)
  LEFT JOIN LATERAL ({page}) AS p ON true
  LEFT JOIN {{stock}}.level s ON s.product_id = p.id
  LEFT JOIN {{categories}}.category k ON k.id = p.category_id
  LEFT JOIN {{reviews}}.rating r ON r.product_id = p.id
 ORDER BY q.n, p.sort_key {order} NULLS LAST, p.id {order}
"""
_PAGE = """
SELECT {shown}, p.{column} AS sort_key
  FROM {{catalogue}}.listing p WHERE {where} {start}
 ORDER BY p.{column} {order}, p.id {order} LIMIT {limit} OFFSET {offset}
"""
_SHOWN = "p.id, p.position, p.category_id, p.valid_to"


async def product_lists(
    conn: Connection, queries: Sequence[ProductQuery], *, tables: Tables, at: datetime
) -> list[ProductList]:
    """The lists of that instant in the queries' order, by one statement; all queries are of one shape."""
    shape = queries[0].shape
    text = tables.into(_text(shape))
    rows = await bulk.read(conn, text, _values(shape, queries, at), prepare=shape.offset == 0)
    return [_list(list(found), queries[0].limit) for _, found in groupby(rows, key=itemgetter(0))]


def _list(rows: Sequence[tuple[Any, ...]], limit: int) -> ProductList:
    shown = [row for row in rows[:limit] if row[3] is not None]
    items = tuple([Listed(*row[3:9]) for row in shown])
    following = After(shown[-1][9], shown[-1][3]) if len(rows) > limit else None
    return ProductList(items, rows[0][1], following, rows[0][2])


def _text(shape: Shape) -> str:
    """With the schemas' names left open."""
    filters = conditions(shape)
    where = " AND ".join([THEN, *filters])
    types = {"n": "integer", "at": "timestamptz"} | types_of(shape)
    if shape.goes_on:
        types |= {"value": _SORTED[shape.sort][0], "after_id": "uuid"}
    return _LISTS.format(
        total=(_MATCHING if filters else _ALL).replace("{where}", where),
        arrays=", ".join(f"%b::{each}[]" for each in types.values()),
        columns=", ".join(types),
        boundary=_BOUNDARY,
        page=_page(shape, where),
        order=_order(shape),
    )


def _page(shape: Shape, where: str) -> str:
    order, limit, offset = _order(shape), int(shape.limit) + 1, int(shape.offset)
    if shape.behind_unrated:
        return behind_unrated(shown=_SHOWN, where=where, order=order, limit=limit)
    if shape.sort is Sort.RATING:
        return by_rating(shown=_SHOWN, where=where, order=order, goes_on=shape.goes_on, limit=limit, offset=offset)
    _, column = _SORTED[shape.sort]
    start = f"AND (p.{column}, p.id) {'<' if shape.descending else '>'} (q.value, q.after_id)" if shape.goes_on else ""
    return _PAGE.format(shown=_SHOWN, column=column, where=where, start=start, order=order, limit=limit, offset=offset)


def _order(shape: Shape) -> str:
    return "DESC" if shape.descending else "ASC"


def conditions(shape: Shape) -> list[str]:
    """On a row `p` of the listing, besides THEN, and the values of a query `q`; the schemas' names are left open."""
    found = [_FILTERS[name][1] for name in shape.filters]
    if shape.on_sale is not None:
        found.append("p.on_sale" if shape.on_sale else "NOT p.on_sale")
    if shape.in_stock is not None:
        found.append(_IN_STOCK if shape.in_stock else f"NOT {_IN_STOCK}")
    return found


def types_of(shape: Shape) -> dict[str, str]:
    """Of the values that the conditions ask for."""
    return {name: _FILTERS[name][0] for name in shape.filters}


def asked(query: ProductQuery, at: datetime) -> tuple[str, list[list[object]]]:
    """The statement of one list, with the schemas' names left open, and its values: for those who look at its plan."""
    return _text(query.shape), _values(query.shape, [query], at)


def _values(shape: Shape, queries: Sequence[ProductQuery], at: datetime) -> list[list[object]]:
    """One array per column."""
    columns: list[list[object]] = [list(range(len(queries))), [at] * len(queries)]
    columns += [[getattr(query, name) for query in queries] for name in shape.filters]
    if shape.goes_on:
        starts = [query.after for query in queries if query.after]
        columns += [[start.value for start in starts], [start.id for start in starts]]
    return columns
