"""Commands on orders; checkout is one atomic append over cart, stocks, order and payment."""

from datetime import datetime
from typing import ClassVar

import msgspec

from application.ports.commands import Command, Result
from domain.ordering.events import OrderLine
from domain.payments.events import Method
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, CartId, OrderId, PaymentId, ProductId
from domain.shared.money import Money
from domain.shared.sealed import Sealed


class Item(msgspec.Struct, frozen=True, kw_only=True):
    product_id: ProductId
    quantity: int


class OrderKept(Result, frozen=True, kw_only=True):
    """What checkout answers."""

    order_id: OrderId
    order_number: str
    payment_id: PaymentId
    status: str
    original: Money
    discount: Money
    tax: Money
    payable: Money
    payment_options: tuple[Method, ...]
    pay_before: datetime | None
    version: int


class OrderStands(Result, frozen=True, kw_only=True):
    """The whole order after a change, but for personal data."""

    order_id: OrderId
    order_number: str
    buyer_id: AccountId
    payment_id: PaymentId
    status: str
    lines: tuple[OrderLine, ...]
    original: Money
    discount: Money
    tax: Money
    payable: Money
    pay_before: datetime | None
    cancelled_by: Actor | None
    cancel_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class Checkout(Command, frozen=True, kw_only=True):
    """Buys the actor's cart, or `items` without touching the cart."""

    name: ClassVar[str] = "ordering.checkout"
    order_id: OrderId
    cart_id: CartId | None = None
    """Where given, must be the actor's own cart."""
    items: tuple[Item, ...] | None = None
    shipping_address: Sealed | None = None


class CancelOrder(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "ordering.cancel-order"
    order_id: OrderId
    reason: str


class ExpireOrder(Command, frozen=True, kw_only=True):
    """The payment window has passed. Due; carried out after open attempts were voided at the provider."""

    name: ClassVar[str] = "ordering.expire-order"
    order_id: OrderId
