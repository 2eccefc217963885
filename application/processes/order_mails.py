"""Those whom an order concerns are written to, once per order and status.

OrderPlaced                                             ──▶ at once: SendMail, order-placed, to the buyer
OrderConfirmed, OrderLinesBegun, -Shipped, -Delivered   ──▶ where that moves the order: SendMail, order-status
OrderLinesCancelled                                     ──▶ SendMail, order-lines-cancelled, to buyer and seller
OrderCancelled                                          ──▶ SendMail, order-cancelled; to sellers too, once confirmed
OrderDeleted                                            ──▶ nothing while it is deleted
OrderRestored                                           ──▶ what the order has come to meanwhile
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import get_args
from uuid import UUID

import msgspec
from msgspec.structs import replace

from application.effects.mail import SendMail
from application.processes.process import Decision, Due, ProcessManager
from domain.ordering.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderDeleted,
    OrderEvent,
    OrderLinesBegun,
    OrderLinesCancelled,
    OrderLinesDelivered,
    OrderLinesShipped,
    OrderPlaced,
    OrderRestored,
)
from domain.ordering.number import order_number
from domain.ordering.progress import Status, least_advanced, status_once_confirmed
from domain.shared.event import Event
from domain.shared.identifiers import AccountId, OrderId

OVER = frozenset({Status.DELIVERED, Status.CANCELLED})
EVENTS = get_args(OrderEvent)


class Correspondence(msgspec.Struct, frozen=True, kw_only=True):
    """What was written of an order, and what may yet be."""

    order_id: OrderId
    buyer_id: AccountId
    parts: dict[AccountId, Status]
    """How far each seller's lines are."""
    told: tuple[Status, ...] = (Status.PENDING_PAYMENT,)
    deleted: bool = False

    @property
    def status(self) -> Status:
        return least_advanced(self.parts.values())


def instance(event: Event) -> UUID | None:
    return event.order_id if isinstance(event, EVENTS) else None


def react(order: Correspondence | None, event: Event) -> tuple[Correspondence | None, Sequence[Decision]]:
    if isinstance(event, OrderPlaced):
        parts = {line.seller_id: Status.PENDING_PAYMENT for line in event.lines}
        order = Correspondence(order_id=event.order_id, buyer_id=event.buyer_id, parts=parts)
        return order, (_mail("order-placed", order, to=event.buyer_id),)
    if order is None:
        return None, ()
    after = _after(order, event)
    if after.deleted:
        return after, ()
    letters = tuple(_letters(after, event))
    told = after if after.status in after.told else replace(after, told=(*after.told, after.status))
    return None if told.status in OVER else told, letters


def _after(order: Correspondence, event: Event) -> Correspondence:
    match event:
        case OrderConfirmed(ground=ground):
            return _all_move(order, status_once_confirmed(ground))
        case OrderLinesBegun(seller_id=seller):
            return _moves(order, {seller: Status.PROCESSING})
        case OrderLinesShipped(seller_id=seller):
            return _moves(order, {seller: Status.SHIPPED})
        case OrderLinesDelivered(seller_id=seller):
            return _moves(order, {seller: Status.DELIVERED})
        case OrderLinesCancelled(seller_id=seller):
            return _moves(order, {seller: Status.CANCELLED})
        case OrderCancelled():
            return _all_move(order, Status.CANCELLED)
        case OrderDeleted():
            return replace(order, deleted=True)
        case OrderRestored():
            return replace(order, deleted=False)
        case _:
            return order


def _all_move(order: Correspondence, to: Status) -> Correspondence:
    live = (seller for seller, status in order.parts.items() if status is not Status.CANCELLED)
    return _moves(order, dict.fromkeys(live, to))


def _moves(order: Correspondence, moved: Mapping[AccountId, Status]) -> Correspondence:
    return replace(order, parts={**order.parts, **moved})


def _letters(order: Correspondence, event: Event) -> Iterator[Due]:
    if isinstance(event, OrderLinesCancelled):
        for reader in (order.buyer_id, event.seller_id):
            yield _mail("order-lines-cancelled", order, to=reader, seller_id=str(event.seller_id))
    if order.status in order.told:
        return
    if order.status is Status.CANCELLED:
        sellers = order.parts if len(order.told) > 1 else ()
        for reader in (order.buyer_id, *sellers):
            yield _mail("order-cancelled", order, to=reader)
    else:
        yield _mail("order-status", order, to=order.buyer_id, status=order.status)


def _mail(template: str, order: Correspondence, *, to: AccountId, **references: str) -> Due:
    about = {"order_id": str(order.order_id), "order_number": order_number(order.order_id), **references}
    send = SendMail(template=template, account_id=to, references=about)
    return Due(f"{template}:{to}:{order.status}", send)


ORDER_MAILS: ProcessManager[Correspondence] = ProcessManager(
    name="order-mails", version=1, events=EVENTS, state=Correspondence, instance=instance, react=react
)
