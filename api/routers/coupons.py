"""Coupons: sellers' own, and admins' for the whole shop."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from api import coupon_codes
from api.answers import Answer, created, json_answer, no_content, versioned
from api.call import Call
from api.coupon_codes import guessing
from api.paging import PageQuery, cursor_of, parts_of
from api.positions import catch_up
from api.problems import not_found
from api.routers.coupon_schemas import (
    EXAMPLE,
    EXAMPLE_APPLIED,
    EXAMPLE_VIEW,
    AppliedView,
    CodeQuery,
    CouponPage,
    CouponPatch,
    CouponView,
    NewCoupon,
    applied,
    kept,
    shown,
)
from api.routing import Operation, Resource
from application.promotions import CouponKept, CreateCoupon, DeleteCoupon, SwitchCoupon
from domain.accounts.events import Role
from domain.promotions.coupon import CouponCodeTaken, CouponUnknown
from domain.promotions.coupon_code import CouponCode, coupon_id_of
from domain.promotions.pricing import quote
from domain.promotions.terms import CouponWindowEmpty
from domain.shared.identifiers import CouponId
from projections.cart_queries import cart
from projections.coupon_queries import CouponRow, coupon, find_coupons, used_by
from projections.projection import Connection

RESOURCE = Resource("/api/v1/coupons", "promotions")
SELLERS = (Role.SELLER, Role.ADMIN)


@RESOURCE.route(
    "POST",
    "",
    Operation(
        summary="Create a coupon: a seller's for own lines, an admin's for all",
        answer=CouponView,
        status=201,
        roles=SELLERS,
        refusals=(CouponCodeTaken, CouponWindowEmpty),
        examples={"request": EXAMPLE, "response": EXAMPLE_VIEW},
    ),
)
async def create_coupon(call: Call, body: NewCoupon) -> Answer:
    command = CreateCoupon(code=CouponCode(body.code), terms=body.terms())
    coupon = await call.done(command, CouponKept)
    view = kept(coupon, call.services.settings.store_currency)
    return created(view, location=f"/api/v1/coupons/{coupon.code}", version=coupon.version)


@RESOURCE.route(
    "GET",
    "",
    Operation(summary="Coupons: a seller's own, or all for an admin", answer=CouponPage, roles=SELLERS),
)
async def list_coupons(call: Call, query: Annotated[PageQuery, Query()]) -> Answer:
    offset, after = query.offset, None
    if query.cursor is not None:
        at, id_ = parts_of(query.cursor, tuple[datetime, UUID])
        after = (at, CouponId(id_))
    await catch_up(call, "coupons")
    caller = call.account
    async with call.services.pool.connection() as connection:
        found = await find_coupons(
            connection,
            coupons=call.schema("coupons"),
            seller=caller.account if caller.role is Role.SELLER else None,
            after=after,
            limit=query.limit,
            offset=offset,
        )
    page = CouponPage(
        items=[shown(row, call.services.settings.store_currency) for row in found.items],
        next_cursor=None if found.next is None else cursor_of(*found.next),
        **query.counted(found.total),
    )
    return json_answer(page)


@RESOURCE.route(
    "GET",
    "/apply",
    Operation(
        summary="What a coupon would take off the caller's cart, or why it would not",
        answer=AppliedView,
        roles=(Role.BUYER,),
        refusals=coupon_codes.REFUSALS,
        examples={"response": EXAMPLE_APPLIED},
    ),
)
async def apply_coupon(call: Call, query: Annotated[CodeQuery, Query()]) -> Answer:
    """By the rules that checkout goes by, on what the read models say."""
    async with guessing(call):
        buyer, at = call.account.account, call.services.clock.now()
        await catch_up(call, "coupons", "carts", "catalogue", "stock_levels")
        async with call.services.pool.connection() as connection:
            row, used = await _named_by_buyer(call, connection, query.code)
            bought = await cart(
                connection,
                buyer,
                carts=call.schema("carts"),
                catalogue=call.schema("catalogue"),
                stock=call.schema("stock_levels"),
                at=at,
            )
        sales = bought.sales if bought else ()
        discount = row.discount_on(sales, used_by_customer=used, at=at)
        return json_answer(applied(row, quote(sales, discount=discount, tax_inclusive=True)))


@RESOURCE.route(
    "GET",
    "/{code}",
    Operation(summary="One coupon", answer=CouponView, roles=SELLERS, examples={"response": EXAMPLE_VIEW}),
)
async def get_coupon(call: Call, code: str) -> Answer:
    row = await _own(call, code)
    return versioned(shown(row, call.services.settings.store_currency), row.version)


@RESOURCE.route(
    "PATCH",
    "/{code}",
    Operation(
        summary="Switch a coupon on or off",
        answer=CouponView,
        roles=SELLERS,
        examples={"request": {"isActive": False}, "response": {**EXAMPLE_VIEW, "isActive": False, "version": 2}},
    ),
)
async def switch_coupon(call: Call, code: str, body: CouponPatch) -> Answer:
    command = SwitchCoupon(coupon_id=_named(code), active=body.is_active, expected_version=call.expected_version())
    coupon = await call.done(command, CouponKept)
    return versioned(kept(coupon, call.services.settings.store_currency), coupon.version)


@RESOURCE.route(
    "DELETE",
    "/{code}",
    Operation(
        summary="Delete a coupon; orders that have used it keep their discount",
        status=204,
        roles=SELLERS,
    ),
)
async def delete_coupon(call: Call, code: str) -> Answer:
    await call.submit(DeleteCoupon(coupon_id=_named(code), expected_version=call.expected_version()))
    return no_content()


async def _named_by_buyer(call: Call, connection: Connection, code: str) -> tuple[CouponRow, int]:
    """The coupon, and how many uses of it the caller has; raises CouponUnknown."""
    coupon_id, schema = coupon_id_of(code), call.schema("coupons")
    row = None if coupon_id is None else await coupon(connection, coupon_id, coupons=schema)
    if row is None:
        raise CouponUnknown("There is no coupon with this code.")
    return row, await used_by(connection, row.id, call.account.account, coupons=schema)


async def _own(call: Call, code: str) -> CouponRow:
    """As the caller may see it; raises a 404 Problem for everybody else's."""
    coupon_id, caller = _named(code), call.account
    await catch_up(call, "coupons")
    async with call.services.pool.connection() as connection:
        row = await coupon(connection, coupon_id, coupons=call.schema("coupons"))
    if row is None or (caller.role is Role.SELLER and row.terms.seller_id != caller.account):
        raise not_found("There is no such coupon.")
    return row


def _named(code: str) -> CouponId:
    """What was never a code names nothing."""
    coupon_id = coupon_id_of(code)
    if coupon_id is None:
        raise not_found("There is no such coupon.")
    return coupon_id
