"""Coupons, built as they come to be."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from domain.promotions.coupon import COUPONS, Coupon, create
from domain.promotions.coupon_code import CouponCode, coupon_of
from domain.promotions.terms import Terms
from domain.shared.identifiers import AccountId, OrderId
from tests.support.given import after
from tests.support.times import NOON

CODE = CouponCode("ROSE-10")
COUPON = coupon_of(CODE)
TERMS = Terms(
    percentage=1_000,
    seller_id=None,
    valid_from=NOON,
    valid_to=NOON + timedelta(days=1),
    usage_limit=3,
    per_customer_limit=None,
    minimum=None,
)


def terms(**changes: Any) -> Terms:
    """10 % off everything, three times, for a day from noon; but for what is changed."""
    return replace(TERMS, **changes)


def a_coupon(promised: Terms = TERMS, *, uses: dict[OrderId, AccountId] | None = None) -> Coupon:
    coupon = after(COUPONS, create(None, code=CODE, terms=promised, at=NOON))
    for order_id, customer in (uses or {}).items():
        coupon = after(COUPONS, coupon.redeem(order_id, customer=customer, at=NOON), coupon)
    return coupon


def an_inactive_coupon() -> Coupon:
    coupon = a_coupon()
    return after(COUPONS, coupon.deactivate(NOON), coupon)


def a_deleted_coupon(promised: Terms = TERMS, *, uses: dict[OrderId, AccountId] | None = None) -> Coupon:
    coupon = a_coupon(promised, uses=uses)
    return after(COUPONS, coupon.delete(NOON), coupon)
