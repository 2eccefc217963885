"""Orders: lists by role, one of them, what happened to it, moving it on, and cancelling it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import Query
from pydantic import Field

from api.answers import Answer, json_answer, no_content, versioned
from api.call import Call
from api.fields import Body, Moment, Reason, StatusWord, StepWord
from api.paging import PageQuery, cursor_of, parts_of
from api.positions import catch_up
from api.problems import invalid, not_found
from api.routers.order_schemas import (
    EXAMPLE_VIEW,
    HistoryPage,
    OrderPage,
    OrderView,
    shown,
    stands,
)
from api.routers.order_story import story
from api.routing import Operation, Resource
from application.ordering.cancelling import CancelOrder
from application.ordering.fulfilment import AdvanceOrder
from application.ordering.hiding import DeleteOrder, RestoreOrder
from application.ordering.results import OrderStands
from application.ports.commands import Command
from domain.accounts.events import Role
from domain.ordering.hiding import OrderNotDeletable
from domain.ordering.progress import OrderNotAdvanceable, OrderNotCancellable
from domain.payments.attempt import PaymentInFlight
from domain.shared.identifiers import AccountId, OrderId
from domain.shared.sealed import Sealed
from projections.order_queries import OrderQuery, OrderRow, find_orders, history, order

RESOURCE = Resource("/api/v1/orders", "ordering")


class OrderFilters(PageQuery):
    """Newest first."""

    status: StatusWord | None = None
    since: Moment | None = Field(default=None, alias="from")
    until: Moment | None = Field(default=None, alias="to")
    deleted: bool | None = None
    """Without it: those in sight; for admins all."""


class StatusForm(Body):
    """One step: processing, shipped, delivered."""

    status: StepWord


class CancelForm(Body):
    reason: Reason = "Cancelled by the customer."


@RESOURCE.route("GET", "", Operation(summary="Orders: one's own, with one's lines, or all", answer=OrderPage))
async def list_orders(call: Call, query: Annotated[OrderFilters, Query()]) -> Answer:
    offset = query.offset
    await catch_up(call, "order_history")
    caller = call.account
    asked = OrderQuery(
        buyer=caller.account if caller.role is Role.BUYER else None,
        seller=_seller(call),
        status=query.status,
        deleted=_in_sight(call, query),
        since=query.since,
        until=query.until,
        limit=query.limit,
        offset=offset,
        after=None if query.cursor is None else _after(query.cursor),
    )
    async with call.services.pool.connection() as connection:
        found = await find_orders(connection, asked, orders=call.schema("order_history"))
    addresses = await _addresses(call, [row.shipping_address for row in found.items])
    page = OrderPage(
        items=[shown(row, address, seller=asked.seller) for row, address in zip(found.items, addresses, strict=True)],
        next_cursor=None if found.next is None else cursor_of(*found.next),
        **query.counted(found.total),
    )
    return json_answer(page)


@RESOURCE.route(
    "GET", "/{order_id}", Operation(summary="One order", answer=OrderView, examples={"response": EXAMPLE_VIEW})
)
async def get_order(call: Call, order_id: OrderId) -> Answer:
    row = await _visible(call, order_id)
    (address,) = await _addresses(call, (row.shipping_address,))
    view = shown(row, address, seller=_seller(call))
    return versioned(view, row.version, row.payment_status or "")


@RESOURCE.route("GET", "/{order_id}/history", Operation(summary="What happened to an order", answer=HistoryPage))
async def get_history(call: Call, order_id: OrderId) -> Answer:
    await _visible(call, order_id)
    async with call.services.pool.connection() as connection:
        entries = await history(connection, order_id)
    told = story(entries, seller=_seller(call))
    return json_answer(HistoryPage(items=told, total=len(told)))


@RESOURCE.route(
    "PATCH",
    "/{order_id}/status",
    Operation(
        summary="Move an order on: one's own lines, or all",
        answer=OrderView,
        roles=(Role.SELLER, Role.ADMIN),
        refusals=(OrderNotAdvanceable,),
        examples={"request": {"status": "shipped"}, "response": EXAMPLE_VIEW | {"status": "shipped"}},
    ),
)
async def advance_order(call: Call, order_id: OrderId, body: StatusForm) -> Answer:
    version = call.expected_version()
    return await _changed(call, AdvanceOrder(order_id=order_id, status=body.status, expected_version=version))


@RESOURCE.route(
    "POST",
    "/{order_id}/cancel",
    Operation(
        summary="Cancel an order, or one's own lines of it",
        answer=OrderView,
        refusals=(OrderNotCancellable, PaymentInFlight),
        examples={"request": {"reason": "Ordered twice."}, "response": EXAMPLE_VIEW},
    ),
)
async def cancel_order(call: Call, order_id: OrderId, body: CancelForm) -> Answer:
    version = call.expected_version()
    return await _changed(call, CancelOrder(order_id=order_id, reason=body.reason, expected_version=version))


OWNERS = (Role.BUYER, Role.ADMIN)


@RESOURCE.route(
    "DELETE",
    "/{order_id}",
    Operation(summary="Delete an order: it is out of sight", status=204, roles=OWNERS, refusals=(OrderNotDeletable,)),
)
async def delete_order(call: Call, order_id: OrderId) -> Answer:
    await call.submit(DeleteOrder(order_id=order_id, expected_version=call.expected_version()))
    return no_content()


@RESOURCE.route(
    "POST",
    "/{order_id}/restore",
    Operation(
        summary="Bring a deleted order back", answer=OrderView, roles=OWNERS, examples={"response": EXAMPLE_VIEW}
    ),
)
async def restore_order(call: Call, order_id: OrderId) -> Answer:
    return await _changed(call, RestoreOrder(order_id=order_id))


async def _changed(call: Call, command: Command) -> Answer:
    """Carries it out, and shows what became of the order."""
    kept = await call.done(command, OrderStands)
    (address,) = await _addresses(call, (kept.shipping_address,))
    return versioned(stands(kept, address), kept.version)


async def _visible(call: Call, order_id: OrderId) -> OrderRow:
    """The order, where the caller has to do with it; raises 404 for everybody else."""
    await catch_up(call, "order_history")
    caller = call.account
    schema = call.schema("order_history")
    async with call.services.pool.connection() as connection:
        row = await order(connection, order_id, orders=schema, seller=_seller(call))
    concerned = (
        row is not None
        and {
            Role.ADMIN: True,
            Role.BUYER: row.buyer_id == caller.account,
            Role.SELLER: bool(row.lines),
        }[caller.role]
    )
    if row is None or not concerned:
        raise not_found("There is no such order.")
    return row


def _in_sight(call: Call, query: OrderFilters) -> bool | None:
    if query.deleted is None and call.account.role is not Role.ADMIN:
        return False
    return query.deleted


def _seller(call: Call) -> AccountId | None:
    return call.account.account if call.account.role is Role.SELLER else None


async def _addresses(call: Call, sealed: Sequence[Sealed | None]) -> list[dict[str, str] | None]:
    """Opened together; None where there is none, or the buyer is forgotten."""
    opened = iter(await call.services.vault.open_all([each for each in sealed if each is not None]))
    texts = [None if each is None else next(opened) for each in sealed]
    return [None if text is None else msgspec.json.decode(text, type=dict[str, str]) for text in texts]


def _after(cursor: str) -> tuple[datetime, OrderId]:
    at, order_id = parts_of(cursor, tuple[datetime, UUID])
    if at.tzinfo is None:
        raise invalid("/cursor", "This is not a cursor of this list.")
    return at, OrderId(order_id)
