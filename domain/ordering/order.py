"""An order: placed, confirmed when its payment is settled, cancelled at most once and before it is shipped."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce
from operator import add
from typing import Final, assert_never, get_args

import msgspec
from immutables import Map
from msgspec.structs import replace

from domain.ordering.events import (
    ConfirmationGround,
    OrderCancelled,
    OrderConfirmed,
    OrderDeleted,
    OrderEvent,
    OrderLine,
    OrderLinesBegun,
    OrderLinesCancelled,
    OrderLinesDelivered,
    OrderLinesShipped,
    OrderPlaced,
    OrderRestored,
)
from domain.ordering.progress import Progress, Status, status_once_confirmed
from domain.shared.actor import Actor
from domain.shared.category import Category, Family
from domain.shared.identifiers import AccountId, ProductId
from domain.shared.money import Money
from domain.shared.refusal import Refusal

_STEPS: Final[Mapping[Status, type[OrderLinesBegun | OrderLinesShipped | OrderLinesDelivered]]] = {
    Status.PROCESSING: OrderLinesBegun,
    Status.SHIPPED: OrderLinesShipped,
    Status.DELIVERED: OrderLinesDelivered,
}

_REACHED: Final[Mapping[type[OrderEvent], Status]] = {
    OrderLinesCancelled: Status.CANCELLED,
    **{event: status for status, event in _STEPS.items()},
}


class OrderNotPayable(Refusal):
    """No payment is awaited: it is paid, to be paid at the door, or over."""

    code = "order-not-payable"


class PaymentWindowClosed(Refusal):
    """The time to pay has passed; the order is about to expire."""

    code = "payment-window-closed"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One customer's order, from placement to delivery or cancellation; each seller's lines go their own way."""

    placed: OrderPlaced
    progress: Progress
    cancelled_by: Actor | None = None
    cancel_reason: str | None = None
    deleted_at: datetime | None = None
    updated_at: datetime

    @property
    def status(self) -> Status:
        return self.progress.status

    @property
    def awaits_payment(self) -> bool:
        return self.status is Status.PENDING_PAYMENT

    @property
    def sellers(self) -> tuple[AccountId, ...]:
        """In the order of their first lines."""
        return tuple(dict.fromkeys(line.seller_id for line in self.placed.lines))

    @property
    def live_lines(self) -> tuple[OrderLine, ...]:
        """What is not cancelled."""
        return tuple(line for line in self.placed.lines if self.progress.is_live(line.seller_id))

    @property
    def payable(self) -> Money:
        """What the buyer pays for the lines that are not cancelled."""
        return self._sum(self.live_lines)

    def share_of(self, seller: AccountId) -> Money:
        """What the buyer pays for one seller's live lines; zero where it has none."""
        return self._sum(line for line in self.live_lines if line.seller_id == seller)

    def _sum(self, lines: Iterable[OrderLine]) -> Money:
        return reduce(add, (line.payable for line in lines), Money.zero(self.placed.payable.currency))

    def require_payable(self, at: datetime) -> None:
        """Raises OrderNotPayable or PaymentWindowClosed: no attempt begins once the order may expire."""
        if not self.awaits_payment:
            raise OrderNotPayable(f"The order is {self.status}: no payment is awaited.")
        if self.placed.pay_before is not None and at >= self.placed.pay_before:
            raise PaymentWindowClosed("The time to pay for this order has passed.")

    def confirm(self, *, ground: ConfirmationGround, at: datetime) -> tuple[OrderEvent, ...]:
        """The order goes ahead; raises OrderNotPayable."""
        if not self.awaits_payment:
            raise OrderNotPayable(f"The order is {self.status}: no payment is awaited.")
        return (OrderConfirmed(order_id=self.placed.order_id, ground=ground, at=at),)

    def paid(self, *, at: datetime) -> tuple[OrderEvent, ...]:
        """Its money has come: it goes ahead if that is what it waited for."""
        return self.confirm(ground=ConfirmationGround.PAID, at=at) if self.awaits_payment else ()

    def advance(self, to: Status, *, seller: AccountId | None = None, at: datetime) -> tuple[OrderEvent, ...]:
        """One step, for a seller's lines or for all that are not there yet; raises OrderNotAdvanceable."""
        behind = self.progress.behind(to, self._of(seller))
        return tuple(self._step(to, each, at) for each in behind)

    def _step(self, to: Status, seller: AccountId, at: datetime) -> OrderEvent:
        event = _STEPS[to]
        return event(order_id=self.placed.order_id, seller_id=seller, product_ids=self._products_of(seller), at=at)

    def cancel(
        self, *, seller: AccountId | None = None, by: Actor, reason: str, at: datetime
    ) -> tuple[OrderEvent, ...]:
        """All that is not shipped yet, or one seller's part of it; where nothing else is live, the order is over.

        What is left goes ahead where it costs nothing. Raises OrderNotCancellable.
        """
        going = self.progress.cancellable(self._of(seller))
        left = [line for line in self.live_lines if line.seller_id not in going]
        if not left:
            return (OrderCancelled(order_id=self.placed.order_id, by=by, reason=reason, at=at),)
        gone = tuple(
            OrderLinesCancelled(
                order_id=self.placed.order_id,
                seller_id=each,
                product_ids=self._products_of(each),
                by=by,
                reason=reason,
                at=at,
            )
            for each in going
        )
        free = self.awaits_payment and self._sum(left).is_zero
        return (*gone, *(self.confirm(ground=ConfirmationGround.NOTHING_TO_PAY, at=at) if free else ()))

    def expire(self, *, by: Actor, at: datetime) -> tuple[OrderEvent, ...]:
        """Cancelled because nobody paid in time; raises OrderNotPayable where no payment is awaited any more."""
        if not self.awaits_payment:
            raise OrderNotPayable(f"The order is {self.status}: it does not expire.")
        return (OrderCancelled(order_id=self.placed.order_id, by=by, reason="Not paid in time.", at=at),)

    def _of(self, seller: AccountId | None) -> tuple[AccountId, ...]:
        return self.sellers if seller is None else (seller,)

    def _products_of(self, seller: AccountId) -> tuple[ProductId, ...]:
        return tuple(line.product_id for line in self.placed.lines if line.seller_id == seller)


