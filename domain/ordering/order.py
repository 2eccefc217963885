"""An order: placed, confirmed when its payment is settled, cancelled at most once and before it is shipped."""

from datetime import datetime
from enum import StrEnum
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain.ordering.events import ConfirmationGround, OrderCancelled, OrderConfirmed, OrderEvent, OrderPlaced
from domain.promotions.pricing import Quote
from domain.shared.actor import Actor
from domain.shared.category import Category, Family
from domain.shared.identifiers import AccountId, OrderId, payment_of
from domain.shared.money import Money
from domain.shared.refusal import Refusal
from domain.shared.sealed import Sealed

MAX_LINES = 1_000
UNAMBIGUOUS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, which are misread or misheard."""
_PAIRS = tuple(high + low for high in UNAMBIGUOUS for low in UNAMBIGUOUS)


class Status(StrEnum):
    PENDING_PAYMENT = "pending_payment"
    PENDING = "pending"
    """Confirmed, to be paid at the door; nobody has begun with it."""
    PROCESSING = "processing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


CANCELLABLE = frozenset({Status.PENDING_PAYMENT, Status.PENDING, Status.PROCESSING})


class OrderEmpty(Refusal):
    """An order has at least one line."""

    code = "order-empty"


class TooManyLines(Refusal):
    """An order has at most 1,000 lines."""

    code = "too-many-lines"


class OrderNotCancellable(Refusal):
    """It was shipped, or is cancelled already."""

    code = "order-not-cancellable"


class OrderNotPayable(Refusal):
    """No payment is awaited: it is paid, to be paid at the door, or over."""

    code = "order-not-payable"


class PaymentWindowClosed(Refusal):
    """The time to pay has passed; the order is about to expire."""

    code = "payment-window-closed"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One customer's order, from placement to delivery or cancellation."""

    placed: OrderPlaced
    status: Status
    cancelled_by: Actor | None = None
    cancel_reason: str | None = None
    updated_at: datetime

    @property
    def awaits_payment(self) -> bool:
        return self.status is Status.PENDING_PAYMENT

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

    def cancel(self, *, by: Actor, reason: str, at: datetime) -> tuple[OrderEvent, ...]:
        """Raises OrderNotCancellable."""
        if self.status not in CANCELLABLE:
            raise OrderNotCancellable(f"The order is {self.status}: it cannot be cancelled.")
        return (OrderCancelled(order_id=self.placed.order_id, by=by, reason=reason, at=at),)

    def expire(self, *, by: Actor, at: datetime) -> tuple[OrderEvent, ...]:
        """Cancelled because nobody paid in time; raises OrderNotPayable where no payment is awaited any more."""
        if not self.awaits_payment:
            raise OrderNotPayable(f"The order is {self.status}: it does not expire.")
        return (OrderCancelled(order_id=self.placed.order_id, by=by, reason="Not paid in time.", at=at),)

    def share_of(self, seller: AccountId) -> Money:
        """What the buyer pays for one seller's lines; zero where it has none."""
        share = Money.zero(self.placed.payable.currency)
        for line in self.placed.lines:
            if line.seller_id == seller:
                share += line.payable
        return share


def place(
    order_id: OrderId,
    *,
    buyer_id: AccountId,
    quote: Quote,
    tax_inclusive: bool,
    from_cart: bool,
    shipping_address: Sealed | None,
    pay_before: datetime,
    at: datetime,
) -> tuple[OrderEvent, ...]:
    """A new order, to be paid before `pay_before`; confirmed at once where there is nothing to pay."""
    if not quote.lines:
        raise OrderEmpty("There is nothing to order.")
    if len(quote.lines) > MAX_LINES:
        raise TooManyLines(f"An order has at most {MAX_LINES:,} lines.")
    free = quote.payable.is_zero
    placed = OrderPlaced(
        order_id=order_id,
        order_number=order_number(order_id),
        buyer_id=buyer_id,
        payment_id=payment_of(order_id),
        lines=quote.lines,
        original=quote.original,
        discount=quote.discount,
        tax=quote.tax,
        tax_inclusive=tax_inclusive,
        payable=quote.payable,
        from_cart=from_cart,
        shipping_address=shipping_address,
        pay_before=None if free else pay_before,
        at=at,
    )
    if free:
        return placed, OrderConfirmed(order_id=order_id, ground=ConfirmationGround.NOTHING_TO_PAY, at=at)
    return (placed,)


def order_number(order_id: OrderId) -> str:
    """What people call the order, `TS-7K3M-0XQ9-BN4D`: 60 bits that follow from its id."""
    bits = order_id.int
    first, second, third, fourth, fifth, sixth = (_PAIRS[bits >> shift & 1023] for shift in (50, 40, 30, 20, 10, 0))
    return f"TS-{first}{second}-{third}{fourth}-{fifth}{sixth}"


def status_once_confirmed(ground: ConfirmationGround) -> Status:
    """An order that is paid at the door waits to be begun; any other is being processed."""
    return Status.PENDING if ground is ConfirmationGround.CASH_ON_DELIVERY else Status.PROCESSING


def evolve(order: Order | None, event: OrderEvent) -> Order:
    """Applies what happened."""
    match event:
        case OrderPlaced(at=at):
            return Order(placed=event, status=Status.PENDING_PAYMENT, updated_at=at)
        case _ if order is None:
            raise ValueError(f"{event.topic} came before the order was placed")
        case OrderConfirmed(ground=ground, at=at):
            return replace(order, status=status_once_confirmed(ground), updated_at=at)
        case OrderCancelled(by=by, reason=reason, at=at):
            return replace(order, status=Status.CANCELLED, cancelled_by=by, cancel_reason=reason, updated_at=at)
        case _:
            assert_never(event)


ORDERS: Category[Order, OrderEvent] = Category(
    name="order",
    family=Family.ORDERS,
    events=(OrderPlaced, OrderConfirmed, OrderCancelled),
    state=Order,
    evolve=evolve,
    key=lambda order: order.placed.order_id,
)
