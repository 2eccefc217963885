"""Commands on payments. Money moves only after its intent is committed."""

from typing import ClassVar
from uuid import UUID

from application.ports.commands import Command, Result
from application.ports.gateway import ChargeStatus
from domain.payments.events import Method
from domain.shared.identifiers import OrderId, PaymentId, RefundId
from domain.shared.money import Money


class AttemptKept(Result, frozen=True, kw_only=True):
    """The committed intent. `key` is None for cash on delivery, where nobody is charged now."""

    payment_id: PaymentId
    order_id: OrderId
    attempt: int
    key: UUID | None
    amount: Money
    reference: str | None
    payment_status: str
    order_status: str


class ChargeKept(Result, frozen=True, kw_only=True):
    """What the outcome of a charge has made of payment and order."""

    payment_id: PaymentId
    order_id: OrderId
    attempt: int
    payment_status: str
    order_status: str
    declined: bool
    reason: str | None


class RefundKept(Result, frozen=True, kw_only=True):
    payment_id: PaymentId
    refund_id: RefundId
    amount: Money
    status: str
    reason: str


class StartPayment(Command, frozen=True, kw_only=True):
    """Commits the intent to charge the order's whole amount (or that it is paid at the door)."""

    name: ClassVar[str] = "payments.start-payment"
    order_id: OrderId
    method: Method
    reference: str | None = None


class RetryPayment(Command, frozen=True, kw_only=True):
    """Another attempt after a decline, with the method of the last one unless another is named."""

    name: ClassVar[str] = "payments.retry-payment"
    payment_id: PaymentId
    method: Method | None = None
    reference: str | None = None


class RecordCharge(Command, frozen=True, kw_only=True):
    """What the provider says of a key. Never refused for what it says: money that came is written down."""

    name: ClassVar[str] = "payments.record-charge"
    payment_id: PaymentId
    key: UUID
    status: ChargeStatus
    amount: Money
    transaction_id: str
    reason: str | None = None


class RequestRefund(Command, frozen=True, kw_only=True):
    """None as amount is all that is left of it."""

    name: ClassVar[str] = "payments.request-refund"
    payment_id: PaymentId
    refund_id: RefundId
    amount: Money | None = None
    reason: str


class RecordRefund(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "payments.record-refund"
    payment_id: PaymentId
    refund_id: RefundId
    amount: Money
    transaction_id: str


class SettleAttempt(Command, frozen=True, kw_only=True):
    """An effect: ask the provider what became of an open attempt, and charge it if it never arrived."""

    name: ClassVar[str] = "payments.settle-attempt"
    payment_id: PaymentId
    key: UUID
    amount: Money
    reference: str | None


class SendRefund(Command, frozen=True, kw_only=True):
    """An effect: have the provider refund, then record it."""

    name: ClassVar[str] = "payments.send-refund"
    payment_id: PaymentId
    refund_id: RefundId
    charge: UUID
    amount: Money
