"""What happens to products and to the categories they stand in, and what buyers say of them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

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


ProductEvent = (
    ProductListed
    | ProductDescribed
    | ProductRepriced
    | ProductWithdrawn
    | ProductRestored
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


class CategoryAdded(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "catalogue.category-added"
    category_id: CategoryId
    name: str
    parent_id: CategoryId | None
    """None at the top of the tree."""
    tax_rate: int | None
    """Basis points, 0 to 10,000; None takes the parent's, and at the top the shop's."""
    at: datetime


class CategoryRenamed(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "catalogue.category-renamed"
    category_id: CategoryId
    name: str
    at: datetime


class CategoryMoved(Event, frozen=True, kw_only=True):
    """With all that stands below it."""

    topic: ClassVar[str] = "catalogue.category-moved"
    category_id: CategoryId
    parent_id: CategoryId | None
    """None at the top of the tree."""
    at: datetime


class CategoryTaxRateSet(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "catalogue.category-tax-rate-set"
    category_id: CategoryId
    tax_rate: int | None
    """Basis points, 0 to 10,000; None takes the parent's, and at the top the shop's."""
    at: datetime


class CategoryClosing(Event, frozen=True, kw_only=True):
    """Nothing comes in any more. It is removed when it is found empty, and reopened when it is not."""

    topic: ClassVar[str] = "catalogue.category-closing"
    category_id: CategoryId
    closing: UUID
    """Which closing this is: what was found out during one says nothing about the next."""
    at: datetime


class CategoryReopened(Event, frozen=True, kw_only=True):
    """It was not empty."""

    topic: ClassVar[str] = "catalogue.category-reopened"
    category_id: CategoryId
    at: datetime


class CategoryRemoved(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "catalogue.category-removed"
    category_id: CategoryId
    at: datetime


CategoryEvent = (
    CategoryAdded
    | CategoryRenamed
    | CategoryMoved
    | CategoryTaxRateSet
    | CategoryClosing
    | CategoryReopened
    | CategoryRemoved
)
