"""What happens to a product's stock. Levels: 0 ≤ reserved ≤ on hand; available = on hand less reserved."""

from typing import ClassVar

from domain.shared.event import Event
from domain.shared.identifiers import OrderId, ProductId


class StockOpened(Event, frozen=True, kw_only=True):
    """A product is kept in stock from now on, with nothing on hand."""

    topic: ClassVar[str] = "inventory.stock-opened"
    product_id: ProductId
    threshold: int


class StockAdjusted(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "inventory.stock-adjusted"
    product_id: ProductId
    change: int
    """Units, not zero."""
    on_hand: int
    """Units after the change."""
    reason: str


class StockReserved(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "inventory.stock-reserved"
    product_id: ProductId
    order_id: OrderId
    quantity: int


class StockReleased(Event, frozen=True, kw_only=True):
    """What an order had reserved is for sale again."""

    topic: ClassVar[str] = "inventory.stock-released"
    product_id: ProductId
    order_id: OrderId
    quantity: int


class StockShipped(Event, frozen=True, kw_only=True):
    """What an order had reserved has left the shelf: on hand and reserved fall by as much, available stays."""

    topic: ClassVar[str] = "inventory.stock-shipped"
    product_id: ProductId
    order_id: OrderId
    quantity: int


class StockThresholdSet(Event, frozen=True, kw_only=True):
    topic: ClassVar[str] = "inventory.stock-threshold-set"
    product_id: ProductId
    threshold: int


class StockRanLow(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Available went from above the threshold to it or below; not again until it was above."""

    topic: ClassVar[str] = "inventory.stock-ran-low"
    product_id: ProductId
    available: int
    threshold: int
    crossing: int = 0
    """Which time it is, from 1; left out by those that were not counted."""


StockEvent = (
    StockOpened | StockAdjusted | StockReserved | StockReleased | StockShipped | StockThresholdSet | StockRanLow
)
