"""How a payment follows its order, when a part of that is cancelled and when it is delivered."""

from datetime import datetime

from domain.payments.attempt import cash_key
from domain.payments.events import PaymentEvent, PaymentReduced, PaymentSucceeded
from domain.payments.payment import Payment
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, RefundId, derived
from domain.shared.money import Money

CASH = "cash"
"""The transaction of what is paid at the door."""


def reduce(payment: Payment, *, to: Money, reason: str, by: Actor, at: datetime) -> tuple[PaymentEvent, ...]:
    """A part of the order is cancelled before it was paid; where the rest is free, nothing is asked for any more.

    Raises PaymentInFlight: an attempt charges the whole amount, and its outcome has to be known first.
    """
    payment.attempts.require_none_open()
    if to.is_zero:
        return payment.cancel(reason=reason, by=by, at=at)
    return () if to == payment.amount else (PaymentReduced(payment_id=payment.id, amount=to, at=at),)


def give_back_part(
    payment: Payment, *, seller: AccountId, share: Money, reason: str, by: Actor, at: datetime
) -> tuple[PaymentEvent, ...]:
    """What was paid for a seller's cancelled lines goes back, less what the seller has given back of it before."""
    if payment.paid_by is None:
        return ()
    receipt = payment.ledger.receipts[payment.paid_by]
    owed = min(share - payment.ledger.asked_by(Actor.of(seller), charge=payment.paid_by), receipt.left)
    if owed.minor <= 0:
        return ()
    refund_id = RefundId(derived("refund-of-cancelled-lines", payment.id, seller))
    return payment.request_refund(refund_id=refund_id, amount=owed, reason=reason, by=by, at=at)


def collect(payment: Payment, *, at: datetime) -> tuple[PaymentEvent, ...]:
    """The order was delivered: what was to be paid at the door has been. Nothing where that is not so."""
    if not payment.cash_on_delivery or payment.cancelled or payment.paid_by is not None:
        return ()
    key = cash_key(payment.id)
    return (PaymentSucceeded(payment_id=payment.id, key=key, transaction_id=CASH, amount=payment.amount, at=at),)
