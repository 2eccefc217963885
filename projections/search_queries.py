"""The full-text search: the best products for some words, and what there is to narrow it by."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.shared.identifiers import AccountId, CategoryId, ProductId
from projections import bulk
from projections.catalogue_lists import THEN, ProductQuery, conditions, types_of
from projections.catalogue_tables import Tables
from projections.projection import Connection
from projections.search_terms import Asked

MOST_COUNTED = 10_000
"""Products that are counted, in all and by facet; what costs grows with no larger catalogue."""
MOST_RANKED = 500
"""Products that are put in order, those with the words in their name first."""
MOST_FACETS = 20
WEIGHTS = "{0.05, 0.2, 0.6, 1.0}"
"""Of words in descriptions, attributes, article numbers and names."""

# Three reads of one index: all that match, for the counts; up to a bound those whose name matches, and others where
# there is room, for the order. `grouping` tells which row counts what.
_SEARCH = """
WITH q AS MATERIALIZED (SELECT {values}),
matched AS MATERIALIZED (
    SELECT d.seller_id, d.category_id, d.band FROM {found} WHERE d.terms @@ %(anywhere)s::tsquery {where}
     LIMIT {counted}
),
named AS MATERIALIZED (
    SELECT d.product_id, d.terms FROM {found} WHERE d.terms @@ %(in_name)s::tsquery {where} LIMIT {ranked}
),
others AS MATERIALIZED (
    SELECT d.product_id, d.terms FROM {found}
     WHERE d.terms @@ %(anywhere)s::tsquery AND NOT d.terms @@ %(in_name)s::tsquery {where}
     LIMIT {ranked} - (SELECT count(*) FROM named)
),
ranked AS (
    SELECT product_id, tier + ts_rank('{weights}', terms, %(anywhere)s::tsquery) AS rank
      FROM (SELECT *, 1 AS tier FROM named UNION ALL SELECT *, 0 FROM others) AS c
     ORDER BY rank DESC, product_id LIMIT {limit} OFFSET {offset}
)
SELECT grouping(seller_id, category_id, band), seller_id, category_id, band, count(*), 0::float8
  FROM matched GROUP BY GROUPING SETS ((), (seller_id), (category_id), (band))
UNION ALL SELECT -1, product_id, NULL, NULL, 0, rank FROM ranked
"""
BY_INDEX = "SET LOCAL enable_seqscan = off"
_PAGE, _BY_SELLER, _BY_CATEGORY, _BY_BAND, _IN_ALL = -1, 0b011, 0b101, 0b110, 0b111
_NAMES = "SELECT id, name FROM {categories}.category WHERE id = ANY(%b::uuid[])"


class SearchQuery(msgspec.Struct, frozen=True):
    """Words, and which of the products that say them: `filters` has the filters, the limit and the offset."""

    asked: Asked
    filters: ProductQuery


class Facets(msgspec.Struct, frozen=True):
    """How many there are of each, most first; at most 20 of a kind. Bands of prices are numbered from below."""

    categories: tuple[tuple[CategoryId, str, int], ...]
    sellers: tuple[tuple[AccountId, int], ...]
    bands: tuple[tuple[int, int], ...]


class SearchResult(msgspec.Struct, frozen=True):
    items: tuple[ProductId, ...]
    """The page, best first."""
    total: int
    """At most 10,000, which means that there may be more."""
    facets: Facets


NOTHING = SearchResult((), 0, Facets((), (), ()))


async def search(conn: Connection, query: SearchQuery, *, documents: str, tables: Tables, at: datetime) -> SearchResult:
    """Planned anew each time: how often the words occur decides how they are best found. A bound of rows must not
    tempt the planner to read the table instead of the index: where they stand at its end, it would read all of it."""
    text = statement(query.filters).format(documents=documents, **tables._asdict())
    async with conn.pipeline(), conn.transaction():
        await conn.execute(BY_INDEX)
        rows = await bulk.read(conn, text, values(query, at), prepare=False)
    page = sorted((row for row in rows if row[0] == _PAGE), key=lambda row: (-row[5], row[1]))
    sellers, bands = _most(rows, _BY_SELLER, 1), _most(rows, _BY_BAND, 3)
    by_category = [each for each in _most(rows, _BY_CATEGORY, 2) if each[0] is not None]
    names = await _names(conn, [each[0] for each in by_category], tables.categories)
    named = [(CategoryId(id_), names[id_], count) for id_, count in by_category if id_ in names]
    total = next((row[4] for row in rows if row[0] == _IN_ALL), 0)
    return SearchResult(
        tuple([ProductId(row[1]) for row in page]), total, Facets(tuple(named), tuple(sellers), tuple(sorted(bands)))
    )


def statement(filters: ProductQuery) -> str:
    """With the schemas' names left open; products are joined where something is asked of them."""
    shape = filters.shape
    wanted = conditions(shape)
    found = "{documents}.document d"
    if wanted:
        found = "q CROSS JOIN {documents}.document d JOIN {catalogue}.listing p ON p.id = d.product_id"
    given = [f"%({name})b::{kind} AS {name}" for name, kind in {"at": "timestamptz", **types_of(shape)}.items()]
    return _SEARCH.format(
        values=", ".join(given),
        found=found,
        where=" ".join(f"AND {each}" for each in ["NOT d.withdrawn", *([THEN, *wanted] if wanted else [])]),
        weights=WEIGHTS.replace("{", "{{").replace("}", "}}"),
        counted=MOST_COUNTED,
        ranked=MOST_RANKED,
        limit=int(filters.limit),
        offset=int(filters.offset),
    )


def values(query: SearchQuery, at: datetime) -> Mapping[str, Any]:
    wanted = {name: getattr(query.filters, name) for name in types_of(query.filters.shape)}
    return {"at": at, **query.asked._asdict(), **wanted}


def _most(rows: Sequence[tuple[Any, ...]], kind: int, column: int) -> list[tuple[Any, int]]:
    found = [(row[column], row[4]) for row in rows if row[0] == kind]
    return sorted(found, key=lambda each: (-each[1], str(each[0])))[:MOST_FACETS]


async def _names(conn: Connection, ids: Sequence[UUID], categories: str) -> dict[UUID, str]:
    if not ids:
        return {}
    return dict(await bulk.read(conn, _NAMES.format(categories=categories), (list(ids),)))
