"""What happens to products."""

from datetime import datetime
from typing import ClassVar

from domain.shared.event import Event
from domain.shared.identifiers import AccountId, ProductId
from domain.shared.money import Money


class ProductListed(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "catalogue.product-listed"
    product_id: ProductId
    seller_id: AccountId
    name: str
    description: str
    sku: str | None
    attributes: dict[str, str]
    price: Money
    discount: int
    """Standing discount in basis points, 0 to 10,000."""
    at: datetime


class ProductDescribed(Event, frozen=True, kw_only=True):
    """The whole description as it is from now on."""

    topic: ClassVar[str] = "catalogue.product-described"
    product_id: ProductId
    name: str
    description: str
    sku: str | None
    attributes: dict[str, str]
    at: datetime


class ProductRepriced(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "catalogue.product-repriced"
    product_id: ProductId
    price: Money
    discount: int
    """Standing discount in basis points, 0 to 10,000."""
    at: datetime


class ProductWithdrawn(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "catalogue.product-withdrawn"
    product_id: ProductId
    at: datetime


class ProductRestored(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "catalogue.product-restored"
    product_id: ProductId
    at: datetime


ProductEvent = ProductListed | ProductDescribed | ProductRepriced | ProductWithdrawn | ProductRestored
