"""What commands on a placed order answer."""

from datetime import datetime

from msgspec import UNSET

from application.ports.commands import Result
from application.ports.work import Work
from domain.ordering.events import OrderLine
from domain.ordering.order import Order
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, OrderId, PaymentId
from domain.shared.money import Money
from domain.shared.sealed import Sealed


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
    line_statuses: tuple[str, ...] = ()
    """In the order of the lines; those of an answer from before lines had a status of their own: the order's."""
    current: Money | None = None
    """What the lines come to that are not cancelled; None in such an answer."""
    deleted_at: datetime | None = None
    coupon_code: str | None = None


def standing(work: Work, order: Order, *, seller: AccountId | None = None) -> OrderStands:
    """For a seller, its own lines and what they come to."""
    placed, progress = order.placed, order.progress
    lines = tuple(line for line in placed.lines if seller in {None, line.seller_id})
    nothing = Money.zero(placed.payable.currency)
    return OrderStands(
        order_id=placed.order_id,
        order_number=placed.order_number,
        buyer_id=placed.buyer_id,
        payment_id=placed.payment_id,
        status=order.status if seller is None else progress.of((seller,)),
        lines=lines,
        original=sum((line.original for line in lines), nothing),
        discount=sum((line.discount for line in lines), nothing),
        tax=sum((line.tax for line in lines), nothing),
        payable=sum((line.payable for line in lines), nothing),
        pay_before=placed.pay_before,
        shipping_address=placed.shipping_address,
        cancelled_by=order.cancelled_by,
        cancel_reason=order.cancel_reason,
        version=work.version(placed.order_id),
        created_at=placed.at,
        updated_at=order.updated_at,
        line_statuses=tuple(progress.parts[line.seller_id] for line in lines),
        coupon_code=None if placed.coupon_code is UNSET else placed.coupon_code,
        current=order.payable if seller is None else order.share_of(seller),
        deleted_at=order.deleted_at,
    )
