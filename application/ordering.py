"""Commands on orders; checkout is one atomic append over cart, stocks, order and payment."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from application.access import acting_account, require_version
from application.basket import pick_cart, pick_items
from application.payments import require_the_shop
from application.policy import ShopPolicy
from application.ports.commands import Command, Result, Touched, touching
from application.ports.work import Work
from domain.accounts.events import Role
from domain.catalogue.product import PRODUCTS
from domain.inventory.stock import STOCKS
from domain.ordering.events import OrderEvent, OrderLine
from domain.ordering.order import ORDERS, Order, place
from domain.payments.events import ALL_METHODS, Method
from domain.payments.payment import PAYMENTS, request
from domain.promotions.pricing import quote
from domain.shared.actor import Actor
from domain.shared.identifiers import (
    AccountId,
    CartId,
    OrderId,
    PaymentId,
    ProductId,
    open_cart_of,
    payment_of,
    stock_of,
)
from domain.shared.money import Money
from domain.shared.refusal import NotFound
from domain.shared.sealed import Sealed
from domain.shopping.cart import CARTS
from domain.shopping.events import RestoredItem


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
    """The whole order after a change; the address stays sealed."""

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
    shipping_address: Sealed | None
    cancelled_by: Actor | None
    cancel_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class OpenAttempt(msgspec.Struct, frozen=True, kw_only=True):
    payment_id: PaymentId
    key: UUID
    amount: Money


class ExpiryKept(Result, frozen=True, kw_only=True):
    """What became of the expiry. Where an attempt is open nothing did: it has to be voided at the provider first."""

    order_id: OrderId
    expired: bool
    open_attempt: OpenAttempt | None


class Checkout(Command, frozen=True, kw_only=True):
    """Buys the actor's cart, or `items` without touching the cart."""

    name: ClassVar[str] = "ordering.checkout"
    order_id: OrderId
    cart_id: CartId | None = None
    """Where given, must be the actor's own cart."""
    items: tuple[Item, ...] | None = None
    shipping_address: Sealed | None = None

    def streams(self) -> Touched:
        items = self.items or ()
        products = (touching(PRODUCTS, item.product_id) for item in items)
        stocks = (touching(STOCKS, stock_of(item.product_id)) for item in items)
        return tuple(one for many in (*products, *stocks) for one in many)


