"""The rows of reports, out of the read models of sales, orders and accounts, as of one moment."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, assert_never

from psycopg.rows import tuple_row

from application.ports.reports import Row
from domain.reporting.events import Question, ReportKind
from domain.shared.identifiers import ReportId
from domain.shared.money import Money
from projections import bulk
from projections.account_queries import account_counts
from projections.projection import Connection
from projections.sales_queries import Interval, ProductSales, SalesRow, Span, TopBy, money, sales, top_products

AT_ONCE: Final = 1_000
"""Rows."""
MOST_PRODUCTS: Final = 500_001
"""One more than a report may have: then it is refused as too large, and not by the end of memory."""
SOURCES: Final[Mapping[ReportKind, tuple[str, ...]]] = {
    ReportKind.SALES: ("sales",),
    ReportKind.REVENUE: ("sales",),
    ReportKind.TOP_PRODUCTS: ("sales", "catalogue"),
    ReportKind.USERS: ("accounts",),
    ReportKind.ORDERS: ("sales",),
    ReportKind.ORDER_LINES: ("order_history",),
}
"""The read models that the figures come from."""

_REACHED = """
SELECT p.name, p.live_schema,
       (SELECT min(t.position) FROM till.passed t WHERE t.schema_name = p.live_schema)
         >= (SELECT e.notification_id FROM till.stored_events e WHERE e.originator_id = %b AND e.originator_version = 1)
  FROM till.projection p WHERE p.name = ANY(%b::text[])
"""
_LINES = """
SELECT o.id, o.order_number, o.created_at, l.line_no, s.status, l.product_id, l.name, l.seller_id, l.quantity,
       l.price, l.discount, l.tax, l.payable, o.currency
  FROM {orders}.orders o
  JOIN {orders}.order_line l ON l.order_id = o.id
  JOIN {orders}.order_seller s ON s.order_id = o.id AND s.seller_id = l.seller_id
 WHERE o.created_at >= %(since)b AND o.created_at < %(until)b
 ORDER BY o.created_at, o.id, l.line_no
"""


Schemas = Mapping[str, str]
"""Where the read models are, by name."""


async def sources(conn: Connection, report: ReportId, question: Question) -> Schemas | None:
    """What the rows come from; None where it has not got to the moment at which the report was asked for."""
    wanted = SOURCES[question.kind]
    found = await bulk.read(conn, _REACHED, (report, list(wanted)))
    return (
        {name: schema for name, schema, _ in found}
        if sum(bool(reached) for *_, reached in found) == len(wanted)
        else None
    )


async def rows(
    conn: Connection, question: Question, schemas: Schemas, *, currency: str
) -> AsyncGenerator[Sequence[Row], None]:
    """Some at a time, within the caller's transaction, which has to show one moment throughout."""
    if question.kind is ReportKind.ORDER_LINES:
        async for lines in _lines(conn, question, schemas["order_history"]):
            yield lines
        return
    found = await _figures(conn, question, schemas, currency)
    for start in range(0, len(found), AT_ONCE):
        yield found[start : start + AT_ONCE]


async def _figures(conn: Connection, question: Question, schemas: Schemas, currency: str) -> list[Row]:
    span = Span(since=question.since, until=question.until, zone=question.zone, interval=Interval(question.interval))
    match question.kind:
        case ReportKind.SALES:
            return [_sold(row, currency) for row in await sales(conn, span, schema=schemas["sales"])]
        case ReportKind.REVENUE:
            flows = await money(conn, span, schema=schemas["sales"])
            return [(row.start, *_net(row.received, row.refunded, currency), currency) for row in flows]
        case ReportKind.TOP_PRODUCTS:
            places = {"schema": schemas["sales"], "catalogue": schemas["catalogue"]}
            return [
                _product(row, currency)
                for row in await top_products(conn, span, by=TopBy.SALES, limit=MOST_PRODUCTS, **places)
            ]
        case ReportKind.USERS:
            return list(await account_counts(conn, span.since, span.until, accounts=schemas["accounts"]))
        case ReportKind.ORDERS:
            flow = await sales(conn, span, schema=schemas["sales"])
            return [(r.start, r.placed, r.confirmed, r.shipped, r.delivered, r.cancelled) for r in flow]
        case ReportKind.ORDER_LINES:
            raise ValueError("too many to be held at once")
        case _:
            assert_never(question.kind)


async def _lines(conn: Connection, question: Question, orders: str) -> AsyncGenerator[Sequence[Row], None]:
    async with conn.cursor(name="order_lines", row_factory=tuple_row) as cursor:
        values = {"since": question.since, "until": question.until}
        await cursor.execute(_LINES.format(orders=orders), values, binary=True)
        while found := await cursor.fetchmany(AT_ONCE):
            yield [_line(row) for row in found]


def _line(row: tuple[Any, ...]) -> Row:
    *what, price, discount, tax, payable, currency = row
    amounts = (Money(minor, currency).major() for minor in (price, discount, tax, payable))
    return (*what, *amounts, currency)


def _sold(row: SalesRow, currency: str) -> Row:
    sold, returned, net = _net(row.sold, row.returned, currency)
    discount, tax = Money(row.discount, currency).major(), Money(row.tax, currency).major()
    counts = row.start, row.confirmed, row.sold_units
    return (*counts, sold, discount, tax, row.returned_units, returned, net, currency)


def _product(row: ProductSales, currency: str) -> Row:
    sold, returned, net = _net(row.sold, row.returned, currency)
    return row.product_id, row.name, row.sold_units, sold, row.returned_units, returned, net, currency


def _net(came: int, went: int, currency: str) -> tuple[Decimal, Decimal, Decimal]:
    """What came, what went, and what is left of it."""
    return Money(came, currency).major(), Money(went, currency).major(), Money(came - went, currency).major()
