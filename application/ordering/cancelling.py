"""Orders that end before their time: cancelled by somebody, or not paid in time."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

import msgspec

from application.access import acting_account, require_the_shop, require_version
from application.ordering.results import OrderStands, standing
from application.ports.commands import Command, Result, Touched, touching
from application.ports.work import Work
from domain.accounts.events import Role
from domain.inventory.stock import STOCKS
from domain.ordering.events import OrderEvent
from domain.ordering.order import ORDERS, Order
from domain.payments.payment import PAYMENTS
from domain.shared.identifiers import OrderId, PaymentId, open_cart_of, payment_of, stock_of
from domain.shared.money import Money
from domain.shared.refusal import NotFound
from domain.shopping.cart import CARTS
from domain.shopping.events import RestoredItem


class OpenAttempt(msgspec.Struct, frozen=True, kw_only=True):
    payment_id: PaymentId
    key: UUID
    amount: Money


class ExpiryKept(Result, frozen=True, kw_only=True):
    """What became of the expiry. Where an attempt is open nothing did: it has to be voided at the provider first."""

    order_id: OrderId
    expired: bool
    open_attempt: OpenAttempt | None


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


def cancel_order(command: CancelOrder, work: Work) -> OrderStands:
    """For the buyer and for admins."""
    account = acting_account(work, Role.BUYER, Role.ADMIN)
    order = work.find(ORDERS, command.order_id)
    if order is None or (account.role is not Role.ADMIN and order.placed.buyer_id != account.id):
        raise NotFound("There is no such order.")
    require_version(work, command.order_id, command.expected_version)
    _end(work, order, order.cancel(by=work.actor, reason=command.reason, at=work.now), reason=command.reason)
    return standing(work, work.get(ORDERS, command.order_id))


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
