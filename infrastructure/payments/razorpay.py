"""Razorpay as a mock, without network: the customer pays in its checkout, the client or a delivery brings the proof."""

from collections.abc import Sequence
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from application.ports.gateway import Charge, ChargeStatus, ChargeUnproven, Handover
from domain.shared.money import Money
from infrastructure.payments.books import Books, Connection, locked, own_transaction
from infrastructure.payments.razorpay_webhook import is_signed, order_of

CHECKOUT = "razorpay_checkout"


class RazorpayGateway(Books):
    """Its books know what was proven; a key that was voided takes no money, unless the provider shows that it has."""

    hands_over = True

    def __init__(self, pool: AsyncConnectionPool[Connection], secrets: Sequence[str]) -> None:
        super().__init__(pool)
        self._secrets = secrets

    async def charge(
        self, *, key: UUID, amount: Money, reference: str | None, proof: str | None = None
    ) -> Charge | Handover:
        if proof is not None:
            await self.learn(self._proven(key, amount, reference, proof))
        async with self.opened() as connection:
            known = (await locked(connection, key, amount, own_transaction(key))).final()
        return known or handover(key, amount)

    def _proven(self, key: UUID, amount: Money, reference: str | None, proof: str) -> Charge:
        """The signature is over the order, which has its amount, and the transaction. Raises ChargeUnproven."""
        message = f"{order_of(key)}|{reference}".encode()
        if reference is None or not is_signed(message, proof.encode(), self._secrets):
            raise ChargeUnproven("The signature does not fit this transaction.")
        return Charge(key=key, status=ChargeStatus.SUCCEEDED, amount=amount, transaction_id=reference)


def handover(key: UUID, amount: Money) -> Handover:
    """What its checkout is opened with."""
    details = {"orderId": order_of(key), "amount": str(amount.minor), "currency": amount.currency}
    return Handover(key=key, next_action={"type": CHECKOUT, **details})
