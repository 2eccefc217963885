"""A part of an order is cancelled: its stock is for sale again, and its money follows to the cent."""

import pytest
from msgspec.structs import replace

from application.payments import RequestRefund, request_refund
from application.ports.gateway import ChargeStatus
from domain.inventory.stock import STOCKS
from domain.ordering.events import ConfirmationGround, OrderCancelled, OrderConfirmed, OrderLinesCancelled
from domain.ordering.progress import OrderNotCancellable, Status
from domain.payments.attempt import PaymentInFlight
from domain.payments.events import Method, PaymentCancelled, PaymentReduced, RefundRequested
from domain.payments.ledger import NothingToRefund, RefundExceedsPayment
from domain.payments.status import Status as PaymentStatus
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, RefundId, derived, payment_of, stock_of
from domain.shared.money import Money
from domain.shopping.cart import CARTS
from tests.support.accounts import ADMIN, BUYER, RIVAL, SELLER
from tests.support.buying import Buying
from tests.support.catalogue import SHAMPOO, SOAP
from tests.support.ordering import NOTHING
from tests.support.shopping import CART, ORDER

PAYMENT = payment_of(ORDER)
SHARES = {SELLER: Money(103_250, "INR"), RIVAL: Money(11_800, "INR")}


@pytest.fixture
def shop() -> Buying:
    """One order of two sellers: a shampoo of the one, two soaps of the other."""
    shop = Buying()
    shop.stocks(10)
    shop.stocks(10, product=SOAP, price=Money(5_000, "INR"), by=RIVAL)
    shop.checks_out(items=((SHAMPOO, 1), (SOAP, 2)))
    return shop


def refunds(shop: Buying) -> list[tuple[Actor, int]]:
    """Who asked for how much to go back."""
    asked = (event for event in shop.log.events(PAYMENT) if isinstance(event, RefundRequested))
    return [(event.by, event.amount.minor) for event in asked]


def gives_back(shop: Buying, minor: int | None, *, by: AccountId, number: int = 1) -> None:
    amount = None if minor is None else Money(minor, "INR")
    refund_id = RefundId(derived("test", by, number))
    command = RequestRefund(payment_id=PAYMENT, refund_id=refund_id, amount=amount, reason="Torn.")
    shop.ask(lambda work: request_refund(command, work), by=by)


def test_a_seller_cancels_its_own_lines_and_the_rest_goes_on(shop: Buying) -> None:
    shop.pays()
    stands = shop.cancels(by=RIVAL)
    by, now = Actor.of(RIVAL), shop.log.now
    assert (stands.status, stands.cancelled_by, stands.cancel_reason) == ("cancelled", by, "No.")
    assert (stands.line_statuses, stands.payable, stands.current) == (("cancelled",), SHARES[RIVAL], NOTHING)
    assert shop.log.events(ORDER)[-1] == OrderLinesCancelled(
        order_id=ORDER, seller_id=RIVAL, product_ids=(SOAP,), by=by, reason="No.", at=now
    )
    assert shop.order().status is Status.PROCESSING
    assert [shop.log.state(STOCKS, stock_of(each)).reserved for each in (SHAMPOO, SOAP)] == [1, 0]
    assert refunds(shop) == [(by, 11_800)]
    with pytest.raises(OrderNotCancellable, match="What is cancelled cannot be cancelled"):
        shop.cancels(by=RIVAL)
    with pytest.raises(NothingToRefund):
        gives_back(shop, None, by=RIVAL)


def test_the_last_live_lines_take_the_order_with_them(shop: Buying) -> None:
    shop.pays()
    shop.cancels(by=RIVAL)
    shop.cancels(by=SELLER)
    by = Actor.of(SELLER)
    assert shop.log.events(ORDER)[-1] == OrderCancelled(order_id=ORDER, by=by, reason="No.", at=shop.log.now)
    assert refunds(shop) == [(Actor.of(RIVAL), 11_800), (by, 103_250)]
    assert shop.payment().ledger.receipts[shop.payment().attempts.made[0].key].left.is_zero


def test_a_buyers_cancel_of_what_was_not_shipped_gives_those_lines_back(shop: Buying) -> None:
    shop.pays()
    shop.moves(Status.SHIPPED)
    stands = shop.cancels()
    assert (stands.status, stands.line_statuses, stands.cancelled_by) == ("shipped", ("shipped", "cancelled"), None)
    assert refunds(shop) == [(Actor.of(BUYER), 11_800)]


