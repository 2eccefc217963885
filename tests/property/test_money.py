"""Whatever is split is whole again, and whatever is shown is read back."""

from hypothesis import assume, given
from hypothesis import strategies as st

from domain.shared.currencies import DECIMALS
from domain.shared.money import MAX_MINOR, Money

MINOR = st.integers(-MAX_MINOR, MAX_MINOR)
WEIGHTS = st.lists(st.integers(0, 10) | st.integers(0, MAX_MINOR), min_size=1, max_size=50)


@given(MINOR, WEIGHTS)
def test_an_allocation_loses_no_cent(minor: int, weights: list[int]) -> None:
    parts = Money(minor, "INR").allocate(weights)
    assert len(parts) == len(weights)
    assert sum(part.minor for part in parts) == minor


@given(MINOR, WEIGHTS)
def test_nobody_is_a_whole_cent_away_from_a_fair_part(minor: int, weights: list[int]) -> None:
    assume(any(weights))
    parts = Money(minor, "INR").allocate(weights)
    whole = sum(weights)
    assert all(abs(part.minor * whole - minor * weight) < whole for part, weight in zip(parts, weights, strict=True))


@given(MINOR, WEIGHTS)
def test_who_weighs_more_never_gets_less(minor: int, weights: list[int]) -> None:
    parts = Money(abs(minor), "INR").allocate(weights)
    by_weight = sorted(zip(weights, (part.minor for part in parts), strict=True))
    assume(len(set(weights)) == len(weights))
    assert [part for _, part in by_weight] == sorted(part for _, part in by_weight)


@given(st.integers(0, MAX_MINOR), st.sampled_from(sorted(DECIMALS)))
def test_an_amount_shown_is_read_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.of(money.major(), currency) == money


@given(MINOR, st.integers(0, 10_000))
def test_a_share_is_the_nearest_amount(minor: int, basis_points: int) -> None:
    share = Money(minor, "INR").share(basis_points)
    assert abs(share.minor * 10_000 - minor * basis_points) <= 5_000
    assert abs(share.minor) <= abs(minor)
