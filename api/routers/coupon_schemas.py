"""Coupons as clients send and see them."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from api.answers import View
from api.fields import PERCENTAGE_SCHEMA, Amount, Body, Moment, Percentage, Text, Truth
from api.product_schemas import percentage
from application.promotions import CouponKept
from domain.promotions.coupon_code import LONGEST, CouponCode, coupon_code
from domain.promotions.pricing import Quote
from domain.promotions.terms import MAX_USES, Terms
from domain.shared.identifiers import AccountId
from domain.shared.refusal import Refusal
from projections.coupon_queries import CouponRow

EXAMPLE = {
    "code": "ROSE-10",
    "discountPercentage": 10,
    "validFrom": "2026-11-21T00:00:00Z",
    "validTo": "2026-12-24T00:00:00Z",
    "usageLimit": 500,
    "perCustomerLimit": 1,
    "minimumTotal": 999.00,
}
EXAMPLE_VIEW: dict[str, object] = {
    "id": "4f9a6a70-3a0e-5a55-8f0e-2b1c0d9e8f7a",
    **EXAMPLE,
    "usedCount": 0,
    "sellerId": None,
    "isActive": True,
    "currency": "INR",
    "version": 1,
    "createdAt": "2026-11-21T12:00:00Z",
    "updatedAt": "2026-11-21T12:00:00Z",
}
EXAMPLE_APPLIED = {
    "code": "ROSE-10",
    "discountPercentage": 10.00,
    "sellerId": None,
    "originalTotal": 1750.00,
    "discountApplied": 175.00,
    "discountedTotal": 1575.00,
    "currency": "INR",
    "items": [{"productId": "6f1a5d0e-55cc-5b8e-9f53-0c8d6f1b2a10", "lineTotal": 1750.00, "discount": 175.00}],
}


def _code(text: str) -> CouponCode:
    try:
        return coupon_code(text)
    except Refusal as refusal:
        raise PydanticCustomError("code", "{reason}", {"reason": refusal.detail}) from refusal


def _something(basis_points: int) -> int:
    if not basis_points:
        raise PydanticCustomError("percentage", "A percentage is more than 0 and at most 100.")
    return basis_points


CodeText = Annotated[str, Text(4 * LONGEST)]
"""Whatever somebody takes for a code."""
Code = Annotated[
    str,
    Text(LONGEST, 1),
    AfterValidator(_code),
    WithJsonSchema({"type": "string", "maxLength": LONGEST, "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$"}),
]
Reduction = Annotated[
    Percentage, AfterValidator(_something), WithJsonSchema({**PERCENTAGE_SCHEMA, "exclusiveMinimum": 0})
]
Uses = Annotated[int, Field(strict=True, ge=1, le=MAX_USES)]


class NewCoupon(Body):
    code: Code
    discount_percentage: Reduction
    valid_from: Moment
    valid_to: Moment = Field(description="The first instant at which it is valid no more.")
    usage_limit: Uses
    per_customer_limit: Uses | None = None
    minimum_total: Amount | None = Field(
        default=None, description="What the lines it applies to have to come to, before discount and tax."
    )
    seller_id: UUID | None = Field(default=None, description="For admins: whose lines it is for; all where absent.")

    def terms(self) -> Terms:
        return Terms(
            percentage=self.discount_percentage,
            seller_id=None if self.seller_id is None else AccountId(self.seller_id),
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            usage_limit=self.usage_limit,
            per_customer_limit=self.per_customer_limit,
            minimum=self.minimum_total,
        )


class CodeQuery(Body):
    code: CodeText


class CouponPatch(Body):
    is_active: Truth


class CouponView(View, frozen=True, kw_only=True):
    id: UUID
    code: str
    discount_percentage: Decimal
    valid_from: datetime
    valid_to: datetime
    usage_limit: int
    used_count: int
    """Uses by orders that were neither cancelled nor have expired."""
    per_customer_limit: int | None
    minimum_total: Decimal | None
    seller_id: UUID | None
    """Whose lines it is for; null where it is for all."""
    is_active: bool
    currency: str
    version: int
    created_at: datetime
    updated_at: datetime


class AppliedItemView(View, frozen=True, kw_only=True):
    product_id: UUID
    line_total: Decimal
    discount: Decimal
    """The line's share."""


class AppliedView(View, frozen=True, kw_only=True):
    """What a coupon would take off the cart as it is now; taxes come on top where they are not in the prices."""

    code: str
    discount_percentage: Decimal
    seller_id: UUID | None
    """Whose lines it is for; null where it is for all."""
    original_total: Decimal
    discount_applied: Decimal
    discounted_total: Decimal
    currency: str
    items: list[AppliedItemView]


class CouponPage(View, frozen=True, kw_only=True):
    items: list[CouponView]
    page: int | None
    limit: int
    total: int
    pages: int
    next_cursor: str | None


def shown(row: CouponRow, currency: str) -> CouponView:
    return CouponView(id=row.id, used_count=row.used, **_of(row, currency))


def kept(coupon: CouponKept, currency: str) -> CouponView:
    return CouponView(id=coupon.coupon_id, used_count=coupon.used, **_of(coupon, currency))


def applied(row: CouponRow, whole: Quote) -> AppliedView:
    return AppliedView(
        code=row.code,
        discount_percentage=percentage(row.terms.percentage),
        seller_id=row.terms.seller_id,
        original_total=whole.original.major(),
        discount_applied=whole.discount.major(),
        discounted_total=(whole.original - whole.discount).major(),
        currency=whole.original.currency,
        items=[
            AppliedItemView(
                product_id=line.product_id, line_total=line.original.major(), discount=line.discount.major()
            )
            for line in whole.lines
        ],
    )


def _of(coupon: CouponRow | CouponKept, currency: str) -> dict[str, Any]:
    terms = coupon.terms
    return {
        "code": coupon.code,
        "discount_percentage": percentage(terms.percentage),
        "valid_from": terms.valid_from,
        "valid_to": terms.valid_to,
        "usage_limit": terms.usage_limit,
        "per_customer_limit": terms.per_customer_limit,
        "minimum_total": None if terms.minimum is None else terms.minimum.major(),
        "seller_id": terms.seller_id,
        "is_active": coupon.active,
        "currency": currency,
        "version": coupon.version,
        "created_at": coupon.created_at,
        "updated_at": coupon.updated_at,
    }
