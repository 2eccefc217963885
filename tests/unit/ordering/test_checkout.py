"""Checkout: everything in one append, or nothing."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from application.catalogue import EditProduct, WithdrawProduct, edit_product, withdraw_product
from application.ordering.checkout import Checkout, OrderKept, checkout
from domain.catalogue.product import ProductNotAvailable
from domain.inventory.stock import STOCKS, InsufficientStock
from domain.ordering.number import order_number
from domain.ordering.placing import OrderEmpty
from domain.ordering.progress import Status
from domain.payments.events import Method
from domain.shared.identifiers import CartId, ProductId, open_cart_of, payment_of, stock_of
from domain.shared.money import Money
from domain.shared.quantity import QuantityOutOfRange
from domain.shared.refusal import Forbidden, NotFound, Refusal
from domain.shopping.cart import CARTS, CartEmpty
from tests.support.accounts import ADMIN, BUYER, SELLER, STRANGER
from tests.support.buying import Buying
from tests.support.catalogue import SHAMPOO, SOAP
from tests.support.ordering import NOTHING
from tests.support.shop import POLICY
from tests.support.shopping import CART, ORDER, OTHER_ORDER
from tests.support.times import NOON

UNKNOWN = ProductId(UUID(int=0xFF))


@pytest.fixture
def shop() -> Buying:
    shop = Buying()
    shop.stocks(10, product=SHAMPOO)
    shop.stocks(3, product=SOAP, price=Money(4_999, "INR"))
    return shop


def refused(shop: Buying, kind: type[Refusal], ask: Callable[[], object]) -> Refusal:
    """Refused for exactly that reason, and nothing has changed."""
    before = shop.history()
    with pytest.raises(kind) as refusal:
        ask()
    assert shop.history() == before
    return refusal.value


def test_a_cart_becomes_an_order_with_its_payment_and_its_stock(shop: Buying) -> None:
    shop.carts(2)
    shop.carts(1, product=SOAP)
    kept = shop.checks_out()
    assert kept == OrderKept(
        order_id=ORDER,
        order_number=order_number(ORDER),
        payment_id=payment_of(ORDER),
        status=Status.PENDING_PAYMENT,
        original=Money(179_999, "INR"),
        discount=NOTHING,
        tax=Money(32_400, "INR"),
        payable=Money(212_399, "INR"),
        payment_options=(Method.UPI, Method.CARD, Method.COD),
        pay_before=NOON + timedelta(minutes=30),
        version=1,
    )
    order = shop.order().placed
    assert [(line.product_id, line.quantity) for line in order.lines] == [(SHAMPOO, 2), (SOAP, 1)]
    assert (order.buyer_id, order.from_cart) == (BUYER, True)
    assert shop.payment().amount == kept.payable
    assert not shop.log.state(CARTS, CART).items
    assert dict(shop.log.state(STOCKS, stock_of(SHAMPOO)).reservations) == {ORDER: 2}
    assert dict(shop.log.state(STOCKS, stock_of(SOAP)).reservations) == {ORDER: 1}


def test_named_items_are_bought_beside_the_cart(shop: Buying) -> None:
    shop.carts(2)
    shop.checks_out(items=((SOAP, 1), (SHAMPOO, 1), (SOAP, 2)))
    order = shop.order().placed
    assert [(line.product_id, line.quantity) for line in order.lines] == [(SOAP, 3), (SHAMPOO, 1)]
    assert not order.from_cart
    assert shop.log.state(CARTS, CART).items[SHAMPOO].quantity == 2


def test_a_line_costs_what_the_product_costs_now(shop: Buying) -> None:
    shop.carts(1)
    cheaper = EditProduct(product_id=SHAMPOO, price=Money(100, "INR"))
    shop.ask(lambda work: edit_product(cheaper, work, policy=POLICY), by=SELLER)
    assert shop.checks_out().original == Money(100, "INR")


def test_an_order_of_nothing_to_pay_goes_ahead_without_a_payment(shop: Buying) -> None:
    gift = ProductId(UUID(int=0x61))
    shop.stocks(1, product=gift, price=NOTHING)
    kept = shop.checks_out(items=((gift, 1),))
    assert (kept.status, kept.payment_options, kept.pay_before) == (Status.PROCESSING, (), None)
    assert shop.log.events(payment_of(ORDER)) == ()


@pytest.mark.parametrize("opened", [False, True])
def test_an_empty_cart_is_not_checked_out(shop: Buying, opened: bool) -> None:
    if opened:
        shop.carts(1)
        shop.checks_out(OTHER_ORDER)
    refused(shop, CartEmpty, shop.checks_out)


def test_a_list_of_no_items_is_no_order(shop: Buying) -> None:
    refused(shop, OrderEmpty, lambda: shop.checks_out(items=()))


def test_every_line_that_cannot_be_bought_is_named(shop: Buying) -> None:
    refusal = refused(
        shop,
        InsufficientStock,
        lambda: shop.checks_out(items=((SHAMPOO, 1), (SOAP, 2), (UNKNOWN, 1), (SOAP, 2))),
    )
    assert [violation.pointer for violation in refusal.violations] == ["/items/1", "/items/2"]
    assert "3 are available" in refusal.violations[0].message


def test_a_cart_line_is_named_by_its_product(shop: Buying) -> None:
    shop.carts(4, product=SOAP)
    refusal = refused(shop, InsufficientStock, shop.checks_out)
    assert [violation.pointer for violation in refusal.violations] == [f"/cart/items/{SOAP}"]


def test_a_withdrawn_product_is_not_bought(shop: Buying) -> None:
    shop.carts(1)
    shop.ask(lambda work: withdraw_product(WithdrawProduct(product_id=SHAMPOO), work), by=SELLER)
    refused(shop, ProductNotAvailable, shop.checks_out)


@pytest.mark.parametrize("items", [((SHAMPOO, 0),), ((SHAMPOO, 10_001),), ((SHAMPOO, 12), (SHAMPOO, -2))])
def test_a_line_is_of_one_to_ten_thousand_units(shop: Buying, items: tuple[tuple[ProductId, int], ...]) -> None:
    refused(shop, QuantityOutOfRange, lambda: shop.checks_out(items=items))


def test_only_buyers_buy(shop: Buying) -> None:
    for account in (SELLER, ADMIN):
        refused(shop, Forbidden, partial(shop.checks_out, items=((SHAMPOO, 1),), by=account))
    with pytest.raises(Forbidden):
        shop.ask_anonymously(lambda work: checkout(Checkout(order_id=ORDER), work, policy=POLICY))


def test_nobody_elses_cart_is_checked_out(shop: Buying) -> None:
    shop.carts(1)
    command = Checkout(order_id=ORDER, cart_id=CartId(open_cart_of(STRANGER)))
    refused(shop, NotFound, lambda: shop.ask(lambda work: checkout(command, work, policy=POLICY), by=BUYER))


def test_the_last_units_are_sold_once(shop: Buying) -> None:
    shop.checks_out(items=((SOAP, 3),))
    refused(shop, InsufficientStock, lambda: shop.checks_out(OTHER_ORDER, items=((SOAP, 1),), by=STRANGER))
