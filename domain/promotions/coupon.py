"""A coupon: its code is its own while it exists, and it is used exactly as often as it may be."""

from datetime import datetime
from typing import assert_never

import msgspec
from immutables import Map
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
from domain.promotions.terms import Terms
from domain.shared.category import Category, Family
from domain.shared.identifiers import AccountId, CouponId, OrderId
from domain.shared.refusal import Refusal


class CouponCodeTaken(Refusal):
    """There is a coupon with this code; case makes no difference."""

    code = "coupon-code-taken"


class CouponUnknown(Refusal):
    """There is no coupon with this code, or none any more."""

    code = "coupon-unknown"


class CouponAlreadyRedeemed(Refusal):
    """An order uses a coupon once."""

    code = "coupon-already-redeemed"


class Coupon(msgspec.Struct, frozen=True, kw_only=True):
    """One code's coupon. Uses that were not given back never exceed its limits."""

    id: CouponId
    code: CouponCode
    terms: Terms
    active: bool
    deleted: bool
    uses: Map[OrderId, AccountId]
    """Which order uses it, and whose that is."""
    customers: Map[AccountId, int]
    """How many of the uses each customer has; never 0."""
    created_at: datetime
    updated_at: datetime

    @property
    def used(self) -> int:
        return len(self.uses)

    def require_usable(self, *, customer: AccountId, at: datetime) -> None:
        """Whether the customer could use it once more then; raises the first reason against it."""
        self._require_there()
        by_customer = self.customers.get(customer, 0)
        self.terms.require_usable(active=self.active, used=self.used, used_by_customer=by_customer, at=at)

    def redeem(self, order_id: OrderId, *, customer: AccountId, at: datetime) -> tuple[CouponEvent, ...]:
        """One use more, for the order; raises what `require_usable` does, and CouponAlreadyRedeemed."""
        if order_id in self.uses:
            raise CouponAlreadyRedeemed("The order uses this coupon already.")
        self.require_usable(customer=customer, at=at)
        return (CouponRedeemed(coupon_id=self.id, order_id=order_id, customer_id=customer, at=at),)

    def give_back(self, order_id: OrderId, *, at: datetime) -> tuple[CouponEvent, ...]:
        """Frees the order's use, however the coupon stands now; an order that has none frees none."""
        customer = self.uses.get(order_id)
        if customer is None:
            return ()
        return (CouponGivenBack(coupon_id=self.id, order_id=order_id, customer_id=customer, at=at),)

    def activate(self, at: datetime) -> tuple[CouponEvent, ...]:
        self._require_there()
        return () if self.active else (CouponActivated(coupon_id=self.id, at=at),)

    def deactivate(self, at: datetime) -> tuple[CouponEvent, ...]:
        self._require_there()
        return (CouponDeactivated(coupon_id=self.id, at=at),) if self.active else ()

    def delete(self, at: datetime) -> tuple[CouponEvent, ...]:
        """Frees the code. Raises CouponUnknown the second time."""
        self._require_there()
        return (CouponDeleted(coupon_id=self.id, at=at),)

    def _require_there(self) -> None:
        if self.deleted:
            raise CouponUnknown("There is no coupon with this code.")


def create(current: Coupon | None, *, code: CouponCode, terms: Terms, at: datetime) -> tuple[CouponEvent, ...]:
    """A coupon under a code that is free: nobody ever had it, or it was deleted. Raises CouponCodeTaken."""
    terms.require_sound()
    if current is not None and not current.deleted:
        raise CouponCodeTaken(f"There is a coupon with the code {current.code}.")
    return (CouponCreated(coupon_id=coupon_of(code), code=code, terms=terms, at=at),)


def evolve(coupon: Coupon | None, event: CouponEvent) -> Coupon:
    """The coupon after the event. A new one under an old code knows nothing of the uses of the former."""
    match event:
        case CouponCreated(at=at):
            return Coupon(
                id=event.coupon_id,
                code=CouponCode(event.code),
                terms=event.terms,
                active=True,
                deleted=False,
                uses=Map(),
                customers=Map(),
                created_at=at,
                updated_at=at,
            )
        case _ if coupon is None:
            raise ValueError(f"{event.topic} came first")
        case CouponActivated(at=at):
            return replace(coupon, active=True, updated_at=at)
        case CouponDeactivated(at=at):
            return replace(coupon, active=False, updated_at=at)
        case CouponRedeemed(order_id=order_id, customer_id=customer, at=at):
            customers = coupon.customers.set(customer, coupon.customers.get(customer, 0) + 1)
            return replace(coupon, uses=coupon.uses.set(order_id, customer), customers=customers, updated_at=at)
        case CouponGivenBack(order_id=order_id, customer_id=customer, at=at):
            customers = _one_less(coupon.customers, customer)
            return replace(coupon, uses=coupon.uses.delete(order_id), customers=customers, updated_at=at)
        case CouponDeleted(at=at):
            return replace(coupon, deleted=True, uses=Map(), customers=Map(), updated_at=at)
        case _:
            assert_never(event)


def _one_less(customers: Map[AccountId, int], customer: AccountId) -> Map[AccountId, int]:
    left = customers[customer] - 1
    return customers.set(customer, left) if left else customers.delete(customer)


COUPONS: Category[Coupon, CouponEvent] = Category(
    name="coupon",
    family=Family.PROMOTIONS,
    events=(CouponCreated, CouponActivated, CouponDeactivated, CouponRedeemed, CouponGivenBack, CouponDeleted),
    state=Coupon,
    evolve=evolve,
    key=lambda coupon: coupon.id,
)
