"""What is for sale, and at what price."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain.accounts.events import Role
from domain.catalogue import images
from domain.catalogue.events import (
    ProductDescribed,
    ProductEvent,
    ProductImageAdded,
    ProductImageRemoved,
    ProductListed,
    ProductRepriced,
    ProductRestored,
    ProductWithdrawn,
    SaleCancelled,
    SaleEnded,
    SaleScheduled,
    SaleStarted,
)
from domain.catalogue.images import Image
from domain.catalogue.sales import Sales
from domain.shared.category import Category, Family
from domain.shared.identifiers import AccountId, CategoryId, ImageId, ProductId
from domain.shared.money import BASIS_POINTS, MAX_MINOR, Money, NotAnAmount
from domain.shared.refusal import Refusal

MAX_ATTRIBUTES = 50


class ProductNotAvailable(Refusal):
    """The product was withdrawn from the catalogue."""

    code = "product-not-available"


class DiscountOutOfRange(Refusal):
    """A standing discount is 0 to 100 %."""

    code = "discount-out-of-range"


class TooManyAttributes(Refusal):
    """A product has at most 50 attributes."""

    code = "too-many-attributes"


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """One product of one seller."""

    id: ProductId
    seller_id: AccountId
    name: str
    description: str
    sku: str | None
    attributes: dict[str, str]
    price: Money
    discount: int
    """Standing discount in basis points."""
    withdrawn: bool
    created_at: datetime
    updated_at: datetime
    images: tuple[Image, ...] = ()
    category_id: CategoryId | None = None
    sales: Sales = Sales()

    @staticmethod
    def list(  # noqa: PLR0913 - what a product is
        *,
        product_id: ProductId,
        seller_id: AccountId,
        name: str,
        description: str,
        sku: str | None,
        attributes: Mapping[str, str],
        price: Money,
        discount: int,
        at: datetime,
        category_id: CategoryId | None = None,
    ) -> tuple[ProductEvent, ...]:
        _require_price(price, discount)
        _require_few(attributes)
        listed = ProductListed(
            product_id=product_id,
            seller_id=seller_id,
            name=name,
            description=description,
            sku=sku,
            attributes=dict(attributes),
            price=price,
            discount=discount,
            at=at,
            category_id=category_id,
        )
        return (listed,)

    def effective_price(self, at: datetime) -> Money:
        """What one unit costs then: the price less the standing discount or the sale, whichever takes off more."""
        return self.sales.price(self.price, self.discount, at)

    def require_buyable(self) -> None:
        """Raises ProductNotAvailable."""
        if self.withdrawn:
            raise ProductNotAvailable(f"{self.name} is no longer for sale.")

    def owned_by(self, account: AccountId, role: Role) -> bool:
        """Whether the account may change it: its seller, and any admin."""
        return role is Role.ADMIN or account == self.seller_id

    def describe(
        self,
        *,
        name: str,
        description: str,
        sku: str | None,
        attributes: Mapping[str, str],
        at: datetime,
        category_id: CategoryId | None = None,
    ) -> tuple[ProductEvent, ...]:
        """The whole description from now on; no event where it is the same. Raises TooManyAttributes."""
        _require_few(attributes)
        after = (name, description, sku, dict(attributes), category_id)
        if after == (self.name, self.description, self.sku, self.attributes, self.category_id):
            return ()
        described = ProductDescribed(
            product_id=self.id,
            name=name,
            description=description,
            sku=sku,
            attributes=dict(attributes),
            at=at,
            category_id=category_id,
        )
        return (described,)

    def reprice(self, *, price: Money, discount: int, at: datetime) -> tuple[ProductEvent, ...]:
        """Price and standing discount from now on; no event where they are the same."""
        _require_price(price, discount)
        if (price, discount) == (self.price, self.discount):
            return ()
        return (ProductRepriced(product_id=self.id, price=price, discount=discount, at=at),)

    def add_images(self, added: Sequence[Image], *, at: datetime) -> tuple[ProductEvent, ...]:
        """Behind those that are there; once is enough. Raises TooManyImages."""
        return images.added(self.id, self.images, added, at=at)

    def remove_image(self, image_id: ImageId, *, at: datetime) -> tuple[ProductEvent, ...]:
        """Raises UnknownImage."""
        return images.removed(self.id, self.images, image_id, at=at)

    def withdraw(self, at: datetime) -> tuple[ProductEvent, ...]:
        """Takes it out of the catalogue; once is enough."""
        return () if self.withdrawn else (ProductWithdrawn(product_id=self.id, at=at),)

    def restore(self, at: datetime) -> tuple[ProductEvent, ...]:
        """Puts it back into the catalogue, where it was withdrawn."""
        return (ProductRestored(product_id=self.id, at=at),) if self.withdrawn else ()


def _require_few(attributes: Mapping[str, str]) -> None:
    if len(attributes) > MAX_ATTRIBUTES:
        raise TooManyAttributes(f"A product has at most {MAX_ATTRIBUTES} attributes.")


def _require_price(price: Money, discount: int) -> None:
    if not 0 <= price.minor <= MAX_MINOR:
        raise NotAnAmount("A price is not negative, and not larger than an amount may be.")
    if not 0 <= discount <= BASIS_POINTS:
        raise DiscountOutOfRange("A discount is 0 to 100 %.")


def _described(product: Product, event: ProductDescribed) -> Product:
    return replace(
        product,
        name=event.name,
        description=event.description,
        sku=event.sku,
        attributes=event.attributes,
        category_id=event.category_id,
        updated_at=event.at,
    )


def evolve(product: Product | None, event: ProductEvent) -> Product:
    """The product after the event."""
    match event:
        case ProductListed():
            return Product(
                id=event.product_id,
                seller_id=event.seller_id,
                name=event.name,
                description=event.description,
                sku=event.sku,
                attributes=event.attributes,
                price=event.price,
                discount=event.discount,
                withdrawn=False,
                created_at=event.at,
                updated_at=event.at,
                category_id=event.category_id,
            )
        case _ if product is None:
            raise ValueError(f"{event.topic} came first")
        case ProductDescribed():
            return _described(product, event)
        case ProductRepriced(price=price, discount=discount, at=at):
            return replace(product, price=price, discount=discount, updated_at=at)
        case ProductWithdrawn(at=at):
            return replace(product, withdrawn=True, updated_at=at)
        case ProductRestored(at=at):
            return replace(product, withdrawn=False, updated_at=at)
        case SaleScheduled() | SaleCancelled() | SaleStarted() | SaleEnded():
            return replace(product, sales=product.sales.after(event), updated_at=event.at)
        case ProductImageAdded(at=at) | ProductImageRemoved(at=at):
            return replace(product, images=images.after(product.images, event), updated_at=at)
        case _:
            assert_never(event)


PRODUCTS: Category[Product, ProductEvent] = Category(
    name="product",
    family=Family.CATALOGUE,
    events=(
        ProductListed,
        ProductDescribed,
        ProductRepriced,
        ProductWithdrawn,
        ProductRestored,
        ProductImageAdded,
        ProductImageRemoved,
        SaleScheduled,
        SaleCancelled,
        SaleStarted,
        SaleEnded,
    ),
    state=Product,
    evolve=evolve,
    key=lambda product: product.id,
)
