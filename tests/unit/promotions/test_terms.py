"""What a coupon takes off, and off what."""

import pytest

from domain.promotions.pricing import Discount, Sale
from domain.promotions.terms import CouponMinimumNotMet, CouponNotApplicable, Terms
from domain.shared.identifiers import AccountId
from domain.shared.money import Money
from tests.support.accounts import RIVAL, SELLER
from tests.support.coupons import terms
from tests.support.ordering import a_sale


def inr(minor: int) -> Money:
    return Money(minor, "INR")


def sales(*prices: tuple[int, AccountId]) -> list[Sale]:
    return [a_sale(price=inr(minor), seller=seller) for minor, seller in prices]


MIXED = sales((1_005, SELLER), (333, RIVAL), (1_000, SELLER))


@pytest.mark.parametrize(
    ("promised", "off"),
    [
        (terms(), 234),
        (terms(percentage=10_000), 2_338),
        (terms(percentage=1), None),
        (terms(percentage=22), 5),
        (terms(seller_id=SELLER), 201),
        (terms(seller_id=RIVAL), 33),
        (terms(seller_id=RIVAL, percentage=10_000), 333),
    ],
)
def test_a_percentage_of_what_it_applies_to_is_rounded_once_half_up(promised: Terms, off: int | None) -> None:
    if off is None:
        with pytest.raises(CouponNotApplicable):
            promised.discount_on(MIXED)
    else:
        assert promised.discount_on(MIXED) == Discount(inr(off), promised.seller_id)


@pytest.mark.parametrize(
    ("promised", "goods"),
    [
        (terms(), []),
        (terms(seller_id=RIVAL), sales((500, SELLER))),
        (terms(seller_id=RIVAL), sales((500, SELLER), (0, RIVAL))),
        (terms(), sales((0, SELLER))),
        (terms(percentage=100), sales((49, SELLER))),
    ],
)
def test_a_coupon_that_takes_nothing_off_is_not_used_up(promised: Terms, goods: list[Sale]) -> None:
    with pytest.raises(CouponNotApplicable):
        promised.discount_on(goods)


def test_a_minimum_is_for_what_it_applies_to_before_discount() -> None:
    assert terms(minimum=inr(2_338)).discount_on(MIXED).amount == inr(234)
    assert terms(minimum=inr(2_005), seller_id=SELLER).discount_on(MIXED).amount == inr(201)
    for promised in (terms(minimum=inr(2_339)), terms(minimum=inr(2_006), seller_id=SELLER)):
        with pytest.raises(CouponMinimumNotMet):
            promised.discount_on(MIXED)
    with pytest.raises(CouponMinimumNotMet, match=r"takes 999\.00 INR at least .* that is 23\.38"):
        terms(minimum=inr(99_900)).discount_on(MIXED)


def test_a_minimum_does_not_make_a_coupon_applicable() -> None:
    with pytest.raises(CouponNotApplicable):
        terms(minimum=inr(1), seller_id=RIVAL).discount_on(sales((500, SELLER)))
