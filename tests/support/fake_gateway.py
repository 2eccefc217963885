"""The payment provider in memory: the simulated one's twin, without its books."""

from uuid import UUID

from application.ports.gateway import Charge, ChargeStatus, GatewayRefused, GatewayUnavailable, Handover, Receipt
from domain.shared.money import Money
from infrastructure.payments.behaviour import DECLINE_REASON, FAILURES, Behaviour, transaction_id_of


class FakeGateway:
    """Keeps everything that was charged and refunded, to be looked at."""

    hands_over = False

    def __init__(self) -> None:
        self.charges: dict[UUID, Charge] = {}
        self.refunds: dict[UUID, tuple[UUID, Receipt]] = {}
        self._failures: dict[UUID, int] = {}

    async def charge(
        self, *, key: UUID, amount: Money, reference: str | None, proof: str | None = None
    ) -> Charge | Handover:
        if key in self.charges:
            return self.charges[key]
        behaviour = Behaviour.of(reference)
        if behaviour is Behaviour.FAIL_AT_FIRST and self._failures.get(key, 0) < FAILURES:
            self._failures[key] = self._failures.get(key, 0) + 1
            raise GatewayUnavailable("out of order")
        declined = behaviour is Behaviour.DECLINE
        self.charges[key] = Charge(
            key=key,
            status=ChargeStatus.DECLINED if declined else ChargeStatus.SUCCEEDED,
            amount=amount,
            transaction_id=transaction_id_of(key, reference),
            reason=DECLINE_REASON if declined else None,
        )
        if behaviour is Behaviour.TIME_OUT:
            raise GatewayUnavailable("the answer was lost")
        return self.charges[key]

    async def find(self, key: UUID) -> Charge | None:
        return self.charges.get(key)

    async def void(self, key: UUID, amount: Money) -> Charge:
        voided = Charge(key=key, status=ChargeStatus.VOIDED, amount=amount, transaction_id=transaction_id_of(key, None))
        return self.charges.setdefault(key, voided)

    async def refund(self, *, key: UUID, charge: UUID, amount: Money) -> Receipt:
        taken = self.charges.get(charge)
        if taken is None or taken.status is not ChargeStatus.SUCCEEDED:
            raise GatewayRefused("no money was taken")
        if amount.currency != taken.amount.currency or amount.minor <= 0:
            raise GatewayRefused("not an amount of this charge")
        receipt = Receipt(key=key, amount=amount, transaction_id=f"sim_{key.hex}")
        if key in self.refunds:
            if self.refunds[key] != (charge, receipt):
                raise GatewayRefused("another refund")
            return receipt
        if self.refunded(charge) + amount.minor > taken.amount.minor:
            raise GatewayRefused("more than is left")
        self.refunds[key] = (charge, receipt)
        return receipt

    def refunded(self, charge: UUID) -> int:
        """Minor units that went back of a charge."""
        return sum(receipt.amount.minor for of, receipt in self.refunds.values() if of == charge)


class FakeCheckout(FakeGateway):
    """Customers pay at the provider's own, which tells of it when it likes: Razorpay's twin."""

    hands_over = True

    async def charge(
        self, *, key: UUID, amount: Money, reference: str | None, proof: str | None = None
    ) -> Charge | Handover:
        return self.charges.get(key) or Handover(key=key)

    async def learn(self, charge: Charge) -> None:
        """Money that came counts, whatever was known before."""
        known = self.charges.get(charge.key)
        came = charge.status is ChargeStatus.SUCCEEDED
        if known is None or (came and known.status is not ChargeStatus.SUCCEEDED):
            self.charges[charge.key] = charge
