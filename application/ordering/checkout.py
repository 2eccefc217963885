"""Checkout: one atomic append over cart, stocks, coupon, order and payment."""

from datetime import datetime
from typing import ClassVar

import msgspec

from application.access import acting_account
from application.basket import Pick, pick_cart, pick_items, tax_rates
from application.policy import ShopPolicy
from application.ports.commands import Command, Result, Touched, touching
from application.ports.work import Work
from application.promotions import coupon_named
from domain.accounts.address_book import ADDRESS_BOOKS, AddressBook, UnknownAddress
from domain.accounts.events import Role
from domain.catalogue.product import PRODUCTS
from domain.inventory.stock import STOCKS
from domain.ordering.order import ORDERS, Order
from domain.ordering.placing import place
from domain.payments.events import ALL_METHODS, Method
from domain.payments.payment import PAYMENTS, request
from domain.promotions.coupon import COUPONS
from domain.promotions.coupon_code import coupon_id_of
from domain.promotions.pricing import Discount, quote
from domain.shared.identifiers import (
    AccountId,
    AddressId,
    CartId,
    OrderId,
    PaymentId,
    ProductId,
    address_book_of,
    open_cart_of,
    stock_of,
)
from domain.shared.money import Money
from domain.shared.refusal import NotFound, Violation
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
    address_id: AddressId | None = None
    """Of the actor's address book, instead; without either its default, if there is one."""
    coupon_code: str | None = None
    """As the buyer wrote it."""

    def streams(self) -> Touched:
        items = self.items or ()
        products = (touching(PRODUCTS, item.product_id) for item in items)
        stocks = (touching(STOCKS, stock_of(item.product_id)) for item in items)
        coupon_id = self.coupon_code and coupon_id_of(self.coupon_code)
        coupons = (touching(COUPONS, coupon_id),) if coupon_id else ()
        return tuple(one for many in (*products, *stocks, *coupons) for one in many)


def checkout(command: Checkout, work: Work, *, policy: ShopPolicy) -> OrderKept:
    buyer = acting_account(work, Role.BUYER)
    order_id, picks = command.order_id, _pick(command, work, buyer.id, policy)
    sales = [pick.sale for pick in picks]
    coupon = None if command.coupon_code is None else coupon_named(work, command.coupon_code)
    discount = Discount(Money.zero(policy.currency))
    if coupon is not None:
        work.record(COUPONS, coupon.id, coupon.redeem(order_id, customer=buyer.id, at=work.now))
        discount = coupon.terms.discount_on(sales)
    placed = place(
        order_id,
        buyer_id=buyer.id,
        quote=quote(sales, discount=discount, tax_inclusive=policy.tax_inclusive),
        tax_inclusive=policy.tax_inclusive,
        from_cart=command.items is None,
        shipping_address=_destination(command, work, buyer.id),
        pay_before=work.now + policy.payment_window,
        at=work.now,
        coupon=coupon,
    )
    work.record(ORDERS, order_id, placed)
    for pick in picks:
        work.record(STOCKS, stock_of(pick.sale.product_id), pick.reservation)
    order = work.get(ORDERS, order_id)
    if order.awaits_payment:
        asked = request(order_id=order_id, buyer_id=buyer.id, amount=order.placed.payable, at=work.now)
        work.record(PAYMENTS, order.placed.payment_id, asked)
    return _kept(work, order)


def _destination(command: Checkout, work: Work, buyer: AccountId) -> Sealed | None:
    """A copy that the order keeps, whatever becomes of the address book. Raises UnknownAddress."""
    if command.shipping_address is not None:
        return command.shipping_address
    book = work.find(ADDRESS_BOOKS, address_book_of(buyer)) or AddressBook(id=address_book_of(buyer), account_id=buyer)
    try:
        return book.copy_of(command.address_id)
    except UnknownAddress as refusal:
        at_fault = Violation(pointer="/addressId", message=refusal.detail)
        raise UnknownAddress(refusal.detail, violations=(at_fault,)) from None


def _pick(command: Checkout, work: Work, buyer: AccountId, policy: ShopPolicy) -> tuple[Pick, ...]:
    """What is bought; a cart is empty from then on."""
    cart_id, rate_of = open_cart_of(buyer), tax_rates(work, policy)
    if command.cart_id not in {None, cart_id}:
        raise NotFound("There is no such cart.")
    if command.items is not None:
        items = ((item.product_id, item.quantity) for item in command.items)
        return pick_items(work, command.order_id, items, rate_of=rate_of)
    picks = pick_cart(work, command.order_id, cart_id, rate_of=rate_of)
    work.record(CARTS, cart_id, work.get(CARTS, cart_id).check_out(command.order_id))
    return picks


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
