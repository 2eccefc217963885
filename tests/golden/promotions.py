"""What the golden files of coupons say."""

from datetime import timedelta
from uuid import UUID

from domain.promotions.events import (
    CouponActivated,
    CouponCreated,
    CouponDeactivated,
    CouponDeleted,
    CouponGivenBack,
    CouponRedeemed,
)
from domain.promotions.terms import Terms
from domain.shared.event import Event
from domain.shared.identifiers import CouponId
from tests.golden.customers import ACCOUNT, AT, ORDER, PRICE

COUPON = CouponId(UUID("c0000000-0000-5000-8000-00000000000c"))
TERMS = Terms(
    percentage=1_250,
    seller_id=ACCOUNT,
    valid_from=AT,
    valid_to=AT + timedelta(days=30),
    usage_limit=500,
    per_customer_limit=None,
    minimum=PRICE,
)

PROMOTIONS: tuple[Event, ...] = (
    CouponCreated(coupon_id=COUPON, code="Rose-12.5", terms=TERMS, at=AT),
    CouponActivated(coupon_id=COUPON, at=AT),
    CouponDeactivated(coupon_id=COUPON, at=AT),
    CouponRedeemed(coupon_id=COUPON, order_id=ORDER, customer_id=ACCOUNT, at=AT),
    CouponGivenBack(coupon_id=COUPON, order_id=ORDER, customer_id=ACCOUNT, at=AT),
    CouponDeleted(coupon_id=COUPON, at=AT),
)
