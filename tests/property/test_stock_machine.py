"""Random histories of one product's stock."""

from collections.abc import Callable, Sequence
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from domain.inventory.events import (
    StockAdjusted,
    StockEvent,
    StockRanLow,
    StockReleased,
    StockReserved,
    StockShipped,
    StockThresholdSet,
)
from domain.inventory.stock import (
    STOCKS,
    AlreadyReserved,
    InsufficientStock,
    Stock,
    StockBelowReserved,
    StockOutOfRange,
)
from domain.shared.identifiers import OrderId, ProductId, stock_of
from domain.shared.quantity import QuantityOutOfRange
from domain.shared.refusal import Refusal
from tests.support.machines import AggregateMachine

PRODUCT = ProductId(UUID(int=1))
ORDERS = st.sampled_from([OrderId(UUID(int=n)) for n in range(5)])
UNITS = st.integers(-20, 40) | st.sampled_from([-(10**9), 10**9, 10**9 + 1])
QUANTITIES = st.integers(-1, 12) | st.sampled_from([9_999, 10_000, 10_001])


class StockMachine(AggregateMachine[Stock, StockEvent]):
    category = STOCKS
    stream = stock_of(PRODUCT)

    @initialize(threshold=st.integers(0, 10))
    def open(self, threshold: int) -> None:
        self.begin(Stock.open(product_id=PRODUCT, threshold=threshold))
        self.on_hand = 0
        self.reservations: dict[OrderId, int] = {}
        self.threshold = threshold
        self.crossings = 0

    def decide(
        self,
        decision: Callable[[Stock], Sequence[StockEvent]],
        *,
        refused: type[Refusal] | None,
        then: Sequence[StockEvent] = (),
    ) -> None:
        super().decide(decision, refused=refused, then=then)
        if refused is None:
            self.crossings += any(isinstance(event, StockRanLow) for event in then)

    @property
    def available(self) -> int:
        return self.on_hand - sum(self.reservations.values())

    def crossing(self, available: int, threshold: int) -> tuple[StockEvent, ...]:
        """What is recorded beside a change that leaves these levels."""
        if self.available > self.threshold and available <= threshold:
            crossing = self.crossings + 1
            return (StockRanLow(product_id=PRODUCT, available=available, threshold=threshold, crossing=crossing),)
        return ()

    @rule(change=UNITS)
    def adjust(self, change: int) -> None:
        refused, then = self.shelved(self.on_hand + change)
        self.decide(lambda stock: stock.adjust(change, "counted"), refused=refused, then=then)
        self.on_hand += 0 if refused else change

    @rule(on_hand=UNITS)
    def set_to(self, on_hand: int) -> None:
        refused, then = self.shelved(on_hand)
        self.decide(lambda stock: stock.set_to(on_hand, "counted"), refused=refused, then=then)
        self.on_hand = self.on_hand if refused else on_hand

    def shelved(self, on_hand: int) -> tuple[type[Refusal] | None, tuple[StockEvent, ...]]:
        """What must come of bringing the shelf to that level."""
        reserved, change = sum(self.reservations.values()), on_hand - self.on_hand
        if not 0 <= on_hand <= 10**9:
            return StockOutOfRange, ()
        if on_hand < reserved:
            return StockBelowReserved, ()
        if change == 0:
            return None, ()
        adjusted = StockAdjusted(product_id=PRODUCT, change=change, on_hand=on_hand, reason="counted")
        return None, (adjusted, *self.crossing(on_hand - reserved, self.threshold))

    @rule(order=ORDERS, quantity=QUANTITIES)
    def reserve(self, order: OrderId, quantity: int) -> None:
        refused: type[Refusal] | None = None
        if not 1 <= quantity <= 10_000:
            refused = QuantityOutOfRange
        elif order in self.reservations:
            refused = AlreadyReserved
        elif quantity > self.available:
            refused = InsufficientStock
        reserved = StockReserved(product_id=PRODUCT, order_id=order, quantity=quantity)
        then = (reserved, *self.crossing(self.available - quantity, self.threshold))
        self.decide(lambda stock: stock.reserve(order, quantity), refused=refused, then=then)
        if refused is None:
            self.reservations[order] = quantity

    @rule(order=ORDERS)
    def release(self, order: OrderId) -> None:
        quantity = self.reservations.pop(order, None)
        then = () if quantity is None else (StockReleased(product_id=PRODUCT, order_id=order, quantity=quantity),)
        self.decide(lambda stock: stock.release(order), refused=None, then=then)

    @rule(order=ORDERS)
    def ship(self, order: OrderId) -> None:
        quantity = self.reservations.pop(order, None)
        then = () if quantity is None else (StockShipped(product_id=PRODUCT, order_id=order, quantity=quantity),)
        self.decide(lambda stock: stock.ship(order), refused=None, then=then)
        self.on_hand -= quantity or 0

    @rule(threshold=UNITS)
    def set_threshold(self, threshold: int) -> None:
        refused = None if 0 <= threshold <= 10**9 else StockOutOfRange
        moved = StockThresholdSet(product_id=PRODUCT, threshold=threshold)
        then = () if threshold == self.threshold else (moved, *self.crossing(self.available, threshold))
        self.decide(lambda stock: stock.set_threshold(threshold), refused=refused, then=then)
        self.threshold = self.threshold if refused else threshold

    @invariant()
    def levels_hold(self) -> None:
        stock = self.state
        assert 0 <= stock.reserved <= stock.on_hand <= 10**9
        assert stock.reserved == sum(stock.reservations.values())
        assert dict(stock.reservations) == self.reservations
        assert (stock.on_hand, stock.threshold) == (self.on_hand, self.threshold)
        assert stock.low == (stock.available <= stock.threshold)


TestStockMachine = StockMachine.TestCase
