"""Products of the catalogue by their identifiers, with the stock there is of each."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain.catalogue.images import Image
from domain.shared.identifiers import AccountId, CategoryId, ProductId
from domain.shared.money import Money
from projections import bulk
from projections.projection import Connection

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
    images_json: str
    category_id: CategoryId | None
    category_name: str | None
    category_position: int
    """Of the last event that changed its category; 0 where it stands in none."""
    on_hand: int
    reserved: int
    stock_position: int
    """Of the last event that changed its stock; 0 where none is kept."""

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
        return Money(self.effective_minor, self.currency)

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


_FIELDS = """p.id, p.seller_id, p.name, p.description, p.sku, p.attributes, p.price_minor, p.effective_minor,
    p.currency, p.discount, p.withdrawn, p.version, p.position, p.created_at, p.updated_at, p.images,
    p.category_id, k.name, coalesce(k.position, 0),
    coalesce(s.on_hand, 0), coalesce(s.reserved, 0), coalesce(s.position, 0)"""
_JOINED = """LEFT JOIN {stock}.level s ON s.product_id = p.id
    LEFT JOIN {categories}.category k ON k.id = p.category_id"""
_BY_ID = f"SELECT {_FIELDS} FROM {{catalogue}}.product p {_JOINED} WHERE p.id = %b"
_BY_IDS = f"SELECT {_FIELDS} FROM {{catalogue}}.product p {_JOINED} WHERE p.id = ANY(%b::uuid[])"


async def product(
    conn: Connection, product_id: ProductId, *, catalogue: str, stock: str, categories: str
) -> ProductRow | None:
    """Withdrawn ones too."""
    rows = await bulk.read(conn, _BY_ID.format(catalogue=catalogue, stock=stock, categories=categories), (product_id,))
    return ProductRow(*rows[0]) if rows else None


async def products_by_id(
    conn: Connection, products: Sequence[ProductId], *, catalogue: str, stock: str, categories: str
) -> dict[ProductId, ProductRow]:
    """Those that exist, withdrawn ones too."""
    rows = await bulk.read(
        conn, _BY_IDS.format(catalogue=catalogue, stock=stock, categories=categories), (list(products),)
    )
    return {row[0]: ProductRow(*row) for row in rows}