def test_what_a_seller_gave_back_before_is_not_given_back_twice(shop: Buying) -> None:
    shop.pays()
    gives_back(shop, 1_800, by=RIVAL)
    shop.cancels(by=RIVAL)
    assert [minor for _, minor in refunds(shop)] == [1_800, 10_000]


def test_no_more_goes_back_than_is_left(shop: Buying) -> None:
    shop.pays()
    gives_back(shop, 110_000, by=ADMIN)
    shop.cancels(by=RIVAL)
    assert [minor for _, minor in refunds(shop)] == [110_000, 5_050]
    with pytest.raises(NothingToRefund):
        gives_back(shop, 1, by=SELLER)


def test_a_seller_gives_back_no_more_than_its_live_lines(shop: Buying) -> None:
    shop.pays()
    shop.cancels(by=RIVAL)
    with pytest.raises(RefundExceedsPayment):
        gives_back(shop, 103_251, by=SELLER)
    gives_back(shop, 103_250, by=SELLER)


@pytest.mark.parametrize("method", [None, Method.COD])
def test_before_it_is_paid_less_is_asked_for(shop: Buying, method: Method | None) -> None:
    if method:
        shop.intends_to_pay(method=method)
    shop.cancels(by=RIVAL)
    reduced = PaymentReduced(payment_id=PAYMENT, amount=SHARES[SELLER], at=shop.log.now)
    assert shop.log.events(PAYMENT)[-1] == reduced
    assert refunds(shop) == []
    if method:
        for step in (Status.PROCESSING, Status.SHIPPED, Status.DELIVERED):
            shop.moves(step)
    else:
        shop.pays()
    payment = shop.payment()
    assert payment.paid_by is not None
    assert payment.ledger.receipts[payment.paid_by].amount == SHARES[SELLER]
    with pytest.raises(NothingToRefund):
        gives_back(shop, 1, by=RIVAL)


def test_nothing_of_it_is_cancelled_while_all_of_it_is_being_paid(shop: Buying) -> None:
    shop.intends_to_pay()
    before = shop.history()
    with pytest.raises(PaymentInFlight):
        shop.cancels(by=RIVAL)
    assert shop.history() == before
    shop.cancels()
    assert shop.order().status is Status.CANCELLED


def test_money_of_an_attempt_from_before_goes_back(shop: Buying) -> None:
    shop.pays(reference="txn_decline")
    shop.cancels(by=RIVAL)
    charge = shop.gateway.charges[shop.payment().attempts.made[0].key]
    shop.hears_of(PAYMENT, replace(charge, status=ChargeStatus.SUCCEEDED, reason=None))
    assert [minor for _, minor in refunds(shop)] == [115_050]
    assert shop.order().awaits_payment


def test_an_order_of_which_only_gifts_are_left_goes_ahead(shop: Buying) -> None:
    shop = Buying()
    shop.stocks(10, product=SHAMPOO, price=NOTHING)
    shop.stocks(10, product=SOAP, price=Money(5_000, "INR"), by=RIVAL)
    shop.checks_out(items=((SHAMPOO, 1), (SOAP, 1)))
    shop.cancels(by=RIVAL)
    now = shop.log.now
    assert shop.log.events(ORDER)[-1] == OrderConfirmed(
        order_id=ORDER, ground=ConfirmationGround.NOTHING_TO_PAY, at=now
    )
    assert shop.log.events(PAYMENT)[-1] == PaymentCancelled(payment_id=PAYMENT, at=now)
    shop.settle()
    assert shop.order().status is Status.PROCESSING
    for step in (Status.SHIPPED, Status.DELIVERED):
        shop.moves(step)
    assert shop.payment().status is PaymentStatus.CANCELLED


def test_cash_is_taken_where_the_last_undelivered_lines_are_cancelled(shop: Buying) -> None:
    shop.intends_to_pay(method=Method.COD)
    for step in (Status.PROCESSING, Status.SHIPPED, Status.DELIVERED):
        shop.moves(step)
    shop.cancels(by=RIVAL)
    assert shop.order().status is Status.DELIVERED
    assert (shop.payment().status, shop.payment().amount) == (PaymentStatus.SUCCEEDED, SHARES[SELLER])


def test_only_what_was_live_comes_back_into_the_cart() -> None:
    shop = Buying()
    shop.stocks(10)
    shop.stocks(10, product=SOAP, price=Money(5_000, "INR"), by=RIVAL)
    shop.carts(1)
    shop.carts(2, product=SOAP)
    shop.checks_out()
    shop.cancels(by=RIVAL)
    shop.settle()
    assert set(shop.log.state(CARTS, CART).items) == {SHAMPOO}
