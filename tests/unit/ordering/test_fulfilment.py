"""Orders on their way: each seller moves its own lines, and what is paid at the door is paid at the end."""

import pytest

from application.access import VersionMismatch
from application.ordering.fulfilment import AdvanceOrder, advance_order
from application.payments import RequestRefund, request_refund
from domain.inventory.events import StockShipped
from domain.inventory.stock import STOCKS
from domain.ordering.events import OrderLinesBegun, OrderLinesDelivered, OrderLinesShipped
from domain.ordering.progress import OrderNotAdvanceable, OrderNotCancellable, Status
from domain.payments.attempt import cash_key
from domain.payments.events import CashHandedBack, Method, PaymentSucceeded
from domain.payments.status import Status as PaymentStatus
from domain.shared.actor import Actor
from domain.shared.identifiers import RefundId, payment_of, stock_of
from domain.shared.money import Money
from domain.shared.refusal import Forbidden, NotFound
from tests.support.accounts import ADMIN, BUYER, RIVAL, SELLER
from tests.support.buying import Buying
from tests.support.catalogue import SHAMPOO, SOAP
from tests.support.payments import REFUND
from tests.support.shopping import ORDER, OTHER_ORDER

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


def levels(shop: Buying) -> list[tuple[int, int]]:
    """On hand and reserved, of shampoo and soap."""
    stocks = (shop.log.state(STOCKS, stock_of(product)) for product in (SHAMPOO, SOAP))
    return [(stock.on_hand, stock.reserved) for stock in stocks]


def test_each_seller_ships_its_own_lines_and_the_order_follows_the_last(shop: Buying) -> None:
    shop.pays()
    stands = shop.moves(Status.SHIPPED, by=RIVAL)
    assert (stands.status, stands.line_statuses) == ("shipped", ("shipped",))
    assert [line.product_id for line in stands.lines] == [SOAP]
    assert (stands.payable, stands.current) == (SHARES[RIVAL], SHARES[RIVAL])
    assert shop.order().status is Status.PROCESSING
    now = shop.log.now
    assert shop.log.events(ORDER)[-1] == OrderLinesShipped(order_id=ORDER, seller_id=RIVAL, product_ids=(SOAP,), at=now)
    assert shop.log.events(stock_of(SOAP))[-1] == StockShipped(product_id=SOAP, order_id=ORDER, quantity=2)
    assert levels(shop) == [(10, 1), (8, 0)]
    shop.moves(Status.SHIPPED)
    assert shop.order().status is Status.SHIPPED
    assert levels(shop) == [(9, 0), (8, 0)]


def test_an_admin_moves_all_that_is_not_there_yet(shop: Buying) -> None:
    shop.pays()
    shop.moves(Status.SHIPPED, by=RIVAL)
    stands = shop.moves(Status.SHIPPED, by=ADMIN)
    assert (stands.status, stands.line_statuses) == ("shipped", ("shipped", "shipped"))
    shop.moves(Status.DELIVERED, by=ADMIN)
    now = shop.log.now
    assert shop.log.events(ORDER)[-2:] == (
        OrderLinesDelivered(order_id=ORDER, seller_id=SELLER, product_ids=(SHAMPOO,), at=now),
        OrderLinesDelivered(order_id=ORDER, seller_id=RIVAL, product_ids=(SOAP,), at=now),
    )
    with pytest.raises(OrderNotAdvanceable, match="What is delivered cannot be made delivered"):
        shop.moves(Status.DELIVERED, by=ADMIN)


@pytest.mark.parametrize("to", list(Status))
def test_nothing_moves_before_it_is_confirmed(shop: Buying, to: Status) -> None:
    before = shop.history()
    for by in (SELLER, ADMIN):
        with pytest.raises(OrderNotAdvanceable):
            shop.moves(to, by=by)
    assert shop.history() == before


