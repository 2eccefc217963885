"""The seller of what runs low is written to, once per crossing."""

from functools import partial

from application.catalogue import EditProduct, RestoreProduct, WithdrawProduct, edit_product, restore_product
from application.catalogue import withdraw_product as withdraw
from application.effects.mail import SendMail
from application.inventory import AdjustStock, adjust_stock
from application.processes.low_stock import Goods, instance, react
from application.processes.process import Decision, Due
from domain.catalogue.product import PRODUCTS
from domain.inventory.events import StockRanLow
from domain.shared.identifiers import stock_of
from tests.support.accounts import SELLER
from tests.support.catalogue import SHAMPOO
from tests.support.shop import POLICY, FakeShop


def decided(shop: FakeShop) -> list[Decision]:
    """Of all that happened to the product, first what it is and then what became of its stock."""
    state: Goods | None = None
    found: list[Decision] = []
    for event in (*shop.log.events(SHAMPOO), *shop.log.events(stock_of(SHAMPOO))):
        if instance(event) is not None:
            assert instance(event) == SHAMPOO
            state, decisions = react(state, event)
            found += decisions
    return found


def adjust(shop: FakeShop, change: int) -> None:
    command = AdjustStock(product_id=SHAMPOO, change=change, reason="counted")
    shop.ask(partial(adjust_stock, command), by=SELLER)


def mail(available: int, crossing: int, name: str = "Rose Shampoo") -> Due:
    references = {
        "product_id": str(SHAMPOO),
        "product": name,
        "available": str(available),
        "threshold": "5",
        "crossing": str(crossing),
    }
    send = SendMail(template="low-stock", account_id=SELLER, references=references)
    return Due(f"low-stock:{crossing}", send)


def test_it_is_written_once_until_there_is_enough_again() -> None:
    shop = FakeShop()
    shop.stocks(10)
    for change in (-4, -1, -2, 10, -13):
        adjust(shop, change)
    assert decided(shop) == [mail(5, 1), mail(0, 2)]


def test_it_calls_the_product_by_its_last_name() -> None:
    shop = FakeShop()
    shop.stocks(10)
    shop.ask(lambda work: edit_product(EditProduct(product_id=SHAMPOO, title="Tulip"), work, policy=POLICY), by=SELLER)
    adjust(shop, -9)
    assert decided(shop) == [mail(1, 1, "Tulip")]


def test_of_what_is_not_for_sale_nothing_is_written() -> None:
    shop = FakeShop()
    shop.stocks(10)
    adjust(shop, -9)
    shop.ask(partial(withdraw, WithdrawProduct(product_id=SHAMPOO)), by=SELLER)
    assert decided(shop) == []
    shop.ask(partial(restore_product, RestoreProduct(product_id=SHAMPOO)), by=SELLER)
    assert decided(shop) == [mail(1, 1)]
    assert not shop.log.state(PRODUCTS, SHAMPOO).withdrawn


def test_what_is_not_known_to_be_anybodys_is_passed_over() -> None:
    assert react(None, StockRanLow(product_id=SHAMPOO, available=1, threshold=5, crossing=1)) == (None, ())
