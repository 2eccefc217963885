"""Questions to the read model of coupons."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from domain.promotions.pricing import Discount, Sale
from domain.promotions.terms import Terms
from domain.shared.identifiers import AccountId, CouponId
from domain.shared.money import Money
from projections import bulk
from projections.projection import Connection

_FIELDS = """c.id, c.code, c.active, c.used, c.version, c.created_at, c.updated_at, c.percentage, c.seller_id,
    c.valid_from, c.valid_to, c.usage_limit, c.per_customer_limit, c.minimum_minor, c.minimum_currency"""
_BY_ID = f"SELECT {_FIELDS} FROM {{coupons}}.coupon c WHERE c.id = %b"
_USED = "SELECT used FROM {coupons}.coupon_customer WHERE coupon_id = %b AND customer_id = %b"
_PAGE = f"""SELECT {_FIELDS} FROM {{coupons}}.coupon c WHERE {{where}} {{behind}}
 ORDER BY c.created_at DESC, c.id DESC LIMIT %(limit)b OFFSET %(offset)b"""
_TOTAL = "SELECT count(*) FROM {coupons}.coupon c WHERE {where}"
_BEHIND = "AND (c.created_at, c.id) < (%(at)b, %(id)b)"


class CouponRow(msgspec.Struct, frozen=True, kw_only=True):
    id: CouponId
    code: str
    terms: Terms
    active: bool
    used: int
    version: int
    created_at: datetime
    updated_at: datetime

    def discount_on(self, sales: Sequence[Sale], *, used_by_customer: int, at: datetime) -> Discount:
        """What a checkout of these would have taken off then; raises the refusal that it would have ended with."""
        self.terms.require_usable(active=self.active, used=self.used, used_by_customer=used_by_customer, at=at)
        return self.terms.discount_on(sales)


class Coupons(msgspec.Struct, frozen=True):
    """One page, newest first, and how many there are in all."""

    items: tuple[CouponRow, ...]
    total: int
    next: tuple[datetime, CouponId] | None


async def coupon(conn: Connection, coupon_id: CouponId, *, coupons: str) -> CouponRow | None:
    rows = await bulk.read(conn, _BY_ID.format(coupons=coupons), (coupon_id,))
    return _coupon(*rows[0]) if rows else None


async def used_by(conn: Connection, coupon_id: CouponId, customer: AccountId, *, coupons: str) -> int:
    """How many uses of the coupon the customer has."""
    rows = await bulk.read(conn, _USED.format(coupons=coupons), (coupon_id, customer))
    return int(rows[0][0]) if rows else 0


async def find_coupons(
    conn: Connection,
    *,
    coupons: str,
    seller: AccountId | None = None,
    after: tuple[datetime, CouponId] | None = None,
    limit: int = 20,
    offset: int = 0,
) -> Coupons:
    """A seller's own, or all."""
    where = "true" if seller is None else "c.seller_id = %(seller)b"
    values: dict[str, object] = {"seller": seller, "limit": limit + 1, "offset": 0 if after else offset}
    total = await bulk.read(conn, _TOTAL.format(coupons=coupons, where=where), values)
    if after is not None:
        values |= {"at": after[0], "id": after[1]}
    page = _PAGE.format(coupons=coupons, where=where, behind=_BEHIND if after else "")
    rows = tuple(_coupon(*row) for row in await bulk.read(conn, page, values))
    shown = rows[:limit]
    return Coupons(shown, total[0][0], (shown[-1].created_at, shown[-1].id) if len(rows) > limit else None)


def _coupon(*row: Any) -> CouponRow:
    id_, code, active, used, version, created_at, updated_at, *terms, minimum, currency = row
    percentage, seller_id, valid_from, valid_to, usage_limit, per_customer_limit = terms
    return CouponRow(
        id=id_,
        code=code,
        terms=Terms(
            percentage=percentage,
            seller_id=seller_id,
            valid_from=valid_from,
            valid_to=valid_to,
            usage_limit=usage_limit,
            per_customer_limit=per_customer_limit,
            minimum=None if minimum is None else Money(minimum, currency),
        ),
        active=active,
        used=used,
        version=version,
        created_at=created_at,
        updated_at=updated_at,
    )
