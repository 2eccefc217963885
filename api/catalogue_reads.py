"""Reads of the catalogue that many clients do at once: asked together, so that a rush costs few round trips."""

from collections.abc import Mapping, Sequence

from api.catalogue_pages import Rendered, asked, rendered
from api.product_schemas import ProductFilters
from api.services import Services
from api.together import Together
from domain.shared.identifiers import ProductId
from projections.catalogue_queries import ProductQuery, ProductRow, Products, products, products_by_id

Page = tuple[ProductFilters, ProductQuery]


class CatalogueReads:
    """Raises LookupError while the read models are being made."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._products = Together(self._by_id)
        self._pages = Together(self._page, lane=lambda page: page)

    async def product(self, product_id: ProductId) -> ProductRow | None:
        """Withdrawn ones too."""
        return await self._products.get(product_id)

    async def page(self, filters: ProductFilters) -> Rendered:
        """Equal pages are asked for and rendered once. Raises a Problem for a cursor that is none."""
        query = asked(filters)
        found = await self._pages.get((filters, query))
        return found or rendered(filters, Products((), 0, None))

    async def _by_id(self, products: Sequence[ProductId]) -> Mapping[ProductId, ProductRow]:
        catalogue, stock = self._schemas()
        async with self._services.pool.connection() as connection:
            return await products_by_id(connection, products, catalogue=catalogue, stock=stock)

    async def _page(self, pages: Sequence[Page]) -> Mapping[Page, Rendered]:
        catalogue, stock = self._schemas()
        async with self._services.pool.connection() as connection:
            return {
                (filters, query): rendered(filters, await products(connection, query, catalogue=catalogue, stock=stock))
                for filters, query in pages
            }

    def _schemas(self) -> tuple[str, str]:
        positions = self._services.positions
        return positions.schema_of("catalogue"), positions.schema_of("stock_levels")
