"""Money is exact, bounded, and never mixed."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from domain.shared.currencies import DECIMALS
from domain.shared.money import MAX_MINOR, CurrencyMismatch, Money, NotAnAmount, UnknownCurrency


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("875.00", "INR", 87_500),
        ("875", "INR", 87_500),
        ("0.01", "GBP", 1),
        ("8E+2", "INR", 80_000),
        ("875", "JPY", 875),
        ("1.234", "KWD", 1_234),
        ("1.2345", "CLF", 12_345),
        ("-0", "INR", 0),
        ("9999999999999.99", "INR", 999_999_999_999_999),
        ("10000000000000.00", "INR", MAX_MINOR),
    ],
)
def test_an_amount_is_counted_in_minor_units(amount: str, currency: str, minor: int) -> None:
    assert Money.of(Decimal(amount), currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("0.001", "INR"),
        ("875.000", "INR"),
        ("875.0", "JPY"),
        ("-0.01", "INR"),
        ("NaN", "INR"),
        ("sNaN", "INR"),
        ("Infinity", "INR"),
        ("-Infinity", "INR"),
        ("1e400", "INR"),
        ("1e-400", "INR"),
        ("0e-400", "INR"),
        ("1e999999", "INR"),
        ("10000000000000.01", "INR"),
        ("12345678901234567.89", "INR"),
        ("1000000000000001", "JPY"),
    ],
)
def test_what_no_amount_may_be_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(NotAnAmount):
        Money.of(Decimal(amount), currency)


@pytest.mark.parametrize("currency", ["", "inr", "XXX", "RUPEES", "IN\0"])
def test_only_iso_currencies_are_known(currency: str) -> None:
    with pytest.raises(UnknownCurrency):
        Money.of(Decimal(1), currency)
    with pytest.raises(UnknownCurrency):
        Money.zero(currency)


@pytest.mark.parametrize(
    ("money", "major"),
    [
        (Money(87_500, "INR"), "875.00"),
        (Money(5, "INR"), "0.05"),
        (Money(-5, "INR"), "-0.05"),
        (Money(0, "INR"), "0.00"),
        (Money(875, "JPY"), "875"),
        (Money(1, "KWD"), "0.001"),
    ],
)
def test_an_amount_is_shown_with_exactly_the_currencys_decimals(money: Money, major: str) -> None:
    assert str(money.major()) == major


def test_amounts_add_up() -> None:
    three, two = Money(300, "INR"), Money(200, "INR")
    assert three + two == Money(500, "INR")
    assert two - three == Money(-100, "INR")
    assert -two == Money(-200, "INR")
    assert three.times(4) == Money(1_200, "INR")
    assert two < three <= Money(300, "INR")
    assert three > two >= Money(200, "INR")
    assert not two > three
    assert Money.zero("INR").is_zero
    assert not two.is_zero


def test_currencies_do_not_mix() -> None:
    rupee, yen = Money(1, "INR"), Money(1, "JPY")
    mixtures: list[Callable[[], object]] = [
        lambda: rupee + yen,
        lambda: rupee - yen,
        lambda: rupee < yen,
        lambda: rupee <= yen,
        lambda: rupee > yen,
        lambda: rupee >= yen,
    ]
    for mixed in mixtures:
        with pytest.raises(CurrencyMismatch):
            mixed()
    assert rupee != yen


def test_no_result_is_beyond_what_an_amount_may_be() -> None:
    most = Money(MAX_MINOR, "INR")
    sums: list[Callable[[], Money]] = [
        lambda: most + Money(1, "INR"),
        lambda: -most - Money(1, "INR"),
        lambda: most.times(2),
        lambda: most.share(10_001),
    ]
    for beyond in sums:
        with pytest.raises(NotAnAmount):
            beyond()


@pytest.mark.parametrize(
    ("minor", "basis_points", "share"),
    [
        (100, 1_800, 18),
        (50, 100, 1),
        (49, 100, 0),
        (25, 200, 1),
        (-50, 100, -1),
        (-49, 100, 0),
        (99, 10_000, 99),
        (99, 0, 0),
    ],
)
def test_a_share_is_rounded_half_up(minor: int, basis_points: int, share: int) -> None:
    assert Money(minor, "INR").share(basis_points) == Money(share, "INR")


@pytest.mark.parametrize(
    ("minor", "weights", "parts"),
    [
        (100, (1, 1, 1), (34, 33, 33)),
        (101, (1, 1, 1), (34, 34, 33)),
        (10, (1, 2, 4), (1, 3, 6)),
        (1, (0, 0, 1), (0, 0, 1)),
        (5, (0, 3, 0, 3), (0, 3, 0, 2)),
        (5, (0, 0), (3, 2)),
        (0, (3, 4), (0, 0)),
        (0, (), ()),
        (-100, (1, 1, 1), (-34, -33, -33)),
        (7, (5,), (7,)),
    ],
)
def test_an_allocation_goes_by_the_largest_remainder(
    minor: int, weights: tuple[int, ...], parts: tuple[int, ...]
) -> None:
    assert Money(minor, "INR").allocate(weights) == tuple(Money(part, "INR") for part in parts)


@pytest.mark.parametrize("weights", [(), (1, -1)])
def test_an_allocation_needs_somebody_and_no_negative_weight(weights: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"weight|nobody"):
        Money(1, "INR").allocate(weights)


def test_currency_codes_are_three_capitals() -> None:
    assert len(DECIMALS) > 150
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for code in DECIMALS)
