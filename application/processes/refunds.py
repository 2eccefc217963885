"""Money that is owed back is sent back.

RefundRequested ──▶ at once: SendRefund
RefundSucceeded ──▶ done
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from application.effects.payments import SendRefund
from application.processes.process import Decision, Due, ProcessManager, Withdraw
from domain.payments.events import RefundRequested, RefundSucceeded
from domain.shared.event import Event
from domain.shared.identifiers import RefundId


class OpenRefunds(msgspec.Struct, frozen=True):
    """The refunds of one payment that are on their way, each once, in the order they were asked for."""

    awaited: tuple[RefundId, ...]


def instance(event: Event) -> UUID | None:
    match event:
        case RefundRequested() | RefundSucceeded():
            return event.payment_id
        case _:
            return None


def react(refunds: OpenRefunds | None, event: Event) -> tuple[OpenRefunds | None, Sequence[Decision]]:
    awaited = refunds.awaited if refunds else ()
    match event:
        case RefundRequested(payment_id=payment_id, refund_id=refund_id, charge=charge, amount=amount):
            send = SendRefund(payment_id=payment_id, refund_id=refund_id, charge=charge, amount=amount)
            others = tuple(other for other in awaited if other != refund_id)
            return OpenRefunds((*others, refund_id)), (Due(_send(refund_id), send),)
        case RefundSucceeded(refund_id=refund_id) if refund_id in awaited:
            rest = tuple(other for other in awaited if other != refund_id)
            return OpenRefunds(rest) if rest else None, (Withdraw(_send(refund_id)),)
        case _:
            return refunds, ()


def _send(refund_id: RefundId) -> str:
    return f"send:{refund_id}"


REFUNDS: ProcessManager[OpenRefunds] = ProcessManager(
    name="refunds",
    version=1,
    events=(RefundRequested, RefundSucceeded),
    state=OpenRefunds,
    instance=instance,
    react=react,
)
