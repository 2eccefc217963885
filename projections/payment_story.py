"""One payment's story as clients see it, told on by one event after the other."""

from datetime import datetime
from typing import assert_never
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.payments.attempt import AttemptStatus
from domain.payments.events import (
    CashHandedBack,
    CashOnDeliveryChosen,
    Method,
    PaymentAttempted,
    PaymentAttemptVoided,
    PaymentCancelled,
    PaymentDeclined,
    PaymentEvent,
    PaymentReduced,
    PaymentRequested,
    PaymentSucceeded,
    RefundRequested,
    RefundSucceeded,
    SurplusReceived,
)
from domain.payments.following import CASH
from domain.payments.status import Status


class AttemptRow(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    key: UUID
    method: Method
    reference: str | None
    status: AttemptStatus
    reason: str | None = None
    at: datetime


class ReceiptRow(msgspec.Struct, frozen=True, kw_only=True):
    """Money that came."""

    key: UUID
    amount: int
    currency: str
    transaction_id: str
    surplus: bool
    """It paid nothing and goes back."""
    at: datetime


class RefundRow(msgspec.Struct, frozen=True, kw_only=True):
    """Money on its way back, or back: then `refunded_at` and `transaction_id` are set."""

    id: UUID
    charge: UUID
    amount: int
    currency: str
    reason: str
    by: str
    """The actor, `account:<uuid>` or `system:<name>`."""
    requested_at: datetime
    refunded_at: datetime | None = None
    transaction_id: str | None = None


class PaymentStory(msgspec.Struct, frozen=True, kw_only=True):
    """Amounts in minor units."""

    attempts: tuple[AttemptRow, ...] = ()
    receipts: tuple[ReceiptRow, ...] = ()
    refunds: tuple[RefundRow, ...] = ()
    cash_on_delivery: bool = False
    cancelled: bool = False

    @property
    def payment(self) -> ReceiptRow | None:
        """The money that paid the order."""
        return next((receipt for receipt in self.receipts if not receipt.surplus), None)

    @property
    def paid(self) -> int:
        return self.payment.amount if self.payment else 0

    @property
    def refunded(self) -> int:
        """What went back of the money that paid the order."""
        payment = self.payment
        return sum(refund.amount for refund in self._gone_back() if payment and refund.charge == payment.key)

    @property
    def received(self) -> int:
        return sum(receipt.amount for receipt in self.receipts)

    @property
    def returned(self) -> int:
        return sum(refund.amount for refund in self._gone_back())

    def went_back(self, currency: str) -> int:
        """All that went back in that currency, of what paid the order and of what came besides."""
        return sum(refund.amount for refund in self._gone_back() if refund.currency == currency)

    @property
    def refunded_at(self) -> datetime | None:
        """When money last went back."""
        return max((refund.refunded_at for refund in self.refunds if refund.refunded_at), default=None)

    @property
    def method(self) -> Method | None:
        if self.cash_on_delivery:
            return Method.COD
        return self.attempts[-1].method if self.attempts else None

    def status(self, amount: int) -> Status:
        """The payment's own status, of a payment of `amount`."""
        if self.payment is not None:
            if not self.refunded:
                return Status.SUCCEEDED
            return Status.REFUNDED if self.refunded == amount else Status.PARTIALLY_REFUNDED
        if self.cancelled:
            return Status.CANCELLED
        if self.cash_on_delivery or any(attempt.status is AttemptStatus.OPEN for attempt in self.attempts):
            return Status.PENDING
        failed = {AttemptStatus.DECLINED, AttemptStatus.RETURNED}
        return Status.DECLINED if self.attempts and self.attempts[-1].status in failed else Status.REQUESTED

    def _gone_back(self) -> list[RefundRow]:
        return [refund for refund in self.refunds if refund.refunded_at is not None]


def after(story: PaymentStory, event: PaymentEvent) -> PaymentStory:
    match event:
        case PaymentRequested() | PaymentReduced():
            return story
        case PaymentAttempted():
            return replace(story, attempts=(*story.attempts, _attempt(event)))
        case PaymentSucceeded():
            receipts = (*story.receipts, _receipt(event, surplus=False))
            return replace(_closed(story, event.key, AttemptStatus.SUCCEEDED), receipts=receipts)
        case SurplusReceived():
            receipts = (*story.receipts, _receipt(event, surplus=True))
            return replace(_closed(story, event.key, AttemptStatus.RETURNED), receipts=receipts)
        case PaymentDeclined(key=key, reason=reason):
            return _closed(story, key, AttemptStatus.DECLINED, reason)
        case PaymentAttemptVoided(key=key):
            return _closed(story, key, AttemptStatus.VOIDED)
        case CashOnDeliveryChosen():
            return replace(story, cash_on_delivery=True)
        case PaymentCancelled():
            return replace(story, cancelled=True)
        case RefundRequested():
            return replace(story, refunds=(*story.refunds, _refund(event)))
        case RefundSucceeded():
            return replace(story, refunds=tuple(_gone(refund, event) for refund in story.refunds))
        case CashHandedBack(at=at):
            handed = replace(_refund(event), refunded_at=at, transaction_id=CASH)
            return replace(story, refunds=(*story.refunds, handed))
        case _:
            assert_never(event)


def _attempt(event: PaymentAttempted) -> AttemptRow:
    return AttemptRow(
        number=event.attempt,
        key=event.key,
        method=event.method,
        reference=event.reference,
        status=AttemptStatus.OPEN,
        at=event.at,
    )


def _receipt(event: PaymentSucceeded | SurplusReceived, *, surplus: bool) -> ReceiptRow:
    return ReceiptRow(
        key=event.key,
        amount=event.amount.minor,
        currency=event.amount.currency,
        transaction_id=event.transaction_id,
        surplus=surplus,
        at=event.at,
    )


def _refund(event: RefundRequested | CashHandedBack) -> RefundRow:
    return RefundRow(
        id=event.refund_id,
        charge=event.charge,
        amount=event.amount.minor,
        currency=event.amount.currency,
        reason=event.reason,
        by=str(event.by),
        requested_at=event.at,
    )


def _gone(refund: RefundRow, event: RefundSucceeded) -> RefundRow:
    if refund.id != event.refund_id:
        return refund
    return replace(refund, refunded_at=event.at, transaction_id=event.transaction_id)


def _closed(story: PaymentStory, key: UUID, status: AttemptStatus, reason: str | None = None) -> PaymentStory:
    return replace(
        story,
        attempts=tuple(
            replace(attempt, status=status, reason=reason) if attempt.key == key else attempt
            for attempt in story.attempts
        ),
    )
