"""What is for sale, at what price, and whose it is."""

from datetime import timedelta

import pytest

from domain.accounts.events import Role
from domain.catalogue.events import ProductDescribed, ProductRepriced, ProductRestored, ProductWithdrawn
from domain.catalogue.product import DiscountOutOfRange, ProductNotAvailable
from domain.shared.money import MAX_MINOR, Money, NotAnAmount
from domain.shared.refusal import Refusal
from tests.support.accounts import ADMIN, SELLER, STRANGER
from tests.support.catalogue import PRICE, SHAMPOO, a_product, a_withdrawn_product
from tests.support.given import given
from tests.support.times import NOON

LATER = NOON + timedelta(hours=1)


@pytest.mark.parametrize(
    ("price", "discount", "effective"),
    [(87_500, 0, 87_500), (87_500, 1_000, 78_750), (99, 5_000, 49), (1, 4_999, 1), (87_500, 10_000, 0), (0, 1_000, 0)],
)
def test_the_effective_price_is_less_the_standing_discount(price: int, discount: int, effective: int) -> None:
    product = a_product(price=Money(price, "INR"), discount=discount)
    assert product.effective_price(NOON) == Money(effective, "INR")


@pytest.mark.parametrize(
    ("minor", "discount", "refusal"),
    [
        (-1, 0, NotAnAmount),
        (MAX_MINOR + 1, 0, NotAnAmount),
        (100, -1, DiscountOutOfRange),
        (100, 10_001, DiscountOutOfRange),
    ],
)
def test_a_price_and_its_discount_have_bounds(minor: int, discount: int, refusal: type[Refusal]) -> None:
    price = Money(minor, "INR")
    with pytest.raises(refusal):
        a_product(price=price, discount=discount)
    given(a_product()).when(lambda product: product.reprice(price=price, discount=discount, at=LATER)).refused(refusal)


def test_a_new_price_is_news() -> None:
    cheaper = Money(100, "INR")
    given(a_product()).when(lambda product: product.reprice(price=cheaper, discount=0, at=LATER)).then(
        ProductRepriced(product_id=SHAMPOO, price=cheaper, discount=0, at=LATER)
    )
    given(a_product()).when(lambda product: product.reprice(price=PRICE, discount=0, at=LATER)).then()


def test_a_new_description_is_news() -> None:
    given(a_product()).when(
        lambda product: product.describe(name="Soap", description="", sku=None, attributes={}, at=LATER)
    ).then(ProductDescribed(product_id=SHAMPOO, name="Soap", description="", sku=None, attributes={}, at=LATER))
    given(a_product()).when(
        lambda product: product.describe(
            name=product.name,
            description=product.description,
            sku=product.sku,
            attributes=product.attributes,
            at=LATER,
        )
    ).then()


def test_a_withdrawn_product_cannot_be_bought() -> None:
    a_product().require_buyable()
    with pytest.raises(ProductNotAvailable) as refusal:
        a_withdrawn_product().require_buyable()
    assert refusal.value.code == "product-not-available"


def test_a_product_is_withdrawn_and_restored() -> None:
    given(a_product()).when(lambda product: product.withdraw(LATER)).then(
        ProductWithdrawn(product_id=SHAMPOO, at=LATER)
    )
    given(a_product()).when(lambda product: product.restore(LATER)).then()
    given(a_withdrawn_product()).when(lambda product: product.withdraw(LATER)).then()
    given(a_withdrawn_product()).when(lambda product: product.restore(LATER)).then(
        ProductRestored(product_id=SHAMPOO, at=LATER)
    )


def test_a_product_is_its_sellers_and_the_admins() -> None:
    assert a_product().owned_by(SELLER, Role.SELLER)
    assert a_product().owned_by(ADMIN, Role.ADMIN)
    assert not a_product().owned_by(STRANGER, Role.SELLER)
