"""What happens to coupons."""

from datetime import datetime
from typing import ClassVar

from domain.promotions.terms import Terms
from domain.shared.event import Event
from domain.shared.identifiers import AccountId, CouponId, OrderId


class CouponCreated(Event, frozen=True, kw_only=True):
    """The code was free; a coupon that had it before was deleted."""

    topic: ClassVar[str] = "promotions.coupon-created"
    coupon_id: CouponId
    """Follows from the code, whatever its case."""
    code: str
    terms: Terms
    at: datetime


class CouponActivated(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "promotions.coupon-activated"
    coupon_id: CouponId
    at: datetime


class CouponDeactivated(Event, frozen=True, kw_only=True):
    """It cannot be used until it is activated again; orders that have used it keep their discount."""

    topic: ClassVar[str] = "promotions.coupon-deactivated"
    coupon_id: CouponId
    at: datetime


class CouponRedeemed(Event, frozen=True, kw_only=True):
    """An order was placed with it."""

    topic: ClassVar[str] = "promotions.coupon-redeemed"
    coupon_id: CouponId
    order_id: OrderId
    customer_id: AccountId
    at: datetime


class CouponGivenBack(Event, frozen=True, kw_only=True):
    """The order that had used it was cancelled or expired: it can be used once more."""

    topic: ClassVar[str] = "promotions.coupon-given-back"
    coupon_id: CouponId
    order_id: OrderId
    customer_id: AccountId
    at: datetime


class CouponDeleted(Event, frozen=True, kw_only=True):
    """Its code is free again; orders that have used it keep their discount."""

    topic: ClassVar[str] = "promotions.coupon-deleted"
    coupon_id: CouponId
    at: datetime


CouponEvent = CouponCreated | CouponActivated | CouponDeactivated | CouponRedeemed | CouponGivenBack | CouponDeleted
