"""How an order begins: the lines, what they come to, and until when it can be paid."""

from datetime import datetime

from msgspec import UNSET

from domain.ordering.events import ConfirmationGround, OrderConfirmed, OrderEvent, OrderPlaced
from domain.ordering.number import order_number
from domain.promotions.coupon import Coupon
from domain.promotions.pricing import Quote
from domain.shared.identifiers import AccountId, OrderId, payment_of
from domain.shared.refusal import Refusal
from domain.shared.sealed import Sealed

MAX_LINES = 1_000


class OrderEmpty(Refusal):
    """An order has at least one line."""

    code = "order-empty"


class TooManyLines(Refusal):
    """An order has at most 1,000 lines."""

    code = "too-many-lines"


def place(  # noqa: PLR0913 - what an order is
    order_id: OrderId,
    *,
    buyer_id: AccountId,
    quote: Quote,
    tax_inclusive: bool,
    from_cart: bool,
    shipping_address: Sealed | None,
    pay_before: datetime,
    at: datetime,
    coupon: Coupon | None = None,
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
        coupon_id=coupon.id if coupon else UNSET,
        coupon_code=coupon.code if coupon else UNSET,
    )
    if free:
        return placed, OrderConfirmed(order_id=order_id, ground=ConfirmationGround.NOTHING_TO_PAY, at=at)
    return (placed,)
