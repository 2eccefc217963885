"""Random histories of one code's coupons."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from msgspec.structs import replace

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
    CouponEvent,
    CouponGivenBack,
    CouponRedeemed,
)
from domain.promotions.terms import (
    CouponExhausted,
    CouponExpired,
    CouponInactive,
    CouponLimitOutOfRange,
    CouponNotYetValid,
    CouponPercentageOutOfRange,
    CouponUsedUp,
    CouponWindowEmpty,
    Terms,
)
from domain.shared.identifiers import AccountId, OrderId
from domain.shared.refusal import Refusal
from tests.support.coupons import COUPON, TERMS
from tests.support.machines import AggregateMachine
from tests.support.times import NOON

CUSTOMERS = st.sampled_from([AccountId(UUID(int=0xB1 + n)) for n in range(3)])
ORDERS = st.sampled_from([OrderId(UUID(int=n)) for n in range(8)])
CODES = st.sampled_from([CouponCode("ROSE-10"), CouponCode("rose-10"), CouponCode("Rose-10")])
MOMENTS = st.sampled_from([NOON + timedelta(hours=hours) for hours in (-1, 0, 1, 23, 24, 25)])
TERMS_OFFERED = st.builds(
    lambda percentage, usage, customer, end: replace(
        TERMS, percentage=percentage, usage_limit=usage, per_customer_limit=customer, valid_to=end
    ),
    st.sampled_from([0, 1, 1_000, 10_000, 10_001]) | st.just(1_000),
    st.integers(1, 4) | st.sampled_from([0, 100_001]),
    st.none() | st.integers(1, 3) | st.sampled_from([0, 100_001]),
    st.sampled_from([NOON, NOON + timedelta(days=1)]) | st.just(NOON + timedelta(days=1)),
)


def unsound(terms: Terms) -> type[Refusal] | None:
    limits = [limit for limit in (terms.usage_limit, terms.per_customer_limit) if limit is not None]
    if not 0 < terms.percentage <= 10_000:
        return CouponPercentageOutOfRange
    if terms.valid_to <= terms.valid_from:
        return CouponWindowEmpty
    return None if all(0 < limit <= 100_000 for limit in limits) else CouponLimitOutOfRange


class CouponMachine(AggregateMachine[Coupon, CouponEvent]):
    category = COUPONS
    stream = COUPON

    @initialize(usage=st.integers(1, 4), customer=st.none() | st.integers(1, 2))
    def create_first(self, usage: int, customer: int | None) -> None:
        self.terms: Terms | None = replace(TERMS, usage_limit=usage, per_customer_limit=customer)
        self.begin(create(None, code=CouponCode("ROSE-10"), terms=self.terms, at=NOON))
        self.active = True
        self.uses: dict[OrderId, AccountId] = {}

    @rule(code=CODES, terms=TERMS_OFFERED)
    def create_again(self, code: CouponCode, terms: Terms) -> None:
        refused = unsound(terms) or (CouponCodeTaken if self.terms else None)
        created = CouponCreated(coupon_id=COUPON, code=code, terms=terms, at=NOON)
        self.decide(lambda c: create(c, code=code, terms=terms, at=NOON), refused=refused, then=(created,))
        if refused is None:
            self.terms, self.active, self.uses = terms, True, {}

    @rule(order=ORDERS, customer=CUSTOMERS, at=MOMENTS | st.just(NOON))
    def redeem(self, order: OrderId, customer: AccountId, at: datetime) -> None:
        refused = CouponAlreadyRedeemed if order in self.uses else self.unusable(customer, at)
        redeemed = CouponRedeemed(coupon_id=COUPON, order_id=order, customer_id=customer, at=at)
        self.decide(lambda c: c.redeem(order, customer=customer, at=at), refused=refused, then=(redeemed,))
        if refused is None:
            self.uses[order] = customer

    def unusable(self, customer: AccountId, at: datetime) -> type[Refusal] | None:
        if self.terms is None:
            return CouponUnknown
        mine = list(self.uses.values()).count(customer)
        reasons = {
            CouponInactive: not self.active,
            CouponNotYetValid: at < self.terms.valid_from,
            CouponExpired: at >= self.terms.valid_to,
            CouponExhausted: len(self.uses) >= self.terms.usage_limit,
            CouponUsedUp: self.terms.per_customer_limit is not None and mine >= self.terms.per_customer_limit,
        }
        return next((reason for reason, holds in reasons.items() if holds), None)

    @rule(order=ORDERS)
    def give_back(self, order: OrderId) -> None:
        customer = self.uses.pop(order, None)
        back = (
            ()
            if customer is None
            else (CouponGivenBack(coupon_id=COUPON, order_id=order, customer_id=customer, at=NOON),)
        )
        self.decide(lambda c: c.give_back(order, at=NOON), refused=None, then=back)

    @rule(active=st.booleans())
    def switch(self, *, active: bool) -> None:
        kind = CouponActivated if active else CouponDeactivated
        then = () if active == self.active else (kind(coupon_id=COUPON, at=NOON),)
        refused = None if self.terms else CouponUnknown
        self.decide(lambda c: c.activate(NOON) if active else c.deactivate(NOON), refused=refused, then=then)
        self.active = active if self.terms else self.active

    @rule()
    def delete(self) -> None:
        refused = None if self.terms else CouponUnknown
        deleted = CouponDeleted(coupon_id=COUPON, at=NOON)
        self.decide(lambda c: c.delete(NOON), refused=refused, then=(deleted,))
        self.terms, self.uses = None, {}

    @invariant()
    def limits_hold(self) -> None:
        coupon = self.state
        assert dict(coupon.uses) == self.uses
        assert dict(coupon.customers) == Counter(self.uses.values())
        assert coupon.deleted == (self.terms is None)
        if self.terms is not None:
            assert coupon.used <= self.terms.usage_limit
            assert max(coupon.customers.values(), default=0) <= (self.terms.per_customer_limit or coupon.used)
            assert coupon.active == self.active


TestCouponMachine = CouponMachine.TestCase
