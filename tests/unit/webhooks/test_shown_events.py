"""What of the log integrations are shown: whose events, and what of each."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from infrastructure.eventstore.codec import EventCodec
from infrastructure.eventstore.registry import CATEGORIES
from infrastructure.webhooks.shown import SHOWN, WITHHELD, Numbered, cloud_event
from tests.golden.catalogue import CATALOGUE
from tests.golden.categories import CATEGORIES as CATEGORY_EVENTS
from tests.golden.orders import ORDERS
from tests.golden.promotions import PROMOTIONS

STREAM = UUID("0d000000-0000-4000-8000-000000000007")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_every_event_is_either_shown_or_withheld() -> None:
    assert sorted([*SHOWN, *WITHHELD]) == sorted({kind.topic for each in CATEGORIES for kind in each.events})


def test_nothing_of_people_is_shown() -> None:
    assert {topic.partition(".")[0] for topic in SHOWN}.isdisjoint({"accounts", "shopping"})
    assert {"ordering.order-placed", "payments.payment-succeeded", "inventory.stock-adjusted"} <= set(SHOWN)


def test_no_shown_event_holds_anything_sealed() -> None:
    codec = EventCodec(CATEGORIES)
    sealed = []
    for event in (*ORDERS, *CATALOGUE, *CATEGORY_EVENTS, *PROMOTIONS):
        state = codec.encode(event)
        sealed += [event.topic] if b'"box"' in state else []
        shown = cloud_event(Numbered(7, STREAM, 3, codec.name(event), state, STREAM, NOW))
        assert b'"box"' not in msgspec.json.encode(shown)
        assert (shown.type, shown.id, shown.sequence) == (event.topic, f"{STREAM}:3", 7)
        assert shown.data.keys() == msgspec.json.decode(state).keys()
    assert sealed == ["ordering.order-placed"]
