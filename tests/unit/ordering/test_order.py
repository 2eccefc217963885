"""An order, from placement to its end."""

from collections.abc import Callable

import pytest

from domain.ordering.events import ConfirmationGround, OrderCancelled, OrderConfirmed, OrderPlaced
from domain.ordering.number import UNAMBIGUOUS, order_number
from domain.ordering.order import (
    Order,
    OrderNotPayable,
    PaymentWindowClosed,
)
from domain.ordering.placing import OrderEmpty, TooManyLines, place
from domain.ordering.progress import OrderNotCancellable, Status
from domain.promotions.pricing import Quote
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, payment_of
from domain.shared.money import Money
from tests.support.accounts import BUYER, SELLER, STRANGER
from tests.support.given import given
from tests.support.ordering import (
    NOTHING,
    PAY_BEFORE,
    WINDOW,
    a_cancelled_order,
    a_free_order,
    a_paid_order,
    a_quote,
    a_sale,
    an_order_paid_at_the_door,
    an_unpaid_order,
)
from tests.support.shopping import ORDER, OTHER_ORDER
from tests.support.times import NOON

Build = Callable[[], Order]
BY = Actor.of(BUYER)
EXPIRY = Actor.system("unpaid-orders")


def placed(priced: Quote) -> tuple[object, ...]:
    return place(
        ORDER,
        buyer_id=BUYER,
        quote=priced,
        tax_inclusive=False,
        from_cart=False,
        shipping_address=None,
        pay_before=PAY_BEFORE,
        at=NOON,
    )


def test_an_order_is_placed_as_it_was_priced() -> None:
    priced = a_quote(a_sale(2))
    expected = OrderPlaced(
        order_id=ORDER,
        order_number=order_number(ORDER),
        buyer_id=BUYER,
        payment_id=payment_of(ORDER),
        lines=priced.lines,
        original=priced.original,
        discount=priced.discount,
        tax=priced.tax,
        tax_inclusive=False,
        payable=priced.payable,
        from_cart=False,
        shipping_address=None,
        pay_before=PAY_BEFORE,
        at=NOON,
    )
    assert placed(priced) == (expected,)
    assert an_unpaid_order().status is Status.PENDING_PAYMENT


def test_an_order_of_nothing_to_pay_goes_ahead_at_once() -> None:
    order, confirmed = placed(a_quote(a_sale(price=NOTHING)))
    assert isinstance(order, OrderPlaced)
    assert order.pay_before is None
    assert confirmed == OrderConfirmed(order_id=ORDER, ground=ConfirmationGround.NOTHING_TO_PAY, at=NOON)
    assert a_free_order().status is Status.PROCESSING


def test_there_is_no_order_of_nothing() -> None:
    with pytest.raises(OrderEmpty):
        placed(a_quote())


def test_an_order_has_at_most_a_thousand_lines() -> None:
    assert placed(a_quote(*[a_sale()] * 1_000))
    with pytest.raises(TooManyLines):
        placed(a_quote(*[a_sale()] * 1_001))


def test_an_order_number_is_readable_and_follows_from_the_id() -> None:
    number = order_number(ORDER)
    assert number == order_number(ORDER) != order_number(OTHER_ORDER)
    prefix, *groups = number.split("-")
    assert prefix == "TS"
    assert [len(group) for group in groups] == [4, 4, 4]
    assert set("".join(groups)) <= set(UNAMBIGUOUS)
    assert len(set(UNAMBIGUOUS)) == 32
    assert not set(UNAMBIGUOUS) & set("ILOU")


def test_a_paid_order_is_processed() -> None:
    confirmed = OrderConfirmed(order_id=ORDER, ground=ConfirmationGround.PAID, at=NOON)
    given(an_unpaid_order()).when(lambda order: order.paid(at=NOON)).then(confirmed)
    assert a_paid_order().status is Status.PROCESSING


def test_an_order_paid_at_the_door_waits_to_be_begun() -> None:
    assert an_order_paid_at_the_door().status is Status.PENDING


def test_an_order_that_went_ahead_is_not_confirmed_again() -> None:
    given(a_paid_order()).when(lambda order: order.paid(at=NOON)).then()
    given(a_paid_order()).when(lambda order: order.confirm(ground=ConfirmationGround.PAID, at=NOON)).refused(
        OrderNotPayable
    )


def test_an_order_is_payable_until_its_window_closes() -> None:
    order = an_unpaid_order()
    order.require_payable(NOON + WINDOW / 2)
    with pytest.raises(PaymentWindowClosed):
        order.require_payable(PAY_BEFORE)


@pytest.mark.parametrize("build", [a_paid_order, a_free_order, an_order_paid_at_the_door, a_cancelled_order])
def test_an_order_that_awaits_no_payment_is_not_payable_and_does_not_expire(build: Build) -> None:
    with pytest.raises(OrderNotPayable):
        build().require_payable(NOON)
    given(build()).when(lambda order: order.expire(by=EXPIRY, at=PAY_BEFORE)).refused(OrderNotPayable)


@pytest.mark.parametrize("build", [an_unpaid_order, a_paid_order, a_free_order, an_order_paid_at_the_door])
def test_an_order_that_was_not_shipped_can_be_cancelled(build: Build) -> None:
    cancelled = OrderCancelled(order_id=ORDER, by=BY, reason="Too slow.", at=NOON)
    given(build()).when(lambda order: order.cancel(by=BY, reason="Too slow.", at=NOON)).then(cancelled)


def test_a_cancelled_order_says_who_and_why() -> None:
    order = a_cancelled_order()
    assert (order.status, order.cancelled_by, order.cancel_reason) == (Status.CANCELLED, BY, "Found it elsewhere.")


def test_an_order_cannot_be_cancelled_twice() -> None:
    given(a_cancelled_order()).when(lambda order: order.cancel(by=BY, reason="Again.", at=NOON)).refused(
        OrderNotCancellable
    )


def test_an_unpaid_order_expires_in_the_shops_name() -> None:
    expired = OrderCancelled(order_id=ORDER, by=EXPIRY, reason="Not paid in time.", at=PAY_BEFORE)
    given(an_unpaid_order()).when(lambda order: order.expire(by=EXPIRY, at=PAY_BEFORE)).then(expired)


@pytest.mark.parametrize(("seller", "share"), [(SELLER, 206_500), (STRANGER, 118), (BUYER, 0)])
def test_a_sellers_share_is_what_the_buyer_pays_for_its_lines(seller: AccountId, share: int) -> None:
    order = an_unpaid_order(a_quote(a_sale(2), a_sale(price=Money(100, "INR"), seller=STRANGER)))
    assert order.share_of(seller) == Money(share, "INR")
