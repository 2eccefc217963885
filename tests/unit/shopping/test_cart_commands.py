"""What a buyer's commands make of the cart."""

from uuid import UUID

import pytest

from application.catalogue import EditProduct, WithdrawProduct, edit_product, withdraw_product
from application.ports.work import Work
from application.shopping import (
    AddToCart,
    CartKept,
    CartLineKept,
    ClearCart,
    RemoveFromCart,
    SetCartQuantity,
    add_to_cart,
    clear_cart,
    remove_from_cart,
    set_cart_quantity,
)
from domain.catalogue.product import ProductNotAvailable
from domain.shared.identifiers import ProductId
from domain.shared.money import Money
from domain.shared.quantity import QuantityOutOfRange
from domain.shared.refusal import Forbidden, NotFound
from domain.shopping.events import CartItemPut, CartOpened
from tests.support.accounts import ADMIN, BUYER, SELLER, STRANGER
from tests.support.catalogue import PRICE, SHAMPOO, SOAP
from tests.support.shop import POLICY, FakeShop
from tests.support.shopping import CART
from tests.support.times import NOON

NOTHING = Money(0, "INR")


@pytest.fixture
def shop() -> FakeShop:
    shop = FakeShop()
    shop.stocks(10)
    return shop


def adding(quantity: int, product: ProductId = SHAMPOO) -> AddToCart:
    return AddToCart(product_id=product, quantity=quantity)


def add(shop: FakeShop, quantity: int, product: ProductId = SHAMPOO) -> CartLineKept:
    return shop.ask(lambda work: add_to_cart(adding(quantity, product), work), by=BUYER)


def test_the_first_use_opens_the_cart(shop: FakeShop) -> None:
    kept = add(shop, 2)
    assert shop.log.events(CART) == (
        CartOpened(cart_id=CART, buyer_id=BUYER, at=NOON),
        CartItemPut(product_id=SHAMPOO, quantity=2, price=PRICE),
    )
    assert kept == CartLineKept(
        cart_id=CART,
        version=2,
        product_id=SHAMPOO,
        title="Rose Shampoo",
        quantity=2,
        price=PRICE,
        line_total=PRICE.times(2),
        total=PRICE.times(2),
        lines=1,
    )


def test_adding_answers_the_line_and_the_totals(shop: FakeShop) -> None:
    shop.stocks(5, product=SOAP, price=Money(100, "INR"))
    add(shop, 2)
    add(shop, 1, SOAP)
    kept = add(shop, 1)
    assert (kept.quantity, kept.line_total, kept.lines) == (3, PRICE.times(3), 2)
    assert kept.total == PRICE.times(3) + Money(100, "INR")


def test_more_may_be_carted_than_there_is(shop: FakeShop) -> None:
    assert add(shop, 10_000).quantity == 10_000
    with pytest.raises(QuantityOutOfRange):
        add(shop, 1)


def test_the_price_is_the_catalogues_at_that_instant(shop: FakeShop) -> None:
    add(shop, 1)
    command = EditProduct(product_id=SHAMPOO, discount=5_000)
    shop.ask(lambda work: edit_product(command, work, policy=POLICY), by=SELLER)
    kept = add(shop, 1)
    assert (kept.price, kept.total) == (PRICE.share(5_000), PRICE)


def test_a_quantity_is_set(shop: FakeShop) -> None:
    add(shop, 5)
    command = SetCartQuantity(product_id=SHAMPOO, quantity=2)
    kept = shop.ask(lambda work: set_cart_quantity(command, work), by=BUYER)
    assert (kept.quantity, kept.lines, kept.version) == (2, 1, 3)


def test_what_is_not_for_sale_cannot_be_carted(shop: FakeShop) -> None:
    shop.ask(lambda work: withdraw_product(WithdrawProduct(product_id=SHAMPOO), work), by=SELLER)
    before = shop.history()
    with pytest.raises(ProductNotAvailable):
        add(shop, 1)
    with pytest.raises(NotFound):
        add(shop, 1, ProductId(UUID(int=404)))
    setting = SetCartQuantity(product_id=SHAMPOO, quantity=1)
    with pytest.raises(ProductNotAvailable):
        shop.ask(lambda work: set_cart_quantity(setting, work), by=BUYER)
    assert shop.history() == before


def test_only_buyers_have_carts(shop: FakeShop) -> None:
    with pytest.raises(Forbidden):
        shop.ask(lambda work: add_to_cart(adding(1), work), by=SELLER)
    with pytest.raises(Forbidden):
        shop.ask(lambda work: add_to_cart(adding(1), work), by=ADMIN)
    with pytest.raises(Forbidden):
        shop.ask_anonymously(lambda work: add_to_cart(adding(1), work))
    with pytest.raises(Forbidden):
        shop.ask_itself(lambda work: add_to_cart(adding(1), work))


def test_a_line_is_removed(shop: FakeShop) -> None:
    def remove(work: Work) -> CartKept:
        return remove_from_cart(RemoveFromCart(product_id=SHAMPOO), work, policy=POLICY)

    with pytest.raises(NotFound):
        shop.ask(remove, by=BUYER)
    add(shop, 2)
    assert shop.ask(remove, by=BUYER) == CartKept(cart_id=CART, version=3, total=NOTHING, lines=0)
    with pytest.raises(NotFound):
        shop.ask(remove, by=BUYER)


def test_clearing_always_succeeds(shop: FakeShop) -> None:
    def clear(work: Work) -> CartKept:
        return clear_cart(ClearCart(), work, policy=POLICY)

    assert shop.ask(clear, by=BUYER) == CartKept(cart_id=CART, version=0, total=NOTHING, lines=0)
    add(shop, 2)
    assert shop.ask(clear, by=BUYER) == CartKept(cart_id=CART, version=3, total=NOTHING, lines=0)
    assert shop.ask(clear, by=BUYER).version == 3


def test_carts_are_everybodys_own(shop: FakeShop) -> None:
    add(shop, 2)
    kept = shop.ask(lambda work: add_to_cart(adding(1), work), by=STRANGER)
    assert (kept.quantity, kept.total) == (1, PRICE)
    assert kept.cart_id != CART
