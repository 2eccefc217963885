"""What happens to products, and what buyers say of them."""

from datetime import datetime
from typing import ClassVar

from domain.shared.actor import Actor
from domain.shared.event import Event
from domain.shared.identifiers import AccountId, CategoryId, ImageId, OrderId, ProductId, ReviewId
from domain.shared.money import Money


class ProductListed(Event, frozen=True, kw_only=True, omit_defaults=True):
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
    category_id: CategoryId | None = None
    """Where it stands in the catalogue; left out where it stands in none."""


class ProductDescribed(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The whole description as it is from now on."""

    topic: ClassVar[str] = "catalogue.product-described"
    product_id: ProductId
    name: str
    description: str
    sku: str | None
    attributes: dict[str, str]
    at: datetime
    category_id: CategoryId | None = None
    """Left out where it stands in none."""


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


class ProductImageAdded(Event, frozen=True, kw_only=True):
    """A picture more, behind those that are there."""

    topic: ClassVar[str] = "catalogue.product-image-added"
    product_id: ProductId
    image_id: ImageId
    media_type: str
    width: int
    """Pixels."""
    height: int
    size: int
    """Bytes of the whole picture; its thumbnail is kept beside it."""
    at: datetime


class ProductImageRemoved(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "catalogue.product-image-removed"
    product_id: ProductId
    image_id: ImageId
    at: datetime


class SaleScheduled(Event, frozen=True, kw_only=True):
    """From start to end, the end not included, the product costs less; the window alone decides when."""

    topic: ClassVar[str] = "catalogue.sale-scheduled"
    product_id: ProductId
    start: datetime
    end: datetime
    percentage: int
    """Off the price, in basis points, 1 to 9,999; a higher standing discount holds instead."""
    at: datetime


class SaleCancelled(Event, frozen=True, kw_only=True):
    """Whether it had begun or not."""

    topic: ClassVar[str] = "catalogue.sale-cancelled"
    product_id: ProductId
    start: datetime
    end: datetime
    at: datetime


class SaleStarted(Event, frozen=True, kw_only=True):
    """Recorded when the start was noticed; the price changed at the start itself."""

    topic: ClassVar[str] = "catalogue.sale-started"
    product_id: ProductId
    start: datetime
    end: datetime
    percentage: int
    """Basis points."""
    at: datetime


class SaleEnded(Event, frozen=True, kw_only=True):
    """Recorded when the end was noticed; the price changed at the end itself."""

    topic: ClassVar[str] = "catalogue.sale-ended"
    product_id: ProductId
    start: datetime
    end: datetime
    at: datetime


SaleEvent = SaleScheduled | SaleCancelled | SaleStarted | SaleEnded
ProductEvent = (
    ProductListed
    | ProductDescribed
    | ProductRepriced
    | ProductWithdrawn
    | ProductRestored
    | SaleEvent
    | ProductImageAdded
    | ProductImageRemoved
)


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
