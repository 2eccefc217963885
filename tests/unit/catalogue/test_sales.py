"""Sale windows: which may be, what a price is at each instant, and what is recorded at their ends."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.catalogue.events import SaleCancelled, SaleEnded, SaleScheduled, SaleStarted
from domain.catalogue.product import PRODUCTS, Product
from domain.catalogue.sales import (
    MAX_WINDOWS,
    SalePercentageOutOfRange,
    Sales,
    SalesOverlap,
    SaleWindow,
    SaleWindowInvalid,
    TooManySales,
)
from domain.shared.money import Money
from domain.shared.refusal import NotFound
from tests.support.catalogue import PRICE, SHAMPOO, a_product
from tests.support.given import after, given
from tests.support.times import NOON

HOUR, INSTANT = timedelta(hours=1), timedelta(microseconds=1)
START, END = NOON + HOUR, NOON + 3 * HOUR


def on_sale(percentage: int = 2_500, *, start: datetime = START, end: datetime = END, discount: int = 0) -> Product:
    product = a_product(discount=discount)
    scheduled = product.sales.schedule(SHAMPOO, start=start, end=end, percentage=percentage, at=NOON)
    return after(PRODUCTS, scheduled, product)


def test_a_sale_is_scheduled_as_it_was_asked_for() -> None:
    given(a_product()).when(
        lambda product: product.sales.schedule(SHAMPOO, start=START, end=END, percentage=2_500, at=NOON)
    ).then(SaleScheduled(product_id=SHAMPOO, start=START, end=END, percentage=2_500, at=NOON))


@pytest.mark.parametrize(
    ("start", "end", "percentage", "refusal"),
    [
        (START, START, 1_000, SaleWindowInvalid),
        (END, START, 1_000, SaleWindowInvalid),
        (NOON - 2 * HOUR, NOON, 1_000, SaleWindowInvalid),
        (START, END, 0, SalePercentageOutOfRange),
        (START, END, 10_000, SalePercentageOutOfRange),
    ],
)
def test_a_window_that_makes_no_sense_is_refused(
    start: datetime, end: datetime, percentage: int, refusal: type[SaleWindowInvalid]
) -> None:
    given(a_product()).when(
        lambda product: product.sales.schedule(SHAMPOO, start=start, end=end, percentage=percentage, at=NOON)
    ).refused(refusal)


@pytest.mark.parametrize(
    ("start", "end", "overlaps"),
    [
        (START - HOUR, START, False),
        (START - HOUR, START + INSTANT, True),
        (START + INSTANT, END - INSTANT, True),
        (END - INSTANT, END + HOUR, True),
        (END, END + HOUR, False),
    ],
)
def test_no_two_windows_overlap_and_they_may_touch(start: datetime, end: datetime, overlaps: bool) -> None:
    decided = given(on_sale()).when(
        lambda product: product.sales.schedule(SHAMPOO, start=start, end=end, percentage=1, at=NOON)
    )
    if overlaps:
        decided.refused(SalesOverlap)
    else:
        decided.then(SaleScheduled(product_id=SHAMPOO, start=start, end=end, percentage=1, at=NOON))


def test_there_are_so_many_sales_to_come_and_no_more() -> None:
    windows = tuple(SaleWindow(NOON + n * HOUR, NOON + (n + 1) * HOUR, 1) for n in range(MAX_WINDOWS))
    later = NOON + 99 * HOUR
    with pytest.raises(TooManySales):
        Sales(windows).schedule(SHAMPOO, start=later, end=later + HOUR, percentage=1, at=NOON)
    assert Sales(windows).schedule(SHAMPOO, start=later, end=later + HOUR, percentage=1, at=NOON + HOUR)


@for_all(
    percentage=st.integers(1, 9_999),
    discount=st.integers(0, 10_000),
    price=st.integers(0, 10**15),
    length=st.timedeltas(min_value=INSTANT, max_value=timedelta(days=365)),
)
def test_the_price_changes_at_the_very_instant(percentage: int, discount: int, price: int, length: timedelta) -> None:
    sales, whole = Sales((SaleWindow(START, START + length, percentage),)), Money(price, "INR")
    outside, inside = whole - whole.share(discount), min(whole - whole.share(each) for each in (discount, percentage))
    end = START + length
    for at, expected in ((START - INSTANT, outside), (START, inside), (end - INSTANT, inside), (end, outside)):
        assert sales.price(whole, discount, at) == expected


def test_the_lower_of_standing_discount_and_sale_holds() -> None:
    assert on_sale(2_500, discount=1_000).effective_price(START) == PRICE - PRICE.share(2_500)
    assert on_sale(2_500, discount=3_000).effective_price(START) == PRICE - PRICE.share(3_000)


def test_the_current_or_the_next_sale_is_shown_and_called_off() -> None:
    product = on_sale()
    second = product.sales.schedule(SHAMPOO, start=END, end=END + HOUR, percentage=100, at=NOON)
    product = after(PRODUCTS, second, product)
    shown = [product.sales.shown(at) for at in (NOON, START, END - INSTANT, END, END + HOUR)]
    assert [window and window.start for window in shown] == [START, START, START, END, None]
    given(product).when(lambda product: product.sales.cancel(SHAMPOO, END)).then(
        SaleCancelled(product_id=SHAMPOO, start=END, end=END + HOUR, at=END)
    )
    given(product).when(lambda product: product.sales.cancel(SHAMPOO, END + HOUR)).refused(NotFound)


def test_start_and_end_are_noted_once_and_decide_no_price() -> None:
    product, prices = on_sale(), on_sale().effective_price
    started = product.sales.begin(SHAMPOO, start=START, end=END, at=START)
    assert started == (SaleStarted(product_id=SHAMPOO, start=START, end=END, percentage=2_500, at=START),)
    product = after(PRODUCTS, started, product)
    assert product.sales.begin(SHAMPOO, start=START, end=END, at=START) == ()
    ended = product.sales.finish(SHAMPOO, start=START, end=END, at=END)
    assert ended == (SaleEnded(product_id=SHAMPOO, start=START, end=END, at=END),)
    product = after(PRODUCTS, ended, product)
    assert product.sales.finish(SHAMPOO, start=START, end=END, at=END) == ()
    for at in (START - INSTANT, START, END - INSTANT, END):
        assert product.effective_price(at) == prices(at)


def test_an_end_that_comes_first_notes_the_start_too() -> None:
    events = on_sale().sales.finish(SHAMPOO, start=START, end=END, at=END)
    assert [type(event) for event in events] == [SaleStarted, SaleEnded]


def test_nothing_is_noted_of_a_sale_that_was_called_off() -> None:
    product = on_sale()
    product = after(PRODUCTS, product.sales.cancel(SHAMPOO, NOON), product)
    assert product.sales.begin(SHAMPOO, start=START, end=END, at=START) == ()
    assert product.sales.finish(SHAMPOO, start=START, end=END, at=END) == ()
    assert product.effective_price(START) == PRICE


def test_what_is_over_is_kept_no_longer_than_the_next_sale_needs() -> None:
    product = on_sale()
    later = END + HOUR
    scheduled = product.sales.schedule(SHAMPOO, start=later, end=later + HOUR, percentage=1, at=END)
    assert after(PRODUCTS, scheduled, product).sales == Sales((SaleWindow(later, later + HOUR, 1),))
