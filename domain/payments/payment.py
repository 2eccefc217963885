"""An order's payment: one open attempt at a time, every amount that came, every amount that goes back."""

from datetime import datetime
from typing import assert_never, get_args
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.payments.attempt import Attempts, AttemptStatus, attempt_key, cash_key
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
from domain.payments.ledger import Ledger, NothingToRefund
from domain.payments.status import Status
from domain.shared.actor import Actor
from domain.shared.category import Category, Family
from domain.shared.identifiers import AccountId, OrderId, PaymentId, RefundId, derived, payment_of
from domain.shared.money import MAX_MINOR, Money, NotAnAmount
from domain.shared.refusal import Refusal

THE_DESK = Actor.system("payments")  # who asks for the refund of money that nobody is owed


class PaymentSettled(Refusal):
    """Nothing is asked for: it is paid, to be paid at the door, or cancelled."""

    code = "payment-settled"


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """What an order has to bring in."""

    id: PaymentId
    order_id: OrderId
    buyer_id: AccountId
    amount: Money
    attempts: Attempts = Attempts()
    paid_by: UUID | None = None
    """Key of the charge that paid it."""
    ledger: Ledger = Ledger()
    cash_on_delivery: bool = False
    cancelled: bool = False

    @property
    def status(self) -> Status:
        if self.paid_by is not None:
            returned = self.ledger.receipts[self.paid_by].returned
            if returned.is_zero:
                return Status.SUCCEEDED
            return Status.REFUNDED if returned == self.amount else Status.PARTIALLY_REFUNDED
        if self.cancelled:
            return Status.CANCELLED
        if self.cash_on_delivery or self.attempts.open is not None:
            return Status.PENDING
        last = self.attempts.last
        return Status.DECLINED if last is not None and last.has_failed else Status.REQUESTED

    def start_attempt(self, *, method: Method, reference: str | None, at: datetime) -> tuple[PaymentEvent, ...]:
        """The intent to charge the whole amount under a new key.

        Raises PaymentInFlight, PaymentSettled or AttemptsExhausted.
        """
        self._require_unsettled()
        number = self.attempts.next_number()
        return (
            PaymentAttempted(
                payment_id=self.id,
                attempt=number,
                key=attempt_key(self.id, number),
                method=method,
                reference=reference,
                amount=self.amount,
                at=at,
            ),
        )

    def pay_at_the_door(self, *, at: datetime) -> tuple[PaymentEvent, ...]:
        """Raises PaymentInFlight or PaymentSettled."""
        self._require_unsettled()
        return (CashOnDeliveryChosen(payment_id=self.id, at=at),)

    def _require_unsettled(self) -> None:
        self.attempts.require_none_open()
        if self.paid_by is not None or self.cash_on_delivery or self.cancelled:
            raise PaymentSettled("No payment is asked for.")

    def succeed(self, *, key: UUID, amount: Money, transaction_id: str, at: datetime) -> tuple[PaymentEvent, ...]:
        """Money came. It pays the order when it is what was asked for and still awaited; if not, all of it goes back:

        a second success, one after the order was over, of another amount or currency, or under a key never given out.
        The same report again changes nothing. Raises ChargeContradicted, NotAnAmount or UnknownCurrency.
        """
        if not Money.zero(amount.currency).minor < amount.minor <= MAX_MINOR:
            raise NotAnAmount("A charge that succeeded is of more than nothing, and not of more than there is.")
        if self.ledger.has(key, amount=amount, transaction_id=transaction_id):
            return ()
        surplus = self._why_surplus(key, amount)
        if surplus is None:
            return (PaymentSucceeded(payment_id=self.id, key=key, transaction_id=transaction_id, amount=amount, at=at),)
        return (
            SurplusReceived(payment_id=self.id, key=key, transaction_id=transaction_id, amount=amount, at=at),
            self._refund(
                RefundId(derived("refund-of-surplus", self.id, key)),
                key,
                amount,
                reason=surplus,
                by=THE_DESK,
                at=at,
            ),
        )

    def _why_surplus(self, key: UUID, amount: Money) -> str | None:
        if self.paid_by is not None:
            return "The order was paid already."
        if self.cancelled:
            return "The order was over."
        if self.attempts.find(key) is None:
            return "Nothing was asked for under this key."
        if amount != self.amount:
            return f"{self.amount.major()} {self.amount.currency} was asked for."
        return None

    def decline(self, *, key: UUID, reason: str, at: datetime) -> tuple[PaymentEvent, ...]:
        """The provider took nothing; no news where the attempt is closed. Raises UnknownAttempt."""
        if not self.attempts.awaits(key):
            return ()
        return (PaymentDeclined(payment_id=self.id, key=key, reason=reason, at=at),)

    def void(self, *, key: UUID, at: datetime) -> tuple[PaymentEvent, ...]:
        """The provider will take nothing; no news where the attempt is closed. Raises UnknownAttempt."""
        if not self.attempts.awaits(key):
            return ()
        return (PaymentAttemptVoided(payment_id=self.id, key=key, at=at),)

    def cancel(self, *, reason: str, by: Actor, at: datetime) -> tuple[PaymentEvent, ...]:
        """The order is over: what was paid goes back; where nothing was, nothing is asked for any more."""
        if self.paid_by is None:
            return () if self.cancelled else (PaymentCancelled(payment_id=self.id, at=at),)
        if self.ledger.receipts[self.paid_by].left.is_zero:
            return ()
        rest = RefundId(derived("refund-of-cancelled", self.id))
        return self.request_refund(refund_id=rest, amount=None, reason=reason, by=by, at=at)

    def request_refund(
        self,
        *,
        refund_id: RefundId,
        amount: Money | None,
        ceiling: Money | None = None,
        reason: str,
        by: Actor,
        at: datetime,
    ) -> tuple[PaymentEvent, ...]:
        """The intent to give back `amount`, or all that is left, up to `ceiling`; raises as `require_refundable`."""
        if self.paid_by is None:
            raise NothingToRefund("Nothing was paid.")
        asked = self.ledger.require_refundable(self.paid_by, refund_id=refund_id, amount=amount, ceiling=ceiling)
        return (self._refund(refund_id, self.paid_by, asked, reason=reason, by=by, at=at),)

    def _refund(
        self, refund_id: RefundId, charge: UUID, amount: Money, *, reason: str, by: Actor, at: datetime
    ) -> PaymentEvent:
        """Of cash no provider knows: whoever gives it back has done so."""
        kind = CashHandedBack if charge == cash_key(self.id) else RefundRequested
        return kind(payment_id=self.id, refund_id=refund_id, charge=charge, amount=amount, reason=reason, by=by, at=at)

    def refund_succeeded(
        self, *, refund_id: RefundId, amount: Money, transaction_id: str, at: datetime
    ) -> tuple[PaymentEvent, ...]:
        """Money went back; the same report again changes nothing. Raises UnknownRefund."""
        if not self.ledger.awaits_refund(refund_id, amount=amount):
            return ()
        succeeded = RefundSucceeded(
            payment_id=self.id, refund_id=refund_id, amount=amount, transaction_id=transaction_id, at=at
        )
        return (succeeded,)


