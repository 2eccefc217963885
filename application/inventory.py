"""Commands on stock."""

from typing import ClassVar

from application.access import own_product, require_version
from application.ports.commands import Command, Result, Touched, touching
from application.ports.work import Work
from domain.catalogue.product import PRODUCTS
from domain.inventory.stock import STOCKS
from domain.shared.identifiers import ProductId, stock_of


class StockKept(Result, frozen=True, kw_only=True):
    """Levels after the command, in units."""

    product_id: ProductId
    version: int
    on_hand: int
    reserved: int
    available: int
    threshold: int
    low: bool


class AdjustStock(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "inventory.adjust-stock"
    product_id: ProductId
    change: int
    reason: str

    def streams(self) -> Touched:
        return _streams(self.product_id)


class SetStock(Command, frozen=True, kw_only=True):
    """Sets what is on hand, whatever it was."""

    name: ClassVar[str] = "inventory.set-stock"
    product_id: ProductId
    on_hand: int
    reason: str

    def streams(self) -> Touched:
        return _streams(self.product_id)


class SetThreshold(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "inventory.set-threshold"
    product_id: ProductId
    threshold: int
    expected_version: int | None = None

    def streams(self) -> Touched:
        return _streams(self.product_id)


def adjust_stock(command: AdjustStock, work: Work) -> StockKept:
    product = own_product(work, command.product_id)
    stock_id = stock_of(product.id)
    work.record(STOCKS, stock_id, work.get(STOCKS, stock_id).adjust(command.change, command.reason))
    return _kept(work, product.id)


def set_stock(command: SetStock, work: Work) -> StockKept:
    product = own_product(work, command.product_id)
    stock_id = stock_of(product.id)
    work.record(STOCKS, stock_id, work.get(STOCKS, stock_id).set_to(command.on_hand, command.reason))
    return _kept(work, product.id)


def set_threshold(command: SetThreshold, work: Work) -> StockKept:
    product = own_product(work, command.product_id)
    stock_id = stock_of(product.id)
    stock = work.get(STOCKS, stock_id)
    require_version(work, stock_id, command.expected_version)
    work.record(STOCKS, stock_id, stock.set_threshold(command.threshold))
    return _kept(work, product.id)


def _streams(product_id: ProductId) -> Touched:
    return (*touching(PRODUCTS, product_id), *touching(STOCKS, stock_of(product_id)))


def _kept(work: Work, product_id: ProductId) -> StockKept:
    stock_id = stock_of(product_id)
    stock = work.get(STOCKS, stock_id)
    return StockKept(
        product_id=product_id,
        version=work.version(stock_id),
        on_hand=stock.on_hand,
        reserved=stock.reserved,
        available=stock.available,
        threshold=stock.threshold,
        low=stock.low,
    )
