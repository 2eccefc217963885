"""Commands on stock."""

from typing import ClassVar

from application.ports.commands import Command, Result
from domain.shared.identifiers import ProductId


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


class SetStock(Command, frozen=True, kw_only=True):
    """Sets what is on hand, whatever it was."""

    name: ClassVar[str] = "inventory.set-stock"
    product_id: ProductId
    on_hand: int
    reason: str


class SetThreshold(Command, frozen=True, kw_only=True):
    name: ClassVar[str] = "inventory.set-threshold"
    product_id: ProductId
    threshold: int
