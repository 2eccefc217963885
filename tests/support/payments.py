"""Payments, built as they come to be."""

from datetime import timedelta
from uuid import UUID

from domain.payments.attempt import attempt_key
from domain.payments.events import Method
from domain.payments.payment import PAYMENTS, Payment, request
from domain.shared.actor import Actor
from domain.shared.identifiers import RefundId, payment_of
from domain.shared.money import Money
from tests.support.accounts import ADMIN, BUYER
from tests.support.given import after
from tests.support.shopping import ORDER
from tests.support.times import NOON

PAYMENT = payment_of(ORDER)
AMOUNT = Money(103_250, "INR")
KEYS = tuple(attempt_key(PAYMENT, number) for number in range(1, 5))
FIRST, SECOND = KEYS[:2]
UNKNOWN_KEY = UUID(int=0xBAD)
REFUND = RefundId(UUID(int=0x4F1))
OTHER_REFUND = RefundId(UUID(int=0x4F2))
BY_ADMIN = Actor.of(ADMIN)
LATER = NOON + timedelta(minutes=1)


def a_payment() -> Payment:
    return after(PAYMENTS, request(order_id=ORDER, buyer_id=BUYER, amount=AMOUNT, at=NOON))


def attempted(payment: Payment, method: Method = Method.UPI) -> Payment:
    return after(PAYMENTS, payment.start_attempt(method=method, reference=None, at=NOON), payment)


def declined(payment: Payment, key: UUID) -> Payment:
    return after(PAYMENTS, payment.decline(key=key, reason="No funds.", at=NOON), payment)


def cancelled(payment: Payment) -> Payment:
    return after(PAYMENTS, payment.cancel(reason="Not paid in time.", by=BY_ADMIN, at=NOON), payment)


def charged(payment: Payment, key: UUID, amount: Money = AMOUNT) -> Payment:
    """What came under the key is in the books, whatever it was for."""
    return after(PAYMENTS, payment.succeed(key=key, amount=amount, transaction_id=f"tx-{key.int}", at=NOON), payment)


def an_open_payment() -> Payment:
    return attempted(a_payment())


def a_declined_payment() -> Payment:
    return declined(an_open_payment(), FIRST)


def a_paid_payment() -> Payment:
    return charged(an_open_payment(), FIRST)


def refunding(payment: Payment, amount: Money | None, refund_id: RefundId = REFUND) -> Payment:
    requested = payment.request_refund(refund_id=refund_id, amount=amount, reason="Torn.", by=BY_ADMIN, at=NOON)
    return after(PAYMENTS, requested, payment)


def refunded(payment: Payment, refund_id: RefundId = REFUND) -> Payment:
    amount = payment.ledger.refunds[refund_id].amount
    succeeded = payment.refund_succeeded(refund_id=refund_id, amount=amount, transaction_id="back", at=NOON)
    return after(PAYMENTS, succeeded, payment)
