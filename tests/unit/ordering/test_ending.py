"""The end of an order before it is shipped: cancelled by somebody, or expired."""

from datetime import timedelta

import pytest

from application.ordering.cancelling import ExpireOrder, ExpiryKept, OpenAttempt, expire_order
from application.payments import RequestRefund, request_refund
from domain.inventory.events import StockReleased
from domain.inventory.stock import STOCKS
from domain.ordering.events import OrderCancelled
from domain.ordering.order import OrderNotPayable
from domain.ordering.progress import OrderNotCancellable, Status
from domain.payments.events import Method, PaymentCancelled, RefundRequested
from domain.payments.status import Status as PaymentStatus
from domain.shared.actor import Actor
from domain.shared.identifiers import RefundId, derived, payment_of, stock_of
from domain.shared.money import Money
from domain.shared.refusal import Forbidden, NotFound
from domain.shopping.cart import CARTS
from domain.shopping.events import CartRestored, RestoredItem
from tests.support.accounts import ADMIN, BUYER, RIVAL, SELLER, STRANGER
from tests.support.buying import Buying
from tests.support.catalogue import PRICE, SHAMPOO, SOAP
from tests.support.fake_work import SHOP
from tests.support.ordering import NOTHING
from tests.support.payments import FIRST
from tests.support.shopping import CART, ORDER, OTHER_ORDER

PAYMENT = payment_of(ORDER)
TOTAL = Money(206_500, "INR")


@pytest.fixture
def shop() -> Buying:
    """A cart of two was checked out."""
    shop = Buying()
    shop.stocks(10)
    shop.carts(2)
    shop.checks_out()
    return shop


def expires(shop: Buying) -> ExpiryKept:
    return shop.ask_itself(lambda work: expire_order(ExpireOrder(order_id=ORDER), work))


def test_cancelling_an_unpaid_order_asks_for_nothing_and_frees_its_stock(shop: Buying) -> None:
    stands = shop.cancels()
    by = Actor.of(BUYER)
    assert (stands.status, stands.cancelled_by, stands.cancel_reason) == (Status.CANCELLED, by, "No.")
    now = shop.log.now
    assert shop.recent(ORDER, 1) == (OrderCancelled(order_id=ORDER, by=by, reason="No.", at=now),)
    assert shop.recent(PAYMENT, 1) == (PaymentCancelled(payment_id=PAYMENT, at=now),)
    released = StockReleased(product_id=SHAMPOO, order_id=ORDER, quantity=2)
    assert shop.log.events(stock_of(SHAMPOO))[-1] == released
    assert not shop.log.state(CARTS, CART).items


def test_cancelling_a_paid_order_gives_all_that_is_left_back(shop: Buying) -> None:
    shop.pays()
    some = RequestRefund(
        payment_id=PAYMENT, refund_id=RefundId(PAYMENT), amount=Money(6_500, "INR"), reason="One was torn."
    )
    shop.ask(lambda work: request_refund(some, work), by=ADMIN)
    shop.cancels()
    assert shop.log.events(PAYMENT)[-1] == RefundRequested(
        payment_id=PAYMENT,
        refund_id=RefundId(derived("refund-of-cancelled", PAYMENT)),
        charge=shop.payment().attempts.made[0].key,
        amount=Money(200_000, "INR"),
        reason="No.",
        by=Actor.of(BUYER),
        at=shop.log.now,
    )


def test_an_order_paid_at_the_door_is_cancelled_without_a_refund(shop: Buying) -> None:
    shop.intends_to_pay(method=Method.COD)
    shop.cancels()
    assert shop.payment().status is PaymentStatus.CANCELLED


def test_an_order_without_a_payment_is_cancelled(shop: Buying) -> None:
    shop.stocks(1, product=SOAP, price=NOTHING)
    shop.cancels()
    shop.checks_out(OTHER_ORDER, items=((SOAP, 1),))
    assert shop.cancels(OTHER_ORDER).status == Status.CANCELLED
    assert shop.log.state(STOCKS, stock_of(SOAP)).reserved == 0


def test_an_order_is_cancelled_while_an_attempt_is_open(shop: Buying) -> None:
    shop.intends_to_pay()
    shop.cancels()
    payment = shop.payment()
    assert payment.status is PaymentStatus.CANCELLED
    assert payment.attempts.open is not None


def test_admins_cancel_any_order(shop: Buying) -> None:
    assert shop.cancels(by=ADMIN).cancelled_by == Actor.of(ADMIN)


def test_another_buyers_order_is_as_good_as_none(shop: Buying) -> None:
    for order_id, by in ((ORDER, STRANGER), (OTHER_ORDER, BUYER), (OTHER_ORDER, ADMIN)):
        with pytest.raises(NotFound, match="There is no such order"):
            shop.cancels(order_id, by=by)
    with pytest.raises(NotFound, match="There is no such order"):
        shop.cancels(by=RIVAL)


def test_an_order_is_cancelled_once(shop: Buying) -> None:
    shop.cancels()
    with pytest.raises(OrderNotCancellable):
        shop.cancels()
    assert shop.log.state(STOCKS, stock_of(SHAMPOO)).reserved == 0


def test_an_expired_order_goes_back_into_the_cart(shop: Buying) -> None:
    assert expires(shop) == ExpiryKept(order_id=ORDER, expired=True, open_attempt=None)
    order = shop.order()
    assert (order.status, order.cancelled_by, order.cancel_reason) == (Status.CANCELLED, SHOP, "Not paid in time.")
    assert shop.log.state(STOCKS, stock_of(SHAMPOO)).reserved == 0
    assert shop.payment().status is PaymentStatus.CANCELLED
    restored = CartRestored(order_id=ORDER, items=(RestoredItem(product_id=SHAMPOO, quantity=2, price=PRICE),))
    assert shop.log.events(CART)[-1] == restored


def test_named_items_are_not_put_into_the_cart_at_expiry() -> None:
    shop = Buying()
    shop.stocks(10)
    shop.checks_out(items=((SHAMPOO, 1),))
    assert expires(shop).expired
    assert shop.log.events(CART) == ()


def test_an_order_does_not_expire_under_an_open_attempt(shop: Buying) -> None:
    shop.intends_to_pay()
    before = shop.history()
    attempt = OpenAttempt(payment_id=PAYMENT, key=FIRST, amount=TOTAL)
    assert expires(shop) == ExpiryKept(order_id=ORDER, expired=False, open_attempt=attempt)
    assert shop.history() == before


def test_an_order_that_went_ahead_or_is_over_does_not_expire(shop: Buying) -> None:
    shop.pays()
    with pytest.raises(OrderNotPayable):
        expires(shop)
    shop.cancels()
    with pytest.raises(OrderNotPayable):
        expires(shop)


def test_only_the_shop_itself_lets_orders_expire(shop: Buying) -> None:
    shop.log.now += timedelta(days=1)
    for account in (BUYER, SELLER, ADMIN):
        with pytest.raises(Forbidden):
            shop.ask(lambda work: expire_order(ExpireOrder(order_id=ORDER), work), by=account)