def evolve(order: Order | None, event: OrderEvent) -> Order:
    """Applies what happened."""
    match event:
        case OrderPlaced(lines=lines, at=at):
            progress = Progress(Map((line.seller_id, Status.PENDING_PAYMENT) for line in lines))
            return Order(placed=event, progress=progress, updated_at=at)
        case _ if order is None:
            raise ValueError(f"{event.topic} came before the order was placed")
        case OrderConfirmed(ground=ground, at=at):
            return replace(order, progress=order.progress.move_all(status_once_confirmed(ground)), updated_at=at)
        case OrderLinesBegun() | OrderLinesShipped() | OrderLinesDelivered() | OrderLinesCancelled():
            progress = order.progress.move(event.seller_id, _REACHED[type(event)])
            return replace(order, progress=progress, updated_at=event.at)
        case OrderCancelled(by=by, reason=reason, at=at):
            progress = order.progress.move_all(Status.CANCELLED)
            return replace(order, progress=progress, cancelled_by=by, cancel_reason=reason, updated_at=at)
        case OrderDeleted(at=at):
            return replace(order, deleted_at=at, updated_at=at)
        case OrderRestored(at=at):
            return replace(order, deleted_at=None, updated_at=at)
        case _:
            assert_never(event)


ORDERS: Category[Order, OrderEvent] = Category(
    name="order",
    family=Family.ORDERS,
    events=get_args(OrderEvent),
    state=Order,
    evolve=evolve,
    key=lambda order: order.placed.order_id,
    snapshot_version=2,
)
