"""Coupons: sellers' own, and admins' for the whole shop."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.answers import Answer, created, json_answer, no_content, versioned
from api.call import Call
from api.paging import PageQuery, cursor_of, parts_of
from api.positions import catch_up
from api.problems import not_found
from api.routers.coupon_schemas import (
    EXAMPLE,
    EXAMPLE_VIEW,
    CouponPage,
    CouponPatch,
    CouponView,
    NewCoupon,
    kept,
    shown,
)
from api.routing import Operation, Resource
from application.promotions import CouponKept, CreateCoupon, DeleteCoupon, SwitchCoupon
from domain.accounts.events import Role
from domain.promotions.coupon import CouponCodeTaken
from domain.promotions.coupon_code import CouponCode, CouponCodeInvalid, coupon_code, coupon_of
from domain.promotions.terms import CouponWindowEmpty
from domain.shared.identifiers import CouponId
from projections.coupon_queries import CouponRow, coupon, find_coupons

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
    try:
        return coupon_of(coupon_code(code))
    except CouponCodeInvalid:
        raise not_found("There is no such coupon.") from None
