"""Figures of the shop as clients see them."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import field

from api.answers import View
from domain.accounts.events import Role
from domain.shared.money import Money
from projections.sales_queries import Interval, MoneyRow, ProductSales, SalesRow, Span, TopBy


class Spanned(View, frozen=True, kw_only=True):
    """Of what begins in `from` ≤ t < `to`."""

    since: datetime = field(name="from")
    until: datetime = field(name="to")


class ByInterval(Spanned, frozen=True, kw_only=True):
    interval: Interval
    currency: str


class SalesPoint(View, frozen=True, kw_only=True):
    """One interval. `sold` is what buyers pay for what was confirmed in it, `returned` what was given up of such."""

    start: datetime
    orders: int
    units: int
    sold: Decimal
    discount: Decimal
    tax: Decimal
    returned_units: int
    returned: Decimal
    net: Decimal


class SalesView(ByInterval, frozen=True, kw_only=True):
    items: list[SalesPoint]
    orders: int
    units: int
    sold: Decimal
    returned: Decimal
    net: Decimal


class RevenuePoint(View, frozen=True, kw_only=True):
    """For admins the money that came in and went back; for sellers what they sold and what was given up of it."""

    start: datetime
    received: Decimal
    refunded: Decimal
    net: Decimal


class RevenueView(ByInterval, frozen=True, kw_only=True):
    items: list[RevenuePoint]
    received: Decimal
    refunded: Decimal
    net: Decimal


class TopProduct(View, frozen=True, kw_only=True):
    product_id: UUID
    name: str | None
    units: int
    sold: Decimal
    returned_units: int
    returned: Decimal
    net: Decimal


class TopProductsView(Spanned, frozen=True, kw_only=True):
    by: TopBy
    currency: str
    items: list[TopProduct]


class OrdersPoint(View, frozen=True, kw_only=True):
    """Orders placed, confirmed and cancelled; a parcel of each seller counts as shipped and delivered."""

    start: datetime
    placed: int
    confirmed: int
    shipped: int
    delivered: int
    cancelled: int


class OrdersView(ByInterval, frozen=True, kw_only=True):
    items: list[OrdersPoint]
    placed: int
    confirmed: int
    shipped: int
    delivered: int
    cancelled: int
    average_order_value: Decimal
    """Of what was confirmed; zero where nothing was."""


class RoleCount(View, frozen=True, kw_only=True):
    role: Role
    accounts: int
    registered: int
    """Of them, in the span."""


class UsersView(Spanned, frozen=True, kw_only=True):
    items: list[RoleCount]
    accounts: int
    registered: int


def sales_view(span: Span, rows: list[SalesRow], currency: str) -> SalesView:
    points = [
        SalesPoint(
            start=row.start,
            orders=row.confirmed,
            units=row.sold_units,
            sold=_major(row.sold, currency),
            discount=_major(row.discount, currency),
            tax=_major(row.tax, currency),
            returned_units=row.returned_units,
            returned=_major(row.returned, currency),
            net=_major(row.sold - row.returned, currency),
        )
        for row in rows
    ]
    sold, returned = sum(row.sold for row in rows), sum(row.returned for row in rows)
    return SalesView(
        items=points,
        orders=sum(row.confirmed for row in rows),
        units=sum(row.sold_units for row in rows),
        sold=_major(sold, currency),
        returned=_major(returned, currency),
        net=_major(sold - returned, currency),
        **_head(span, currency),
    )


def revenue_view(span: Span, rows: list[MoneyRow], currency: str) -> RevenueView:
    received, refunded = sum(row.received for row in rows), sum(row.refunded for row in rows)
    points = [
        RevenuePoint(
            start=row.start,
            received=_major(row.received, currency),
            refunded=_major(row.refunded, currency),
            net=_major(row.received - row.refunded, currency),
        )
        for row in rows
    ]
    return RevenueView(
        items=points,
        received=_major(received, currency),
        refunded=_major(refunded, currency),
        net=_major(received - refunded, currency),
        **_head(span, currency),
    )


def top_view(span: Span, by: TopBy, rows: list[ProductSales], currency: str) -> TopProductsView:
    items = [
        TopProduct(
            product_id=row.product_id,
            name=row.name,
            units=row.sold_units,
            sold=_major(row.sold, currency),
            returned_units=row.returned_units,
            returned=_major(row.returned, currency),
            net=_major(row.sold - row.returned, currency),
        )
        for row in rows
    ]
    return TopProductsView(since=span.since, until=span.until, by=by, currency=currency, items=items)


def orders_view(span: Span, rows: list[SalesRow], currency: str) -> OrdersView:
    counts = ("placed", "confirmed", "shipped", "delivered", "cancelled")
    confirmed, sold = sum(row.confirmed for row in rows), sum(row.sold for row in rows)
    return OrdersView(
        items=[OrdersPoint(start=row.start, **{name: getattr(row, name) for name in counts}) for row in rows],
        average_order_value=_major((sold + confirmed // 2) // confirmed if confirmed else 0, currency),
        **{name: sum(getattr(row, name) for row in rows) for name in counts},
        **_head(span, currency),
    )


def _head(span: Span, currency: str) -> dict[str, Any]:
    return {"since": span.since, "until": span.until, "interval": span.interval, "currency": currency}


def _major(minor: int, currency: str) -> Decimal:
    return Money(minor, currency).major()
