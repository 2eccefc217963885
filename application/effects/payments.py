"""Money that moves outside: the payment provider is asked by key, then what it said is recorded."""

from typing import ClassVar
from uuid import UUID

from application.deliveries import reported
from application.effects.effect import EffectPorts, require_recorded
from application.payments import RecordRefund
from application.ports.commands import Command
from application.ports.gateway import Handover
from domain.shared.identifiers import PaymentId, RefundId
from domain.shared.money import Money


class SettleAttempt(Command, frozen=True, kw_only=True):
    """Ask the provider what became of an open attempt, and charge it if it never arrived."""

    name: ClassVar[str] = "payments.settle-attempt"
    payment_id: PaymentId
    key: UUID
    amount: Money
    reference: str | None


class VoidAttempt(Command, frozen=True, kw_only=True):
    """The order is over: have the provider promise that the key takes no money."""

    name: ClassVar[str] = "payments.void-attempt"
    payment_id: PaymentId
    key: UUID
    amount: Money


class SendRefund(Command, frozen=True, kw_only=True):
    """Have the provider refund, then record it."""

    name: ClassVar[str] = "payments.send-refund"
    payment_id: PaymentId
    refund_id: RefundId
    charge: UUID
    amount: Money


async def settle_attempt(command: SettleAttempt, ports: EffectPorts) -> None:
    """Serves a payment that is made at once as well as one whose outcome was lost. Raises EffectRefused.

    What waits for the customer is left to the provider's delivery, or to the expiry of the order, which asks again.
    """
    charge = await ports.gateway.find(command.key)
    if charge is None:
        made = await ports.gateway.charge(key=command.key, amount=command.amount, reference=command.reference)
        if isinstance(made, Handover):
            return
        charge = made
    require_recorded(await ports.submit(reported(command.payment_id, charge), "record"))


async def void_attempt(command: VoidAttempt, ports: EffectPorts) -> None:
    """Where the provider was faster its money is recorded, and goes back. Raises EffectRefused."""
    charge = await ports.gateway.void(command.key, command.amount)
    require_recorded(await ports.submit(reported(command.payment_id, charge), "record"))


async def send_refund(command: SendRefund, ports: EffectPorts) -> None:
    """Raises EffectRefused, and GatewayRefused where the provider will never do it."""
    receipt = await ports.gateway.refund(key=command.refund_id, charge=command.charge, amount=command.amount)
    record = RecordRefund(
        payment_id=command.payment_id,
        refund_id=command.refund_id,
        amount=receipt.amount,
        transaction_id=receipt.transaction_id,
    )
    require_recorded(await ports.submit(record, "record"))
