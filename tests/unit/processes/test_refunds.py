"""Money that is owed back is sent, each refund once."""

from application.effects.payments import SendRefund
from application.processes.process import Due, Withdraw
from application.processes.refunds import OpenRefunds, instance, react
from domain.payments.events import PaymentCancelled, RefundRequested, RefundSucceeded
from tests.support.payments import AMOUNT, BY_ADMIN, FIRST, OTHER_REFUND, PAYMENT, REFUND
from tests.support.times import NOON

REQUESTED = RefundRequested(
    payment_id=PAYMENT, refund_id=REFUND, charge=FIRST, amount=AMOUNT, reason="Torn.", by=BY_ADMIN, at=NOON
)
SUCCEEDED = RefundSucceeded(payment_id=PAYMENT, refund_id=REFUND, amount=AMOUNT, transaction_id="back", at=NOON)
OPEN = OpenRefunds((REFUND,))


def test_a_refund_is_sent_at_once() -> None:
    send = SendRefund(payment_id=PAYMENT, refund_id=REFUND, charge=FIRST, amount=AMOUNT)
    assert react(None, REQUESTED) == (OPEN, (Due(f"send:{REFUND}", send),))
    assert react(OPEN, REQUESTED)[0] == OPEN
    assert react(OpenRefunds((OTHER_REFUND,)), REQUESTED)[0] == OpenRefunds((OTHER_REFUND, REFUND))


def test_a_refund_that_succeeded_is_done() -> None:
    assert react(OPEN, SUCCEEDED) == (None, (Withdraw(f"send:{REFUND}"),))
    assert react(OpenRefunds((REFUND, OTHER_REFUND)), SUCCEEDED)[0] == OpenRefunds((OTHER_REFUND,))
    assert react(None, SUCCEEDED) == (None, ())


def test_the_story_is_the_payments() -> None:
    assert instance(REQUESTED) == instance(SUCCEEDED) == PAYMENT
    assert instance(PaymentCancelled(payment_id=PAYMENT, at=NOON)) is None