def request(*, order_id: OrderId, buyer_id: AccountId, amount: Money, at: datetime) -> tuple[PaymentEvent, ...]:
    """The payment of a new order; raises NotAnAmount where there is nothing to pay."""
    if amount.minor <= 0:
        raise NotAnAmount("A payment is of more than nothing.")
    return (
        PaymentRequested(payment_id=payment_of(order_id), order_id=order_id, buyer_id=buyer_id, amount=amount, at=at),
    )


def evolve(payment: Payment | None, event: PaymentEvent) -> Payment:
    """Applies what happened."""
    match event:
        case PaymentRequested(payment_id=id_, order_id=order_id, buyer_id=buyer_id, amount=amount):
            return Payment(id=id_, order_id=order_id, buyer_id=buyer_id, amount=amount)
        case _ if payment is None:
            raise ValueError(f"{event.topic} came before the payment was requested")
        case PaymentAttempted():
            return replace(payment, attempts=payment.attempts.add(event))
        case PaymentSucceeded(key=key):
            attempts = payment.attempts.close(key, AttemptStatus.SUCCEEDED)
            return replace(payment, attempts=attempts, ledger=payment.ledger.receive(event), paid_by=key)
        case SurplusReceived(key=key):
            attempts = payment.attempts.close(key, AttemptStatus.RETURNED, "It was not asked for, or came too late.")
            return replace(payment, attempts=attempts, ledger=payment.ledger.receive(event))
        case PaymentDeclined(key=key, reason=reason):
            return replace(payment, attempts=payment.attempts.close(key, AttemptStatus.DECLINED, reason))
        case PaymentAttemptVoided(key=key):
            return replace(payment, attempts=payment.attempts.close(key, AttemptStatus.VOIDED))
        case CashOnDeliveryChosen():
            return replace(payment, cash_on_delivery=True)
        case PaymentReduced(amount=amount):
            return replace(payment, amount=amount)
        case PaymentCancelled():
            return replace(payment, cancelled=True)
        case RefundRequested():
            return replace(payment, ledger=payment.ledger.promise(event))
        case RefundSucceeded(refund_id=refund_id):
            return replace(payment, ledger=payment.ledger.give_back(refund_id))
        case CashHandedBack(refund_id=refund_id):
            return replace(payment, ledger=payment.ledger.promise(event).give_back(refund_id))
        case _:
            assert_never(event)


PAYMENTS: Category[Payment, PaymentEvent] = Category(
    name="payment",
    family=Family.ORDERS,
    events=get_args(PaymentEvent),
    state=Payment,
    evolve=evolve,
    key=lambda payment: payment.order_id,
)
