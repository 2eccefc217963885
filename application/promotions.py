"""Commands on coupons."""

from datetime import datetime
from typing import ClassVar

from msgspec.structs import replace

from application.access import admitted, require_version
from application.policy import ShopPolicy
from application.ports.commands import Command, Result, Touched, touching
from application.ports.work import Work
from domain.accounts.account import ACCOUNTS
from domain.accounts.events import Role
from domain.promotions.coupon import COUPONS, Coupon, CouponUnknown, create
from domain.promotions.coupon_code import CouponCode, coupon_id_of, coupon_of
from domain.promotions.terms import Terms
from domain.shared.identifiers import CouponId
from domain.shared.money import CurrencyMismatch
from domain.shared.refusal import NotFound


class CouponKept(Result, frozen=True, kw_only=True):
    """The coupon as it stands after the command."""

    coupon_id: CouponId
    version: int
    code: str
    terms: Terms
    active: bool
    used: int
    created_at: datetime
    updated_at: datetime


class Deleted(Result, frozen=True, kw_only=True):
    """Nothing to add."""


class CreateCoupon(Command, frozen=True, kw_only=True):
    """A seller's coupon is for its own lines, whatever the terms say; an admin's for those that the terms name."""

    name: ClassVar[str] = "promotions.create-coupon"
    code: CouponCode
    terms: Terms

    def streams(self) -> Touched:
        return touching(COUPONS, coupon_of(self.code))


class SwitchCoupon(Command, frozen=True, kw_only=True):
    """On or off."""

    name: ClassVar[str] = "promotions.switch-coupon"
    coupon_id: CouponId
    active: bool
    expected_version: int | None = None

    def streams(self) -> Touched:
        return touching(COUPONS, self.coupon_id)


class DeleteCoupon(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "promotions.delete-coupon"
    coupon_id: CouponId
    expected_version: int | None = None

    def streams(self) -> Touched:
        return touching(COUPONS, self.coupon_id)


def create_coupon(command: CreateCoupon, work: Work, *, policy: ShopPolicy) -> CouponKept:
    coupon_id, terms = coupon_of(command.code), _own_terms(command, work)
    if terms.minimum is not None and terms.minimum.currency != policy.currency:
        raise CurrencyMismatch(f"Amounts are in {policy.currency}.")
    created = create(work.find(COUPONS, coupon_id), code=command.code, terms=terms, at=work.now)
    work.record(COUPONS, coupon_id, created)
    return _kept(work, coupon_id)


def switch_coupon(command: SwitchCoupon, work: Work) -> CouponKept:
    coupon = own_coupon(work, command.coupon_id)
    require_version(work, coupon.id, command.expected_version)
    work.record(COUPONS, coupon.id, coupon.activate(work.now) if command.active else coupon.deactivate(work.now))
    return _kept(work, coupon.id)


def delete_coupon(command: DeleteCoupon, work: Work) -> Deleted:
    coupon = own_coupon(work, command.coupon_id)
    require_version(work, coupon.id, command.expected_version)
    work.record(COUPONS, coupon.id, coupon.delete(work.now))
    return Deleted()


def own_coupon(work: Work, coupon_id: CouponId) -> Coupon:
    """The coupon, for its seller, an admin or the shop itself; raises NotFound for every other seller."""
    asking = admitted(work, Role.SELLER, Role.ADMIN)
    coupon = work.find(COUPONS, coupon_id)
    if coupon is None or coupon.deleted:
        raise NotFound("There is no such coupon.")
    if asking is not None and asking.role is not Role.ADMIN and coupon.terms.seller_id != asking.id:
        raise NotFound("There is no such coupon.")
    return coupon


def coupon_named(work: Work, written: str) -> Coupon:
    """The coupon that a buyer's code names; raises CouponUnknown."""
    coupon_id = coupon_id_of(written)
    coupon = None if coupon_id is None else work.find(COUPONS, coupon_id)
    if coupon is None or coupon.deleted:
        raise CouponUnknown("There is no coupon with this code.")
    return coupon


def _own_terms(command: CreateCoupon, work: Work) -> Terms:
    asking = admitted(work, Role.SELLER, Role.ADMIN)
    if asking is not None and asking.role is Role.SELLER:
        return replace(command.terms, seller_id=asking.id)
    if command.terms.seller_id is not None:
        work.get(ACCOUNTS, command.terms.seller_id).require(Role.SELLER, Role.ADMIN)
    return command.terms


def _kept(work: Work, coupon_id: CouponId) -> CouponKept:
    coupon = work.get(COUPONS, coupon_id)
    return CouponKept(
        coupon_id=coupon_id,
        version=work.version(coupon_id),
        code=coupon.code,
        terms=coupon.terms,
        active=coupon.active,
        used=coupon.used,
        created_at=coupon.created_at,
        updated_at=coupon.updated_at,
    )
