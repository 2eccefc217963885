"""Stock: what sellers put in, and how much there is."""

from contextlib import AsyncExitStack
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from api.answers import Answer, StreamedAnswer, View, json_answer, versioned
from api.call import Call
from api.fields import MAX_UNITS, Body, Change, Reason, Units, absent
from api.live_streams import MOST_CHOSEN, LiveQuery, events, position_of
from api.paging import PageQuery, cursor_of, parts_of
from api.positions import catch_up
from api.problems import invalid
from api.routing import Access, Operation, Resource
from application.inventory import AdjustStock, SetStock, SetThreshold, StockKept
from domain.accounts.events import Role
from domain.inventory.stock import StockBelowReserved, StockOutOfRange
from domain.shared.identifiers import AccountId, ProductId
from domain.shared.refusal import Forbidden
from projections.stock_queries import LevelQuery, LevelRow, Levels, levels

RESOURCE = Resource("/api/v1", "inventory")
SELLERS = (Role.SELLER, Role.ADMIN)
STREAM = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
"""Nobody in between may keep it back."""


class StockForm(Body):
    """Either a change, or what is on hand from now on."""

    change: Change = absent()
    set: Units = absent()
    reason: Reason = "Counted by hand."


class ThresholdForm(Body):
    threshold: Units = Field(description="Available units at or below which stock counts as low.")


class LowFilters(PageQuery):
    seller: UUID | None = None
    """For a seller only itself."""
    product_id: Annotated[list[UUID], Field(max_length=MOST_CHOSEN)] = []
    min_available: Annotated[int, Field(ge=0, le=MAX_UNITS)] | None = None
    max_available: Annotated[int, Field(ge=0, le=MAX_UNITS)] | None = None


class LevelFilters(LowFilters):
    low: bool | None = None


class StockView(View, frozen=True, kw_only=True):
    id: UUID
    product_id: UUID
    on_hand: int
    reserved: int
    available: int
    threshold: int
    low: bool
    version: int


class LevelView(StockView, frozen=True, kw_only=True):
    name: str
    seller_id: UUID
    created_at: datetime
    updated_at: datetime


class LevelPage(View, frozen=True, kw_only=True):
    items: list[LevelView]
    page: int | None
    limit: int
    total: int
    pages: int
    next_cursor: str | None


EXAMPLE_LEVEL: dict[str, object] = {
    "id": "6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10",
    "productId": "6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10",
    "onHand": 40,
    "reserved": 3,
    "available": 37,
    "threshold": 5,
    "low": False,
    "version": 4,
}
EXAMPLE_LISTED = {
    **EXAMPLE_LEVEL,
    "name": "Brass kettle",
    "sellerId": "b6a7c1de-9a0b-5e2f-8f3e-4f9f8a1d2c3b",
    "createdAt": "2026-11-21T12:00:00Z",
    "updatedAt": "2026-11-21T12:00:00Z",
}
EXAMPLE_PAGE = {"items": [EXAMPLE_LISTED], "page": 1, "limit": 20, "total": 1, "pages": 1, "nextCursor": None}


@RESOURCE.route(
    "POST",
    "/products/{product_id}/stock",
    Operation(
        summary="Change or set what is on hand",
        answer=StockView,
        roles=SELLERS,
        refusals=(StockBelowReserved, StockOutOfRange),
        examples={"request": {"change": 20, "reason": "Delivery"}, "response": EXAMPLE_LEVEL},
    ),
)
async def change_stock(call: Call, product_id: ProductId, body: StockForm) -> Answer:
    if body.gives("change") == body.gives("set"):
        raise invalid("", "Either change or set.")
    command = (
        AdjustStock(product_id=product_id, change=body.change, reason=body.reason)
        if body.gives("change")
        else SetStock(product_id=product_id, on_hand=body.set, reason=body.reason)
    )
    return _kept(await call.done(command, StockKept))


