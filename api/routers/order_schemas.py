"""Orders as clients see them."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from api.answers import View
from application.ordering.results import OrderStands
from domain.ordering.progress import Status
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId
from domain.shared.money import Money
from projections.order_queries import OrderLineRow, OrderRow

EXAMPLE_VIEW: dict[str, object] = {
    "id": "1d3f6c1a-6c2c-5d62-93f3-0a7d1b1c5f11",
    "orderNumber": "T-7Q2K-9M4X",
    "status": "processing",
    "originalAmount": 1750.00,
    "discountAmount": 0.00,
    "tax": 315.00,
    "totalAmount": 2065.00,
    "currentAmount": 2065.00,
    "currency": "INR",
}


class OrderItemView(View, frozen=True, kw_only=True):
    product_id: UUID
    name: str
    seller_id: UUID
    quantity: int
    price_at_purchase: Decimal
    discount: Decimal
    tax: Decimal
    line_total: Decimal
    """What the buyer pays for the line."""
    status: str


class OrderView(View, frozen=True, kw_only=True):
    """For a seller, its own lines: what they come to, and how far they are."""

    id: UUID
    order_number: str
    buyer_id: UUID
    items: list[OrderItemView]
    coupon_code: str | None
    original_amount: Decimal
    discount_amount: Decimal
    tax: Decimal
    total_amount: Decimal
    """As placed."""
    current_amount: Decimal
    """What the items come to that are not cancelled."""
    currency: str
    status: str
    shipping_address: dict[str, str] | None
    cancelled_by: str | None
    """The id of the account, or `system:<name>`."""
    cancel_reason: str | None
    deleted_at: datetime | None
    """Since when its owner need not see it."""
    pay_before: datetime | None
    payment_id: UUID
    version: int
    created_at: datetime
    updated_at: datetime


class OrderPage(View, frozen=True, kw_only=True):
    items: list[OrderView]
    page: int | None
    limit: int
    total: int
    pages: int
    next_cursor: str | None


class HistoryView(View, frozen=True, kw_only=True):
    """One event of an order or its payment."""

    id: str
    """Its position in the log."""
    type: str
    actor: str | None
    """Who caused it: `account:<uuid>` or `system:<name>`."""
    command: str | None
    at: datetime
    reason: str | None


class HistoryPage(View, frozen=True, kw_only=True):
    items: list[HistoryView]
    total: int


def shown(row: OrderRow, address: dict[str, str] | None, *, seller: AccountId | None) -> OrderView:
    amounts = _share(row.lines) if seller else (row.original, row.discount, row.tax, row.payable)
    original, discount, tax, payable = (Money(amount, row.currency).major() for amount in amounts)
    return OrderView(
        id=row.id,
        order_number=row.order_number,
        buyer_id=row.buyer_id,
        items=[_item(line, row) for line in row.lines],
        coupon_code=row.coupon_code,
        original_amount=original,
        discount_amount=discount,
        tax=tax,
        total_amount=payable,
        current_amount=Money(_live(row.lines), row.currency).major(),
        currency=row.currency,
        status=row.status,
        shipping_address=address,
        cancelled_by=row.cancelled_by and _account_of(row.cancelled_by),
        cancel_reason=row.cancel_reason,
        deleted_at=row.deleted_at,
        pay_before=row.pay_before,
        payment_id=row.payment_id,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def stands(kept: OrderStands, address: dict[str, str] | None) -> OrderView:
    """What a command made of an order."""
    return OrderView(
        id=kept.order_id,
        order_number=kept.order_number,
        buyer_id=kept.buyer_id,
        items=[
            OrderItemView(
                product_id=line.product_id,
                name=line.name,
                seller_id=line.seller_id,
                quantity=line.quantity,
                price_at_purchase=line.price.major(),
                discount=line.discount.major(),
                tax=line.tax.major(),
                line_total=line.payable.major(),
                status=status,
            )
            for line, status in zip(kept.lines, kept.line_statuses or [kept.status] * len(kept.lines), strict=True)
        ],
        coupon_code=kept.coupon_code,
        original_amount=kept.original.major(),
        discount_amount=kept.discount.major(),
        tax=kept.tax.major(),
        total_amount=kept.payable.major(),
        current_amount=(kept.current or kept.payable).major(),
        currency=kept.payable.currency,
        status=kept.status,
        shipping_address=address,
        cancelled_by=_who(kept.cancelled_by),
        cancel_reason=kept.cancel_reason,
        deleted_at=kept.deleted_at,
        pay_before=kept.pay_before,
        payment_id=kept.payment_id,
        version=kept.version,
        created_at=kept.created_at,
        updated_at=kept.updated_at,
    )


def _item(line: OrderLineRow, row: OrderRow) -> OrderItemView:
    def major(minor: int) -> Decimal:
        return Money(minor, row.currency).major()

    return OrderItemView(
        product_id=line.product_id,
        name=line.name,
        seller_id=line.seller_id,
        quantity=line.quantity,
        price_at_purchase=major(line.price),
        discount=major(line.discount),
        tax=major(line.tax),
        line_total=major(line.payable),
        status=line.status,
    )


def _live(lines: tuple[OrderLineRow, ...]) -> int:
    return sum(line.payable for line in lines if line.status is not Status.CANCELLED)


def _share(lines: tuple[OrderLineRow, ...]) -> tuple[int, int, int, int]:
    return (
        sum(line.original for line in lines),
        sum(line.discount for line in lines),
        sum(line.tax for line in lines),
        sum(line.payable for line in lines),
    )


def _who(actor: Actor | None) -> str | None:
    return None if actor is None else _account_of(str(actor))


def _account_of(actor: str) -> str:
    """The account's id alone, whether in person or through an API key; others by their kind and name."""
    return actor.removeprefix("account:").partition("/key:")[0]
