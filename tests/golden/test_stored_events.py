"""The stored form of every event is pinned: what was written once can be read for ever."""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

import pytest
from msgspec.structs import replace

from domain.shared.event import Event
from infrastructure.eventstore.registry import CATEGORIES, event_codec
from tests.golden.catalogue import CATALOGUE
from tests.golden.categories import CATEGORIES as CATEGORY_EVENTS
from tests.golden.categories import CATEGORY
from tests.golden.customers import CUSTOMERS
from tests.golden.orders import ORDERS
from tests.golden.promotions import PROMOTIONS
from tests.golden.reports import REPORTS
from tests.golden.webhooks import WEBHOOKS

FILES = Path(__file__).parent / "events"
CODEC = event_codec()
KINDS = [kind for category in CATEGORIES for kind in category.events]
GOLDEN = (*CUSTOMERS, *CATALOGUE, *CATEGORY_EVENTS, *ORDERS, *PROMOTIONS, *REPORTS, *WEBHOOKS)
RECORDED = {CODEC.name(event): event for event in GOLDEN}
"""What each golden file decodes to, by topic and version; entries of former versions stay."""


def file_of(name: str) -> Path:
    """`ordering.order-placed:1` is kept in `ordering.order-placed.1.json`."""
    return FILES / f"{name.replace(':', '.')}.json"


def without_golden(kinds: Iterable[type[Event]]) -> list[str]:
    """Events of which no stored form is pinned."""
    names = [f"{kind.topic}:{kind.schema_version}" for kind in kinds]
    return [name for name in names if not file_of(name).exists()]


def test_every_event_has_a_golden_file() -> None:
    assert without_golden(KINDS) == []


def test_an_event_without_a_golden_file_is_noticed() -> None:
    class ShelfDusted(Event, frozen=True, kw_only=True):
        topic: ClassVar[str] = "inventory.shelf-dusted"

    assert without_golden([*KINDS, ShelfDusted]) == ["inventory.shelf-dusted:1"]


def test_a_raised_version_without_a_golden_file_is_noticed() -> None:
    class StockOpened(Event, frozen=True, kw_only=True):
        topic: ClassVar[str] = "inventory.stock-opened"
        schema_version: ClassVar[int] = 2

    assert without_golden([StockOpened]) == ["inventory.stock-opened:2"]


def test_every_golden_file_says_what_it_decodes_to() -> None:
    assert {path.name for path in FILES.iterdir()} == {file_of(name).name for name in RECORDED}


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_a_stored_event_decodes_to_what_happened(name: str) -> None:
    assert CODEC.decode(name, file_of(name).read_bytes().rstrip(b"\n")) == RECORDED[name]


@pytest.mark.parametrize("event", list(RECORDED.values()), ids=CODEC.name)
def test_an_event_is_stored_in_the_pinned_form(event: Event) -> None:
    assert CODEC.encode(event) == file_of(CODEC.name(event)).read_bytes().rstrip(b"\n")


def test_a_field_that_came_later_is_stored_where_it_says_something() -> None:
    for name in ("catalogue.product-listed:1", "catalogue.product-described:1"):
        placed = replace(RECORDED[name], category_id=CATEGORY)
        stored, before = CODEC.encode(placed), file_of(name).read_bytes().rstrip(b"\n")
        assert stored == before[:-1] + f',"category_id":"{CATEGORY}"}}'.encode()
        assert CODEC.decode(name, stored) == placed
    name = "inventory.stock-ran-low:1"
    counted = replace(RECORDED[name], crossing=3)
    assert CODEC.encode(counted) == file_of(name).read_bytes().rstrip(b"\n")[:-1] + b',"crossing":3}'
    assert CODEC.decode(name, CODEC.encode(counted)) == counted
