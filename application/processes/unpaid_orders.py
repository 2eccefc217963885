"""An order that nobody pays in time expires.

OrderPlaced, to be paid before t ──▶ at t: ExpireOrder
OrderConfirmed                   ──▶ no longer
OrderCancelled                   ──▶ no longer
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from application.ordering.cancelling import ExpireOrder
from application.processes.process import Decision, Due, ProcessManager, Withdraw
from domain.ordering.events import OrderCancelled, OrderConfirmed, OrderPlaced
from domain.shared.event import Event
from domain.shared.identifiers import OrderId

EXPIRE = "expire"


class UnpaidOrder(msgspec.Struct, frozen=True):
    """An order whose payment is awaited."""

    order_id: OrderId


def instance(event: Event) -> UUID | None:
    match event:
        case OrderPlaced() | OrderConfirmed() | OrderCancelled():
            return event.order_id
        case _:
            return None


def react(unpaid: UnpaidOrder | None, event: Event) -> tuple[UnpaidOrder | None, Sequence[Decision]]:
    match event:
        case OrderPlaced(order_id=order_id, pay_before=pay_before) if pay_before is not None:
            return UnpaidOrder(order_id), (Due(EXPIRE, ExpireOrder(order_id=order_id), at=pay_before),)
        case OrderConfirmed() | OrderCancelled() if unpaid is not None:
            return None, (Withdraw(EXPIRE),)
        case _:
            return unpaid, ()


UNPAID_ORDERS: ProcessManager[UnpaidOrder] = ProcessManager(
    name="unpaid-orders",
    version=1,
    events=(OrderPlaced, OrderConfirmed, OrderCancelled),
    state=UnpaidOrder,
    instance=instance,
    react=react,
)
