"""Random histories of one product."""

from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from domain.accounts.events import Role
from domain.catalogue.events import (
    ProductDescribed,
    ProductEvent,
    ProductImageAdded,
    ProductImageRemoved,
    ProductRepriced,
    ProductRestored,
    ProductWithdrawn,
)
from domain.catalogue.images import Image, TooManyImages, UnknownImage
from domain.catalogue.product import PRODUCTS, DiscountOutOfRange, Product, ProductNotAvailable
from domain.shared.identifiers import AccountId, CategoryId, ImageId, ProductId
from domain.shared.money import MAX_MINOR, Money, NotAnAmount
from domain.shared.refusal import Refusal
from tests.support.machines import AggregateMachine
from tests.support.times import NOON

PRODUCT = ProductId(UUID(int=1))
SELLER = AccountId(UUID(int=2))
NAMES = st.sampled_from(["Soap", "Shampoo"])
SKUS = st.sampled_from([None, "S-1"])
PLACES = st.sampled_from([None, CategoryId(UUID(int=7)), CategoryId(UUID(int=8))])
ATTRIBUTES = st.dictionaries(st.sampled_from(["size", "colour"]), st.sampled_from(["", "small"]))
PRICES = st.sampled_from([-1, 0, 1, 199, MAX_MINOR, MAX_MINOR + 1]).map(lambda minor: Money(minor, "INR"))
DISCOUNTS = st.sampled_from([-1, 0, 1, 3_333, 9_999, 10_000, 10_001])


def why_not(price: Money, discount: int) -> type[Refusal] | None:
    if not 0 <= price.minor <= 10**15:
        return NotAnAmount
    return None if 0 <= discount <= 10_000 else DiscountOutOfRange


def an_image(number: int) -> Image:
    return Image(id=ImageId(UUID(int=number)), media_type="image/png", width=number, height=2, size=3)


Description = tuple[str, str, str | None, dict[str, str], CategoryId | None]


class ProductMachine(AggregateMachine[Product, ProductEvent]):
    category = PRODUCTS
    stream = PRODUCT

    @initialize(name=NAMES)
    def begin_with(self, name: str) -> None:
        self.now = self.touched = NOON
        self.description: Description = (name, "", None, {}, None)
        self.price, self.discount, self.withdrawn = Money(100, "INR"), 0, False
        self.images = list[int]()
        self.begin(self.listed(self.price, self.discount))

    def listed(self, price: Money, discount: int) -> tuple[ProductEvent, ...]:
        name, description, sku, attributes, category_id = self.description
        return Product.list(
            product_id=PRODUCT,
            seller_id=SELLER,
            name=name,
            description=description,
            sku=sku,
            attributes=attributes,
            price=price,
            discount=discount,
            at=self.now,
            category_id=category_id,
        )

    @rule(seconds=st.integers(1, 100))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def touch(self, then: tuple[ProductEvent, ...]) -> tuple[ProductEvent, ...]:
        if then:
            self.touched = self.now
        return then

    @rule(price=PRICES, discount=DISCOUNTS)
    def list_another(self, price: Money, discount: int) -> None:
        refused = why_not(price, discount)
        if refused is not None:
            self.decide(lambda _: self.listed(price, discount), refused=refused)

    @rule(name=NAMES, sku=SKUS, attributes=ATTRIBUTES, place=PLACES)
    def describe(self, name: str, sku: str | None, attributes: dict[str, str], place: CategoryId | None) -> None:
        described = ProductDescribed(
            product_id=PRODUCT,
            name=name,
            description=name,
            sku=sku,
            attributes=attributes,
            at=self.now,
            category_id=place,
        )
        after = (name, name, sku, attributes, place)
        then = self.touch(() if after == self.description else (described,))
        self.decide(
            lambda product: product.describe(
                name=name, description=name, sku=sku, attributes=attributes, at=self.now, category_id=place
            ),
            refused=None,
            then=then,
        )
        self.description = after

    @rule(price=PRICES, discount=DISCOUNTS)
    def reprice(self, price: Money, discount: int) -> None:
        refused = why_not(price, discount)
        repriced = ProductRepriced(product_id=PRODUCT, price=price, discount=discount, at=self.now)
        same = refused is not None or (price, discount) == (self.price, self.discount)
        then = self.touch(() if same else (repriced,))
        self.decide(
            lambda product: product.reprice(price=price, discount=discount, at=self.now), refused=refused, then=then
        )
        if refused is None:
            self.price, self.discount = price, discount

    @rule()
    def withdraw(self) -> None:
        then = self.touch(() if self.withdrawn else (ProductWithdrawn(product_id=PRODUCT, at=self.now),))
        self.decide(lambda product: product.withdraw(self.now), refused=None, then=then)
        self.withdrawn = True

    @rule()
    def restore(self) -> None:
        then = self.touch((ProductRestored(product_id=PRODUCT, at=self.now),) if self.withdrawn else ())
        self.decide(lambda product: product.restore(self.now), refused=None, then=then)
        self.withdrawn = False

    @rule(numbers=st.lists(st.integers(1, 12), max_size=6))
    def add_images(self, numbers: list[int]) -> None:
        fresh = [number for number in dict.fromkeys(numbers) if number not in self.images]
        refused = TooManyImages if len(self.images) + len(fresh) > 10 else None
        then = self.touch(() if refused else tuple(map(self.added, fresh)))
        self.decide(
            lambda product: product.add_images(list(map(an_image, numbers)), at=self.now), refused=refused, then=then
        )
        if refused is None:
            self.images += fresh

    def added(self, number: int) -> ProductImageAdded:
        image = an_image(number)
        return ProductImageAdded(
            product_id=PRODUCT, image_id=image.id, media_type=image.media_type, width=image.width, height=image.height,
            size=image.size, at=self.now,
        )  # fmt: skip

    @rule(number=st.integers(1, 12))
    def remove_image(self, number: int) -> None:
        there, image_id = number in self.images, an_image(number).id
        removed = ProductImageRemoved(product_id=PRODUCT, image_id=image_id, at=self.now)
        then = self.touch((removed,) if there else ())
        refused = None if there else UnknownImage
        self.decide(lambda product: product.remove_image(image_id, at=self.now), refused=refused, then=then)
        if there:
            self.images.remove(number)

    @rule()
    def buy(self) -> None:
        def buy(product: Product) -> tuple[ProductEvent, ...]:
            product.require_buyable()
            return ()

        self.decide(buy, refused=ProductNotAvailable if self.withdrawn else None)

    @invariant()
    def the_product_is_what_was_said(self) -> None:
        product = self.state
        described = (product.name, product.description, product.sku, product.attributes, product.category_id)
        assert described == self.description
        assert (product.price, product.discount, product.withdrawn) == (self.price, self.discount, self.withdrawn)
        assert product.images == tuple(map(an_image, self.images))
        assert (product.created_at, product.updated_at) == (NOON, self.touched)

    @invariant()
    def a_discount_takes_off_its_share_and_no_more(self) -> None:
        price, effective = self.price, self.state.effective_price(self.now)
        assert Money.zero("INR") <= effective <= price
        assert abs(effective.minor * 10_000 - price.minor * (10_000 - self.discount)) <= 5_000

    @invariant()
    def its_seller_and_admins_own_it(self) -> None:
        product, other = self.state, AccountId(UUID(int=9))
        assert product.owned_by(SELLER, Role.SELLER)
        assert product.owned_by(other, Role.ADMIN)
        assert not product.owned_by(other, Role.SELLER)


TestProductMachine = ProductMachine.TestCase
