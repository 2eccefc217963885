"""What the code writes, with something changed in it."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from msgspec.structs import replace

from infrastructure.eventstore.codec import EventCodec
from infrastructure.eventstore.registry import CATEGORIES, event_codec
from infrastructure.streaming.compatibility import breaches
from infrastructure.streaming.contracts import Contracts, recorded_in, written

RECORDED = recorded_in()
CURRENT = written(CATEGORIES, RECORDED)
PLACED = "ordering.order-placed.1"

Plant = Callable[[dict[str, Any]], object]


def without(contracts: Contracts, *names: str) -> Contracts:
    """All but these."""
    return replace(contracts, events={name: each for name, each in contracts.events.items() if name not in names})


def changed(name: str, **changes: Any) -> Contracts:
    """What the code writes, with one contract changed."""
    contract = CURRENT.events[name]
    changed_contract = replace(contract, **changes)
    return replace(CURRENT, events={**without(CURRENT, name).events, changed_contract.name: changed_contract})


def planted(name: str, plant: Plant) -> Contracts:
    """What the code writes, with a change in one payload."""
    payload = deepcopy(CURRENT.events[name].payload)
    plant(payload)
    return changed(name, payload=payload)


def told(current: Contracts, codec: EventCodec | None = None) -> list[str]:
    """Every breach of what is recorded."""
    return [str(each) for each in breaches(RECORDED, current, codec or event_codec())]
