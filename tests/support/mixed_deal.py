"""An order in a mixed log that something is to be paid for, and the steps that may follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from application.ordering.cancelling import CancelOrder, ExpireOrder
from application.ordering.checkout import OrderKept
from application.ordering.fulfilment import AdvanceOrder
from application.payments import RecordCharge, RecordRefund, RetryPayment, StartPayment
from application.ports.commands import Command
from application.ports.gateway import ChargeStatus
from domain.ordering.progress import Status
from domain.payments.attempt import attempt_key
from domain.payments.events import Method
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, RefundId
from domain.shared.money import Money
from tests.support.mixed_world import SHOP, Step, Story, World


@dataclass(frozen=True)
class Deal:
    """An order that something is to be paid for, and the steps that may follow."""

    world: World
    buyer: AccountId
    kept: OrderKept
    sellers: Sequence[AccountId]
    """Who may have sold it."""

    def key(self, attempt: int) -> UUID:
        return attempt_key(self.kept.payment_id, attempt)

    def by_buyer(self, command: Command) -> Step:
        return Step(Actor.of(self.buyer), command)

    def begins_to_pay(self, method: Method = Method.UPI) -> Step:
        reference = f"txn_{self.world.luck.randrange(10**6)}" if self.world.chance(0.5) else None
        return self.by_buyer(StartPayment(order_id=self.kept.order_id, method=method, reference=reference))

    def tries_again(self) -> Step:
        return self.by_buyer(RetryPayment(payment_id=self.kept.payment_id))

    def thinks_better(self) -> Step:
        return self.by_buyer(CancelOrder(order_id=self.kept.order_id, reason=self.world.word()))

    def time_is_up(self) -> Step:
        return Step(SHOP, ExpireOrder(order_id=self.kept.order_id))

    def moves(self, status: Status) -> Step:
        """An admin stands in for the warehouse."""
        return Step(Actor.of(self.world.admins[0]), AdvanceOrder(order_id=self.kept.order_id, status=status))

    def is_let_down(self) -> Step:
        """A seller gives its lines up."""
        seller = self.world.luck.choice(self.sellers)
        return Step(Actor.of(seller), CancelOrder(order_id=self.kept.order_id, reason=self.world.word()))

    def hears(self, status: ChargeStatus, *, key: UUID | None = None, amount: Money | None = None) -> Step:
        """What the provider says, of the first attempt and all that was to be paid where nothing else is named."""
        command = RecordCharge(
            payment_id=self.kept.payment_id,
            key=key or self.key(1),
            status=status,
            amount=amount or self.kept.payable,
            transaction_id=f"sim_{self.world.luck.randrange(10**9)}",
            reason="The bank declined." if status is ChargeStatus.DECLINED else None,
        )
        return Step(SHOP, command)

    def refunded(self, refund: UUID, amount: Money) -> Step:
        command = RecordRefund(
            payment_id=self.kept.payment_id, refund_id=RefundId(refund), amount=amount, transaction_id="sim_back"
        )
        return Step(SHOP, command)


def paid(deal: Deal) -> Story:
    yield deal.begins_to_pay()
    yield deal.hears(ChargeStatus.SUCCEEDED)
