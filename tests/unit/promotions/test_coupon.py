"""A coupon is used exactly as often as it may be, by whom and when it may be."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.promotions.coupon import (
    COUPONS,
    Coupon,
    CouponAlreadyRedeemed,
    CouponCodeTaken,
    CouponUnknown,
    create,
)
from domain.promotions.coupon_code import CouponCode
from domain.promotions.events import (
    CouponActivated,
    CouponCreated,
    CouponDeactivated,
    CouponDeleted,
    CouponGivenBack,
    CouponRedeemed,
)
from domain.promotions.terms import (
    MAX_USES,
    CouponExhausted,
    CouponExpired,
    CouponInactive,
    CouponLimitOutOfRange,
    CouponNotYetValid,
    CouponPercentageOutOfRange,
    CouponUsedUp,
    CouponWindowEmpty,
)
from domain.shared.identifiers import OrderId
from domain.shared.money import MAX_MINOR, Money, NotAnAmount
from domain.shared.refusal import Refusal
from tests.support.accounts import BUYER, STRANGER
from tests.support.coupons import CODE, COUPON, TERMS, a_coupon, a_deleted_coupon, an_inactive_coupon, terms
from tests.support.given import after, given
from tests.support.shopping import ORDER, OTHER_ORDER
from tests.support.times import NOON

THIRD = OrderId(UUID(int=0x0F))
A_TICK = timedelta(microseconds=1)


def redeemed(at: datetime = NOON) -> CouponRedeemed:
    return CouponRedeemed(coupon_id=COUPON, order_id=ORDER, customer_id=BUYER, at=at)


def test_a_free_code_becomes_a_coupon() -> None:
    created = CouponCreated(coupon_id=COUPON, code=CODE, terms=TERMS, at=NOON)
    assert create(None, code=CODE, terms=TERMS, at=NOON) == (created,)
    coupon = a_coupon()
    assert (coupon.id, coupon.active, coupon.used) == (COUPON, True, 0)


def test_a_code_is_taken_in_any_case() -> None:
    with pytest.raises(CouponCodeTaken, match="ROSE-10"):
        create(a_coupon(), code=CouponCode("rose-10"), terms=TERMS, at=NOON)


def test_a_deleted_coupons_code_can_be_had_again() -> None:
    again = create(a_deleted_coupon(uses={ORDER: BUYER}), code=CODE, terms=TERMS, at=NOON)
    assert again == (CouponCreated(coupon_id=COUPON, code=CODE, terms=TERMS, at=NOON),)


def test_a_new_coupon_knows_nothing_of_the_one_before() -> None:
    """Neither does an order that used the former free a use of the new one."""
    former = a_deleted_coupon(uses={ORDER: BUYER})
    coupon = after(COUPONS, create(former, code=CODE, terms=TERMS, at=NOON), former)
    assert coupon == a_coupon()
    given(coupon).when(lambda c: c.give_back(ORDER, at=NOON)).then()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"percentage": 0}, CouponPercentageOutOfRange),
        ({"percentage": 10_001}, CouponPercentageOutOfRange),
        ({"valid_to": NOON}, CouponWindowEmpty),
        ({"valid_from": NOON + timedelta(days=2)}, CouponWindowEmpty),
        ({"usage_limit": 0}, CouponLimitOutOfRange),
        ({"usage_limit": MAX_USES + 1}, CouponLimitOutOfRange),
        ({"per_customer_limit": 0}, CouponLimitOutOfRange),
        ({"per_customer_limit": MAX_USES + 1}, CouponLimitOutOfRange),
        ({"minimum": Money(-1, "INR")}, NotAnAmount),
        ({"minimum": Money(MAX_MINOR + 1, "INR")}, NotAnAmount),
    ],
)
def test_terms_that_no_coupon_can_keep_are_refused(changes: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        create(None, code=CODE, terms=terms(**changes), at=NOON)


@pytest.mark.parametrize("percentage", [1, 10_000])
def test_a_coupon_takes_off_a_hundredth_of_a_percent_to_everything(percentage: int) -> None:
    assert create(None, code=CODE, terms=terms(percentage=percentage), at=NOON)


def test_an_order_uses_a_coupon_once() -> None:
    given(a_coupon()).when(lambda c: c.redeem(ORDER, customer=BUYER, at=NOON)).then(redeemed())
    used = a_coupon(uses={ORDER: BUYER})
    given(used).when(lambda c: c.redeem(ORDER, customer=BUYER, at=NOON)).refused(CouponAlreadyRedeemed)


def test_the_last_use_is_had_and_no_more() -> None:
    two = a_coupon(uses={ORDER: BUYER, OTHER_ORDER: STRANGER})
    third = CouponRedeemed(coupon_id=COUPON, order_id=THIRD, customer_id=BUYER, at=NOON)
    given(two).when(lambda c: c.redeem(THIRD, customer=BUYER, at=NOON)).then(third)
    exhausted = after(COUPONS, (third,), two)
    another = OrderId(UUID(int=0x10))
    given(exhausted).when(lambda c: c.redeem(another, customer=BUYER, at=NOON)).refused(CouponExhausted)


def test_a_customer_uses_it_as_often_as_one_customer_may() -> None:
    coupon = a_coupon(terms(per_customer_limit=1), uses={ORDER: BUYER})
    refused = given(coupon).when(lambda c: c.redeem(OTHER_ORDER, customer=BUYER, at=NOON)).refused(CouponUsedUp)
    assert refused.detail == "A customer can use the coupon once; it was."
    other = CouponRedeemed(coupon_id=COUPON, order_id=OTHER_ORDER, customer_id=STRANGER, at=NOON)
    given(coupon).when(lambda c: c.redeem(OTHER_ORDER, customer=STRANGER, at=NOON)).then(other)


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        (TERMS.valid_from - A_TICK, CouponNotYetValid),
        (TERMS.valid_from, None),
        (TERMS.valid_to - A_TICK, None),
        (TERMS.valid_to, CouponExpired),
    ],
)
def test_it_is_valid_from_the_first_instant_to_before_the_last(at: datetime, refusal: type[Refusal] | None) -> None:
    decided = given(a_coupon()).when(lambda c: c.redeem(ORDER, customer=BUYER, at=at))
    decided.refused(refusal) if refusal else decided.then(redeemed(at))


def test_an_inactive_coupon_is_not_used_and_can_be_given_back() -> None:
    given(an_inactive_coupon()).when(lambda c: c.redeem(ORDER, customer=BUYER, at=NOON)).refused(CouponInactive)
    used = a_coupon(uses={ORDER: BUYER})
    inactive = after(COUPONS, used.deactivate(NOON), used)
    back = CouponGivenBack(coupon_id=COUPON, order_id=ORDER, customer_id=BUYER, at=NOON)
    given(inactive).when(lambda c: c.give_back(ORDER, at=NOON)).then(back)


def test_a_use_that_was_given_back_can_be_had_again() -> None:
    coupon = a_coupon(terms(usage_limit=1, per_customer_limit=1), uses={ORDER: BUYER})
    late = TERMS.valid_to + timedelta(days=9)
    back = CouponGivenBack(coupon_id=COUPON, order_id=ORDER, customer_id=BUYER, at=late)
    given(coupon).when(lambda c: c.give_back(ORDER, at=late)).then(back)
    free = after(COUPONS, (back,), coupon)
    assert (free.used, dict(free.customers)) == (0, {})
    given(free).when(lambda c: c.give_back(ORDER, at=late)).then()
    given(free).when(lambda c: c.redeem(ORDER, customer=BUYER, at=NOON)).then(redeemed())


def test_it_is_switched_off_and_on() -> None:
    off, on = CouponDeactivated(coupon_id=COUPON, at=NOON), CouponActivated(coupon_id=COUPON, at=NOON)
    given(a_coupon()).when(lambda c: c.deactivate(NOON)).then(off)
    given(a_coupon()).when(lambda c: c.activate(NOON)).then()
    given(an_inactive_coupon()).when(lambda c: c.activate(NOON)).then(on)
    given(an_inactive_coupon()).when(lambda c: c.deactivate(NOON)).then()


def test_a_deleted_coupon_is_none() -> None:
    given(a_coupon()).when(lambda c: c.delete(NOON)).then(CouponDeleted(coupon_id=COUPON, at=NOON))
    deleted: Coupon = a_deleted_coupon(uses={ORDER: BUYER})
    given(deleted).when(lambda c: c.redeem(OTHER_ORDER, customer=BUYER, at=NOON)).refused(CouponUnknown)
    given(deleted).when(lambda c: c.activate(NOON)).refused(CouponUnknown)
    given(deleted).when(lambda c: c.deactivate(NOON)).refused(CouponUnknown)
    given(deleted).when(lambda c: c.delete(NOON)).refused(CouponUnknown)
    given(deleted).when(lambda c: c.give_back(ORDER, at=NOON)).then()


@pytest.mark.parametrize("change", ["redeem", "activate", "deactivate", "delete", "give_back"])
def test_nothing_happens_to_a_coupon_before_it_is_created(change: str) -> None:
    used = a_coupon(uses={ORDER: BUYER})
    off = after(COUPONS, used.deactivate(NOON), used)
    (event,) = {
        "redeem": lambda: used.redeem(OTHER_ORDER, customer=BUYER, at=NOON),
        "activate": lambda: off.activate(NOON),
        "deactivate": lambda: used.deactivate(NOON),
        "delete": lambda: used.delete(NOON),
        "give_back": lambda: used.give_back(ORDER, at=NOON),
    }[change]()
    with pytest.raises(ValueError, match="came first"):
        COUPONS.evolve(None, event)
