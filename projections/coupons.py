"""The read model of coupons: what each promises, and how often it is used, in all and by each customer."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import assert_never, cast

from application.ports.log import Record
from domain.promotions.events import (
    CouponActivated,
    CouponCreated,
    CouponDeactivated,
    CouponDeleted,
    CouponEvent,
    CouponGivenBack,
    CouponRedeemed,
)
from domain.shared.identifiers import AccountId, CouponId
from projections import bulk
from projections.projection import Connection, Projection

DDL = """
CREATE TABLE {schema}.coupon (
    id                 uuid PRIMARY KEY,
    code               text NOT NULL,
    percentage         integer NOT NULL,
    seller_id          uuid,
    valid_from         timestamptz NOT NULL,
    valid_to           timestamptz NOT NULL,
    usage_limit        integer NOT NULL,
    per_customer_limit integer,
    minimum_minor      bigint,
    minimum_currency   text,
    active             boolean NOT NULL,
    used               integer NOT NULL,
    version            bigint NOT NULL,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX coupon_by_age ON {schema}.coupon (created_at DESC, id DESC);
CREATE INDEX coupon_by_seller ON {schema}.coupon (seller_id, created_at DESC, id DESC);

CREATE TABLE {schema}.coupon_customer (
    coupon_id   uuid NOT NULL,
    customer_id uuid NOT NULL,
    used        integer NOT NULL,
    PRIMARY KEY (coupon_id, customer_id)
);
"""
_FORGET = "DELETE FROM {schema}.coupon WHERE id = ANY(%b::uuid[])"
_FORGET_CUSTOMERS = "DELETE FROM {schema}.coupon_customer WHERE coupon_id = ANY(%b::uuid[])"
_CREATE = """
INSERT INTO {schema}.coupon
SELECT * FROM unnest(%b::uuid[], %b::text[], %b::integer[], %b::uuid[], %b::timestamptz[], %b::timestamptz[],
                     %b::integer[], %b::integer[], %b::bigint[], %b::text[], %b::boolean[], %b::integer[],
                     %b::bigint[], %b::timestamptz[], %b::timestamptz[])
"""
_CHANGE = """
UPDATE {schema}.coupon p
   SET active = coalesce(c.active, p.active), used = p.used + c.used, version = c.version, updated_at = c.at
  FROM unnest(%b::uuid[], %b::boolean[], %b::integer[], %b::bigint[], %b::timestamptz[])
    AS c (id, active, used, version, at)
 WHERE p.id = c.id
"""
_COUNT = """
INSERT INTO {schema}.coupon_customer AS k
SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::integer[])
    ON CONFLICT (coupon_id, customer_id) DO UPDATE SET used = k.used + excluded.used
"""

_DROP_UNUSED = """
DELETE FROM {schema}.coupon_customer k USING unnest(%b::uuid[], %b::uuid[]) AS r (coupon_id, customer_id)
 WHERE (k.coupon_id, k.customer_id) = (r.coupon_id, r.customer_id) AND k.used = 0
"""


class _Change:
    """What a batch makes of one code's coupon; `active` None leaves it as it is, uses add up."""

    __slots__ = ("active", "at", "created", "customers", "ended", "version")

    def __init__(self) -> None:
        self.ended = False
        self._begin(None)

    def _begin(self, created: CouponCreated | None) -> None:
        """Nothing of what was there before shows."""
        self.created = created
        self.active: bool | None = None
        self.customers = Counter[AccountId]()

    def apply(self, event: CouponEvent, version: int) -> None:
        self.version: int = version
        self.at: datetime = event.at
        match event:
            case CouponCreated():
                self._begin(event)
            case CouponDeleted():
                self._begin(None)
                self.ended = True
            case CouponActivated():
                self.active = True
            case CouponDeactivated():
                self.active = False
            case CouponRedeemed(customer_id=customer):
                self.customers[customer] += 1
            case CouponGivenBack(customer_id=customer):
                self.customers[customer] -= 1
            case _:
                assert_never(event)

    @property
    def stands(self) -> bool:
        """Whether there is a coupon after the batch."""
        return self.created is not None or not self.ended


async def apply(conn: Connection, schema: str, records: Sequence[Record]) -> None:
    changes = dict[CouponId, _Change]()
    for record in records:
        changes.setdefault(CouponId(record.stream), _Change()).apply(cast(CouponEvent, record.event), record.version)
    ordered = sorted(changes.items())
    if ended := [id_ for id_, change in ordered if change.ended]:
        await conn.execute(_FORGET.format(schema=schema), (ended,))
        await conn.execute(_FORGET_CUSTOMERS.format(schema=schema), (ended,))
    created = [_row(change.created, change.version) for _, change in ordered if change.created is not None]
    await bulk.write(conn, _CREATE.format(schema=schema), created)
    standing = [(id_, change) for id_, change in ordered if change.stands]
    changed = ((id_, c.active, c.customers.total(), c.version, c.at) for id_, c in standing)
    await bulk.write(conn, _CHANGE.format(schema=schema), changed)
    counts = list(_counts(standing))
    await bulk.write(conn, _COUNT.format(schema=schema), counts)
    returned = [(coupon, customer) for coupon, customer, used in counts if used < 0]
    await bulk.write(conn, _DROP_UNUSED.format(schema=schema), returned)


def _row(event: CouponCreated, version: int) -> tuple[object, ...]:
    terms, minimum = event.terms, event.terms.minimum
    return (
        event.coupon_id,
        event.code,
        terms.percentage,
        terms.seller_id,
        terms.valid_from,
        terms.valid_to,
        terms.usage_limit,
        terms.per_customer_limit,
        minimum and minimum.minor,
        minimum and minimum.currency,
        True,
        0,
        version,
        event.at,
        event.at,
    )


def _counts(changes: Iterable[tuple[CouponId, _Change]]) -> Iterable[tuple[CouponId, AccountId, int]]:
    for id_, change in changes:
        yield from ((id_, customer, used) for customer, used in sorted(change.customers.items()) if used)


COUPONS = Projection(
    name="coupons",
    version=1,
    events=(CouponCreated, CouponActivated, CouponDeactivated, CouponRedeemed, CouponGivenBack, CouponDeleted),
    ddl=DDL,
    apply=apply,
)
