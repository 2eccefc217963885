"""Payments as clients see them."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from api.answers import View
from application.payments import AttemptKept, ChargeKept
from application.ports.gateway import Handover
from domain.payments.status import Status
from domain.shared.money import Money
from projections.payment_queries import PaymentRow

WORDS = {Status.SUCCEEDED: "success", Status.DECLINED: "failed"}
"""What clients know an attempt's outcome by; anything else is pending."""


class PaymentAnswer(View, frozen=True, kw_only=True):
    """What came of an attempt: success, pending or failed."""

    id: UUID
    payment_id: UUID
    order_id: UUID
    attempt: int
    status: str
    order_status: str
    amount: Decimal
    currency: str
    message: str
    client_secret: str | None
    """What the client goes on with at the provider's, where it has to; likewise `nextAction`."""
    next_action: dict[str, str] | None


class AttemptView(View, frozen=True, kw_only=True):
    number: int
    method: str
    status: str
    transaction_id: str | None
    reason: str | None
    at: datetime


class RefundView(View, frozen=True, kw_only=True):
    id: UUID
    payment_id: UUID
    amount: Decimal
    currency: str
    status: str
    """requested, or succeeded once the money is back."""
    reason: str


class PaymentView(View, frozen=True, kw_only=True):
    id: UUID
    order_id: UUID
    amount: Decimal
    currency: str
    method: str | None
    status: str
    attempts: list[AttemptView]
    transaction_id: str | None
    refunded: Decimal
    refund_date: datetime | None
    refunds: list[RefundView]
    version: int
    created_at: datetime
    updated_at: datetime


def pending(attempt: AttemptKept, handover: Handover | None) -> PaymentAnswer:
    """Nothing is known of the money yet, or it is paid at the door."""
    message = "The provider has not answered yet." if attempt.key else "To be paid at delivery."
    if handover is not None:
        message = "To be paid at the provider's."
    return _answer(attempt, "pending", attempt.order_status, message, handover)


def answered(attempt: AttemptKept, charge: ChargeKept) -> PaymentAnswer:
    """What the provider said, and what it made of the order."""
    if charge.declined:
        return _answer(attempt, "failed", charge.order_status, charge.reason or "The payment was declined.")
    status = WORDS.get(Status(charge.payment_status), "pending")
    message = {"success": "Paid.", "failed": charge.reason or "The payment was declined."}.get(status, "Not settled.")
    return _answer(attempt, status, charge.order_status, message)


def _answer(
    attempt: AttemptKept, status: str, order_status: str, message: str, handover: Handover | None = None
) -> PaymentAnswer:
    return PaymentAnswer(
        id=attempt.payment_id,
        payment_id=attempt.payment_id,
        order_id=attempt.order_id,
        attempt=attempt.attempt,
        status=status,
        order_status=order_status,
        amount=attempt.amount.major(),
        currency=attempt.amount.currency,
        message=message,
        client_secret=handover.client_secret if handover else None,
        next_action=handover.next_action if handover else None,
    )


def shown(row: PaymentRow) -> PaymentView:
    story = row.story
    return PaymentView(
        id=row.id,
        order_id=row.order_id,
        amount=Money(row.amount, row.currency).major(),
        currency=row.currency,
        method=story.method,
        status=row.status,
        attempts=[
            AttemptView(
                number=attempt.number,
                method=attempt.method,
                status=attempt.status,
                transaction_id=attempt.reference,
                reason=attempt.reason,
                at=attempt.at,
            )
            for attempt in story.attempts
        ],
        transaction_id=story.payment.transaction_id if story.payment else None,
        refunded=Money(story.went_back(row.currency), row.currency).major(),
        refund_date=story.refunded_at,
        refunds=[
            RefundView(
                id=refund.id,
                payment_id=row.id,
                amount=Money(refund.amount, refund.currency).major(),
                currency=refund.currency,
                status="succeeded" if refund.refunded_at else "requested",
                reason=refund.reason,
            )
            for refund in story.refunds
        ],
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
