"""How much of a product there is, and who it is reserved for."""

from typing import assert_never

import msgspec
from immutables import Map
from msgspec.structs import replace

from domain.inventory.events import (
    StockAdjusted,
    StockEvent,
    StockOpened,
    StockRanLow,
    StockReleased,
    StockReserved,
    StockShipped,
    StockThresholdSet,
)
from domain.shared.category import Category, Family
from domain.shared.identifiers import OrderId, ProductId
from domain.shared.quantity import require_quantity
from domain.shared.refusal import Refusal

MAX_ON_HAND = 10**9
"""Units."""


class InsufficientStock(Refusal):
    """Less is available than was asked for."""

    code = "insufficient-stock"


class AlreadyReserved(Refusal):
    """The order holds units of this product; an order reserves once."""

    code = "already-reserved"


class StockBelowReserved(Refusal):
    """What is reserved for orders cannot be taken off the shelf."""

    code = "stock-below-reserved"


class StockOutOfRange(Refusal):
    """Levels and thresholds are 0 to 1,000,000,000 units."""

    code = "stock-out-of-range"


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """One product's stock: 0 ≤ reserved ≤ on hand, always."""

    product_id: ProductId
    on_hand: int
    reserved: int
    """Units; the sum of `reservations`."""
    reservations: Map[OrderId, int]
    threshold: int
    """Units; it is low at or below that."""
    crossings: int = 0
    """How often it ran low."""

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved

    @property
    def low(self) -> bool:
        return self.available <= self.threshold

    @staticmethod
    def open(*, product_id: ProductId, threshold: int) -> tuple[StockEvent, ...]:
        _require_level(threshold)
        return (StockOpened(product_id=product_id, threshold=threshold),)

    def adjust(self, change: int, reason: str) -> tuple[StockEvent, ...]:
        """Puts units on the shelf, or takes them off; no change, no event."""
        on_hand = self.on_hand + change
        _require_level(on_hand)
        if on_hand < self.reserved:
            raise StockBelowReserved(f"{self.reserved} units are reserved for orders.")
        if not change:
            return ()
        adjusted = StockAdjusted(product_id=self.product_id, change=change, on_hand=on_hand, reason=reason)
        return (adjusted, *self._ran_low(on_hand - self.reserved, self.threshold))

    def set_to(self, on_hand: int, reason: str) -> tuple[StockEvent, ...]:
        return self.adjust(on_hand - self.on_hand, reason)

    def reserve(self, order_id: OrderId, quantity: int) -> tuple[StockEvent, ...]:
        require_quantity(quantity)
        if order_id in self.reservations:
            raise AlreadyReserved("The order has reserved this product before.")
        if quantity > self.available:
            raise InsufficientStock(f"{quantity} were asked for, {self.available} are available.")
        reserved = StockReserved(product_id=self.product_id, order_id=order_id, quantity=quantity)
        return (reserved, *self._ran_low(self.available - quantity, self.threshold))

    def release(self, order_id: OrderId) -> tuple[StockEvent, ...]:
        """Gives up whatever the order holds, which may be nothing."""
        quantity = self.reservations.get(order_id)
        if quantity is None:
            return ()
        return (StockReleased(product_id=self.product_id, order_id=order_id, quantity=quantity),)

    def ship(self, order_id: OrderId) -> tuple[StockEvent, ...]:
        """Takes out whatever the order holds, which may be nothing."""
        quantity = self.reservations.get(order_id)
        if quantity is None:
            return ()
        return (StockShipped(product_id=self.product_id, order_id=order_id, quantity=quantity),)

    def set_threshold(self, threshold: int) -> tuple[StockEvent, ...]:
        _require_level(threshold)
        if threshold == self.threshold:
            return ()
        moved = StockThresholdSet(product_id=self.product_id, threshold=threshold)
        return (moved, *self._ran_low(self.available, threshold))

    def _ran_low(self, available: int, threshold: int) -> tuple[StockEvent, ...]:
        """The crossing, where there is one: it was not low and is now."""
        if self.low or available > threshold:
            return ()
        crossing = self.crossings + 1
        low = StockRanLow(product_id=self.product_id, available=available, threshold=threshold, crossing=crossing)
        return (low,)


def _require_level(units: int) -> None:
    if not 0 <= units <= MAX_ON_HAND:
        raise StockOutOfRange(f"A stock level is 0 to {MAX_ON_HAND:,} units.")


def evolve(stock: Stock | None, event: StockEvent) -> Stock:
    """The stock after the event."""
    match event:
        case StockOpened():
            return Stock(
                product_id=event.product_id, on_hand=0, reserved=0, reservations=Map(), threshold=event.threshold
            )
        case _ if stock is None:
            raise ValueError(f"{event.topic} came first")
        case StockAdjusted(on_hand=on_hand):
            return replace(stock, on_hand=on_hand)
        case StockReserved(order_id=order_id, quantity=quantity):
            reservations = stock.reservations.set(order_id, quantity)
            return replace(stock, reserved=stock.reserved + quantity, reservations=reservations)
        case StockReleased(order_id=order_id, quantity=quantity):
            reservations = stock.reservations.delete(order_id)
            return replace(stock, reserved=stock.reserved - quantity, reservations=reservations)
        case StockShipped(order_id=order_id, quantity=quantity):
            reservations = stock.reservations.delete(order_id)
            left = stock.on_hand - quantity
            return replace(stock, on_hand=left, reserved=stock.reserved - quantity, reservations=reservations)
        case StockThresholdSet(threshold=threshold):
            return replace(stock, threshold=threshold)
        case StockRanLow(crossing=crossing):
            return replace(stock, crossings=crossing)
        case _:
            assert_never(event)


STOCKS: Category[Stock, StockEvent] = Category(
    name="stock",
    family=Family.CATALOGUE,
    events=(StockOpened, StockAdjusted, StockReserved, StockReleased, StockShipped, StockThresholdSet, StockRanLow),
    state=Stock,
    evolve=evolve,
    key=lambda stock: stock.product_id,
)
