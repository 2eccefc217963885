"""Products of the catalogue by their identifiers, with the stock there is of each."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain.catalogue.images import Image
from domain.catalogue.sales import Sales, SaleWindow
from domain.shared.identifiers import AccountId, CategoryId, ProductId
from domain.shared.money import Money
from projections import bulk
from projections.catalogue import decode_sales
from projections.catalogue_listing import next_boundary
from projections.catalogue_lists import Listed
from projections.catalogue_tables import Tables
from projections.projection import Connection
from projections.reviews import RATING

_attributes = msgspec.json.Decoder(dict[str, str])
_images = msgspec.json.Decoder(tuple[Image, ...])


class ProductRow(msgspec.Struct, frozen=True):
    """A product as it stands in the catalogue."""

    id: ProductId
    seller_id: AccountId
    name: str
    description: str
    sku: str | None
    attributes_json: str
    price_minor: int
    currency: str
    discount: int
    """Basis points."""
    withdrawn: bool
    version: int
    position: int
    """Of the last event that changed the product itself."""
    created_at: datetime
    updated_at: datetime
    images_json: str
    sales_json: str
    category_id: CategoryId | None
    category_name: str | None
    category_position: int
    """Of the last event that changed its category; 0 where it stands in none."""
    on_hand: int
    reserved: int
    stock_position: int
    """Of the last event that changed its stock; 0 where none is kept."""
    reviews: int
    rating: int | None
    """Hundredths of a star; None where there are no reviews."""
    rating_position: int
    """Of the last event that changed its reviews; 0 where nobody ever said anything of it."""
    at: datetime
    """The instant at which it is shown."""

    @property
    def attributes(self) -> dict[str, str]:
        return _attributes.decode(self.attributes_json)

    @property
    def images(self) -> tuple[Image, ...]:
        return _images.decode(self.images_json)

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)

    @property
    def effective_price(self) -> Money:
        return self.sales.price(self.price, self.discount, self.at)

    @property
    def sales(self) -> Sales:
        return decode_sales(self.sales_json)

    @property
    def sale(self) -> SaleWindow | None:
        """The current or the next."""
        return self.sales.shown(self.at)

    @property
    def price_until(self) -> datetime:
        """When the price may change, or which sale is shown: until then the row stands, unless something happens."""
        return next_boundary(self.sales, self.at)

    @property
    def listed(self) -> Listed:
        """The events that are shown, and how long that stands: equal ones show the same, of the same tables."""
        positions = (self.position, self.stock_position, self.category_position, self.rating_position)
        return Listed(self.id, *positions, self.price_until)

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


_FIELDS = f"""p.id, p.seller_id, p.name, p.description, p.sku, p.attributes, p.price_minor,
    p.currency, p.discount, p.withdrawn, p.version, p.position, p.created_at, p.updated_at, p.images,
    p.sales, p.category_id, k.name, coalesce(k.position, 0),
    coalesce(s.on_hand, 0), coalesce(s.reserved, 0), coalesce(s.position, 0),
    coalesce(r.reviews, 0), {RATING}, coalesce(r.position, 0)"""
_JOINED = """LEFT JOIN {stock}.level s ON s.product_id = p.id
    LEFT JOIN {categories}.category k ON k.id = p.category_id
    LEFT JOIN {reviews}.rating r ON r.product_id = p.id"""
_BY_ID = f"SELECT {_FIELDS} FROM {{catalogue}}.product p {_JOINED} WHERE p.id = %b"
_BY_IDS = f"SELECT {_FIELDS} FROM {{catalogue}}.product p {_JOINED} WHERE p.id = ANY(%b::uuid[])"


async def product(conn: Connection, product_id: ProductId, *, tables: Tables, at: datetime) -> ProductRow | None:
    """As it stands at that instant; withdrawn ones too."""
    rows = await bulk.read(conn, tables.into(_BY_ID), (product_id,))
    return ProductRow(*(*rows[0], at)) if rows else None


async def products_by_id(
    conn: Connection, products: Sequence[ProductId], *, tables: Tables, at: datetime
) -> dict[ProductId, ProductRow]:
    """Those that exist, as they stand at that instant; withdrawn ones too."""
    rows = await bulk.read(conn, tables.into(_BY_IDS), (list(products),))
    return {row[0]: ProductRow(*(*row, at)) for row in rows}
