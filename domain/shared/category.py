"""A category is a kind of stream: its events, its state, and the key that orders it among its relatives."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

from domain.shared.event import Event

S = TypeVar("S")
E = TypeVar("E", bound=Event)


class Family(StrEnum):
    """Streams that share an ordering key travel together: one family is one published topic."""

    ORDERS = "orders"
    CATALOGUE = "catalogue"
    CUSTOMERS = "customers"
    PROMOTIONS = "promotions"


@dataclass(frozen=True, slots=True, eq=False)
class Category(Generic[S, E]):
    """One kind of stream. `evolve` folds its events into a state; it has no rules, history is not negotiable."""

    name: str
    """Singular noun, `order`; part of the stored snapshot's and the refusal's name."""
    family: Family | None
    """The family it is published with; None for a private stream, which no projection and no topic sees."""
    events: tuple[type[E], ...]
    state: type[S]
    evolve: Callable[[S | None, E], S]
    key: Callable[[S], UUID]
    """The ordering key: events with the same key reach every consumer in log order."""
    snapshot_version: int = 1
    """Raised when the state's shape changes, so that older snapshots are ignored."""
