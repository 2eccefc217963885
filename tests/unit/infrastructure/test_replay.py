"""The digest of a folded log: of the states alone, whatever they hold."""

from uuid import UUID

from domain.inventory.events import StockReserved
from domain.shared.event import Event
from domain.shared.identifiers import OrderId
from infrastructure.eventstore.registry import CATEGORIES
from infrastructure.replay import Fold
from tests.support.happenings import order_id, product, stocked

STREAM = UUID(int=0xE1)


def folded(*events: Event) -> Fold:
    fold = Fold({each.name: each for each in CATEGORIES})
    for event in events:
        _, state = fold.states.get(STREAM, ("stock", None))
        fold.states[STREAM] = ("stock", fold.categories["stock"].evolve(state, event))
    return fold


def reserved(order: OrderId, quantity: int) -> StockReserved:
    return StockReserved(product_id=product(1), order_id=order, quantity=quantity)


def test_what_is_reserved_counts_and_the_order_of_reserving_does_not() -> None:
    opened = stocked(product(1), 9)
    one, other = reserved(order_id(1), 2), reserved(order_id(2), 3)
    assert folded(*opened, one, other).digest() == folded(*opened, other, one).digest()
    assert folded(*opened, one).digest() != folded(*opened, reserved(order_id(1), 3)).digest()
    assert folded(*opened, one).digest() != folded(*opened, reserved(order_id(2), 2)).digest()
