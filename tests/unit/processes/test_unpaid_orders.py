"""An order that nobody pays in time expires, and only such an order."""

from application.ordering.cancelling import ExpireOrder
from application.processes.process import Due, Withdraw
from application.processes.unpaid_orders import UnpaidOrder, instance, react
from domain.ordering.events import ConfirmationGround, OrderCancelled, OrderConfirmed
from domain.payments.events import PaymentCancelled
from domain.shared.actor import Actor
from tests.support.ordering import PAY_BEFORE, a_cancelled_order, a_free_order, a_paid_order, an_unpaid_order
from tests.support.payments import PAYMENT
from tests.support.shopping import ORDER
from tests.support.times import NOON

PLACED = an_unpaid_order().placed
CONFIRMED = OrderConfirmed(order_id=ORDER, ground=ConfirmationGround.PAID, at=NOON)
CANCELLED = OrderCancelled(order_id=ORDER, by=Actor.system("tests"), reason="No.", at=NOON)
UNPAID = UnpaidOrder(ORDER)


def test_a_placed_order_expires_when_its_window_closes() -> None:
    assert react(None, PLACED) == (UNPAID, (Due("expire", ExpireOrder(order_id=ORDER), at=PAY_BEFORE),))


def test_an_order_of_nothing_to_pay_never_expires() -> None:
    assert react(None, a_free_order().placed) == (None, ())


def test_an_order_that_went_ahead_or_is_over_no_longer_expires() -> None:
    for event in (CONFIRMED, CANCELLED):
        assert react(UNPAID, event) == (None, (Withdraw("expire"),))
        assert react(None, event) == (None, ())


def test_the_story_is_the_orders() -> None:
    for event in (PLACED, CONFIRMED, CANCELLED, a_paid_order().placed, a_cancelled_order().placed):
        assert instance(event) == ORDER
    assert instance(PaymentCancelled(payment_id=PAYMENT, at=NOON)) is None
    assert react(UNPAID, PaymentCancelled(payment_id=PAYMENT, at=NOON)) == (UNPAID, ())
