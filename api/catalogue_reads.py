"""Reads of the catalogue that many clients do at once: asked together, so that a rush costs few round trips."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from api.cache import READ_MODELS
from api.catalogue_pages import Rendered, asked, rendered
from api.fragments import Fragment, Fragments
from api.product_schemas import ProductFilters
from api.services import Services
from api.together import Together
from domain.shared.identifiers import ProductId
from projections.catalogue_lists import Listed, ProductList, ProductQuery, product_lists
from projections.catalogue_queries import ProductRow, products_by_id
from projections.catalogue_tables import Tables

Found = tuple[Tables, datetime, ProductList]
"""What was read, and the instant it was asked for."""


class CatalogueReads:
    """Raises LookupError while the read models are being made."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._products = Together(self._by_id)
        self._lists = Together(self._lists_of, lane=lambda query: query.shape)
        self._fragments = Fragments()

    async def product(self, product_id: ProductId) -> ProductRow | None:
        """Withdrawn ones too."""
        return await self._products.get(product_id)

    async def page(self, filters: ProductFilters) -> Rendered:
        """Raises a Problem for a cursor that is none."""
        answer = await self._lists.get(asked(filters))
        if answer is None:
            raise LookupError("a list without an answer")
        tables, at, found = answer
        return rendered(filters, tables, found, await self._sent(tables, found.items, at))

    async def _sent(self, tables: Tables, products: Sequence[Listed], at: datetime) -> list[Fragment]:
        """The products as they are sent; one that has changed since it was listed shows the change."""
        kept = dict(zip(products, self._fragments.find(tables, products), strict=True))
        missing = [listed.id for listed, fragment in kept.items() if fragment is None]
        fresh: dict[ProductId, Fragment] = {}
        if missing:
            async with self._services.pool.connection() as connection:
                rows = await products_by_id(connection, missing, tables=tables, at=at)
            fresh = {product: self._fragments.keep(tables, row) for product, row in rows.items()}
        return [fresh[listed.id] if fragment is None else (listed, fragment) for listed, fragment in kept.items()]

    async def _by_id(self, products: Sequence[ProductId]) -> Mapping[ProductId, ProductRow]:
        async with self._services.pool.connection() as connection:
            return await products_by_id(connection, products, tables=self.tables(), at=self._services.clock.now())

    async def _lists_of(self, queries: Sequence[ProductQuery]) -> Mapping[ProductQuery, Found]:
        tables, at = self.tables(), self._services.clock.now()
        async with self._services.pool.connection() as connection:
            lists = await product_lists(connection, queries, tables=tables, at=at)
        return {query: (tables, at, found) for query, found in zip(queries, lists, strict=True)}

    def tables(self) -> Tables:
        """Those that are live now."""
        positions = self._services.positions
        return Tables(*map(positions.schema_of, READ_MODELS))
