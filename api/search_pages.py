"""Pages of the search: what a client's words and filters ask, and the page with its facets as it is sent."""

from decimal import Decimal
from hashlib import blake2b
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import field
from msgspec.structs import replace
from pydantic import Field

from api.answers import View, encode
from api.cache import SEARCHED
from api.catalogue_pages import Rendered, asked
from api.fields import Text
from api.paging import cursor_of, parts_of
from api.problems import invalid
from api.product_schemas import EXAMPLE_VIEW, ProductFilters, ProductView, shown
from api.services import Services
from domain.shared.money import Money
from projections import search_terms
from projections.catalogue_listing import next_change
from projections.catalogue_queries import products_by_id
from projections.catalogue_tables import Tables
from projections.search import BANDS
from projections.search_queries import MOST_COUNTED, MOST_RANKED, NOTHING, Facets, SearchQuery, SearchResult, search

RELEVANCE: Final = "relevance"


class CategoryFacet(View, frozen=True, kw_only=True):
    id: UUID
    name: str
    count: int


class SellerFacet(View, frozen=True, kw_only=True):
    id: UUID
    count: int


class PriceFacet(View, frozen=True, kw_only=True):
    """Prices less the standing discount, from the one to below the other; null is without an end."""

    from_: Decimal = field(name="from")
    to: Decimal | None
    count: int


class FacetsView(View, frozen=True, kw_only=True):
    """Of all that match, at most 20 of a kind."""

    category: list[CategoryFacet]
    seller: list[SellerFacet]
    price: list[PriceFacet]


class SearchPage(View, frozen=True, kw_only=True):
    items: list[ProductView]
    page: int | None
    limit: int
    total: int
    """At most 10,000; facets are counted over as many."""
    more: bool
    """Whether there are more than were counted."""
    pages: int
    """Of the best 500."""
    next_cursor: str | None
    facets: FacetsView


class SearchFilters(ProductFilters):
    q: Annotated[str, Text(200, 1)]
    """All of these words, the last of which may be the beginning of one."""
    sort: Literal["relevance"] = RELEVANCE
    page: Annotated[int, Field(ge=1, le=MOST_RANKED)] | None = None


EXAMPLE_PAGE = {
    "items": [EXAMPLE_VIEW],
    "page": 1,
    "limit": 20,
    "total": 1,
    "more": False,
    "pages": 1,
    "nextCursor": None,
    "facets": {
        "category": [{"id": "0d6f3f8e-2b1a-5c1d-9e57-1f0a3b5c7d92", "name": "Kitchen", "count": 1}],
        "seller": [{"id": "b6a7c1de-9a0b-5e2f-8f3e-4f9f8a1d2c3b", "count": 1}],
        "price": [{"from": 500.00, "to": 1000.00, "count": 1}],
    },
}


async def found(services: Services, filters: SearchFilters) -> Rendered:
    """Raises a Problem for a cursor that is none."""
    offset = _start(filters)
    words = search_terms.asked(filters.q)
    documents, *shown_from = map(services.positions.schema_of, SEARCHED)
    tables, at = Tables(*shown_from), services.clock.now()
    result, items, until = NOTHING, list[ProductView](), None
    if words is not None:
        wanted = asked(filters.model_copy(update={"sort": "-createdAt", "cursor": None}))
        query = SearchQuery(words, replace(wanted, offset=offset))
        async with services.pool.connection() as connection:
            result = await search(connection, query, documents=documents, tables=tables, at=at)
            rows = await products_by_id(connection, result.items, tables=tables, at=at)
            until = await next_change(connection, tables.catalogue, at)
        items = [shown(rows[id_]) for id_ in result.items if id_ in rows and not rows[id_].withdrawn]
    body = encode(_page(filters, offset, result, items, services.settings.store_currency))
    return Rendered(body, b'"%s"' % blake2b(body, digest_size=12).hexdigest().encode(), until)


def _start(filters: SearchFilters) -> int:
    offset = filters.offset
    if filters.cursor is not None:
        word, offset = parts_of(filters.cursor, tuple[str, int])
        if word != RELEVANCE or not 0 <= offset <= MOST_RANKED:
            raise invalid("/cursor", "This is not a cursor of this list.")
    return offset


def _page(
    filters: SearchFilters, offset: int, result: SearchResult, items: list[ProductView], currency: str
) -> SearchPage:
    reachable = min(result.total, MOST_RANKED)
    behind = offset + filters.limit
    return SearchPage(
        items=items,
        next_cursor=cursor_of(RELEVANCE, behind) if behind < reachable else None,
        more=result.total == MOST_COUNTED,
        facets=_facets(result.facets, currency),
        **filters.counted(reachable) | {"total": result.total},
    )


def _facets(facets: Facets, currency: str) -> FacetsView:
    ends = [Money(minor, currency).major() for minor in (0, *BANDS)]
    return FacetsView(
        category=[CategoryFacet(id=id_, name=name, count=count) for id_, name, count in facets.categories],
        seller=[SellerFacet(id=id_, count=count) for id_, count in facets.sellers],
        price=[
            PriceFacet(from_=ends[band], to=ends[band + 1] if band + 1 < len(ends) else None, count=count)
            for band, count in facets.bands
        ],
    )