@RESOURCE.route(
    "PUT",
    "/products/{product_id}/stock/threshold",
    Operation(
        summary="Set when stock counts as low",
        answer=StockView,
        roles=SELLERS,
        refusals=(StockOutOfRange,),
        examples={"request": {"threshold": 5}, "response": EXAMPLE_LEVEL},
    ),
)
async def set_threshold(call: Call, product_id: ProductId, body: ThresholdForm) -> Answer:
    expected = call.expected_version()
    command = SetThreshold(product_id=product_id, threshold=body.threshold, expected_version=expected)
    return _kept(await call.done(command, StockKept))


@RESOURCE.route(
    "GET",
    "/inventory",
    Operation(summary="Stock levels", answer=LevelPage, roles=SELLERS, examples={"response": EXAMPLE_PAGE}),
)
async def list_levels(call: Call, query: Annotated[LevelFilters, Query()]) -> Answer:
    return json_answer(await _page(call, query, low=query.low))


@RESOURCE.route(
    "GET",
    "/inventory/low",
    Operation(summary="What has run low", answer=LevelPage, roles=SELLERS, examples={"response": EXAMPLE_PAGE}),
)
async def list_low_levels(call: Call, query: Annotated[LowFilters, Query()]) -> Answer:
    return json_answer(await _page(call, query, low=True))


@RESOURCE.route(
    "GET",
    "/inventory/events",
    Operation(
        summary="What there is of each product, as it changes: server-sent events",
        access=Access.PUBLIC,
        produces="text/event-stream",
        problems=((429, "too-many-streams"),),
    ),
)
async def follow_levels(call: Call, query: Annotated[LiveQuery, Query()]) -> Answer:
    """First what there is, then each change: `{"type": "INVENTORY_UPDATE", "productId", "available", "position"}`.

    An `id` says that everything so far has been told; send it back as `Last-Event-ID` to go on from there. Silence is
    broken every 15 seconds. The same is told by WebSocket at `/api/v1/inventory/live`, with `HEARTBEAT` messages.
    """
    after = position_of(call.given.get(b"last-event-id"))
    async with AsyncExitStack() as stack:
        stack.enter_context(call.running.places.place(call.address))
        follower = await stack.enter_async_context(call.running.levels.follow(query.chosen, after=after))
        return StreamedAnswer(events(follower), STREAM, release=stack.pop_all().aclose)


async def _page(call: Call, query: LowFilters, *, low: bool | None) -> LevelPage:
    """A seller's own products; everybody's for an admin, who may ask for one seller's."""
    caller = call.account
    own = caller.account if caller.role is Role.SELLER else None
    if own is not None and query.seller not in {None, own}:
        raise Forbidden("The stock is another seller's.")
    wanted = LevelQuery(
        seller=own if query.seller is None else AccountId(query.seller),
        products=[ProductId(each) for each in query.product_id],
        low=low,
        most=query.max_available,
        least=query.min_available,
        limit=query.limit,
        offset=query.offset,
        after=None if query.cursor is None else ProductId(parts_of(query.cursor, tuple[UUID])[0]),
    )
    await catch_up(call, "catalogue", "stock_levels")
    async with call.services.pool.connection() as connection:
        found = await levels(connection, wanted, stock=call.schema("stock_levels"), catalogue=call.schema("catalogue"))
    return _view(query, found)


def _view(query: PageQuery, found: Levels) -> LevelPage:
    return LevelPage(
        items=[_level(row) for row in found.items],
        next_cursor=cursor_of(found.items[-1].product_id) if found.more else None,
        **query.counted(found.total),
    )


def _level(row: LevelRow) -> LevelView:
    return LevelView(
        id=row.product_id,
        product_id=row.product_id,
        name=row.name,
        seller_id=row.seller_id,
        on_hand=row.on_hand,
        reserved=row.reserved,
        available=row.available,
        threshold=row.threshold,
        low=row.low,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _kept(stock: StockKept) -> Answer:
    view = StockView(
        id=stock.product_id,
        product_id=stock.product_id,
        on_hand=stock.on_hand,
        reserved=stock.reserved,
        available=stock.available,
        threshold=stock.threshold,
        low=stock.low,
        version=stock.version,
    )
    return versioned(view, stock.version)
