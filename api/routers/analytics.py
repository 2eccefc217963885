"""Figures for those who run the shop, and for sellers those of their own lines."""

from typing import Annotated, Any

from fastapi import Query

from api.analytics_schemas import (
    OrdersView,
    RevenueView,
    RoleCount,
    SalesView,
    TopProductsView,
    UsersView,
    orders_view,
    revenue_view,
    sales_view,
    top_view,
)
from api.answers import Answer, json_answer
from api.call import Call
from api.positions import catch_up
from api.routing import Operation, Resource
from api.spans import IntervalQuery, SpanQuery, TopQuery, span_of
from domain.accounts.events import Role
from projections.account_queries import account_counts
from projections.sales_queries import MoneyRow, SalesRow, Span, money, sales, top_products

RESOURCE = Resource("/api/v1/admin/analytics", "ordering")
SELLERS = (Role.SELLER, Role.ADMIN)
SPAN = {"from": "2026-10-31T18:30:00Z", "to": "2026-11-01T18:30:00Z"}
HEAD = {**SPAN, "interval": "day", "currency": "INR"}
START = SPAN["from"]
SUMS: dict[str, Any] = {"orders": 2, "units": 3, "sold": 2362.50, "returned": 787.50, "net": 1575.00}
MONEY = {"received": 2362.50, "refunded": 787.50, "net": 1575.00}
COUNTS = {"placed": 3, "confirmed": 2, "shipped": 1, "delivered": 1, "cancelled": 1}
EXAMPLE_SALES = {
    **HEAD,
    "items": [{"start": START, **SUMS, "discount": 0.00, "tax": 360.38, "returnedUnits": 1}],
    **SUMS,
}
EXAMPLE_REVENUE = {**HEAD, "items": [{"start": START, **MONEY}], **MONEY}
EXAMPLE_TOP = {
    **SPAN,
    "by": "sales",
    "currency": "INR",
    "items": [
        {
            "productId": "6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10",
            "name": "Brass kettle",
            "units": 3,
            "sold": 2362.50,
            "returnedUnits": 1,
            "returned": 787.50,
            "net": 1575.00,
        }
    ],
}
EXAMPLE_ORDERS = {**HEAD, "items": [{"start": START, **COUNTS}], **COUNTS, "averageOrderValue": 1181.25}
EXAMPLE_USERS = {
    **SPAN,
    "items": [{"role": "buyer", "accounts": 216, "registered": 12}],
    "accounts": 216,
    "registered": 12,
}


@RESOURCE.route(
    "GET",
    "/sales",
    Operation(
        summary="What was sold, by day, week or month",
        answer=SalesView,
        roles=SELLERS,
        examples={"response": EXAMPLE_SALES},
    ),
)
async def get_sales(call: Call, query: Annotated[IntervalQuery, Query()]) -> Answer:
    span = span_of(call, query, query.interval)
    return json_answer(sales_view(span, await _sales(call, span), call.services.settings.store_currency))


@RESOURCE.route(
    "GET",
    "/revenue",
    Operation(
        summary="What came in and what went back; a seller's own sales",
        answer=RevenueView,
        roles=SELLERS,
        examples={"response": EXAMPLE_REVENUE},
    ),
)
async def get_revenue(call: Call, query: Annotated[IntervalQuery, Query()]) -> Answer:
    span = span_of(call, query, query.interval)
    rows = await _money(call, span) if span.seller is None else list(map(_as_money, await _sales(call, span)))
    return json_answer(revenue_view(span, rows, call.services.settings.store_currency))


@RESOURCE.route(
    "GET",
    "/top-products",
    Operation(
        summary="The products that sold most",
        answer=TopProductsView,
        roles=SELLERS,
        examples={"response": EXAMPLE_TOP},
    ),
)
async def get_top_products(call: Call, query: Annotated[TopQuery, Query()]) -> Answer:
    span = span_of(call, query)
    await catch_up(call, "sales", "catalogue")
    schema, catalogue = call.schema("sales"), call.schema("catalogue")
    async with call.services.pool.connection() as connection:
        rows = await top_products(connection, span, by=query.by, limit=query.limit, schema=schema, catalogue=catalogue)
    return json_answer(top_view(span, query.by, rows, call.services.settings.store_currency))


@RESOURCE.route(
    "GET",
    "/orders",
    Operation(
        summary="How many orders went how far, and what they were worth",
        answer=OrdersView,
        roles=SELLERS,
        examples={"response": EXAMPLE_ORDERS},
    ),
)
async def get_orders(call: Call, query: Annotated[IntervalQuery, Query()]) -> Answer:
    span = span_of(call, query, query.interval)
    return json_answer(orders_view(span, await _sales(call, span), call.services.settings.store_currency))


@RESOURCE.route(
    "GET",
    "/users",
    Operation(
        summary="How many accounts there are, and how many came",
        answer=UsersView,
        roles=(Role.ADMIN,),
        examples={"response": EXAMPLE_USERS},
    ),
)
async def get_users(call: Call, query: Annotated[SpanQuery, Query()]) -> Answer:
    span = span_of(call, query)
    await catch_up(call, "accounts")
    async with call.services.pool.connection() as connection:
        counted = await account_counts(connection, span.since, span.until, accounts=call.schema("accounts"))
    items = [RoleCount(role=role, accounts=there, registered=came) for role, there, came in counted]
    view = UsersView(
        since=span.since,
        until=span.until,
        items=items,
        accounts=sum(item.accounts for item in items),
        registered=sum(item.registered for item in items),
    )
    return json_answer(view)


async def _sales(call: Call, span: Span) -> list[SalesRow]:
    await catch_up(call, "sales")
    async with call.services.pool.connection() as connection:
        return await sales(connection, span, schema=call.schema("sales"))


async def _money(call: Call, span: Span) -> list[MoneyRow]:
    await catch_up(call, "sales")
    async with call.services.pool.connection() as connection:
        return await money(connection, span, schema=call.schema("sales"))


def _as_money(row: SalesRow) -> MoneyRow:
    return MoneyRow(row.start, row.sold, row.returned)
