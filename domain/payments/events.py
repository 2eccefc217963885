"""What happens to an order's payment: intents first, then what the provider made of them."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.shared.actor import Actor
from domain.shared.event import Event
from domain.shared.identifiers import AccountId, OrderId, PaymentId, RefundId
from domain.shared.money import Money


class Method(StrEnum):
    UPI = "UPI"
    CARD = "CARD"
    COD = "COD"


ALL_METHODS = tuple(Method)


class PaymentRequested(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "payments.payment-requested"
    payment_id: PaymentId
    order_id: OrderId
    buyer_id: AccountId
    amount: Money
    at: datetime


class PaymentAttempted(Event, frozen=True, kw_only=True):
    """The intent: from now on the provider may be asked to charge under `key`."""

    topic: ClassVar[str] = "payments.payment-attempted"
    payment_id: PaymentId
    attempt: int
    """From 1."""
    key: UUID
    method: Method
    reference: str | None
    """The client's own transaction id, where it gave one."""
    amount: Money
    at: datetime


class PaymentSucceeded(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "payments.payment-succeeded"
    payment_id: PaymentId
    key: UUID
    transaction_id: str
    amount: Money
    at: datetime


class SurplusReceived(Event, frozen=True, kw_only=True):
    """Money came for a payment that was already paid, or whose order is over; it is owed back."""

    topic: ClassVar[str] = "payments.surplus-received"
    payment_id: PaymentId
    key: UUID
    transaction_id: str
    amount: Money
    at: datetime


class PaymentDeclined(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "payments.payment-declined"
    payment_id: PaymentId
    key: UUID
    reason: str
    at: datetime


class PaymentAttemptVoided(Event, frozen=True, kw_only=True):
    """The provider promised that the key takes no money any more."""

    topic: ClassVar[str] = "payments.payment-attempt-voided"
    payment_id: PaymentId
    key: UUID
    at: datetime


class CashOnDeliveryChosen(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "payments.cash-on-delivery-chosen"
    payment_id: PaymentId
    at: datetime


class PaymentReduced(Event, frozen=True, kw_only=True):
    """A part of the order was cancelled before it was paid: from now on less is asked for."""

    topic: ClassVar[str] = "payments.payment-reduced"
    payment_id: PaymentId
    amount: Money
    """What is asked for, more than nothing."""
    at: datetime


class PaymentCancelled(Event, frozen=True, kw_only=True):
    """The order is over: nothing will be asked for any more; what comes all the same is owed back."""

    topic: ClassVar[str] = "payments.payment-cancelled"
    payment_id: PaymentId
    at: datetime


class RefundRequested(Event, frozen=True, kw_only=True):
    """The intent: from now on the provider may be asked to refund under `refund_id`."""

    topic: ClassVar[str] = "payments.refund-requested"
    payment_id: PaymentId
    refund_id: RefundId
    charge: UUID
    """Key of the charge that is refunded."""
    amount: Money
    reason: str
    by: Actor
    at: datetime


class RefundSucceeded(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "payments.refund-succeeded"
    payment_id: PaymentId
    refund_id: RefundId
    amount: Money
    transaction_id: str
    at: datetime


class CashHandedBack(Event, frozen=True, kw_only=True):
    """Of what was paid at the door, so much went back from hand to hand."""

    topic: ClassVar[str] = "payments.cash-handed-back"
    payment_id: PaymentId
    refund_id: RefundId
    charge: UUID
    """Key of the payment at the door."""
    amount: Money
    reason: str
    by: Actor
    at: datetime


PaymentEvent = (
    PaymentRequested
    | PaymentAttempted
    | PaymentSucceeded
    | SurplusReceived
    | PaymentDeclined
    | PaymentAttemptVoided
    | CashOnDeliveryChosen
    | PaymentReduced
    | PaymentCancelled
    | RefundRequested
    | RefundSucceeded
    | CashHandedBack
)
