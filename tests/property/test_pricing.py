"""No cent is lost, whatever the lines, the discount and the rate."""

from fractions import Fraction
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.promotions.pricing import Quote, Sale, quote
from domain.shared.identifiers import AccountId, ProductId
from domain.shared.money import Money
from tests.support.accounts import SELLER

PRICES = st.integers(0, 10**8) | st.sampled_from([0, 1, 3, 99, 10**10])
QUANTITIES = st.integers(1, 20) | st.sampled_from([1, 7, 10_000])
RATES = st.integers(0, 10_000) | st.sampled_from([0, 1, 500, 1_800, 3_333])
SALES = st.lists(st.tuples(QUANTITIES, PRICES), min_size=1, max_size=30)
SHARES = st.fractions(0, 1, max_denominator=10_000)


def priced(sales: list[tuple[int, int]], share: Fraction, rate: int, *, inclusive: bool) -> Quote:
    """The lines with a discount of that share of their sum."""
    total = sum(quantity * price for quantity, price in sales)
    return quote(
        [
            Sale(
                product_id=ProductId(UUID(int=number)),
                seller_id=AccountId(SELLER),
                name="Rose Shampoo",
                quantity=quantity,
                price=Money(price, "INR"),
            )
            for number, (quantity, price) in enumerate(sales)
        ],
        discount=Money(int(total * share), "INR"),
        tax_rate=rate,
        tax_inclusive=inclusive,
    )


@given(sales=SALES, share=SHARES, rate=RATES, inclusive=st.booleans())
def test_the_totals_are_the_sums_of_the_lines(
    sales: list[tuple[int, int]], share: Fraction, rate: int, *, inclusive: bool
) -> None:
    whole = priced(sales, share, rate, inclusive=inclusive)
    for part in ("original", "discount", "tax", "payable"):
        assert getattr(whole, part).minor == sum(getattr(line, part).minor for line in whole.lines)
    added = 0 if inclusive else whole.tax.minor
    assert whole.payable.minor == whole.original.minor - whole.discount.minor + added


@given(sales=SALES, share=SHARES, rate=RATES, inclusive=st.booleans())
def test_every_line_adds_up_and_is_within_its_bounds(
    sales: list[tuple[int, int]], share: Fraction, rate: int, *, inclusive: bool
) -> None:
    whole = priced(sales, share, rate, inclusive=inclusive)
    assert [(line.quantity, line.price.minor) for line in whole.lines] == sales
    for line in whole.lines:
        net = line.original.minor - line.discount.minor
        assert line.original.minor == line.quantity * line.price.minor
        assert 0 <= line.discount.minor <= line.original.minor
        assert line.payable.minor == (net if inclusive else net + line.tax.minor)
        assert 0 <= line.tax.minor <= line.payable.minor


@given(sales=SALES, share=SHARES, rate=RATES, inclusive=st.booleans())
def test_the_tax_is_rounded_once_and_no_share_is_a_unit_off(
    sales: list[tuple[int, int]], share: Fraction, rate: int, *, inclusive: bool
) -> None:
    whole = priced(sales, share, rate, inclusive=inclusive)
    net = whole.original.minor - whole.discount.minor
    exact = Fraction(net * rate, 10_000 + rate if inclusive else 10_000)
    assert -Fraction(1, 2) < whole.tax.minor - exact <= Fraction(1, 2)
    for line in whole.lines:
        if whole.original.minor:
            fair = Fraction(whole.discount.minor * line.original.minor, whole.original.minor)
            assert abs(line.discount.minor - fair) < 1
        if net:
            fair = Fraction(whole.tax.minor * (line.original.minor - line.discount.minor), net)
            assert abs(line.tax.minor - fair) < 1


@given(sales=SALES, share=SHARES, rate=RATES)
def test_an_inclusive_tax_changes_nothing_but_the_tax(sales: list[tuple[int, int]], share: Fraction, rate: int) -> None:
    assert priced(sales, share, rate, inclusive=True).payable == priced(sales, share, 0, inclusive=False).payable
