"""Coupons as they are listed: what was promised, and what is left of it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from domain.promotions.coupon_code import CouponCode, coupon_of
from domain.promotions.events import (
    CouponActivated,
    CouponCreated,
    CouponDeactivated,
    CouponDeleted,
    CouponEvent,
    CouponGivenBack,
    CouponRedeemed,
)
from domain.shared.identifiers import AccountId, OrderId
from domain.shared.money import Money
from projections import bulk
from projections.coupon_queries import CouponRow, coupon, find_coupons, used_by
from tests.support.accounts import BUYER, SELLER, STRANGER
from tests.support.coupons import CODE, COUPON, TERMS, terms
from tests.support.read_side import ReadSide
from tests.support.times import NOON

SCHEMA = "coupons_v1"
OWN = terms(seller_id=SELLER, per_customer_limit=2, minimum=Money(99_900, "INR"))
CREATED = CouponCreated(coupon_id=COUPON, code=CODE, terms=OWN, at=NOON)
OFF, ON = CouponDeactivated(coupon_id=COUPON, at=NOON), CouponActivated(coupon_id=COUPON, at=NOON)
DELETED = CouponDeleted(coupon_id=COUPON, at=NOON)


def redeemed(order: int, customer: AccountId = BUYER) -> CouponRedeemed:
    return CouponRedeemed(coupon_id=COUPON, order_id=OrderId(UUID(int=order)), customer_id=customer, at=NOON)


def back(order: int, customer: AccountId = BUYER) -> CouponGivenBack:
    return CouponGivenBack(coupon_id=COUPON, order_id=OrderId(UUID(int=order)), customer_id=customer, at=NOON)


Seen = tuple[bool, int, int, int, int]
"""Active, used, version, used by the buyer, used by the stranger."""

STORIES: list[tuple[list[CouponEvent], Seen | None]] = [
    ([CREATED], (True, 0, 1, 0, 0)),
    ([CREATED, redeemed(1), redeemed(2, STRANGER), redeemed(3)], (True, 3, 4, 2, 1)),
    ([CREATED, redeemed(1), redeemed(2, STRANGER), back(1)], (True, 1, 4, 0, 1)),
    ([CREATED, OFF], (False, 0, 2, 0, 0)),
    ([CREATED, OFF, ON, OFF, redeemed(1), ON], (True, 1, 6, 1, 0)),
    ([CREATED, redeemed(1), DELETED], None),
    ([CREATED, redeemed(1), OFF, DELETED, CREATED, redeemed(2, STRANGER)], (True, 1, 6, 0, 1)),
    ([CREATED, DELETED, CREATED, redeemed(1), DELETED, CREATED], (True, 0, 6, 0, 0)),
]


@pytest.mark.parametrize("one_by_one", [False, True], ids=["at once", "one by one"])
@pytest.mark.parametrize(("events", "seen"), STORIES)
async def test_a_coupon_is_what_became_of_it(
    shop: ReadSide, events: Sequence[CouponEvent], seen: Seen | None, *, one_by_one: bool
) -> None:
    for batch in [[event] for event in events] if one_by_one else [events]:
        await shop.happened(COUPON, *batch)
    row = await coupon(shop.conn, COUPON, coupons=SCHEMA)
    if seen is None:
        assert row is None
        assert [await used_by(shop.conn, COUPON, who, coupons=SCHEMA) for who in (BUYER, STRANGER)] == [0, 0]
        return
    assert row is not None
    by = [await used_by(shop.conn, COUPON, who, coupons=SCHEMA) for who in (BUYER, STRANGER)]
    assert (row.active, row.used, row.version, *by) == seen
    assert (row.code, row.terms) == (CODE, OWN)


async def test_a_use_that_was_given_back_leaves_no_row_in_whatever_batches_it_came(shop: ReadSide) -> None:
    for batch in ([CREATED, redeemed(1), redeemed(2, STRANGER)], [back(1)], [redeemed(3), back(3)]):
        await shop.happened(COUPON, *batch)
    rows = await bulk.read(shop.conn, f"SELECT customer_id, used FROM {SCHEMA}.coupon_customer")
    assert rows == [(STRANGER, 1)]


async def test_terms_without_limits_of_their_own_come_back_as_they_were(shop: ReadSide) -> None:
    await shop.happened(COUPON, replace(CREATED, terms=TERMS))
    assert await coupon(shop.conn, COUPON, coupons=SCHEMA) == CouponRow(
        id=COUPON, code=CODE, terms=TERMS, active=True, used=0, version=1, created_at=NOON, updated_at=NOON
    )


async def test_coupons_are_listed_newest_first_in_pages(shop: ReadSide) -> None:
    for number in range(5):
        code = CouponCode(f"NO-{number}")
        whose = terms(seller_id=SELLER if number % 2 else None)
        at = NOON + timedelta(minutes=number)
        await shop.happened(coupon_of(code), CouponCreated(coupon_id=coupon_of(code), code=code, terms=whose, at=at))
    first = await find_coupons(shop.conn, coupons=SCHEMA, limit=2)
    assert ([row.code for row in first.items], first.total) == (["NO-4", "NO-3"], 5)
    second = await find_coupons(shop.conn, coupons=SCHEMA, limit=2, after=first.next)
    assert [row.code for row in second.items] == ["NO-2", "NO-1"]
    last = await find_coupons(shop.conn, coupons=SCHEMA, limit=2, offset=4)
    assert ([row.code for row in last.items], last.next) == (["NO-0"], None)
    own = await find_coupons(shop.conn, coupons=SCHEMA, seller=SELLER)
    assert ([row.code for row in own.items], own.total) == (["NO-3", "NO-1"], 2)
