"""Levels hold: 0 ≤ reserved ≤ on hand, and running low is said once."""

import pytest

from domain.inventory.events import (
    StockAdjusted,
    StockOpened,
    StockRanLow,
    StockReleased,
    StockReserved,
    StockThresholdSet,
)
from domain.inventory.stock import (
    MAX_ON_HAND,
    STOCKS,
    AlreadyReserved,
    InsufficientStock,
    Stock,
    StockBelowReserved,
    StockOutOfRange,
)
from domain.shared.quantity import QuantityOutOfRange
from tests.support.catalogue import SHAMPOO, a_stock
from tests.support.given import after, given
from tests.support.shopping import ORDER, OTHER_ORDER


def adjusted(change: int, on_hand: int) -> StockAdjusted:
    return StockAdjusted(product_id=SHAMPOO, change=change, on_hand=on_hand, reason="counted")


def ran_low(available: int, threshold: int = 5, *, crossing: int = 1) -> StockRanLow:
    return StockRanLow(product_id=SHAMPOO, available=available, threshold=threshold, crossing=crossing)


def reserved(quantity: int) -> StockReserved:
    return StockReserved(product_id=SHAMPOO, order_id=ORDER, quantity=quantity)


def test_stock_opens_empty() -> None:
    assert Stock.open(product_id=SHAMPOO, threshold=5) == (StockOpened(product_id=SHAMPOO, threshold=5),)
    assert a_stock(0).available == 0
    with pytest.raises(StockOutOfRange):
        Stock.open(product_id=SHAMPOO, threshold=-1)


def test_units_are_put_on_the_shelf_and_taken_off() -> None:
    given(a_stock(10)).when(lambda stock: stock.adjust(5, "counted")).then(adjusted(5, 15))
    given(a_stock(10)).when(lambda stock: stock.adjust(-2, "counted")).then(adjusted(-2, 8))
    given(a_stock(10)).when(lambda stock: stock.adjust(0, "counted")).then()


def test_the_shelf_is_set_to_what_was_counted() -> None:
    given(a_stock(10)).when(lambda stock: stock.set_to(7, "counted")).then(adjusted(-3, 7))
    given(a_stock(10)).when(lambda stock: stock.set_to(10, "counted")).then()


@pytest.mark.parametrize("change", [-11, MAX_ON_HAND])
def test_a_level_is_never_negative_or_absurd(change: int) -> None:
    given(a_stock(10)).when(lambda stock: stock.adjust(change, "counted")).refused(StockOutOfRange)


def test_what_is_reserved_stays_on_the_shelf() -> None:
    stock = a_stock(10, reserved={ORDER: 6})
    given(stock).when(lambda stock: stock.set_to(5, "counted")).refused(StockBelowReserved)
    given(stock).when(lambda stock: stock.set_to(6, "counted")).then(adjusted(-4, 6))


def test_an_order_reserves_what_is_available() -> None:
    given(a_stock(20)).when(lambda stock: stock.reserve(ORDER, 3)).then(reserved(3))
    assert a_stock(20, reserved={ORDER: 3}).available == 17


def test_nothing_is_oversold() -> None:
    refusal = given(a_stock(10, reserved={OTHER_ORDER: 8})).when(lambda stock: stock.reserve(ORDER, 3))
    assert refusal.refused(InsufficientStock).detail == "3 were asked for, 2 are available."


def test_the_last_unit_can_be_sold() -> None:
    given(a_stock(1)).when(lambda stock: stock.reserve(ORDER, 1)).then(reserved(1))


def test_an_order_reserves_a_product_once() -> None:
    given(a_stock(20, reserved={ORDER: 3})).when(lambda stock: stock.reserve(ORDER, 3)).refused(AlreadyReserved)


@pytest.mark.parametrize("quantity", [-1, 0, 10_001])
def test_a_reservation_is_1_to_10000_units(quantity: int) -> None:
    given(a_stock(20_000)).when(lambda stock: stock.reserve(ORDER, quantity)).refused(QuantityOutOfRange)


def test_a_reservation_is_released_once() -> None:
    stock = a_stock(20, reserved={ORDER: 3})
    released = StockReleased(product_id=SHAMPOO, order_id=ORDER, quantity=3)
    given(stock).when(lambda stock: stock.release(ORDER)).then(released)
    given(after(STOCKS, (released,), stock)).when(lambda stock: stock.release(ORDER)).then()


def test_running_low_is_said_when_the_threshold_is_crossed() -> None:
    given(a_stock(6)).when(lambda stock: stock.reserve(ORDER, 1)).then(reserved(1), ran_low(5))
    given(a_stock(6)).when(lambda stock: stock.adjust(-2, "counted")).then(adjusted(-2, 4), ran_low(4))


def test_running_low_is_said_once_until_there_is_enough_again() -> None:
    low = a_stock(6, reserved={OTHER_ORDER: 1})
    given(low).when(lambda stock: stock.reserve(ORDER, 1)).then(reserved(1))
    stocked_up = after(STOCKS, low.adjust(10, "delivered"), low)
    given(stocked_up).when(lambda stock: stock.reserve(ORDER, 10)).then(reserved(10), ran_low(5, crossing=2))


def test_a_shelf_that_was_never_full_does_not_run_low() -> None:
    given(a_stock(0)).when(lambda stock: stock.adjust(3, "counted")).then(adjusted(3, 3))


def test_a_raised_threshold_can_be_crossed() -> None:
    moved = StockThresholdSet(product_id=SHAMPOO, threshold=20)
    given(a_stock(20)).when(lambda stock: stock.set_threshold(20)).then(moved, ran_low(20, 20))
    given(a_stock(21)).when(lambda stock: stock.set_threshold(20)).then(moved)
    given(a_stock(21)).when(lambda stock: stock.set_threshold(5)).then()
    given(a_stock(21)).when(lambda stock: stock.set_threshold(-1)).refused(StockOutOfRange)
