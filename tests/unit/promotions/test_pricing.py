"""Pricing an order: figures that can be checked by hand."""

import pytest
from msgspec.structs import replace

from domain.promotions.pricing import Discount, DiscountTooLarge, Quote, Sale, quote
from domain.shared.money import CurrencyMismatch, Money, NotAnAmount
from tests.support.accounts import BUYER, RIVAL, SELLER
from tests.support.ordering import NOTHING, a_sale


def inr(minor: int) -> Money:
    return Money(minor, "INR")


def priced(*sales: Sale, discount: Money = NOTHING, rate: int = 1_800, inclusive: bool = False) -> Quote:
    """All lines at one rate, and a discount on all of them."""
    rated = [replace(sale, tax_rate=rate) for sale in sales]
    return quote(rated, discount=Discount(discount), tax_inclusive=inclusive)


def test_an_exclusive_tax_is_added() -> None:
    whole = priced(a_sale(2, price=inr(87_500)))
    assert (whole.original, whole.tax, whole.payable) == (inr(175_000), inr(31_500), inr(206_500))


def test_an_inclusive_tax_is_contained() -> None:
    whole = priced(a_sale(price=inr(11_800)), inclusive=True)
    assert (whole.original, whole.tax, whole.payable) == (inr(11_800), inr(1_800), inr(11_800))


def test_without_a_rate_there_is_no_tax() -> None:
    for inclusive in (True, False):
        whole = priced(a_sale(3, price=inr(333)), rate=0, inclusive=inclusive)
        assert (whole.tax, whole.payable) == (NOTHING, inr(999))


def test_the_tax_is_rounded_once_on_the_total_half_up() -> None:
    """Each line's 18 % of 0.25 is 4.5; rounded line by line that would be 15, not 14."""
    whole = priced(*(a_sale(price=inr(25)) for _ in range(3)))
    assert whole.tax == inr(14)
    assert [line.tax for line in whole.lines] == [inr(5), inr(5), inr(4)]
    assert priced(a_sale(price=inr(25))).tax == inr(5)


def test_a_discount_is_shared_by_what_the_lines_come_to() -> None:
    whole = priced(a_sale(price=inr(300)), a_sale(2, price=inr(50)), discount=inr(101), rate=0)
    assert [line.discount for line in whole.lines] == [inr(76), inr(25)]
    assert [line.payable for line in whole.lines] == [inr(224), inr(75)]


def test_the_tax_is_on_what_is_left_after_the_discount() -> None:
    whole = priced(a_sale(price=inr(10_000)), discount=inr(5_000))
    assert (whole.tax, whole.payable) == (inr(900), inr(5_900))


def test_a_line_that_is_given_away_bears_no_tax() -> None:
    whole = priced(a_sale(price=inr(1)), a_sale(price=inr(1)), discount=inr(1), rate=10_000)
    assert [line.discount for line in whole.lines] == [inr(1), NOTHING]
    assert [line.tax for line in whole.lines] == [NOTHING, inr(1)]


def test_a_whole_discount_leaves_nothing_to_pay() -> None:
    whole = priced(a_sale(price=inr(10_000)), a_sale(price=inr(1)), discount=inr(10_001))
    assert (whole.tax, whole.payable) == (NOTHING, NOTHING)


@pytest.mark.parametrize("discount", [-1, 10_001])
def test_a_discount_is_no_less_than_nothing_and_no_more_than_the_order(discount: int) -> None:
    with pytest.raises(DiscountTooLarge):
        priced(a_sale(price=inr(10_000)), discount=inr(discount))


def of_several_rates(*sales: Sale, discount: Discount | None = None, inclusive: bool = False) -> Quote:
    return quote(sales, discount=discount or Discount(NOTHING), tax_inclusive=inclusive)


def test_each_rate_is_taxed_by_itself() -> None:
    """18 % of 0.50 and 5 % of 0.50: 9 and 2.5, which is rounded up."""
    sales = [a_sale(price=inr(25), tax_rate=rate) for rate in (1_800, 500, 1_800, 500)]
    whole = of_several_rates(*sales)
    assert [line.tax for line in whole.lines] == [inr(5), inr(2), inr(4), inr(1)]
    assert [line.tax_rate for line in whole.lines] == [1_800, 500, 1_800, 500]
    assert (whole.tax, whole.payable) == (inr(12), inr(112))


def test_each_rate_is_contained_where_taxes_are_inclusive() -> None:
    whole = of_several_rates(a_sale(price=inr(11_800)), a_sale(price=inr(10_500), tax_rate=500), inclusive=True)
    assert [line.tax for line in whole.lines] == [inr(1_800), inr(500)]
    assert (whole.tax, whole.payable) == (inr(2_300), inr(22_300))


def test_what_is_free_of_tax_stays_so_beside_what_is_not() -> None:
    whole = of_several_rates(a_sale(price=inr(100), tax_rate=0), a_sale(price=inr(1), tax_rate=10_000))
    assert [line.tax for line in whole.lines] == [NOTHING, inr(1)]


def test_a_sellers_discount_is_taken_off_that_sellers_lines() -> None:
    sales = [a_sale(price=inr(50)), a_sale(price=inr(80), seller=RIVAL), a_sale(price=inr(51))]
    whole = of_several_rates(*sales, discount=Discount(inr(33), SELLER))
    assert [line.discount for line in whole.lines] == [inr(16), NOTHING, inr(17)]
    assert whole.discount == inr(33)
    with pytest.raises(DiscountTooLarge):
        of_several_rates(*sales, discount=Discount(inr(81), RIVAL))
    with pytest.raises(DiscountTooLarge):
        of_several_rates(*sales, discount=Discount(inr(1), BUYER))


def test_a_whole_discount_of_inclusive_prices_leaves_no_tax_either() -> None:
    sales = [a_sale(price=inr(11_800)), a_sale(price=inr(10_500), tax_rate=500)]
    whole = of_several_rates(*sales, discount=Discount(inr(22_300)), inclusive=True)
    assert (whole.tax, whole.payable, whole.discount) == (NOTHING, NOTHING, inr(22_300))


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        priced(a_sale(price=inr(1)), a_sale(price=Money(1, "GBP")))


def test_an_order_is_no_more_than_an_amount_may_be() -> None:
    with pytest.raises(NotAnAmount):
        priced(a_sale(2, price=inr(10**15)))
