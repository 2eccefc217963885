"""Orders that end before their time: cancelled by somebody, or not paid in time."""

from collections.abc import Mapping, Sequence
from typing import ClassVar
from uuid import UUID

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from application.access import require_the_shop, require_version
from application.ordering.concerned import order_and_payment, order_for
from application.ordering.fulfilment import collect_at_the_door
from application.ordering.results import OrderStands, standing
from application.ports.commands import Command, Result, Touched
from application.ports.work import Work
from domain.accounts.events import Role
from domain.inventory.stock import STOCKS
from domain.ordering.events import OrderEvent, OrderPlaced
from domain.ordering.order import ORDERS, Order
from domain.ordering.progress import Status
from domain.payments.events import PaymentEvent
from domain.payments.following import give_back_part, reduce
from domain.payments.payment import PAYMENTS, Payment
from domain.promotions.coupon import COUPONS
from domain.shared.identifiers import AccountId, OrderId, PaymentId, open_cart_of, stock_of
from domain.shared.money import Money
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
        return order_and_payment(self.order_id)


class ExpireOrder(Command, frozen=True, kw_only=True):
    """The payment window has passed. Due; says which open attempt is to be voided at the provider before."""

    name: ClassVar[str] = "ordering.expire-order"
    order_id: OrderId

    def streams(self) -> Touched:
        return order_and_payment(self.order_id)


def cancel_order(command: CancelOrder, work: Work) -> OrderStands:
    """For the buyer and for admins, all that is not shipped yet; for a seller, its own lines."""
    order, seller = order_for(work, command.order_id, *Role)
    require_version(work, command.order_id, command.expected_version)
    cancelled = order.cancel(seller=seller, by=work.actor, reason=command.reason, at=work.now)
    _give_up(work, order, cancelled, reason=command.reason)
    stands = standing(work, work.get(ORDERS, command.order_id), seller=seller)
    return stands if seller is None else replace(stands, cancelled_by=work.actor, cancel_reason=command.reason)


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
    _give_up(work, order, cancelled, reason="Not paid in time.")
    if order.placed.from_cart:
        cart_id = open_cart_of(order.placed.buyer_id)
        lines = order.live_lines
        back = [RestoredItem(product_id=line.product_id, quantity=line.quantity, price=line.price) for line in lines]
        work.record(CARTS, cart_id, work.get(CARTS, cart_id).restore(command.order_id, back))
    return ExpiryKept(order_id=command.order_id, expired=True, open_attempt=None)


def _give_up(work: Work, order: Order, cancelled: Sequence[OrderEvent], *, reason: str) -> None:
    """What was cancelled is for sale again; its money goes back, or is asked for no more.

    With the last of an order its coupon can be used again.
    """
    placed = order.placed
    work.record(ORDERS, placed.order_id, cancelled)
    after = work.get(ORDERS, placed.order_id)
    gone = [line for line in order.live_lines if not after.progress.is_live(line.seller_id)]
    for stock in work.find_all(STOCKS, [stock_of(line.product_id) for line in gone]):
        if stock is not None:
            work.record(STOCKS, stock_of(stock.product_id), stock.release(placed.order_id))
    payment = work.find(PAYMENTS, placed.payment_id)
    if payment is not None:
        sellers = dict.fromkeys(line.seller_id for line in gone)
        shares = {seller: order.share_of(seller) for seller in sellers}
        work.record(PAYMENTS, payment.id, _less_money(work, payment, after, shares, reason=reason))
        collect_at_the_door(work, placed.order_id)
    if after.status is Status.CANCELLED:
        _give_coupon_back(work, placed)


def _less_money(
    work: Work, payment: Payment, order: Order, shares: Mapping[AccountId, Money], *, reason: str
) -> tuple[PaymentEvent, ...]:
    """Of an order that is over, all that is left; of a part, what was paid for it, or is now to be paid less."""
    by, at = work.actor, work.now
    if order.status is Status.CANCELLED:
        return payment.cancel(reason=reason, by=by, at=at)
    if payment.paid_by is None:
        return reduce(payment, to=order.payable, reason=reason, by=by, at=at)
    back = list[PaymentEvent]()
    for seller, share in shares.items():
        back += give_back_part(payment, seller=seller, share=share, reason=reason, by=by, at=at)
    return tuple(back)


def _give_coupon_back(work: Work, placed: OrderPlaced) -> None:
    """The order uses its coupon no more, if it used one."""
    coupon = None if placed.coupon_id is UNSET else work.find(COUPONS, placed.coupon_id)
    if coupon is not None:
        work.record(COUPONS, coupon.id, coupon.give_back(placed.order_id, at=work.now))