def test_no_step_is_left_out(shop: Buying) -> None:
    shop.pays()
    for to in (Status.DELIVERED, Status.PROCESSING, Status.CANCELLED, Status.PENDING):
        with pytest.raises(OrderNotAdvanceable):
            shop.moves(to)
    shop.moves(Status.SHIPPED)
    with pytest.raises(OrderNotAdvanceable, match="What is processing cannot be made delivered"):
        shop.moves(Status.DELIVERED, by=ADMIN)


def test_only_sellers_of_its_lines_and_admins_move_an_order(shop: Buying) -> None:
    shop.pays()
    with pytest.raises(Forbidden):
        shop.moves(Status.SHIPPED, by=BUYER)
    shop.checks_out(OTHER_ORDER, items=((SHAMPOO, 1),))
    with pytest.raises(NotFound, match="There is no such order"):
        shop.moves(Status.SHIPPED, OTHER_ORDER, by=RIVAL)


def test_a_move_may_expect_a_version(shop: Buying) -> None:
    shop.pays()
    stale = AdvanceOrder(order_id=ORDER, status=Status.SHIPPED, expected_version=1)
    with pytest.raises(VersionMismatch):
        shop.ask(lambda work: advance_order(stale, work), by=SELLER)


def test_what_is_paid_at_the_door_is_paid_with_the_last_delivery(shop: Buying) -> None:
    shop.intends_to_pay(method=Method.COD)
    shop.moves(Status.PROCESSING)
    assert shop.log.events(ORDER)[-1] == OrderLinesBegun(
        order_id=ORDER, seller_id=SELLER, product_ids=(SHAMPOO,), at=shop.log.now
    )
    shop.moves(Status.PROCESSING, by=RIVAL)
    for step in (Status.SHIPPED, Status.DELIVERED):
        assert shop.payment().status is PaymentStatus.PENDING
        shop.moves(step)
        assert shop.payment().status is PaymentStatus.PENDING
        shop.moves(step, by=RIVAL)
    assert shop.log.events(PAYMENT)[-1] == PaymentSucceeded(
        payment_id=PAYMENT,
        key=cash_key(PAYMENT),
        transaction_id="cash",
        amount=Money(115_050, "INR"),
        at=shop.log.now,
    )
    before = shop.history()
    with pytest.raises(OrderNotAdvanceable):
        shop.moves(Status.DELIVERED, by=ADMIN)
    assert shop.history() == before


def test_cash_goes_back_from_hand_to_hand(shop: Buying) -> None:
    shop.intends_to_pay(method=Method.COD)
    for step in (Status.PROCESSING, Status.SHIPPED, Status.DELIVERED):
        shop.moves(step, by=ADMIN)
    torn = RequestRefund(payment_id=PAYMENT, refund_id=REFUND, amount=Money(1_800, "INR"), reason="Torn.")
    kept = shop.ask(lambda work: request_refund(torn, work), by=RIVAL)
    assert (kept.amount, kept.status) == (Money(1_800, "INR"), "succeeded")
    assert shop.log.events(PAYMENT)[-1] == CashHandedBack(
        payment_id=PAYMENT,
        refund_id=REFUND,
        charge=cash_key(PAYMENT),
        amount=Money(1_800, "INR"),
        reason="Torn.",
        by=Actor.of(RIVAL),
        at=shop.log.now,
    )
    assert shop.payment().status is PaymentStatus.PARTIALLY_REFUNDED
    rest = RequestRefund(payment_id=PAYMENT, refund_id=RefundId(ORDER), reason="Sorry.")
    assert shop.ask(lambda work: request_refund(rest, work), by=RIVAL).amount == Money(10_000, "INR")
    assert shop.run_due() == 0


def test_what_was_shipped_is_not_cancelled(shop: Buying) -> None:
    shop.pays()
    shop.moves(Status.SHIPPED)
    with pytest.raises(OrderNotCancellable):
        shop.cancels(by=SELLER)
    shop.cancels()
    assert shop.order().status is Status.SHIPPED
    assert levels(shop) == [(9, 0), (10, 0)]
    with pytest.raises(OrderNotCancellable, match="What is shipped cannot be cancelled"):
        shop.cancels()
    shop.moves(Status.DELIVERED)
    assert shop.order().status is Status.DELIVERED
