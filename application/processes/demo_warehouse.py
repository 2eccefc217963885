"""A demo's warehouse moves orders on by itself, one step per interval: processing, shipped, delivered.

OrderPlaced                                               ──▶ its sellers' lines are awaited
OrderConfirmed, OrderLinesBegun, OrderLinesShipped        ──▶ an interval later: AdvanceByItself
OrderLinesDelivered, OrderLinesCancelled, others awaited  ──▶ likewise
OrderRestored                                             ──▶ likewise
the last lines delivered or cancelled, OrderCancelled     ──▶ done

Nothing is withdrawn: a step that is due says since when the order stood still, and is none where that is no longer so.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec
from msgspec.structs import replace

from application.ordering.fulfilment import AdvanceByItself
from application.processes.process import Decision, Due, ProcessManager
from domain.ordering.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderDeleted,
    OrderLinesBegun,
    OrderLinesCancelled,
    OrderLinesDelivered,
    OrderLinesShipped,
    OrderPlaced,
    OrderRestored,
)
from domain.shared.event import Event
from domain.shared.identifiers import AccountId, OrderId

EVENTS = (
    OrderPlaced,
    OrderConfirmed,
    OrderLinesBegun,
    OrderLinesShipped,
    OrderLinesDelivered,
    OrderLinesCancelled,
    OrderCancelled,
    OrderDeleted,
    OrderRestored,
)


class Underway(msgspec.Struct, frozen=True, kw_only=True):
    """An order that is not delivered yet."""

    order_id: OrderId
    awaited: tuple[AccountId, ...]
    """Sellers whose lines are neither delivered nor cancelled."""
    confirmed: bool = False
    deleted: bool = False


def instance(event: Event) -> UUID | None:
    return event.order_id if isinstance(event, EVENTS) else None


def demo_warehouse(interval: timedelta | None) -> ProcessManager[Underway]:
    """One that takes a step per interval, or with None stands still."""

    def react(order: Underway | None, event: Event) -> tuple[Underway | None, Sequence[Decision]]:
        if interval is None or not isinstance(event, EVENTS):
            return order, ()
        if isinstance(event, OrderPlaced):
            sellers = tuple(dict.fromkeys(line.seller_id for line in event.lines))
            return Underway(order_id=event.order_id, awaited=sellers), ()
        after = None if order is None else _after(order, event)
        if after is None or not after.confirmed or after.deleted:
            return after, ()
        step = AdvanceByItself(order_id=after.order_id, since=event.at)
        return after, (Due(f"advance:{event.at.isoformat()}", step, at=event.at + interval),)

    return ProcessManager(
        name="demo-warehouse", version=1, events=EVENTS, state=Underway, instance=instance, react=react
    )


def _after(order: Underway, event: Event) -> Underway | None:
    match event:
        case OrderConfirmed():
            return replace(order, confirmed=True)
        case OrderDeleted():
            return replace(order, deleted=True)
        case OrderRestored():
            return replace(order, deleted=False)
        case OrderLinesDelivered(seller_id=done) | OrderLinesCancelled(seller_id=done):
            awaited = tuple(seller for seller in order.awaited if seller != done)
            return replace(order, awaited=awaited) if awaited else None
        case OrderCancelled():
            return None
        case _:
            return order
