"""What random histories of a payment are compared with."""

from uuid import UUID

from domain.payments.attempt import AttemptStatus, PaymentInFlight, cash_key
from domain.payments.events import CashHandedBack, PaymentEvent, PaymentSucceeded, RefundRequested, SurplusReceived
from domain.payments.payment import PAYMENTS, THE_DESK, Payment, PaymentSettled
from domain.shared.actor import Actor
from domain.shared.identifiers import RefundId, derived
from domain.shared.money import Money
from domain.shared.refusal import Refusal
from tests.support.machines import AggregateMachine
from tests.support.payments import AMOUNT, PAYMENT
from tests.support.times import NOON

CASH_KEY = cash_key(PAYMENT)


class PaymentModel(AggregateMachine[Payment, PaymentEvent]):
    """The books, kept once more in the simplest way."""

    category = PAYMENTS
    stream = PAYMENT

    def forget(self) -> None:
        self.attempts: dict[UUID, AttemptStatus] = {}
        self.came: dict[UUID, tuple[Money, str]] = {}
        self.asked: dict[RefundId, tuple[UUID, Money]] = {}
        self.asked_by: dict[RefundId, Actor] = {}
        self.gone: set[RefundId] = set()
        self.paid_by: UUID | None = None
        self.at_the_door = self.cancelled = False
        self.amount = AMOUNT

    def unsettled(self) -> type[Refusal] | None:
        if AttemptStatus.OPEN in self.attempts.values():
            return PaymentInFlight
        return PaymentSettled if self.paid_by or self.at_the_door or self.cancelled else None

    def money_came(self, key: UUID, amount: Money, transaction: str, *, pays: bool) -> tuple[PaymentEvent, ...]:
        """What must be recorded: either it pays, or all of it goes back."""
        if pays:
            return (PaymentSucceeded(payment_id=PAYMENT, key=key, transaction_id=transaction, amount=amount, at=NOON),)
        if self.paid_by:
            reason = "The order was paid already."
        elif self.cancelled:
            reason = "The order was over."
        elif key not in self.attempts:
            reason = "Nothing was asked for under this key."
        else:
            reason = f"{self.amount.major()} INR was asked for."
        surplus = SurplusReceived(payment_id=PAYMENT, key=key, transaction_id=transaction, amount=amount, at=NOON)
        refund_id = RefundId(derived("refund-of-surplus", PAYMENT, key))
        return surplus, self.request_of(refund_id, key, amount, reason=reason, by=THE_DESK)

    @staticmethod
    def request_of(refund_id: RefundId, key: UUID, amount: Money, *, reason: str, by: Actor) -> PaymentEvent:
        """Cash goes from hand to hand, and is gone at once."""
        kind = CashHandedBack if key == CASH_KEY else RefundRequested
        return kind(payment_id=PAYMENT, refund_id=refund_id, charge=key, amount=amount, reason=reason, by=by, at=NOON)

    def note(self, refund_id: RefundId, key: UUID, amount: Money, by: Actor) -> None:
        self.asked[refund_id] = (key, amount)
        self.asked_by[refund_id] = by
        if key == CASH_KEY:
            self.gone.add(refund_id)

    def left(self, key: UUID) -> int:
        return self.came[key][0].minor - sum(amount.minor for of, amount in self.asked.values() if of == key)
