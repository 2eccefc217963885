"""Who may change a product's stock, and what is answered."""

import pytest

from application.inventory import (
    AdjustStock,
    SetStock,
    SetThreshold,
    StockKept,
    adjust_stock,
    set_stock,
    set_threshold,
)
from domain.inventory.events import StockAdjusted, StockRanLow
from domain.inventory.stock import StockOutOfRange
from domain.shared.identifiers import stock_of
from domain.shared.refusal import Forbidden, NotFound
from tests.support.accounts import ADMIN, BUYER, SELLER
from tests.support.catalogue import SHAMPOO, SOAP
from tests.support.shop import FakeShop


@pytest.fixture
def shop() -> FakeShop:
    shop = FakeShop()
    shop.stocks(10)
    return shop


def kept(*, on_hand: int, version: int, threshold: int = 5, low: bool = False) -> StockKept:
    return StockKept(
        product_id=SHAMPOO,
        version=version,
        on_hand=on_hand,
        reserved=0,
        available=on_hand,
        threshold=threshold,
        low=low,
    )


def test_a_seller_adjusts_the_stock(shop: FakeShop) -> None:
    command = AdjustStock(product_id=SHAMPOO, change=-5, reason="broken")
    assert shop.ask(lambda work: adjust_stock(command, work), by=SELLER) == kept(on_hand=5, version=4, low=True)
    assert shop.log.events(stock_of(SHAMPOO))[2:] == (
        StockAdjusted(product_id=SHAMPOO, change=-5, on_hand=5, reason="broken"),
        StockRanLow(product_id=SHAMPOO, available=5, threshold=5, crossing=1),
    )


def test_an_admin_sets_what_was_counted(shop: FakeShop) -> None:
    command = SetStock(product_id=SHAMPOO, on_hand=7, reason="counted")
    assert shop.ask(lambda work: set_stock(command, work), by=ADMIN) == kept(on_hand=7, version=3)
    assert shop.ask(lambda work: set_stock(command, work), by=ADMIN) == kept(on_hand=7, version=3)


def test_a_threshold_is_set(shop: FakeShop) -> None:
    command = SetThreshold(product_id=SHAMPOO, threshold=2)
    answer = shop.ask(lambda work: set_threshold(command, work), by=SELLER)
    assert answer == kept(on_hand=10, version=3, threshold=2)


def test_a_refused_level_changes_nothing(shop: FakeShop) -> None:
    before = shop.history()
    command = AdjustStock(product_id=SHAMPOO, change=-11, reason="broken")
    with pytest.raises(StockOutOfRange):
        shop.ask(lambda work: adjust_stock(command, work), by=SELLER)
    assert shop.history() == before


def test_nobody_else_touches_the_stock(shop: FakeShop) -> None:
    before = shop.history()
    with pytest.raises(Forbidden):
        shop.ask(lambda work: adjust_stock(AdjustStock(product_id=SHAMPOO, change=1, reason="mine"), work), by=BUYER)
    with pytest.raises(Forbidden):
        shop.ask(lambda work: set_stock(SetStock(product_id=SHAMPOO, on_hand=1, reason="mine"), work), by=BUYER)
    with pytest.raises(Forbidden):
        shop.ask(lambda work: set_threshold(SetThreshold(product_id=SHAMPOO, threshold=1), work), by=BUYER)
    with pytest.raises(NotFound):
        shop.ask(lambda work: set_threshold(SetThreshold(product_id=SOAP, threshold=1), work), by=SELLER)
    assert shop.history() == before
