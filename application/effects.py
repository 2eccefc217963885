"""What is done outside the log: commands that ask the payment provider by key, then record what it said.

Every effect may begin again after a crash at any point: the provider does nothing twice under one key, and what is
submitted has an identifier that follows from the due command and the step.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol, TypeVar
from uuid import UUID

import msgspec

from application.ordering.cancelling import ExpireOrder, ExpiryKept
from application.payments import RecordCharge, RecordRefund
from application.ports.commands import Command, Outcome, RefusalNote
from application.ports.gateway import Charge, PaymentGateway
from domain.payments.attempt import MAX_ATTEMPTS
from domain.shared.identifiers import PaymentId, RefundId
from domain.shared.money import Money

C_contra = TypeVar("C_contra", bound=Command, contravariant=True)


class EffectRefused(Exception):
    """What the provider said was refused by a rule: trying again changes nothing, somebody has to look."""

    def __init__(self, refusal: RefusalNote) -> None:
        super().__init__(f"{refusal.code}: {refusal.detail}")
        self.refusal = refusal


class AttemptStaysOpen(Exception):
    """An attempt is open still, though the provider was asked to void it; it may be asked again later."""


class Submit(Protocol):
    async def __call__(self, command: Command, step: str) -> Outcome:
        """Send a command as the shop itself; its id is uuid5 of the due command's id and the step."""


@dataclass(frozen=True, slots=True)
class EffectPorts:
    """All that an effect may touch. Only the live executor holds them, so that no replay reaches the provider."""

    gateway: PaymentGateway
    submit: Submit
    now: datetime


class Effect(Protocol[C_contra]):
    """Carries one due command out. Raises GatewayUnavailable where it is to be tried again, else see the effect."""

    async def __call__(self, command: C_contra, ports: EffectPorts, /) -> None: ...


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
    """Raises EffectRefused. Serves a payment that is made at once as well as one whose outcome was lost."""
    charge = await ports.gateway.find(command.key)
    if charge is None:
        charge = await ports.gateway.charge(key=command.key, amount=command.amount, reference=command.reference)
    _require_recorded(await ports.submit(_report(command.payment_id, charge), "record"))


async def void_attempt(command: VoidAttempt, ports: EffectPorts) -> None:
    """Where the provider was faster its money is recorded, and goes back. Raises EffectRefused."""
    charge = await ports.gateway.void(command.key, command.amount)
    _require_recorded(await ports.submit(_report(command.payment_id, charge), "record"))


async def send_refund(command: SendRefund, ports: EffectPorts) -> None:
    """Raises EffectRefused, and GatewayRefused where the provider will never do it."""
    receipt = await ports.gateway.refund(key=command.refund_id, charge=command.charge, amount=command.amount)
    record = RecordRefund(
        payment_id=command.payment_id,
        refund_id=command.refund_id,
        amount=receipt.amount,
        transaction_id=receipt.transaction_id,
    )
    _require_recorded(await ports.submit(record, "record"))


async def expire_when_settled(command: ExpireOrder, ports: EffectPorts) -> None:
    """Expires the order. An attempt that is open is voided at the provider first, or turns out to have paid.

    A refusal is no fault: the order was paid or cancelled meanwhile. Raises EffectRefused, AttemptStaysOpen.
    """
    outcome = await ports.submit(command, "expire")
    for _ in range(MAX_ATTEMPTS):
        if outcome.result is None:
            return
        attempt = msgspec.json.decode(outcome.result, type=ExpiryKept).open_attempt
        if attempt is None:
            return
        charge = await ports.gateway.void(attempt.key, attempt.amount)
        _require_recorded(await ports.submit(_report(attempt.payment_id, charge), f"record:{attempt.key}"))
        outcome = await ports.submit(command, f"expire-after:{attempt.key}")
    raise AttemptStaysOpen(f"order {command.order_id}")


def _report(payment_id: PaymentId, charge: Charge) -> RecordCharge:
    return RecordCharge(
        payment_id=payment_id,
        key=charge.key,
        status=charge.status,
        amount=charge.amount,
        transaction_id=charge.transaction_id,
        reason=charge.reason,
    )


def _require_recorded(outcome: Outcome) -> None:
    if outcome.refusal is not None:
        raise EffectRefused(outcome.refusal)
