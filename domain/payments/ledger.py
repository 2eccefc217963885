"""Money that came and money that goes back, kept per key of a charge."""

from uuid import UUID

import msgspec
from immutables import Map
from msgspec.structs import replace

from domain.payments.events import CashHandedBack, PaymentSucceeded, RefundRequested, SurplusReceived
from domain.shared.actor import Actor
from domain.shared.identifiers import RefundId
from domain.shared.money import CurrencyMismatch, Money, NotAnAmount
from domain.shared.refusal import AlreadyExists, Refusal


class ChargeContradicted(Refusal):
    """The provider now says something else of money that it reported before."""

    code = "charge-contradicted"


class NothingToRefund(Refusal):
    """Nothing was paid, or all of it is refunded or on its way back."""

    code = "nothing-to-refund"


class RefundExceedsPayment(Refusal):
    """More than is left of what was paid."""

    code = "refund-exceeds-payment"


class UnknownRefund(Refusal):
    """The provider speaks of a refund that was never asked for, or of another amount."""

    code = "unknown-refund"


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """Money that came under one key: 0 ≤ returned ≤ promised ≤ amount."""

    amount: Money
    transaction_id: str
    promised: Money
    """Asked to go back, gone or not."""
    returned: Money
    """Gone back."""

    @property
    def left(self) -> Money:
        """What has neither gone back nor is on its way."""
        return self.amount - self.promised


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """Money on its way back, or back."""

    charge: UUID
    amount: Money
    reason: str
    by: Actor
    succeeded: bool = False


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """Every charge that brought money, and every refund of one."""

    receipts: Map[UUID, Receipt] = Map()
    refunds: Map[RefundId, Refund] = Map()

    def has(self, charge: UUID, *, amount: Money, transaction_id: str) -> bool:
        """Whether this very money is in the books; raises ChargeContradicted where the key brought other money."""
        receipt = self.receipts.get(charge)
        if receipt is None:
            return False
        if (receipt.amount, receipt.transaction_id) != (amount, transaction_id):
            raise ChargeContradicted("This charge was reported before, with another amount or transaction.")
        return True

    def require_refundable(
        self, charge: UUID, *, refund_id: RefundId, amount: Money | None, ceiling: Money | None
    ) -> Money:
        """What a refund of `amount`, or of all that is left up to `ceiling`, comes to.

        Raises AlreadyExists, NothingToRefund, CurrencyMismatch, NotAnAmount or RefundExceedsPayment.
        """
        if refund_id in self.refunds:
            raise AlreadyExists("A refund of this id was asked for before.")
        left = self.receipts[charge].left
        if ceiling is not None:
            left = min(left, ceiling)
        if left.minor <= 0:
            raise NothingToRefund("Nothing is left to refund.")
        asked = left if amount is None else amount
        if asked.currency != left.currency:
            raise CurrencyMismatch(f"The payment was made in {left.currency}.")
        if asked.minor <= 0:
            raise NotAnAmount("A refund is of more than nothing.")
        if asked > left:
            raise RefundExceedsPayment(f"Only {left.major()} {left.currency} is left to refund.")
        return asked

    def asked_by(self, actor: Actor, *, charge: UUID) -> Money:
        """What one actor has asked to go back of a charge."""
        total = Money(0, self.receipts[charge].amount.currency)
        for refund in self.refunds.values():
            if refund.by == actor and refund.charge == charge:
                total += refund.amount
        return total

    def awaits_refund(self, refund_id: RefundId, *, amount: Money) -> bool:
        """Whether this refund is still on its way; raises UnknownRefund."""
        refund = self.refunds.get(refund_id)
        if refund is None or refund.amount != amount:
            raise UnknownRefund("No refund of this id and amount was asked for.")
        return not refund.succeeded

    def receive(self, event: PaymentSucceeded | SurplusReceived) -> "Ledger":
        nothing = Money(0, event.amount.currency)
        receipt = Receipt(amount=event.amount, transaction_id=event.transaction_id, promised=nothing, returned=nothing)
        return replace(self, receipts=self.receipts.set(event.key, receipt))

    def promise(self, event: RefundRequested | CashHandedBack) -> "Ledger":
        receipt = self.receipts[event.charge]
        grown = replace(receipt, promised=receipt.promised + event.amount)
        refund = Refund(charge=event.charge, amount=event.amount, reason=event.reason, by=event.by)
        return Ledger(
            receipts=self.receipts.set(event.charge, grown),
            refunds=self.refunds.set(event.refund_id, refund),
        )

    def give_back(self, refund_id: RefundId) -> "Ledger":
        refund = self.refunds[refund_id]
        receipt = self.receipts[refund.charge]
        grown = replace(receipt, returned=receipt.returned + refund.amount)
        return Ledger(
            receipts=self.receipts.set(refund.charge, grown),
            refunds=self.refunds.set(refund_id, replace(refund, succeeded=True)),
        )
