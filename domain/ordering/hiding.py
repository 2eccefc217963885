"""Orders that their buyers need not see any more: put away, and brought back. Money and stock take no notice."""

from datetime import datetime, timedelta

from domain.ordering.events import OrderDeleted, OrderEvent, OrderRestored
from domain.ordering.order import Order
from domain.ordering.progress import Status
from domain.shared.actor import Actor
from domain.shared.refusal import Refusal

SETTLING = timedelta(days=1)
"""After placing; until then an order stays in sight."""


class OrderNotDeletable(Refusal):
    """It was placed less than a day ago, or was delivered."""

    code = "order-not-deletable"


def delete(order: Order, *, by: Actor, at: datetime) -> tuple[OrderEvent, ...]:
    """Puts it away; once is enough. Raises OrderNotDeletable."""
    if order.deleted_at is not None:
        return ()
    if order.status is Status.DELIVERED:
        raise OrderNotDeletable("What was delivered is not deleted.")
    if at < order.placed.at + SETTLING:
        raise OrderNotDeletable("An order can be deleted one day after it was placed, not before.")
    return (OrderDeleted(order_id=order.placed.order_id, by=by, at=at),)


def restore(order: Order, *, by: Actor, at: datetime) -> tuple[OrderEvent, ...]:
    """Brings it back, where it was put away."""
    if order.deleted_at is None:
        return ()
    return (OrderRestored(order_id=order.placed.order_id, by=by, at=at),)