class CancelOrder(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "ordering.cancel-order"
    order_id: OrderId
    reason: str
    expected_version: int | None = None

    def streams(self) -> Touched:
        return _order_and_payment(self.order_id)


class ExpireOrder(Command, frozen=True, kw_only=True):
    """The payment window has passed. Due; says which open attempt is to be voided at the provider before."""

    name: ClassVar[str] = "ordering.expire-order"
    order_id: OrderId

    def streams(self) -> Touched:
        return _order_and_payment(self.order_id)


def checkout(command: Checkout, work: Work, *, policy: ShopPolicy) -> OrderKept:
    buyer = acting_account(work, Role.BUYER)
    order_id, cart_id = command.order_id, open_cart_of(buyer.id)
    if command.cart_id not in {None, cart_id}:
        raise NotFound("There is no such cart.")
    if command.items is None:
        picks = pick_cart(work, order_id, cart_id)
        work.record(CARTS, cart_id, work.get(CARTS, cart_id).check_out(order_id))
    else:
        picks = pick_items(work, order_id, ((item.product_id, item.quantity) for item in command.items))
    sales, nothing = [pick.sale for pick in picks], Money.zero(policy.currency)
    placed = place(
        order_id,
        buyer_id=buyer.id,
        quote=quote(sales, discount=nothing, tax_rate=policy.tax_rate, tax_inclusive=policy.tax_inclusive),
        tax_inclusive=policy.tax_inclusive,
        from_cart=command.items is None,
        shipping_address=command.shipping_address,
        pay_before=work.now + policy.payment_window,
        at=work.now,
    )
    work.record(ORDERS, order_id, placed)
    for pick in picks:
        work.record(STOCKS, stock_of(pick.sale.product_id), pick.reservation)
    order = work.get(ORDERS, order_id)
    if order.awaits_payment:
        asked = request(order_id=order_id, buyer_id=buyer.id, amount=order.placed.payable, at=work.now)
        work.record(PAYMENTS, order.placed.payment_id, asked)
    return _kept(work, order)


def cancel_order(command: CancelOrder, work: Work) -> OrderStands:
    """For the buyer and for admins."""
    account = acting_account(work, Role.BUYER, Role.ADMIN)
    order = work.find(ORDERS, command.order_id)
    if order is None or (account.role is not Role.ADMIN and order.placed.buyer_id != account.id):
        raise NotFound("There is no such order.")
    require_version(work, command.order_id, command.expected_version)
    _end(work, order, order.cancel(by=work.actor, reason=command.reason, at=work.now), reason=command.reason)
    return _stands(work, work.get(ORDERS, command.order_id))


def expire_order(command: ExpireOrder, work: Work) -> ExpiryKept:
    """For the shop itself. What the order held is for sale again, and back in the cart it came from."""
    require_the_shop(work)
    order = work.get(ORDERS, command.order_id)
    cancelled = order.expire(by=work.actor, at=work.now)
    payment = work.get(PAYMENTS, order.placed.payment_id)
    attempt = payment.attempts.open
    if attempt is not None:
        open_attempt = OpenAttempt(payment_id=payment.id, key=attempt.key, amount=payment.amount)
        return ExpiryKept(order_id=command.order_id, expired=False, open_attempt=open_attempt)
    _end(work, order, cancelled, reason="Not paid in time.")
    if order.placed.from_cart:
        cart_id = open_cart_of(order.placed.buyer_id)
        lines = order.placed.lines
        back = [RestoredItem(product_id=line.product_id, quantity=line.quantity, price=line.price) for line in lines]
        work.record(CARTS, cart_id, work.get(CARTS, cart_id).restore(command.order_id, back))
    return ExpiryKept(order_id=command.order_id, expired=True, open_attempt=None)


def _order_and_payment(order_id: OrderId) -> Touched:
    return (*touching(ORDERS, order_id), *touching(PAYMENTS, payment_of(order_id)))


def _end(work: Work, order: Order, cancelled: Sequence[OrderEvent], *, reason: str) -> None:
    """The order is over: its stock is for sale again, its money goes back or is asked for no more."""
    placed = order.placed
    work.record(ORDERS, placed.order_id, cancelled)
    for stock in work.find_all(STOCKS, [stock_of(line.product_id) for line in placed.lines]):
        if stock is not None:
            work.record(STOCKS, stock_of(stock.product_id), stock.release(placed.order_id))
    payment = work.find(PAYMENTS, placed.payment_id)
    if payment is not None:
        work.record(PAYMENTS, payment.id, payment.cancel(reason=reason, by=work.actor, at=work.now))


def _kept(work: Work, order: Order) -> OrderKept:
    placed = order.placed
    return OrderKept(
        order_id=placed.order_id,
        order_number=placed.order_number,
        payment_id=placed.payment_id,
        status=order.status,
        original=placed.original,
        discount=placed.discount,
        tax=placed.tax,
        payable=placed.payable,
        payment_options=ALL_METHODS if order.awaits_payment else (),
        pay_before=placed.pay_before,
        version=work.version(placed.order_id),
    )


def _stands(work: Work, order: Order) -> OrderStands:
    placed = order.placed
    return OrderStands(
        order_id=placed.order_id,
        order_number=placed.order_number,
        buyer_id=placed.buyer_id,
        payment_id=placed.payment_id,
        status=order.status,
        lines=placed.lines,
        original=placed.original,
        discount=placed.discount,
        tax=placed.tax,
        payable=placed.payable,
        pay_before=placed.pay_before,
        shipping_address=placed.shipping_address,
        cancelled_by=order.cancelled_by,
        cancel_reason=order.cancel_reason,
        version=work.version(placed.order_id),
        created_at=placed.at,
        updated_at=order.updated_at,
    )
