"""What happens to products, and what buyers say of them."""

from datetime import datetime
from typing import ClassVar

from domain.shared.actor import Actor
from domain.shared.event import Event
from domain.shared.identifiers import AccountId, OrderId, ProductId, ReviewId
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


class ReviewGiven(Event, frozen=True, kw_only=True):
    """A buyer says what it makes of a product; again, where the review before was deleted by its author."""

    topic: ClassVar[str] = "catalogue.review-given"
    review_id: ReviewId
    product_id: ProductId
    buyer_id: AccountId
    order_id: OrderId
    """With which the product was delivered to the buyer."""
    rating: int
    """Stars, 1 to 5."""
    text: str
    at: datetime


class ReviewEdited(Event, frozen=True, kw_only=True):
    """The whole review as it is from now on."""

    topic: ClassVar[str] = "catalogue.review-edited"
    review_id: ReviewId
    product_id: ProductId
    rating: int
    """Stars, 1 to 5."""
    text: str
    at: datetime


class ReviewDeleted(Event, frozen=True, kw_only=True):
    """By its author, or taken down by an admin."""

    topic: ClassVar[str] = "catalogue.review-deleted"
    review_id: ReviewId
    product_id: ProductId
    by: Actor
    at: datetime


ReviewEvent = ReviewGiven | ReviewEdited | ReviewDeleted
