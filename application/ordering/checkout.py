"""Checkout: one atomic append over cart, stocks, order and payment."""

from datetime import datetime
from typing import ClassVar

import msgspec

from application.access import acting_account
from application.basket import pick_cart, pick_items
from application.policy import ShopPolicy
from application.ports.commands import Command, Result, Touched, touching
from application.ports.work import Work
from domain.accounts.events import Role
from domain.catalogue.product import PRODUCTS
from domain.inventory.stock import STOCKS
from domain.ordering.order import ORDERS, Order, place
from domain.payments.events import ALL_METHODS, Method
from domain.payments.payment import PAYMENTS, request
from domain.promotions.pricing import quote
from domain.shared.identifiers import CartId, OrderId, PaymentId, ProductId, open_cart_of, stock_of
from domain.shared.money import Money
from domain.shared.refusal import NotFound
from domain.shared.sealed import Sealed
from domain.shopping.cart import CARTS


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
