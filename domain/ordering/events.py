"""What happens to an order."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import msgspec
from msgspec import UNSET, UnsetType

from domain.shared.actor import Actor
from domain.shared.event import Event
from domain.shared.identifiers import AccountId, CouponId, OrderId, PaymentId, ProductId
from domain.shared.money import Money
from domain.shared.sealed import Sealed


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """One product as it was sold. Amounts are for the whole line, prices for one unit."""

    product_id: ProductId
    seller_id: AccountId
    name: str
    quantity: int
    price: Money
    """Effective price of one unit at the instant of placing."""
    original: Money
    """quantity times price."""
    discount: Money
    """The line's share of the order's discount."""
    tax: Money
    """Added to the line, or contained in it where taxes are inclusive."""
    payable: Money
    """What the buyer pays for the line."""
    tax_rate: int | UnsetType = UNSET
    """Basis points; absent from lines sold before there were rates of their own."""


class OrderPlaced(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "ordering.order-placed"
    order_id: OrderId
    order_number: str
    buyer_id: AccountId
    payment_id: PaymentId
    lines: tuple[OrderLine, ...]
    original: Money
    discount: Money
    tax: Money
    tax_inclusive: bool
    payable: Money
    """Sum of the lines' payable."""
    from_cart: bool
    """False where the buyer named the items; then there is no cart to restore."""
    shipping_address: Sealed | None
    """The address as JSON, sealed for the buyer."""
    pay_before: datetime | None
    """None where there is nothing to pay."""
    at: datetime
    coupon_id: CouponId | UnsetType = UNSET
    """Of the coupon that gave the discount; absent where none was used."""
    coupon_code: str | UnsetType = UNSET
    """As its creator wrote it."""


class ConfirmationGround(StrEnum):
    PAID = "paid"
    CASH_ON_DELIVERY = "cash-on-delivery"
    NOTHING_TO_PAY = "nothing-to-pay"


class OrderConfirmed(Event, frozen=True, kw_only=True):
    """The order is being processed."""

    topic: ClassVar[str] = "ordering.order-confirmed"
    order_id: OrderId
    ground: ConfirmationGround
    at: datetime


class OrderLinesBegun(Event, frozen=True, kw_only=True):
    """A seller has begun with its lines, which are to be paid at the door."""

    topic: ClassVar[str] = "ordering.order-lines-begun"
    order_id: OrderId
    seller_id: AccountId
    product_ids: tuple[ProductId, ...]
    """Of the seller's lines, all of them."""
    at: datetime


class OrderLinesShipped(Event, frozen=True, kw_only=True):
    """A seller's lines are on their way; they cannot be cancelled any more."""

    topic: ClassVar[str] = "ordering.order-lines-shipped"
    order_id: OrderId
    seller_id: AccountId
    product_ids: tuple[ProductId, ...]
    """Of the seller's lines, all of them."""
    at: datetime


class OrderLinesDelivered(Event, frozen=True, kw_only=True):
    """A seller's lines have arrived."""

    topic: ClassVar[str] = "ordering.order-lines-delivered"
    order_id: OrderId
    seller_id: AccountId
    product_ids: tuple[ProductId, ...]
    """Of the seller's lines, all of them."""
    at: datetime


class OrderLinesCancelled(Event, frozen=True, kw_only=True):
    """A seller's lines are given up, and others go on: what ends the order is its cancellation."""

    topic: ClassVar[str] = "ordering.order-lines-cancelled"
    order_id: OrderId
    seller_id: AccountId
    product_ids: tuple[ProductId, ...]
    """Of the seller's lines, all of them."""
    by: Actor
    reason: str
    at: datetime


class OrderCancelled(Event, frozen=True, kw_only=True):
    """Every line that was live is given up, and nothing goes on."""

    topic: ClassVar[str] = "ordering.order-cancelled"
    order_id: OrderId
    by: Actor
    reason: str
    at: datetime


class OrderDeleted(Event, frozen=True, kw_only=True):
    """Its owner need not see it any more. It goes on all the same: it expires, and its money goes back."""

    topic: ClassVar[str] = "ordering.order-deleted"
    order_id: OrderId
    by: Actor
    at: datetime


class OrderRestored(Event, frozen=True, kw_only=True):
    """It is in sight again."""

    topic: ClassVar[str] = "ordering.order-restored"
    order_id: OrderId
    by: Actor
    at: datetime


OrderEvent = (
    OrderPlaced
    | OrderConfirmed
    | OrderLinesBegun
    | OrderLinesShipped
    | OrderLinesDelivered
    | OrderLinesCancelled
    | OrderCancelled
    | OrderDeleted
    | OrderRestored
)
