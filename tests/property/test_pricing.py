"""No cent is lost, whatever the lines, the discount and the rates."""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.ordering.events import OrderLine
from domain.promotions.pricing import Discount, Quote, Sale, quote, total_of
from domain.promotions.terms import CouponNotApplicable
from domain.shared.identifiers import AccountId, ProductId
from domain.shared.money import Money
from tests.support.accounts import RIVAL, SELLER
from tests.support.coupons import terms

PRICES = st.integers(0, 10**8) | st.sampled_from([0, 1, 3, 99, 10**10])
QUANTITIES = st.integers(1, 20) | st.sampled_from([1, 7, 10_000])
RATES = st.integers(0, 10_000) | st.sampled_from([0, 1, 500, 1_800, 3_333])
FEW_RATES = st.lists(RATES, min_size=1, max_size=3)
SELLERS = st.sampled_from([SELLER, RIVAL])
SHARES = st.fractions(0, 1, max_denominator=10_000)
PERCENTAGES = st.integers(1, 10_000) | st.sampled_from([1, 50, 1_000, 3_333, 9_999, 10_000])


class Order(NamedTuple):
    """Lines to be priced, a discount on them, and what came of it."""

    sales: list[Sale]
    discount: Discount
    inclusive: bool

    @property
    def whole(self) -> Quote:
        return quote(self.sales, discount=self.discount, tax_inclusive=self.inclusive)


@st.composite
def lines(draw: st.DrawFn) -> list[Sale]:
    """Of two sellers, at one to three rates."""
    rates = draw(FEW_RATES)
    drawn = draw(st.lists(st.tuples(QUANTITIES, PRICES, SELLERS, st.sampled_from(rates)), min_size=1, max_size=30))
    return [
        Sale(
            product_id=ProductId(UUID(int=number)),
            seller_id=seller,
            name="Rose Shampoo",
            quantity=quantity,
            price=Money(price, "INR"),
            tax_rate=rate,
        )
        for number, (quantity, price, seller, rate) in enumerate(drawn)
    ]


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """With a share of one seller's lines taken off, or of all."""
    sales, seller = draw(lines()), draw(st.none() | SELLERS)
    worth = total_of((sale for sale in sales if seller in {None, sale.seller_id}), "INR")
    return Order(sales, Discount(Money(int(worth.minor * draw(SHARES)), "INR"), seller), draw(st.booleans()))


def summed(lines: list[OrderLine], part: str) -> int:
    return sum(getattr(line, part).minor for line in lines)


@given(order=orders())
def test_the_totals_are_the_sums_of_the_lines(order: Order) -> None:
    whole = order.whole
    for part in ("original", "discount", "tax", "payable"):
        assert getattr(whole, part).minor == summed(list(whole.lines), part)
    added = 0 if order.inclusive else whole.tax.minor
    assert whole.payable.minor == whole.original.minor - whole.discount.minor + added
    assert whole.discount == order.discount.amount


@given(order=orders())
def test_every_line_adds_up_and_is_within_its_bounds(order: Order) -> None:
    for line, sale in zip(order.whole.lines, order.sales, strict=True):
        net = line.original.minor - line.discount.minor
        assert (line.quantity, line.price, line.tax_rate) == (sale.quantity, sale.price, sale.tax_rate)
        assert line.original.minor == line.quantity * line.price.minor
        assert 0 <= line.discount.minor <= line.original.minor
        assert line.payable.minor == (net if order.inclusive else net + line.tax.minor)
        assert 0 <= line.tax.minor <= line.payable.minor
        assert line.tax.is_zero or sale.tax_rate


@given(order=orders())
def test_the_discount_is_shared_by_what_it_is_taken_off(order: Order) -> None:
    whole = order.whole
    applies: Callable[[OrderLine], bool] = lambda line: order.discount.seller_id in {None, line.seller_id}  # noqa: E731
    worth = summed([line for line in whole.lines if applies(line)], "original")
    for line in whole.lines:
        fair = Fraction(whole.discount.minor * line.original.minor, worth) if applies(line) and worth else Fraction(0)
        assert abs(line.discount.minor - fair) < 1


@given(order=orders())
def test_the_tax_is_rounded_once_for_each_rate_and_no_share_is_a_unit_off(order: Order) -> None:
    whole = order.whole
    for rate in {sale.tax_rate for sale in order.sales}:
        group = [line for line in whole.lines if line.tax_rate == rate]
        net = summed(group, "original") - summed(group, "discount")
        exact = Fraction(net * rate, 10_000 + rate if order.inclusive else 10_000)
        tax = summed(group, "tax")
        assert -Fraction(1, 2) < tax - exact <= Fraction(1, 2)
        for line in group if net else ():
            fair = Fraction(tax * (line.original.minor - line.discount.minor), net)
            assert abs(line.tax.minor - fair) < 1


@given(order=orders())
def test_an_inclusive_tax_changes_nothing_but_the_tax(order: Order) -> None:
    untaxed = [replace(sale, tax_rate=0) for sale in order.sales]
    assert order._replace(inclusive=True).whole.payable == Order(untaxed, order.discount, inclusive=False).whole.payable


@given(sales=lines(), percentage=PERCENTAGES, seller=st.none() | SELLERS, inclusive=st.booleans())
def test_a_coupon_takes_its_percentage_off_and_an_order_with_it_adds_up(
    sales: list[Sale], percentage: int, seller: AccountId | None, *, inclusive: bool
) -> None:
    goods = [sale for sale in sales if seller in {None, sale.seller_id}]
    exact = Fraction(total_of(goods, "INR").minor * percentage, 10_000)
    try:
        discount = terms(percentage=percentage, seller_id=seller).discount_on(sales)
    except CouponNotApplicable:
        assert exact < Fraction(1, 2)
        return
    assert -Fraction(1, 2) < discount.amount.minor - exact <= Fraction(1, 2)
    whole = Order(sales, discount, inclusive).whole
    assert summed(list(whole.lines), "discount") == discount.amount.minor > 0
    if percentage == 10_000:
        assert all(line.payable.is_zero for line in whole.lines if seller in {None, line.seller_id})
