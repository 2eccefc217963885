"""Questions to the read model of sales: by interval of the store's calendar, by product, in all."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from domain.shared.identifiers import AccountId, ProductId
from projections import bulk
from projections.projection import Connection
from projections.sales_tally import WHOLE_SHOP


class Interval(StrEnum):
    DAY = "day"
    WEEK = "week"
    """From Monday."""
    MONTH = "month"


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Quarters of an hour that begin in `since` ≤ t < `until`, of one seller's lines or of all."""

    since: datetime
    until: datetime
    zone: str
    """IANA name of the time zone whose days, weeks and months count."""
    interval: Interval
    seller: AccountId | None = None


class SalesRow(msgspec.Struct, frozen=True):
    """What happened in an interval; amounts in minor units."""

    start: datetime
    sold_units: int
    sold: int
    discount: int
    tax: int
    returned_units: int
    returned: int
    placed: int
    confirmed: int
    shipped: int
    delivered: int
    cancelled: int


class ProductSales(msgspec.Struct, frozen=True):
    product_id: ProductId
    name: str | None
    """None where the catalogue does not know it (yet)."""
    sold_units: int
    sold: int
    returned_units: int
    returned: int


class MoneyRow(msgspec.Struct, frozen=True):
    """What came in and what went back; amounts in minor units."""

    start: datetime
    received: int
    refunded: int


class TopBy(StrEnum):
    UNITS = "units"
    SALES = "sales"


_STARTS = """generate_series(date_trunc(%(interval)b::text, %(since)b AT TIME ZONE %(zone)b),
        %(until)b AT TIME ZONE %(zone)b - interval '1 microsecond',
        ('1 ' || %(interval)b::text)::interval) AS g (local)"""
_LOCAL = "date_trunc(%(interval)b::text, {table}.quarter AT TIME ZONE %(zone)b)"
_SALES = f"""
SELECT g.local AT TIME ZONE %(zone)b, coalesce(p.sold_units, 0)::bigint, coalesce(p.sold, 0)::text,
       coalesce(p.discount, 0)::text, coalesce(p.tax, 0)::text, coalesce(p.returned_units, 0)::bigint,
       coalesce(p.returned, 0)::text, coalesce(f.placed, 0)::bigint, coalesce(f.confirmed, 0)::bigint,
       coalesce(f.shipped, 0)::bigint, coalesce(f.delivered, 0)::bigint, coalesce(f.cancelled, 0)::bigint
  FROM {_STARTS}
  LEFT JOIN (
      SELECT {_LOCAL.format(table="s")} AS local, sum(sold_units) AS sold_units, sum(sold) AS sold,
             sum(discount) AS discount, sum(tax) AS tax, sum(returned_units) AS returned_units,
             sum(returned) AS returned
        FROM {{sales}}.product_sales s
       WHERE s.quarter >= %(since)b AND s.quarter < %(until)b {{own}} GROUP BY 1
  ) AS p ON p.local = g.local
  LEFT JOIN (
      SELECT {_LOCAL.format(table="o")} AS local, sum(placed) AS placed, sum(confirmed) AS confirmed,
             sum(shipped) AS shipped, sum(delivered) AS delivered, sum(cancelled) AS cancelled
        FROM {{sales}}.order_flow o
       WHERE o.seller_id = %(who)b AND o.quarter >= %(since)b AND o.quarter < %(until)b GROUP BY 1
  ) AS f ON f.local = g.local
 ORDER BY g.local
"""
_MONEY = f"""
SELECT g.local AT TIME ZONE %(zone)b, coalesce(m.received, 0)::text, coalesce(m.refunded, 0)::text
  FROM {_STARTS}
  LEFT JOIN (
      SELECT {_LOCAL.format(table="f")} AS local, sum(received) AS received, sum(refunded) AS refunded
        FROM {{sales}}.money_flow f WHERE f.quarter >= %(since)b AND f.quarter < %(until)b GROUP BY 1
  ) AS m ON m.local = g.local
 ORDER BY g.local
"""
_TOP = """
SELECT t.product_id, p.name, t.sold_units::bigint, t.sold::text, t.returned_units::bigint, t.returned::text
  FROM (SELECT s.product_id, sum(sold_units) AS sold_units, sum(sold) AS sold,
               sum(returned_units) AS returned_units, sum(returned) AS returned
          FROM {sales}.product_sales s
         WHERE s.quarter >= %(since)b AND s.quarter < %(until)b {own}
         GROUP BY s.product_id ORDER BY {order} DESC, s.product_id LIMIT %(limit)b) AS t
  LEFT JOIN {catalogue}.product p ON p.id = t.product_id
 ORDER BY {outer} DESC, t.product_id
"""
_OWN = "AND s.seller_id = %(who)b"
_NET: dict[TopBy, tuple[str, str]] = {
    TopBy.UNITS: ("sum(sold_units) - sum(returned_units)", "t.sold_units - t.returned_units"),
    TopBy.SALES: ("sum(sold) - sum(returned)", "t.sold - t.returned"),
}


async def sales(conn: Connection, span: Span, *, schema: str) -> list[SalesRow]:
    """Every interval of the span, those without any sale too."""
    rows = await bulk.read(conn, _SALES.format(sales=schema, own=_OWN if span.seller else ""), _values(span))
    return [
        SalesRow(start, units, int(sold), int(discount), int(tax), back, int(returned), *counts)
        for start, units, sold, discount, tax, back, returned, *counts in rows
    ]


async def money(conn: Connection, span: Span, *, schema: str) -> list[MoneyRow]:
    """Every interval of the span, for the whole shop."""
    rows = await bulk.read(conn, _MONEY.format(sales=schema), _values(span))
    return [MoneyRow(start, int(received), int(refunded)) for start, received, refunded in rows]


async def top_products(
    conn: Connection, span: Span, *, by: TopBy, limit: int, schema: str, catalogue: str
) -> list[ProductSales]:
    """Those that sold most, less what was given up."""
    order, outer = _NET[by]
    text = _TOP.format(sales=schema, catalogue=catalogue, own=_OWN if span.seller else "", order=order, outer=outer)
    rows = await bulk.read(conn, text, {**_values(span), "limit": limit})
    return [ProductSales(id_, name, units, int(sold), back, int(gone)) for id_, name, units, sold, back, gone in rows]


def _values(span: Span) -> dict[str, object]:
    who: UUID = span.seller or WHOLE_SHOP
    return {"since": span.since, "until": span.until, "zone": span.zone, "interval": span.interval, "who": who}
