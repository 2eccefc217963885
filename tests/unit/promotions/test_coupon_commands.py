"""Who may do what with coupons."""

from functools import partial

import pytest

from application.access import VersionMismatch
from application.promotions import (
    CouponKept,
    CreateCoupon,
    DeleteCoupon,
    SwitchCoupon,
    create_coupon,
    delete_coupon,
    switch_coupon,
)
from domain.promotions.coupon import COUPONS, CouponCodeTaken
from domain.promotions.coupon_code import CouponCode
from domain.promotions.terms import Terms
from domain.shared.identifiers import AccountId
from domain.shared.money import CurrencyMismatch, Money
from domain.shared.refusal import Forbidden, NotFound
from tests.support.accounts import ADMIN, BUYER, RIVAL, SELLER
from tests.support.coupons import CODE, COUPON, TERMS, terms
from tests.support.shop import POLICY, FakeShop
from tests.support.times import NOON


@pytest.fixture
def shop() -> FakeShop:
    return FakeShop()


def creates(shop: FakeShop, promised: Terms = TERMS, *, by: AccountId = SELLER, code: str = CODE) -> CouponKept:
    command = CreateCoupon(code=CouponCode(code), terms=promised)
    return shop.ask(lambda work: create_coupon(command, work, policy=POLICY), by=by)


def switches(shop: FakeShop, *, active: bool, by: AccountId = SELLER, expected: int | None = None) -> CouponKept:
    command = SwitchCoupon(coupon_id=COUPON, active=active, expected_version=expected)
    return shop.ask(lambda work: switch_coupon(command, work), by=by)


def deletes(shop: FakeShop, *, by: AccountId = SELLER, expected: int | None = None) -> None:
    command = DeleteCoupon(coupon_id=COUPON, expected_version=expected)
    shop.ask(lambda work: delete_coupon(command, work), by=by)


def kept(whose: AccountId | None, *, version: int = 1, active: bool = True) -> CouponKept:
    return CouponKept(
        coupon_id=COUPON,
        version=version,
        code=CODE,
        terms=terms(seller_id=whose),
        active=active,
        used=0,
        created_at=NOON,
        updated_at=NOON,
    )


@pytest.mark.parametrize("named", [None, ADMIN, RIVAL])
def test_a_sellers_coupon_is_for_its_own_lines_whatever_it_says(shop: FakeShop, named: AccountId | None) -> None:
    assert creates(shop, terms(seller_id=named)) == kept(SELLER)


def test_an_admins_coupon_is_for_all_lines_or_for_those_of_a_seller(shop: FakeShop) -> None:
    assert creates(shop, by=ADMIN) == kept(None)
    assert creates(shop, terms(seller_id=SELLER), by=ADMIN, code="OTHER").terms.seller_id == SELLER
    with pytest.raises(Forbidden):
        creates(shop, terms(seller_id=BUYER), by=ADMIN, code="THIRD")


def test_the_shop_itself_may_create_one(shop: FakeShop) -> None:
    command = CreateCoupon(code=CODE, terms=TERMS)
    assert shop.ask_itself(lambda work: create_coupon(command, work, policy=POLICY)) == kept(None)


def test_a_code_is_taken_whoever_has_it(shop: FakeShop) -> None:
    creates(shop, by=ADMIN)
    before = shop.history()
    for by in (SELLER, RIVAL, ADMIN):
        with pytest.raises(CouponCodeTaken):
            creates(shop, by=by, code="rose-10")
    assert shop.history() == before


def test_a_minimum_is_in_the_stores_currency(shop: FakeShop) -> None:
    with pytest.raises(CurrencyMismatch):
        creates(shop, terms(minimum=Money(1, "USD")))


def test_a_coupon_is_switched_by_its_seller_and_by_admins(shop: FakeShop) -> None:
    creates(shop)
    assert switches(shop, active=False) == kept(SELLER, version=2, active=False)
    assert switches(shop, active=False) == kept(SELLER, version=2, active=False)
    assert switches(shop, active=True, by=ADMIN, expected=2) == kept(SELLER, version=3)
    with pytest.raises(VersionMismatch):
        switches(shop, active=False, expected=2)


def test_a_deleted_coupon_is_gone_and_its_code_free(shop: FakeShop) -> None:
    creates(shop)
    with pytest.raises(VersionMismatch):
        deletes(shop, expected=2)
    deletes(shop, expected=1)
    assert shop.log.state(COUPONS, COUPON).deleted
    for ask in (partial(deletes, shop), partial(switches, shop, active=False), partial(deletes, shop, by=ADMIN)):
        with pytest.raises(NotFound):
            ask()
    assert creates(shop, by=RIVAL) == kept(RIVAL, version=3)


def test_another_sellers_coupon_is_as_good_as_none(shop: FakeShop) -> None:
    creates(shop)
    before = shop.history()
    for ask in (partial(deletes, shop, by=RIVAL), partial(switches, shop, active=False, by=RIVAL)):
        with pytest.raises(NotFound, match="There is no such coupon"):
            ask()
    assert shop.history() == before


def test_an_admins_coupon_is_not_its_sellers_to_end(shop: FakeShop) -> None:
    creates(shop, by=ADMIN)
    with pytest.raises(NotFound):
        deletes(shop)


def test_buyers_have_no_say(shop: FakeShop) -> None:
    creates(shop)
    for ask in (partial(creates, shop, by=BUYER, code="X"), partial(deletes, shop, by=BUYER)):
        with pytest.raises(Forbidden):
            ask()
    with pytest.raises(Forbidden):
        switches(shop, active=False, by=BUYER)
    with pytest.raises(Forbidden):
        shop.ask_anonymously(lambda work: delete_coupon(DeleteCoupon(coupon_id=COUPON), work))
